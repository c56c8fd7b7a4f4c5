"""Our HTTP servers answer programs of this machine, and only requests that can be read one way."""

import socket
from collections.abc import Iterator

import psutil
import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.local.stack import StackSettings
from streams.telemetry.endpoint import serving
from streams.telemetry.readiness import Readiness
from tests.security.raw_http import AMBIGUOUS, SMUGGLED, exchange, get

# What a page sends whose name was pointed at this machine, or that only looks like this machine.
FOREIGN = [
    "evil.example",
    "evil.example:8123",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "0.0.0.0",
    "[::1",
    "127.0.0.1@evil.example",
]
OWN = ["127.0.0.1", "127.0.0.1:9464", "localhost", "LOCALHOST.:80", "[::1]:9464"]


@pytest.fixture(scope="module")
def metrics() -> Iterator[int]:
    """The port of a process's metrics, on loopback."""
    with serving("127.0.0.1", 0, Readiness()) as port:
        yield port


class TestMetrics:
    @pytest.mark.parametrize("host", FOREIGN)
    def test_a_foreign_name_is_refused_with_a_line(self, metrics: int, host: str) -> None:
        for path in ("/metrics", "/healthz", "/readyz", "/"):
            refused = exchange(metrics, get(path, Host=host))
            assert refused.status == 421
            assert refused.body == (
                "only names of this machine are answered here: ask 127.0.0.1 or localhost\n"
            )

    @pytest.mark.parametrize("host", OWN)
    def test_names_of_this_machine_are_answered(self, metrics: int, host: str) -> None:
        answer = exchange(metrics, get("/metrics", Host=host))
        assert answer.status == 200
        assert "millrace_records_total" in answer.body

    def test_the_address_in_the_first_line_counts_over_the_header(self, metrics: int) -> None:
        assert exchange(metrics, get("http://evil.example/metrics")).status == 421
        assert exchange(metrics, get("http://127.0.0.1/healthz")).status != 421

    def test_old_health_checks_that_name_no_host_are_answered(self, metrics: int) -> None:
        assert exchange(metrics, b"GET /healthz HTTP/1.0\r\n\r\n").status == 200

    @pytest.mark.parametrize("what", AMBIGUOUS)
    def test_what_could_be_read_in_two_ways_is_refused(self, metrics: int, what: str) -> None:
        assert exchange(metrics, AMBIGUOUS[what]).status == 400

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
    def test_it_only_tells(self, metrics: int, method: str) -> None:
        request = get("/metrics").replace(b"GET", method.encode(), 1)
        assert exchange(metrics, request).status == 405

    def test_at_an_address_of_a_network_any_name_is_answered(self) -> None:
        """Which names lead there, only the network knows: Prometheus's are those of containers."""
        address = _address_of_network()
        with serving(address, 0, Readiness()) as port:
            request = get("/healthz", Host="inference:9464")
            assert exchange(port, request, host=address).status == 200


@pytest.mark.integration
class TestClickHouse:
    @pytest.mark.parametrize("host", FOREIGN)
    def test_a_foreign_name_is_refused_with_a_line(self, stack: StackSettings, host: str) -> None:
        for path in ("/ping", "/?query=SELECT%201", "/nothing"):
            refused = exchange(stack.clickhouse_port, get(path, Host=host))
            assert refused.status == 403
            assert refused.body == (
                "Only programs of this machine are answered: name it 127.0.0.1 or localhost\n"
            )

    @pytest.mark.parametrize("host", OWN)
    def test_names_of_this_machine_are_answered(self, stack: StackSettings, host: str) -> None:
        assert exchange(stack.clickhouse_port, get("/ping", Host=host)).status == 200

    def test_the_address_in_the_first_line_counts_over_the_header(
        self, stack: StackSettings
    ) -> None:
        assert exchange(stack.clickhouse_port, get("http://evil.example/ping")).status == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            # A picture or a link in a page elsewhere: its request has no origin.
            {"Sec_Fetch_Site": "cross-site"},
        ],
    )
    def test_a_page_from_elsewhere_asks_nothing(
        self, stack: StackSettings, headers: dict[str, str]
    ) -> None:
        request = get("/?query=SELECT%201", **headers)
        assert exchange(stack.clickhouse_port, request).status == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "http://localhost:3000", "Sec_Fetch_Site": "same-site"},
            {"Sec_Fetch_Site": "none"},
        ],
    )
    def test_a_page_of_this_machine_and_its_user_do(
        self, stack: StackSettings, headers: dict[str, str]
    ) -> None:
        request = get("/?query=SELECT%201", **headers)
        assert exchange(stack.clickhouse_port, request).status == 200

    def test_what_could_be_read_in_two_ways_is_refused_whole(self, stack: StackSettings) -> None:
        statuses = {
            what: exchange(stack.clickhouse_port, request).status
            for what, request in AMBIGUOUS.items()
        }

        assert statuses == dict.fromkeys(AMBIGUOUS, 400)
        url = f"http://{stack.clickhouse_host}:{stack.clickhouse_port}"
        client = Client(ClickHouse(url, database="system"))
        try:
            assert (
                client.query(
                    "SELECT name FROM tables WHERE name = {name:String}", {"name": SMUGGLED}
                )
                == []
            )
        finally:
            client.close()


def _address_of_network() -> str:
    """An address of this machine that is not loopback, as its containers' have."""
    found = [
        address.address
        for interface in psutil.net_if_addrs().values()
        for address in interface
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
    assert found, "this machine has no address but loopback: give it one, a dummy interface will do"
    return found[0]
