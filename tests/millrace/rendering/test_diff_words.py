"""What differs between two runs, in words."""

from dataclasses import replace

from millrace.rendering.diff_json import as_json
from millrace.rendering.diff_words import changes, differences, lines, run_figures
from processors.comparison.difference import ChangedEvent
from processors.comparison.reading import ReadEvent, Reading
from tests.millrace.rendering.run_comparisons import (
    BOUGHT,
    DAY,
    RESIGNED,
    comparison,
    example,
    run,
)


def test_each_difference_is_a_line_in_the_order_of_the_text_then_the_links() -> None:
    assert [(one.group, one.what, one.details) for one in lines(example())] == [
        ("changed", "merger: bought (5–11)", (
            "kind: purchase → merger",
            "arguments: + object: Widget (12–18)",
            "time: none → 2024-03-03",
        )),
        ("removed", "weather: rained (61–67)", ()),
        ("added", "prices: rose (80–84)", ("place: London",)),
        ("changed", "relationship: bought causes resigned", ("kind: precedes → causes",)),
    ]  # fmt: skip


def test_a_link_that_came_or_went_names_the_events_of_its_own_reading() -> None:
    linked = example().readings[0]
    unlinked = Reading((replace(BOUGHT, event_id="x"), replace(RESIGNED, event_id="y")))

    gone = list(lines(example(readings=(Reading(linked.events[:2], linked.relationships),
                                        unlinked))))  # fmt: skip

    assert [(one.group, one.what) for one in gone] == [
        ("removed", "relationship: bought precedes resigned")
    ]


def changed(after: ReadEvent, *what: str, before: ReadEvent = BOUGHT) -> tuple[str, ...]:
    return changes(ChangedEvent(before, after, what))


def test_a_span_is_told_with_its_words() -> None:
    moved = replace(BOUGHT, trigger="Acme bought", start=0)
    nowhere = replace(BOUGHT, start=0, end=0)

    assert changed(moved, "span") == ("span: bought (5–11) → Acme bought (0–11)",)
    assert changed(nowhere, "span") == ("span: bought (5–11) → not in the text",)


def test_a_time_of_other_words_is_told_with_them() -> None:
    one = replace(BOUGHT, time_start=DAY, time_end=DAY, time_text="3 March")
    other = replace(one, time_text="on Sunday")

    assert changed(other, "time", before=one) == (
        "time: 2024-03-03 (“3 March”) → 2024-03-03 (“on Sunday”)",
    )


def test_what_is_not_counted_is_not_shown_as_nothing() -> None:
    spent = replace(run("live").spending, prompt_tokens=None, cost_usd=None, calls_without_cost=6)
    figures = {one.name: one.values for one in run_figures(comparison(a=run("a", spending=spent)))}

    assert figures["prompt tokens"] == ("–", "1,234")
    assert figures["cost"] == ("–", "$0.25")


def test_a_cost_that_is_known_in_part_says_so() -> None:
    spent = replace(run("live").spending, calls_without_cost=2)
    figures = {one.name: one.values for one in run_figures(comparison(a=run("a", spending=spent)))}

    assert figures["cost"][0] == "$0.25 and 2 calls unknown"


def test_counts_stand_beside_their_share_of_what_both_have() -> None:
    found = {one.name: one.values for one in differences(comparison(example()))}

    assert found["documents only in live"] == ("2", "")
    assert found["documents of different texts"] == ("3", "")
    assert found["documents that differ"] == ("1", "100 %")
    assert found["from validated to review"] == ("1", "")
    assert found["events added"] == ("1", "33.3 %")
    assert found["events changed"] == ("1", "33.3 %")
    assert found["… in arguments"] == ("1", "100 %")
    assert found["events that agree"] == ("1", "33.3 %")


def test_of_nothing_there_is_no_share() -> None:
    found = {one.name: one.values for one in differences(comparison())}

    assert found["documents that differ"] == ("0", "")
    assert found["events that agree"] == ("0", "–")


def test_scripts_get_all_of_it() -> None:
    found = as_json(comparison(example()))

    assert found["a"]["run_id"] == "live"
    assert (found["a"]["documents"], found["a"]["events_per_document"]) == (10, 3.0)
    assert (found["b"]["cost_usd"], found["b"]["prompt_tokens"]) == (0.25, 1_234)
    assert found["documents"]["only_in_a"] == 2
    assert found["documents"]["share_that_differ"] == 1.0
    assert found["events"] == {
        "added": 1, "removed": 1, "changed": 1, "unchanged": 1, "agreement": 1 / 3,
        "changes": {"kind": 1, "arguments": 1, "time": 1},
    }  # fmt: skip
    assert found["relationships"]["changed"] == 1
    (sample,) = found["samples"]
    assert sample["status"] == ["validated", "review"]
    assert sample["events"]["changed"][0]["before"]["kind"] == "purchase"
    assert sample["events"]["changed"][0]["after"]["participants"] == [
        {"role": "buyer", "text": "Acme", "start": 0, "end": 4},
        {"role": "object", "text": "Widget", "start": 12, "end": 18},
    ]
