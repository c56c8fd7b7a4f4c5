"""What a system found, kept as JSON lines: scored and compared later without asking it again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from eval.errors import EvaluationError
from eval.found import Found
from eval.gold import GoldDocument
from schemas.model import Value


class KeptDocument(Value):
    """A line: what a system found in one document.

    Attributes:
        system: its name.
        profile: what the document was read for; None where the pipeline chose it.
        corpus: of the document.
        split: what the system was run on: a split, or all of them.
        text: SHA-256 of the document's text: offsets mean nothing in another.
        found: what was found; it names the document.
    """

    system: str
    profile: str | None
    corpus: str
    split: str
    text: str
    found: Found


@dataclass(frozen=True, slots=True)
class Kept:
    """What one system found on one split, by corpus and document; ``system`` is what to call it."""

    system: str
    split: str
    corpora: Mapping[str, Mapping[str, KeptDocument]]


def digest(document: GoldDocument) -> str:
    """What tells the text of a document from another."""
    return sha256(document.text.encode()).hexdigest()


def as_line(document: KeptDocument) -> str:
    """A document as a line, with its line feed."""
    return document.model_dump_json() + "\n"


def read_kept(file: Path) -> Kept:
    """The lines of a file.

    Raises:
        EvaluationError: it cannot be read, a line is none of ours, or they are of several systems
            or splits.
    """
    try:
        # Not splitlines, which ends lines where texts do not.
        lines = file.read_bytes().decode().removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is no text"
        raise EvaluationError(f"{file}: cannot be read: {why}") from None
    documents = [_read(file, number, line) for number, line in enumerate(lines, start=1) if line]
    if not documents:
        raise EvaluationError(f"{file}: holds nothing: write one with millrace eval --save")
    corpora: dict[str, dict[str, KeptDocument]] = {}
    for one in documents:
        corpora.setdefault(one.corpus, {})[one.found.document_id] = one
    return Kept(
        _only(file, "systems", (one.system for one in documents)),
        _only(file, "splits", (one.split for one in documents)),
        corpora,
    )


def _read(file: Path, number: int, line: str) -> KeptDocument:
    try:
        return KeptDocument.model_validate_json(line)
    except ValidationError as error:
        # Its own words could quote a document.
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "all of it"
        raise EvaluationError(
            f"{file}, line {number}: not what millrace eval --save writes ({where}): write it anew"
        ) from None


def _only(file: Path, what: str, values: Iterable[str]) -> str:
    found = list(dict.fromkeys(values))
    if len(found) > 1:
        raise EvaluationError(f"{file}: holds several {what}: {', '.join(found)}; keep one a file")
    return found[0]
