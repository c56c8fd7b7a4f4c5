from processors.learned.link_features import (
    MOST_BETWEEN,
    Place,
    Telling,
    candidates,
    link_features,
    repeated,
    telling_of,
)
from schemas.annotation import Span

TEXT = "A quake hit Bam, killing ten."


def spans(*words: str, text: str = TEXT) -> list[Span]:
    return [Span(start=text.index(w), end=text.index(w) + len(w)) for w in words]


def telling(*words: str, text: str = TEXT) -> Telling:
    return telling_of(text, 0, Span(start=0, end=len(text)), spans(*words, text=text))


def features(one: Telling) -> list[list[str]]:
    return link_features(one, candidates(one), repeated([one]))


class TestATelling:
    def test_places_triggers_among_the_words(self) -> None:
        assert telling("quake", "killing").places == [Place(1, 1), Place(5, 5)]

    def test_takes_a_trigger_of_several_words(self) -> None:
        assert telling("hit Bam").places == [Place(2, 3)]

    def test_leaves_out_the_second_of_two_on_one_word(self) -> None:
        one = telling("hit Bam", "Bam", "killing")
        assert one.places == [Place(2, 3), Place(5, 5)]
        assert one.numbers == [0, 2]


class TestPairs:
    def test_are_those_of_events_near_each_other(self) -> None:
        many = Telling(0, ["word"] * 30, [Place(at, at) for at in range(30)], list(range(30)))
        pairs = candidates(many)
        assert max(second - first for first, second in pairs) == MOST_BETWEEN + 1
        assert len(pairs) < 30 * (MOST_BETWEEN + 1)

    def test_leave_out_what_is_only_said(self) -> None:
        one = telling("Police", "said", "fell", text="Police said walls fell.")
        assert candidates(one) == [(0, 2)]

    def test_leave_out_those_far_from_each_other(self) -> None:
        far = Telling(0, ["word"] * 200, [Place(0, 0), Place(199, 199)], [0, 1])
        assert candidates(far) == []

    def test_say_what_each_event_is_like_and_what_stands_between(self) -> None:
        (held,) = features(telling("quake", "killing"))
        assert {"cc=disaster|killing", "1s=quake", "2s=kill", "w=bam", "jl=,"} <= set(held)

    def test_say_how_often_an_event_is_told(self) -> None:
        one = telling("quake", "killing")
        (held,) = link_features(one, candidates(one), repeated([one, one]))
        assert "1often=2" in held

    def test_of_a_sentence_with_one_event_are_none(self) -> None:
        assert features(telling("quake")) == []
