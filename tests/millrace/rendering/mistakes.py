"""Scores to be shown on the page of mistakes, made by hand."""

from dataclasses import replace

from eval.corpora.catalogue import CORPORA
from eval.found import Found
from eval.gold import GoldArgument, GoldDocument, GoldEntity, GoldEvent, GoldRelation, GoldTime
from eval.running import Passed
from eval.scoring.report import Report, report
from eval.selection import Chosen
from tests.eval.scoring.made import (
    ALL_KINDS,
    at,
    entity,
    event,
    found,
    gold,
    gold_event,
    link,
    time,
)

CORPUS = CORPORA["meantime"]


def document(**changes: object) -> GoldDocument:
    """A document with gold of every layer that has mistakes to show."""
    bought = GoldEvent(
        "bought", at("bought"), kind="TRADE", arguments=(GoldArgument(at("Acme"), "Arg0"),),
        times=(at("3 March 2024"),), places=(at("London"),),
    )  # fmt: skip
    whole = gold(
        entities=(
            GoldEntity(at("Acme"), "organization"),
            GoldEntity(at("Widget Ltd"), "organization"),
            GoldEntity(at("Leeds"), "place"),
        ),
        times=(GoldTime(at("3 March 2024"), "2024-03-03", "date"),),
        events=(bought, gold_event("rose"), gold_event("strike")),
        relations=(GoldRelation("rose", "strike", "causes"),),
    )
    return replace(whole, corpus=CORPUS.name, **changes)  # type: ignore[arg-type]


def ours() -> Found:
    """What was found: some of it right, some wrong, some overlapping what would be right."""
    return found(
        event("bought", time=time("3 March 2024", "2024-03-04"), confidence=0.9),
        event("went", kind="travel"),
        event("prices"),
        entities=(
            entity("Acme", "person"),
            entity("Widget", "place"),
            entity("Because", "person"),
            entity("Leeds", "place"),
        ),
        relations=(link("went", "prices"),),
    )


def scored(*documents: GoldDocument) -> list[tuple[Chosen, Report]]:
    """One corpus: in each document the same was found."""
    passed = tuple(replace(ours(), document_id=one.document_id) for one in documents)
    made = report("made/system", documents, Passed(passed, 1.0, 1.0), ALL_KINDS)
    return [(Chosen(CORPUS, documents), made)]
