"""What finds the names of a document: the bundled models and rules, or a recogniser by choice."""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Protocol

from processors.learned.entity_tagging import english_entity_tagger
from processors.recognition.found import Found
from processors.recognition.names import find_names
from schemas.annotation import Span
from schemas.document import Document

BUNDLED = "local"
# An undetermined text this short has too few words to be told English by them.
_SHORT_CHARACTERS = 300


class NameFinder(Protocol):
    """Finds the names of people, organizations and places, and of other kinds if it knows any."""

    @property
    def identity(self) -> str:
        """Which one it is, and of which version: what else it would find, it differs."""
        ...

    @property
    def languages(self) -> Collection[str]:
        """The languages that it reads, as ISO 639 codes; all where there are none."""
        ...

    def names(self, text: str, sentences: Sequence[Span]) -> list[Found]:
        """The names in ``text``, in order and without overlaps.

        Args:
            text: the whole text.
            sentences: its sentences, in order.
        """
        ...


class RuledNames:
    """The rules by themselves: what they are sure of, in any language."""

    identity = "rules"
    languages: Collection[str] = ()

    def names(self, text: str, sentences: Sequence[Span]) -> list[Found]:
        """Gazetteer names, titles and telling words."""
        return find_names(text, sentences, sure_only=True)


class EnglishNames:
    """The bundled model, which hears the rules."""

    identity = BUNDLED
    languages: Collection[str] = ("en",)

    def names(self, text: str, sentences: Sequence[Span]) -> list[Found]:
        """What the model finds, and what the rules do where it is not sure.

        Raises:
            ModelFileError: a file of the model is missing or damaged.
        """
        ruled = find_names(text, sentences, sure_only=False)
        return english_entity_tagger().names(text, sentences, ruled)


class Recogniser:
    """A finder of names, opened at first use, and the rules for what it does not read.

    Args:
        open_finder: loads it; raises RecogniserError where it cannot be used.
        languages: the documents that it reads; those that the finder names itself when empty.
    """

    def __init__(
        self, open_finder: Callable[[], NameFinder], languages: Collection[str] = ()
    ) -> None:
        self._open = open_finder
        self._languages = frozenset(languages)
        self._rules = RuledNames()

    @cached_property
    def _finder(self) -> NameFinder:
        return self._open()

    @property
    def identity(self) -> str:
        """Which finder it is, and of which version.

        Raises:
            RecogniserError: it cannot be used.
        """
        return self._finder.identity

    def prepare(self) -> None:
        """Load the finder now, before a document depends on it.

        Raises:
            RecogniserError: it cannot be used.
        """
        _ = self._finder

    def names(
        self, document: Document, sentences: Sequence[Span], unread: Sequence[Span] = ()
    ) -> list[Found]:
        """The names in a document, without overlaps.

        Args:
            document: any.
            sentences: those of its text, in order.
            unread: stretches beside them, which are left to the rules.

        Raises:
            ModelFileError: a file of the bundled model is missing or damaged.
            RecogniserError: the finder cannot be used.
        """
        languages = self._languages or frozenset(self._finder.languages)
        finder = self._finder if _is_read_as(document, languages) else self._rules
        names = finder.names(document.text, sentences)
        return [*names, *self._rules.names(document.text, unread)] if unread else names


def bundled_recogniser() -> Recogniser:
    """The one that comes with millrace."""
    return Recogniser(EnglishNames)


def _is_read_as(document: Document, languages: Collection[str]) -> bool:
    return (
        not languages
        or document.language in languages
        or (document.language == "und" and len(document.text) <= _SHORT_CHARACTERS)
    )
