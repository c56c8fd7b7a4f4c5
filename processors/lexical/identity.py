"""What the engine is called, and which rules it goes by."""

ENGINE = "local"
MODEL = "lexical"
# Raised whenever the rules may answer differently; profiles have versions of their own.
MODEL_REVISION = "1"
