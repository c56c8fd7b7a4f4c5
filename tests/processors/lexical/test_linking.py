from typing import Any

from tests.flow import ingest_json, memory_flow
from tests.processors.lexical.reading import links

MARCH = ("date", "3 March", "2024-03-03")
LATER = ("date", "a day later", "2024-03-04")


class TestAConnective:
    def test_between_two_events_links_them(self) -> None:
        assert links("Ann resigned because Acme fired Bob.") == ["fired causes resigned (because)"]

    def test_says_which_comes_first(self) -> None:
        assert links("Ann resigned before Acme bought Widget.") == [
            "resigned precedes bought (before)"
        ]
        assert links("Ann resigned after Acme bought Widget.") == [
            "bought precedes resigned (after)"
        ]

    def test_that_opens_the_sentence_links_its_clauses(self) -> None:
        assert links("After Acme bought Widget, Ann resigned.") == [
            "bought precedes resigned (After)"
        ]
        assert links("Before Acme bought Widget, Ann resigned.") == [
            "resigned precedes bought (Before)"
        ]

    def test_that_leads_on_links_to_the_sentence_before(self) -> None:
        assert links("Acme bought Widget. As a result, Ann resigned.") == [
            "bought causes resigned (As a result)"
        ]

    def test_at_the_end_links_to_the_sentence_before(self) -> None:
        assert links("Acme bought Widget. Ann resigned afterwards.") == [
            "bought precedes resigned (afterwards)"
        ]

    def test_of_several_words_is_taken_whole(self) -> None:
        assert links("Ann resigned as a result of the merger.") == [
            "merger causes resigned (as a result of)"
        ]

    def test_with_one_event_links_nothing(self) -> None:
        assert links("Acme bought Widget. After lunch, Ann resigned.") == []
        assert links("Acme bought Widget. Ann resigned because of pressure.") == []

    def test_before_a_date_links_nothing(self) -> None:
        found = links("Ann resigned after 3 March, Acme bought Widget.", MARCH)
        assert not any(link.endswith("(after)") for link in found)

    def test_far_from_the_event_links_nothing(self) -> None:
        text = "Ann appeared before the court, which convicted Bob of murder; a strike began."
        assert not any(link.endswith("(before)") for link in links(text))

    def test_counts_for_other_words_of_an_event(self) -> None:
        text = "An earthquake struck. The quake triggered a landslide."
        assert links(text) == ["earthquake causes landslide (triggered)"]


class TestTime:
    def test_of_neighbours_orders_them(self) -> None:
        text = "Acme bought Widget on 3 March. Ann resigned a day later."
        assert links(text, MARCH, LATER) == ["bought precedes resigned (a day later)"]

    def test_told_backwards_is_turned_round(self) -> None:
        text = "Ann resigned a day later. Acme bought Widget on 3 March."
        assert links(text, MARCH, LATER) == ["bought precedes resigned (3 March)"]

    def test_that_overlaps_orders_nothing(self) -> None:
        text = "Acme bought Widget on 3 March. Ann resigned in 2024."
        assert links(text, MARCH, ("date", "2024", "2024")) == []

    def test_outdoes_a_connective_that_contradicts_it(self) -> None:
        text = "Acme bought Widget on 3 March before Ann resigned on 1 March."
        first = ("date", "1 March", "2024-03-01")
        assert links(text, MARCH, first) == ["resigned precedes bought (1 March)"]


def test_chinese_and_japanese_have_connectives() -> None:
    assert links("地震导致火灾。", language="zh") == ["地震 causes 火灾 (导致)"]
    assert links("地震により、火災が起きた。", language="ja") == ["地震 causes 火災 (により)"]


def test_no_connective_and_no_time_is_no_link() -> None:
    assert links("Acme bought Widget. Ann resigned.") == []


async def learned(text: str, language: str = "en", profile: str = "news") -> list[str]:
    """The links of a document that goes all the way, under a profile as it comes with millrace."""
    flow = memory_flow()
    flow.log.append(ingest_json("a", text, language=language, profile=profile))
    await flow.run()
    row: dict[str, Any] = flow.tables.rows("documents")[0]
    words = dict(zip(row["events.event_id"], row["events.trigger"], strict=True))
    return [
        f"{words[source]} {kind} {words[target]} ({evidence})"
        for source, kind, target, evidence in zip(
            row["relationships.source_event_id"],
            row["relationships.kind"],
            row["relationships.target_event_id"],
            row["relationships.evidence"],
            strict=True,
        )
    ]


class TestTheModel:
    async def test_links_a_cause_that_no_word_names(self) -> None:
        found = await learned("An earthquake hit Bam, killing ten people.")
        assert any(link.startswith("earthquake causes killing (earthquake") for link in found)

    async def test_does_not_link_again_what_a_connective_links(self) -> None:
        found = await learned("The earthquake led to a landslide, killing ten people.")
        pairs = [frozenset(link.split(" (")[0].split(" causes ")) for link in found]
        assert pairs
        assert len(pairs) == len(set(pairs))

    async def test_is_asked_of_english_alone(self) -> None:
        assert await learned("地震、火災。", language="ja") == []

    async def test_is_not_asked_for_mails_which_it_does_not_know(self) -> None:
        assert await learned("We booked the train, paying 40 euros.", profile="email") == []
