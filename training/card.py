"""The card of a folder of models: what they are, what they learned from, how good they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from platform import python_version

from eval.corpora.catalogue import CORPORA
from eval.splits import Part
from processors.learned.models import Manifest

FILE = "CARD.md"
_LIBRARIES = ("python-crfsuite", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Section:
    """What a card says of one model.

    Attributes:
        task: what it is for.
        parts: of which corpora it learned.
        does: what it is and looks at, in a sentence or two.
        parameters: of its training.
        scores: lines of what was measured on documents that it did not learn from.
    """

    task: str
    parts: Sequence[Part]
    does: str
    parameters: Mapping[str, object]
    scores: Sequence[str] = field(default_factory=tuple)


def card(manifest: Manifest, seed: int, sections: Iterable[Section]) -> str:
    """The card as Markdown, the same for the same models: it names no day and no machine."""
    lines = [
        f"# Models {manifest.name}, version {manifest.version}",
        "",
        "Made by `millrace train` from the corpora below and nothing else; this file too.",
        f"Seed {seed}; Python {python_version()}; "
        + ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
        + ".",
        "",
        "| file | task | bytes | SHA-256 |",
        "|---|---|---|---|",
        *(
            f"| {name} | {one.task} | {one.bytes:,} | {one.sha256} |"
            for name, one in sorted(manifest.files.items())
        ),
    ]
    for section in sections:
        lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> list[str]:
    parameters = ", ".join(f"{name} {value}" for name, value in section.parameters.items())
    return [
        f"## {section.task}",
        "",
        section.does,
        f"Parameters: {parameters}." if parameters else "",
        "",
        "| corpus | splits | licence | attribution |",
        "|---|---|---|---|",
        *(
            f"| {part.corpus} | {', '.join(part.splits)} | {CORPORA[part.corpus].licence} | "
            f"{CORPORA[part.corpus].attribution} |"
            for part in section.parts
        ),
        "",
        *section.scores,
    ]
