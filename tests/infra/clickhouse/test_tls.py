"""ClickHouse behind TLS: what is trusted, and what is said where it is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.local.stack import StackSettings
from schemas.errors import AccessError, UnavailableError
from tests.tls_proxy import TlsProxy, tls_proxy

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def proxy(stack: StackSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsProxy]:
    with tls_proxy(stack.clickhouse_port, tmp_path_factory.mktemp("tls")) as proxy:
        yield proxy


@pytest.fixture
def client(proxy: TlsProxy) -> Iterator[Client]:
    client = Client(ClickHouse(proxy.url, "default", cafile=proxy.cafile))
    yield client
    client.close()


def refusal(server: ClickHouse) -> str:
    client = Client(server)
    with pytest.raises(AccessError) as raised:
        client.query("SELECT 1")
    client.close()
    return str(raised.value)


def test_queries_and_inserts_go_through_it(client: Client) -> None:
    client.command("CREATE TABLE protected (n UInt32) ENGINE = Memory")
    try:
        client.insert("protected", ["n"], [(1,), (2,)])

        assert client.query("SELECT sum(n) AS total FROM protected") == [{"total": 3}]
    finally:
        client.command("DROP TABLE protected")


def test_an_unknown_authority_is_named_with_its_setting(proxy: TlsProxy) -> None:
    assert refusal(ClickHouse(proxy.url, "default")) == (
        f"ClickHouse at {proxy.url} shows a certificate that is not trusted (unable to get local "
        "issuer certificate): set MILLRACE_CLICKHOUSE_SSL_CAFILE to the file of its authority"
    )


def test_a_certificate_of_another_name_is_refused(stack: StackSettings, tmp_path: Path) -> None:
    with tls_proxy(stack.clickhouse_port, tmp_path, name="clickhouse.example") as proxy:
        said = refusal(ClickHouse(proxy.url, "default", cafile=proxy.cafile))

    assert said.startswith(f"ClickHouse at {proxy.url} shows a certificate for another name")
    assert said.endswith("set MILLRACE_CLICKHOUSE_URL to a name that is in it")


def test_https_to_a_port_without_tls_is_refused(stack: StackSettings) -> None:
    url = f"https://127.0.0.1:{stack.clickhouse_port}"

    assert refusal(ClickHouse(url, "default")).startswith(
        f"ClickHouse at {url} does not speak TLS: set MILLRACE_CLICKHOUSE_URL"
    )


def test_http_to_a_port_of_tls_does_not_count_as_an_answer(proxy: TlsProxy) -> None:
    client = Client(ClickHouse(proxy.url.replace("https", "http"), "default"))

    with pytest.raises(UnavailableError, match="does not answer"):
        client.query("SELECT 1")


def test_a_server_that_is_away_is_not_started_by_up() -> None:
    client = Client(ClickHouse("https://127.0.0.1:1"))

    with pytest.raises(UnavailableError) as raised:
        client.query("SELECT 1")

    assert str(raised.value) == (
        "ClickHouse does not answer at https://127.0.0.1:1: start it, or set "
        "MILLRACE_CLICKHOUSE_URL"
    )
