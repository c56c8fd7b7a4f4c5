"""What a document may name: known before it is sent, and checked again when it arrives."""

from collections.abc import Collection

from processors.language import given_language
from schemas.document import IngestDocument
from schemas.errors import RefusedError


def check_names(document: IngestDocument, profiles: Collection[str]) -> None:
    """Refuse a document whose profile is none of ``profiles``, or whose language is none.

    Raises:
        RefusedError: ``unknown_profile``, or ``malformed`` with the language at fault.
    """
    if document.profile is not None and document.profile not in profiles:
        known = ", ".join(sorted(profiles))
        raise RefusedError("unknown_profile", f"profile: not known here: send one of {known}")
    if document.language:
        given_language(document.language)
