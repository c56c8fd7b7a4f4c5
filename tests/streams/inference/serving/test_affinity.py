"""Calls of one document meet the same server."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from streams.inference.serving.affinity import choose, preferred

URLS = [f"http://gpu{number}:8000/v1" for number in range(4)]
documents = st.text(min_size=1, max_size=40)
servers = st.lists(st.sampled_from(URLS), min_size=2, unique=True)


@given(documents, servers)
def test_the_order_in_which_servers_are_named_does_not_matter(
    document: str, urls: list[str]
) -> None:
    assert preferred(document, urls) == preferred(document, urls[::-1])


@given(documents, servers, st.data())
def test_without_a_server_only_its_own_documents_move(
    document: str, urls: list[str], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(urls))
    idle = dict.fromkeys(urls, 0)
    before = choose(document, idle, slack=0)
    after = choose(document, {url: 0 for url in urls if url != gone}, slack=0)

    assert after == before or before == gone


@given(documents, st.dictionaries(st.sampled_from(URLS), st.integers(0, 99), min_size=1))
def test_the_server_chosen_is_never_over_the_slack_busier_than_the_idlest(
    document: str, outstanding: dict[str, int]
) -> None:
    chosen = choose(document, outstanding, slack=8)

    assert outstanding[chosen] - min(outstanding.values()) <= 8


def test_documents_are_spread_evenly() -> None:
    idle = dict.fromkeys(URLS, 0)

    spread = Counter(choose(f"doc-{number}", idle, slack=0) for number in range(4_000))

    assert all(900 < documents < 1_100 for documents in spread.values())


def test_an_overloaded_server_is_passed_over_for_the_idlest() -> None:
    own = preferred("a1", URLS)[0]
    outstanding = dict.fromkeys(URLS, 5) | {own: 14, URLS[0]: 5}
    idlest = next(url for url in URLS if url != own)
    outstanding[idlest] = 3

    assert choose("a1", outstanding, slack=11) == own
    assert choose("a1", outstanding, slack=10) == idlest
