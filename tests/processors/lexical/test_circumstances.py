from tests.processors.lexical.reading import when_and_where

MARCH = ("date", "3 March", "2024-03-03")
MAY = ("date", "May", "2024-05")
LIMA = ("place", "Lima")


def test_the_date_and_place_of_the_clause_count() -> None:
    text = "Acme bought Widget in Lima on 3 March."
    assert when_and_where(text, "bought", LIMA, MARCH) == ("3 March", "Lima")


def test_the_nearest_date_counts() -> None:
    text = "Ann was arrested in May and convicted on 3 March."
    assert when_and_where(text, "arrested", MAY, MARCH)[0] == "May"
    assert when_and_where(text, "convicted", MAY, MARCH)[0] == "3 March"


def test_a_date_at_the_front_counts() -> None:
    assert when_and_where("On 3 March, Acme bought Widget.", "bought", MARCH)[0] == "3 March"


def test_the_date_of_another_clause_does_not_count() -> None:
    text = "Acme, which was founded in May, bought Widget."
    assert when_and_where(text, "bought", MAY)[0] == ""


def test_the_date_of_another_verb_does_not_count() -> None:
    text = "If they settle the dispute the drivers will walk out on 3 March."
    assert when_and_where(text, "settle", MARCH)[0] == ""
    assert when_and_where(text, "walk out", MARCH)[0] == "3 March"


def test_the_date_of_an_infinitive_is_not_its_governors() -> None:
    text = "We decided to move the meeting to 3 March."
    assert when_and_where(text, "decided", MARCH, profile="email")[0] == ""
    assert when_and_where(text, "meeting", MARCH, profile="email")[0] == "3 March"


def test_a_date_since_is_not_when() -> None:
    assert when_and_where("It was the worst storm since May.", "storm", MAY)[0] == ""


def test_a_time_of_day_counts_where_no_date_is() -> None:
    noon = ("time", "noon", "T12:00")
    assert when_and_where("The train crashed at noon.", "crashed", noon)[0] == "noon"


def test_a_place_needs_a_preposition_of_place() -> None:
    assert when_and_where("Lima elected a mayor.", "elected", LIMA)[1] == ""


def test_a_place_may_stand_behind_a_description() -> None:
    text = "An earthquake struck off the northern coast of Peru."
    assert when_and_where(text, "earthquake", ("place", "Peru"))[1] == "Peru"
