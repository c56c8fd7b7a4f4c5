from processors.detail import plan_detail
from processors.lexical.salience import kind_weights
from processors.summary import plan_summary
from tests.processors.works import PROFILES, answered, event_of, planned, work_of


def salience(text: str, trigger: str, title: str = "", *marked: tuple[str, ...]) -> float:
    work = answered(planned(work_of(text, *marked, title=title), plan_summary))
    return event_of(planned(work, plan_detail), trigger).salience


def test_an_earlier_event_counts_more() -> None:
    text = "Acme sold a mill. It was cold. Ann resigned. It was dark. Bob quit."
    assert salience(text, "sold") > salience(text, "resigned") > salience(text, "quit")


def test_an_event_that_the_title_names_counts_more() -> None:
    text = "Acme sold a mill. Ann resigned."
    assert salience(text, "resigned", "Ann resigns") > salience(text, "resigned")


def test_a_fact_counts_more_than_a_possibility() -> None:
    assert salience("Ann resigned.", "resigned") > salience("Ann might resign.", "resign")


def test_names_beside_it_count() -> None:
    marked = (("person", "Ann"), ("date", "Monday"))
    text = "Ann resigned on Monday."
    assert salience(text, "resigned", "", *marked) > salience(text, "resigned")


def test_a_profile_lists_its_kinds_by_importance() -> None:
    weights = kind_weights(PROFILES["email"])
    assert list(weights) == list(PROFILES["email"].events)
    assert (weights["request"], weights["appointment"]) == (1.0, 0.0)
