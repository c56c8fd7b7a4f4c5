"""Windows: consecutive sentences that a model reads together, so that no text is too long for it.

A model reads ``text[window.start:window.end]``: what it says of a character there is said of the
document's own. No text is joined or written anew.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from processors.recognition.found import Found
from processors.recognition.labels import kind_of
from schemas.annotation import Span

# OntoNotes, and so most pipelines of English, take the article into the name; other corpora, the
# rules and the bundled model do not.
_ARTICLE = "the "


class Window(NamedTuple):
    """``text[start:end]``, from its first sentence to its last; ``sentences`` are in order."""

    start: int
    end: int
    sentences: tuple[Span, ...]


def windows(sentences: Sequence[Span], characters: int) -> Iterator[Window]:
    """All sentences in windows of at most so many characters; a longer sentence has its own."""
    first = 0
    for last in range(1, len(sentences) + 1):
        is_end = last == len(sentences)
        if is_end or sentences[last].end - sentences[first].start > characters:
            inside = tuple(sentences[first:last])
            yield Window(inside[0].start, inside[-1].end, inside)
            first = last


def within_sentences(
    text: str, window: Window, labelled: Sequence[tuple[int, int, str]]
) -> Iterator[Found]:
    """What a model found, as names: none beyond the sentence in which it begins.

    Args:
        text: the whole document.
        window: what the model read.
        labelled: start, end and label of each name in code points of the document, in order.
    """
    sentences = iter(window.sentences)
    sentence = next(sentences)
    for start, end, label in labelled:
        kind = kind_of(label)
        while start >= sentence.end and sentence is not window.sentences[-1]:
            sentence = next(sentences)
        end = min(end, sentence.end)
        if text.startswith(_ARTICLE, start, end):
            start += len(_ARTICLE)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if kind and start < end:
            yield Found(start, end, kind, "", "model")
