"""The profile of a document: the one that it names, the one that it looks like, or the default."""

from collections.abc import Collection
from typing import NamedTuple

from processors.learned.document_typing import NEUTRAL, document_typer
from schemas.document import IngestDocument

PROFILE_DETECTED = "profile_detected"
# Nine in ten of what is taken for news or mail shall be that, whatever a folder holds beside them.
LEAST_PROBABLE = 0.9
# Fewer words say too little.
_SHORTEST = 200


class ChosenProfile(NamedTuple):
    """A profile's name; ``why`` says how sure it is, where it was found out."""

    name: str
    why: str = ""


def choose_profile(
    document: IngestDocument, language: str, profiles: Collection[str], default: str
) -> ChosenProfile:
    """Choose what a document is read for.

    Without a profile of its own, English text gets the one that a model finds it to be of, where
    that is sure enough. A default other than neutral is what its user wants: nothing is found out.

    Args:
        document: as it was ingested; a profile that it names is among ``profiles``.
        language: of its text, as an ISO 639 code.
        profiles: those that there are.
        default: the name of the default one.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    if document.profile:
        return ChosenProfile(document.profile)
    if default != NEUTRAL or len(document.text) < _SHORTEST:
        return ChosenProfile(default)
    if language != "en":
        return ChosenProfile(default)
    found = document_typer().type_of(document.text)
    said = f"the text looks like {found.profile} with a confidence of {found.probability:.2f}"
    if found.profile == default or found.profile not in profiles:
        return ChosenProfile(default, f"no profile was named, and {said}: read as {default}")
    if found.probability < LEAST_PROBABLE:
        return ChosenProfile(
            default,
            f"no profile was named, and {said}, under {LEAST_PROBABLE:.2f}: read as {default}",
        )
    return ChosenProfile(found.profile, f"no profile was named: {said}")
