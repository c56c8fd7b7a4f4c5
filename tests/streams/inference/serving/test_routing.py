"""Which server takes the next call."""

import pytest

from streams.inference.serving.affinity import preferred
from streams.inference.serving.routing import Routing, Server
from streams.inference.serving.settings import Patience, ServedModelSettings

PATIENCE = Patience(failures_to_open=1, first_wait_s=1.0, longest_wait_s=8.0, longest_hold_s=60.0)
URLS = tuple(f"http://gpu{number}:8000/v1" for number in range(3))


@pytest.fixture
def routing() -> Routing:
    routing = Routing(
        ServedModelSettings(URLS, "acme/reader-8b", affinity_slack=2, patience=PATIENCE)
    )
    for server in routing.begin_probes(0.0):
        server.breaker.probe_succeeded()
        server.answered()
    return routing


def own(routing: Routing) -> Server:
    """The server that document a1 prefers."""
    first = preferred("a1", URLS)[0]
    return next(server for server in routing.servers if server.url == first)


def test_before_a_probe_no_server_takes_calls() -> None:
    routing = Routing(ServedModelSettings(URLS, "acme/reader-8b"))

    assert routing.choose("a1", 0.0) is None
    assert len(routing.begin_probes(0.0)) == 3
    assert routing.begin_probes(0.0) == []


def test_a_document_keeps_its_server(routing: Routing) -> None:
    assert {routing.choose("a1", moment) for moment in (0.0, 1.0, 2.0)} == {own(routing)}


def test_load_overrides_affinity(routing: Routing) -> None:
    with own(routing).call(), own(routing).call():
        assert routing.choose("a1", 0.0) is own(routing)
        with own(routing).call():
            assert routing.choose("a1", 0.0) is not own(routing)
    assert own(routing).outstanding == 0


def test_a_server_that_fails_is_left_out(routing: Routing) -> None:
    own(routing).breaker.failed(1.0)

    chosen = routing.choose("a1", 1.0)

    assert chosen is not None
    assert chosen.url == preferred("a1", URLS)[1]


def test_a_call_that_failed_goes_elsewhere_where_there_is_another(routing: Routing) -> None:
    assert routing.choose("a1", 0.0, failed_at=own(routing).url) is not own(routing)

    for server in routing.servers:
        if server is not own(routing):
            server.breaker.failed(0.0)
    assert routing.choose("a1", 0.0, failed_at=own(routing).url) is own(routing)


def test_a_server_without_room_is_left_alone_for_as_long_as_it_asks(routing: Routing) -> None:
    own(routing).refused(9.0, 10.0, 20.0, PATIENCE)

    assert routing.choose("a1", 29.9) is not own(routing)
    assert routing.choose("a1", 30.0) is own(routing)


def test_no_server_may_ask_for_more_than_the_longest_hold(routing: Routing) -> None:
    own(routing).refused(9.0, 10.0, 86_400.0, PATIENCE)

    assert own(routing).held_until == 70.0


def test_without_a_word_from_the_server_waits_double(routing: Routing) -> None:
    server, began, waits = own(routing), 0.0, []
    for _ in range(5):
        now = began + 0.5
        server.refused(began, now, None, PATIENCE)
        waits.append(server.held_until - now)
        began = server.held_until + 0.1

    assert waits == pytest.approx([1.0, 2.0, 4.0, 8.0, 8.0])


def test_refusals_of_calls_sent_together_count_as_one(routing: Routing) -> None:
    server = own(routing)
    news = [server.refused(0.0, 0.5 + number / 100, None, PATIENCE) for number in range(64)]

    assert news == [True] + [False] * 63
    assert server.held_until == 1.5
