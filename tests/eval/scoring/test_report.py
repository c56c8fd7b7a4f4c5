import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from eval.found import Found, Spent
from eval.gold import GoldDocument, GoldEntity
from eval.running import Passed
from eval.scoring.judging import Counts
from eval.scoring.report import Report, compared, report
from eval.scoring.results import Stamp, record, stamp
from eval.scoring.tables import LEFT, as_json, rows
from millrace.rendering.run_words import table
from schemas.errors import SetupError
from tests.eval.scoring.made import ALL_KINDS, at, entity, event, found, gold, gold_event

GOLD = [
    replace(
        gold(
            entities=(GoldEntity(at("Acme"), "organization"), GoldEntity(at("London"), "place")),
            events=(gold_event("bought"),),
        ),
        document_id=f"d{number}",
    )
    for number in range(20)
]
STAMP = Stamp("1234abc", datetime(2024, 3, 5, tzinfo=UTC), "2 cores")


def reported(system: str, *ours: Found, documents: list[GoldDocument] = GOLD) -> Report:
    """What a system finds in documents: the given ones in turn."""
    passed = [
        replace(ours[number % len(ours)], document_id=one.document_id)
        for number, one in enumerate(documents)
    ]
    return report(system, documents, Passed(tuple(passed), 2.0, 1.0), ALL_KINDS)


POOR = reported(
    "poor",
    found(event("bought", confidence=0.6), entities=(entity("Acme", "organization"),)),
    found(refused="ner: too_large"),
)
GOOD = reported(
    "good",
    found(
        event("bought", confidence=1.0),
        entities=(entity("Acme", "organization"), entity("London", "place")),
        spent=Spent({"ner": 0.01}, 0.02, cost_usd=0.5),
    ),
)


def test_a_report_has_every_metric_whose_layers_the_corpus_has() -> None:
    assert [one.metric.name for one in POOR.measured] == [
        "entities",
        "entity spans",
        "triggers",
        "triggers by head",
        "grounding",
        "offsets",
        "not invented",
    ]
    assert POOR.of("relations") is None


def test_counts_are_those_of_all_documents_and_by_kind() -> None:
    entities = POOR.of("entities")

    assert entities is not None
    assert entities.score.counts == Counts(10, 0, 30)
    assert entities.kinds == {"organization": Counts(10, 0, 10), "place": Counts(0, 0, 20)}


def test_a_report_says_what_the_documents_took_and_which_were_refused() -> None:
    assert POOR.speed.refused == {"ner: too_large": 10}
    assert POOR.speed.cost_usd is None
    assert GOOD.speed.documents_a_cpu_second == 20
    assert GOOD.speed.stage_ms == pytest.approx({"ner": 10.0})
    assert GOOD.speed.median_ms == pytest.approx(20.0)
    assert GOOD.speed.cost_usd == pytest.approx(10.0)


def test_confidence_is_held_against_what_was_right() -> None:
    assert POOR.calibration["triggers by head"].error == pytest.approx(0.4)
    assert GOOD.calibration["triggers by head"].error == 0.0


def test_a_table_has_a_row_for_each_metric() -> None:
    lines = list(table(rows(POOR), LEFT))

    assert len(lines) == 1 + len(POOR.measured)
    assert lines[1].split()[:7] == ["made", "entities", "20", "10", "0", "30", "100.0"]
    assert lines[-1].split()[-2:] == ["–", "–"]


def test_two_systems_are_compared_on_the_documents_of_both() -> None:
    comparison = compared(POOR, GOOD)["entities"]

    assert comparison.difference.value == pytest.approx(0.6)
    assert comparison.p_value is not None
    assert comparison.p_value < 0.01


def test_systems_that_were_measured_on_other_documents_are_not_compared() -> None:
    fewer = reported("fewer", found(event("bought")), documents=GOLD[:5])

    with pytest.raises(ValueError, match="poor and fewer were measured on different documents"):
        compared(POOR, fewer)


def test_what_was_found_in_other_documents_is_not_scored() -> None:
    passed = Passed(tuple(Found(one.document_id) for one in GOLD[1:]), 1.0, 1.0)

    with pytest.raises(ValueError, match="belongs to other documents"):
        report("poor", GOLD, passed, ALL_KINDS)


def test_json_holds_scores_by_metric() -> None:
    read = json.loads(json.dumps(as_json(POOR)))

    assert read["metrics"]["entities"]["counts"] == {"right": 10, "wrong": 0, "missed": 30}
    assert read["metrics"]["entities"]["f1"]["value"] == pytest.approx(0.4)
    assert read["calibration"]["triggers by head"]["error"] == pytest.approx(0.4)


def test_results_are_kept_by_corpus_split_and_system(tmp_path: Path) -> None:
    record([POOR, GOOD], "held out", STAMP, tmp_path)
    record([POOR], "all", STAMP, tmp_path)
    record([replace(GOOD, system="poor")], "held out", STAMP, tmp_path)

    kept = json.loads((tmp_path / "results.json").read_text("utf-8"))
    page = (tmp_path / "RESULTS.md").read_text("utf-8")

    assert [(one["split"], one["system"]) for one in kept] == [
        ("all", "poor"),
        ("held out", "good"),
        ("held out", "poor"),
    ]
    assert kept[2]["metrics"]["entities"]["f1"]["value"] == 1.0
    assert "## made, held out" in page
    assert "poor at 1234abc, 2024-03-05: 20 documents, 20 a second of CPU, $10." in page
    assert (
        "| entities | 20 | 10 | 0 | 30 | 100.0 (100.0 to 100.0) | 25.0 " in page.split("## made")[1]
    )
    assert "| grounding | 20 | 20 | 0 |  | 100.0 (100.0 to 100.0) |  |  |" in page


def test_damaged_results_are_named(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("[{}]", "utf-8")

    with pytest.raises(SetupError, match=r"results\.json is damaged"):
        record([POOR], "all", STAMP, tmp_path)


def test_a_stamp_names_the_code_outside_of_git_as_unknown(tmp_path: Path) -> None:
    assert stamp(tmp_path).commit == "unknown"
    assert stamp().commit != "unknown"
