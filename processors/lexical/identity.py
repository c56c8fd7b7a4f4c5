"""What the engine is called, and which rules and models it goes by."""

from processors.learned.models import english_models

ENGINE = "local"
MODEL = "lexical"
# Raised whenever the rules may answer differently; profiles and models have versions of their own.
_RULES = "3"


def model_revision() -> str:
    """The version of the rules, and that of the models that they ask: ``3+english-0bd5fa5bb0b3``.

    Raises:
        ModelFileError: the manifest of the models is missing or damaged.
    """
    return f"{_RULES}+{english_models().identity()}"
