"""Names of people, organizations and places in Latin script, by rules.

A run of capitalised words is cut at titles and at words that only open a sentence; each piece is
named by the first rule that has evidence, in the order of ``classify``. What has none is looked at
again when the whole text is known: "Lohan" is a person where "Lindsay Lohan" was one. A piece
without evidence is no entity.
"""

from collections.abc import Iterable, Iterator

from processors.recognition.found import Found
from processors.recognition.gazetteer import gazetteer
from processors.recognition.lexicon import HALF_TITLES, TITLES
from processors.recognition.name_evidence import (
    CommonWords,
    Piece,
    classify,
    is_body,
    is_known,
    mention_of,
)
from processors.recognition.name_runs import Part, Run, name_runs
from schemas.annotation import Span


def find_names(text: str, sentences: Iterable[Span], sure_only: bool) -> list[Found]:
    """The names in ``text``, in order and without overlaps.

    Args:
        text: the whole text.
        sentences: its sentences.
        sure_only: take gazetteer names, titles and telling words alone; for languages in which
            capitals mean something else than in English.

    Returns:
        Mentions of kind person, organization or place. The value is the canonical name where the
        gazetteer has one, else empty.
    """
    found: list[Found] = []
    open_pieces: list[Piece] = []
    common = CommonWords(gazetteer(), text)
    for sentence in sentences:
        for run in name_runs(text, sentence, particles=not sure_only):
            run.headline = run.headline or sure_only
            for piece in _pieces(run, common):
                mentions = list(classify(piece, common))
                found += mentions
                if not mentions:
                    open_pieces.append(piece)
    found += _seen_elsewhere(text, open_pieces, found)
    found.sort()
    return found


def _pieces(run: Run, common: CommonWords) -> Iterator[Piece]:
    """A run, cut at titles, without the ordinary words at its start."""
    words = [part.word for part in run.parts]
    if is_known(run.parts):
        yield Piece(run, titled=False)
        return
    if is_body(words):
        yield from _trimmed(run, titled=False, common=common)
        return
    start = 0
    titled = False
    for position, word in enumerate(words):
        if word in TITLES:
            if position > start:
                yield from _trimmed(run.cut(start, position), titled, common)
            titled = word not in HALF_TITLES or (titled and position == start)
            start = position + 1
    if start < len(words):
        yield from _trimmed(run.cut(start, len(words)), titled, common)


def _trimmed(run: Run, titled: bool, common: CommonWords) -> Iterator[Piece]:
    start = _opening(run, common)
    if start < len(run.parts):
        yield Piece(run.cut(start, len(run.parts)), titled)


def _opening(run: Run, common: CommonWords) -> int:
    """How many of the first words only open a sentence, or say of which people someone is."""
    words = [part.word for part in run.parts]
    start = 0
    while start < len(words) and common.opens(words[start]):
        rest = words[start:]
        if len(rest) > 1 and (
            is_known(run.parts[start:]) or (is_body(rest) and rest[0] not in ("The", "A"))
        ):
            break
        if _opens_person(run.parts[start:]):
            break
        start += 1
    return start


def _opens_person(parts: list[Part]) -> bool:
    """Whether an ordinary word is a given name here, as in Bill Clinton."""
    return len(parts) > 1 and parts[0].word in gazetteer().first_names and not is_known(parts[1:])


def _seen_elsewhere(text: str, pieces: Iterable[Piece], found: Iterable[Found]) -> Iterator[Found]:
    """Open pieces that name what the text names elsewhere, in full or in part.

    A family name stands for a person, the first word for an organization, where only one of the
    text's names has it.
    """
    kinds: dict[str, set[str]] = {}
    for mention in found:
        words = text[mention.start : mention.end].split()
        parts = {" ".join(words)}
        if mention.kind == "person":
            parts.add(words[-1])
        elif mention.kind == "organization":
            parts |= {words[0], " ".join(words[:-1])}
        for part in parts:
            kinds.setdefault(part, set()).add(mention.kind)
    common = gazetteer().common_words
    for piece in pieces:
        name = " ".join(piece.words)
        seen = kinds.get(name, ())
        if len(seen) == 1 and name.lower() not in common:
            yield mention_of(piece.run.parts, next(iter(seen)))
