"""The shape shared by MEANTIME, EventStoryLine and ECB+: mentions, instances and relations.

All three were annotated with one tool, CAT. A mention is a list of tokens, so its text may be in
parts ("take … away"); an instance is what several mentions mean; relations hold between mentions,
or a mention and an instance without any.
"""

from collections.abc import Mapping

from pydantic import Field

from eval.corpora.lines import MalformedError, Record
from eval.corpora.spans import SpanReader, in_order
from eval.gold import Span

Offsets = tuple[int, int]
IN_PARTS = "a mention in parts"


class Mention(Record):
    """Words of the text; ``sentence`` is the number of theirs."""

    id: str
    tag: str
    spans: tuple[Offsets, ...] = Field(min_length=1)
    sentence: int
    attrs: dict[str, str] = Field(default_factory=dict)


class Instance(Record):
    """What its mentions mean; an instance without any is not in the text."""

    id: str
    tag: str
    attrs: dict[str, str] = Field(default_factory=dict)
    mentions: tuple[str, ...] = ()


class Relation(Record):
    """A link between mentions or instances, by their ids."""

    type: str
    source: str
    target: str
    attrs: dict[str, str] = Field(default_factory=dict)


class AnnotatedText(Record):
    """One document."""

    doc_id: str
    text: str
    sentences: dict[int, Offsets]
    mentions: tuple[Mention, ...]
    instances: tuple[Instance, ...] = ()
    relations: tuple[Relation, ...] = ()


class Annotation:
    """One document with its ids resolved and its offsets checked.

    Raises:
        MalformedError: an id is used twice or names nothing, or an offset is wrong.
    """

    def __init__(self, record: AnnotatedText) -> None:
        self.record = record
        self.reader = SpanReader(record.text)
        self.sentences: Mapping[int, Span] = {
            number: self.reader.read(offsets) for number, offsets in record.sentences.items()
        }
        in_order(self.sentences.values())
        self.mentions = {mention.id: mention for mention in record.mentions}
        if len(self.mentions) < len(record.mentions):
            raise MalformedError("two mentions have one id")
        self._instances = {
            mention: instance
            for instance in reversed(record.instances)
            for mention in instance.mentions
        }
        known = self.mentions.keys() | {instance.id for instance in record.instances}
        named = {end for link in record.relations for end in (link.source, link.target)}
        if unknown := (named - known) | (self._instances.keys() - self.mentions.keys()):
            raise MalformedError(f"no mention or instance {min(unknown)!r}")
        if wrong := {mention.sentence for mention in record.mentions} - self.sentences.keys():
            raise MalformedError(f"a mention in sentence {min(wrong)}, which is not there")

    def instance(self, mention: Mention) -> Instance | None:
        """What a mention means; the first where it is said to mean several things."""
        return self._instances.get(mention.id)

    def whole(self, mention: Mention) -> Span:
        """All of a mention, with what stands between its parts: a phrase."""
        if len(mention.spans) > 1:
            self.reader.mended[IN_PARTS] += 1
        return self.reader.hull(mention.spans)

    def beginning(self, mention: Mention) -> Span:
        """The first part of a mention: "take" of "take … away", the word that decides."""
        if len(mention.spans) > 1:
            self.reader.mended[IN_PARTS] += 1
        return self.reader.read(min(mention.spans))

    def mentioned(self, relation: Relation) -> tuple[Mention, Mention] | None:
        """The two ends of a relation; None where one of them is not in the text."""
        source = self.mentions.get(relation.source)
        target = self.mentions.get(relation.target)
        return (source, target) if source and target else None
