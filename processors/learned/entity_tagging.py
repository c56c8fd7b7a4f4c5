"""Names of people, organizations and places in English, as a model tells them."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from processors.learned.crf import Crf, Tagged
from processors.learned.entity_consistency import consistent
from processors.learned.entity_features import OUTSIDE, EntityFeatures
from processors.learned.entity_words import EntityWords
from processors.learned.models import ModelFiles, english_models
from processors.recognition.found import Found
from processors.recognition.gazetteer import gazetteer
from processors.recognition.name_evidence import is_body
from processors.span_index import SpanIndex
from processors.tokens import Token, tokenize
from schemas.annotation import Span

# How sure the model must be that a name of the rules is none. Chosen as its parameters were: from
# 0.8 on F1 is the same, and this keeps most of what the rules are sure of.
_SURELY_NONE = 0.95

TASK = "entities"
WORDS = "words"
_BODY = "organization"


@dataclass(frozen=True, slots=True)
class EntityTagger:
    """A model of names with the words that it knows."""

    crf: Crf
    features: EntityFeatures

    @classmethod
    def opened(cls, models: ModelFiles) -> "EntityTagger":
        """The tagger of a folder of models.

        Raises:
            ModelFileError: one of its files is missing or damaged.
        """
        words = EntityWords.from_json(models.load(TASK, WORDS))
        return cls(Crf(models.load(TASK)), EntityFeatures(words))

    def names(self, text: str, sentences: Iterable[Span], rules: Sequence[Found]) -> list[Found]:
        """The names in ``text``, in order and without overlaps.

        Args:
            text: the whole text.
            sentences: its sentences.
            rules: the names that the rules found in it, in order.

        Returns:
            Mentions of kind person, organization or place, each of whole tokens of one sentence.
            The value is the canonical name where the gazetteer has one, else empty.
        """
        tokens = [tokenize(text, one.start, one.end) for one in sentences]
        tokens = [one for one in tokens if one]
        tagged = [self.crf.tag(features) for features in self.features.of(tokens, rules)]
        bodies = {
            (one.start, one.end)
            for one in rules
            if one.kind == _BODY and is_body(text[one.start : one.end].split())
        }
        found = [
            _name(text, sentence[one.first].start, sentence[one.last - 1].end, one.kind, bodies)
            for sentence, names in zip(tokens, consistent(tokens, tagged), strict=True)
            for one in names
        ]
        return sorted([*found, *_doubted(tokens, tagged, rules, found)])


@cache
def english_entity_tagger() -> EntityTagger:
    """The tagger that comes with millrace, opened at first use.

    Raises:
        ModelFileError: a file of its models is missing or damaged.
    """
    return EntityTagger.opened(english_models())


def boundaries(labels: Sequence[str]) -> list[str]:
    """Labels with B- and I- as a model learns them: E- ends a name, S- is one by itself."""
    marked = []
    for label, behind in zip(labels, [*labels[1:], OUTSIDE], strict=True):
        prefix, _, kind = label.partition("-")
        ends = behind != f"I-{kind}"
        if kind and ends:
            label = f"{'S' if prefix == 'B' else 'E'}-{kind}"
        marked.append(label)
    return marked


def _doubted(
    sentences: Sequence[Sequence[Token]],
    tagged: Sequence[Sequence[Tagged]],
    rules: Iterable[Found],
    found: Iterable[Found],
) -> Iterator[Found]:
    """What the rules found where the model found nothing, and is not sure of it."""
    taken = SpanIndex(found)
    doubts = {
        token.start: one.probability
        for tokens, tags in zip(sentences, tagged, strict=True)
        for token, one in zip(tokens, tags, strict=True)
    }
    for rule in rules:
        if not any(taken.overlapping(rule.start, rule.end)):
            inside = [doubts[at] for at in range(rule.start, rule.end) if at in doubts]
            if inside and sum(inside) < _SURELY_NONE * len(inside):
                yield rule


def _name(text: str, start: int, end: int, kind: str, bodies: Container[tuple[int, int]]) -> Found:
    if (start, end) in bodies:  # "Bank of England" says itself what it is
        kind = _BODY
    known = gazetteer()
    names = {"place": known.places, "organization": known.organizations}.get(kind, {})
    written = " ".join(text[start:end].split()).replace(".", "")
    return Found(start, end, kind, names.get(written, ""))
