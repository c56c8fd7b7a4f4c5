"""What the engine is called, and which rules and models it goes by."""

from processors.learned.models import english_models

ENGINE = "local"
MODEL = "lexical"
# Raised whenever the rules may answer differently; profiles and models have versions of their own.
_RULES = "4"


def model_revision() -> str:
    """The version of the rules, and that of the models that they ask: ``4+english-487697849c3c``.

    Raises:
        ModelFileError: the manifest of the models is missing or damaged.
    """
    return f"{_RULES}+{english_models().identity()}"
