"""`millrace dashboards push`, run as a command against a Grafana that checks every request."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.grafana import client_environment
from infra.grafana.dashboards import DASHBOARDS
from infra.grafana.sources import CLICKHOUSE, PROMETHEUS
from infra.local.addresses import free_port
from tests.command import TIMEOUT_S, Ended, millrace
from tests.infra.grafana.grafana_server import PLUGIN, TOKEN, FakeGrafana, grafana

Found = dict[str, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first push puts Grafana's client, and the others find it."""
    home = tmp_path_factory.mktemp("grafana") / "a home"
    first = push(home, nowhere())
    assert first.err.startswith("setting up Grafana's client (once) …\n"), first.err
    return home


def push(home: Path, server: FakeGrafana, *options: str, **settings: str) -> Ended:
    """Run the command in the environment of the client, once that is made: it starts but once."""
    python = client_environment.find(home / "grafana") or sys.executable
    done = subprocess.run(
        [python, "-m", "millrace", "dashboards", "push", *options],
        env={**os.environ, **environment(home, server), **settings},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def environment(home: Path, server: FakeGrafana) -> dict[str, str]:
    return {
        "MILLRACE_HOME": str(home),
        "MILLRACE_GRAFANA_URL": server.url,
        "MILLRACE_GRAFANA_TOKEN": TOKEN,
    }


def nowhere() -> FakeGrafana:
    """A server that does not run."""
    return FakeGrafana(url=f"http://127.0.0.1:{free_port('127.0.0.1')}")


def states(ended: Ended) -> dict[str, list[str]]:
    """What became of each object, from the command's JSON."""
    found: dict[str, list[str]] = {}
    for one in json.loads(ended.out):
        found.setdefault(one["what"], []).append(one["state"])
    return found


class TestEnvironment:
    """The command as users start it: in the environment of millrace, which lacks the client."""

    def test_it_goes_on_beside_the_client_and_ends_as_that_does(self, home: Path) -> None:
        with grafana() as server:
            done = millrace("dashboards", "push", environment=environment(home, server))
            unfit = {**environment(home, server), "MILLRACE_GRAFANA_TOKEN": "glsa_of-another"}
            refused = millrace("dashboards", "push", environment=unfit)

        assert (done.status, done.err) == (0, "")
        assert f"{server.url}/dashboards/f/millrace" in done.out
        assert refused.status == 1
        assert "refuses the token" in refused.err

    def test_where_the_client_cannot_be_had_it_says_what_to_do_and_leaves_nothing(
        self, tmp_path: Path
    ) -> None:
        index = {"PIP_INDEX_URL": nowhere().url, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
        ended = push(tmp_path, nowhere(), **index)

        assert ended.status == 1
        assert "Grafana's client cannot be installed (ERROR: " in ended.err
        assert "infra/grafana/client.lock" in ended.err
        assert list((tmp_path / "grafana").iterdir()) == []


class TestInOrder:
    def test_folder_sources_and_dashboards_are_there_afterwards(self, home: Path) -> None:
        with grafana() as server:
            ended = push(home, server, MILLRACE_GRAFANA_FOLDER="Events of ours")

        assert (ended.status, ended.err) == (0, "")
        assert server.mistakes == []
        assert [one["title"] for one in server.folders.values()] == ["Events of ours"]
        assert set(server.sources) == {CLICKHOUSE.uid, PROMETHEUS.uid}
        assert set(server.dashboards) == {one.uid for one in DASHBOARDS}
        for stored in server.dashboards.values():
            assert stored["meta"]["folderUid"] == "millrace"
        for source in (CLICKHOUSE, PROMETHEUS):
            assert ("GET", f"/api/datasources/uid/{source.uid}/health") in server.requests
        for one in DASHBOARDS:
            assert f"dashboard {one.title}" in ended.out

    def test_clickhouse_is_read_as_the_reader_where_grafana_finds_it(self, home: Path) -> None:
        with grafana() as server:
            push(
                home,
                server,
                MILLRACE_GRAFANA_CLICKHOUSE_URL="https://clickhouse.example",
                MILLRACE_CLICKHOUSE_READER_PASSWORD="the reader's",
                MILLRACE_CLICKHOUSE_PASSWORD="the writer's",
                MILLRACE_GRAFANA_PROMETHEUS_URL="http://prometheus.example:9090",
            )

        source = server.sources[CLICKHOUSE.uid]
        assert source["jsonData"] == {
            "host": "clickhouse.example",
            "port": 8443,
            "protocol": "http",
            "secure": True,
            "defaultDatabase": "millrace",
            "username": "reader",
        }
        assert source["secureJsonData"] == {"password": "the reader's"}
        assert server.sources[PROMETHEUS.uid]["url"] == "http://prometheus.example:9090"

    def test_a_second_time_changes_nothing_that_was_not_changed(self, home: Path) -> None:
        with grafana() as server:
            push(home, server)
            before = json.dumps([server.folders, server.sources, server.dashboards])
            again = push(home, server, "--json")

            assert json.dumps([server.folders, server.sources, server.dashboards]) == before
        assert again.status == 0
        assert states(again)["folder millrace"] == ["unchanged"]
        for one in DASHBOARDS:
            assert states(again)[f"dashboard {one.title}"] == ["unchanged"]

    def test_what_was_changed_in_grafana_is_overwritten(self, home: Path) -> None:
        with grafana() as server:
            push(home, server)
            changed = server.dashboards["millrace-events"]["dashboard"]
            changed["panels"] = []
            server.folders["millrace"]["title"] = "Renamed"
            again = push(home, server, "--json")

        assert states(again)["dashboard Events"] == ["updated"]
        assert states(again)["folder millrace"] == ["updated"]
        assert server.dashboards["millrace-events"]["dashboard"]["panels"] != []
        assert server.mistakes == []

    def test_data_sources_of_a_provisioning_file_are_left_as_they_are(self, home: Path) -> None:
        with grafana() as server:
            push(home, server)
            for source in server.sources.values():
                source["readOnly"] = True
            again = push(home, server, "--json")

        assert again.status == 0
        assert states(again)[f"data source {CLICKHOUSE.name}"] == ["unchanged", "healthy"]

    @pytest.mark.parametrize("slash", ["", "/"])
    def test_a_grafana_below_a_path_is_found(self, home: Path, slash: str) -> None:
        with grafana(prefix="/monitoring") as server:
            server.url += slash
            assert push(home, server).status == 0
            assert len(server.dashboards) == len(DASHBOARDS)


class TestRefused:
    def test_a_token_that_is_refused_is_named(self, home: Path) -> None:
        with grafana() as server:
            ended = push(home, server, MILLRACE_GRAFANA_TOKEN="glsa_of-another")

        assert ended.status == 1
        assert "refuses the token: set MILLRACE_GRAFANA_TOKEN" in ended.err
        assert "glsa_of-another" not in ended.err
        assert len(ended.err.splitlines()) == 1

    def test_a_token_without_the_right_is_told_per_object(self, home: Path) -> None:
        denied = 403, {"message": "You'll need additional permissions: datasources:create"}
        with grafana(refuse={"POST /api/datasources": denied}) as server:
            ended = push(home, server)

        assert ended.status == 1
        for source in (CLICKHOUSE, PROMETHEUS):
            assert f"data source {source.name}: not permitted" in ended.err
        assert "datasources:create" in ended.err
        assert len(server.dashboards) == len(DASHBOARDS)

    @pytest.mark.parametrize(
        ("refuse", "what", "said"),
        [
            (
                {"POST /api/folders": (412, {"message": "the folder is another's"})},
                "folder millrace",
                "the folder is another's (status 412)",
            ),
            (
                {"POST /api/datasources": (409, {"message": "name already exists"})},
                f"data source {CLICKHOUSE.name}",
                "name already exists (status 409)",
            ),
            (
                {"POST /api/dashboards/db": (412, {"message": "of a plugin", "status": "x"})},
                "dashboard Events",
                "of a plugin (status 412)",
            ),
            (
                {"POST /api/dashboards/db": (400, {"message": "Dashboard is invalid"})},
                "dashboard Quality",
                "Dashboard is invalid (status 400)",
            ),
        ],
    )
    def test_an_object_that_is_refused_is_named_with_the_reason(
        self, home: Path, refuse: Found, what: str, said: str
    ) -> None:
        with grafana(refuse=refuse) as server:
            ended = push(home, server)

        assert ended.status == 1
        assert f"millrace: {what}: {said}" in ended.err

    def test_a_data_source_that_does_not_work_is_told_and_the_rest_goes_on(
        self, home: Path
    ) -> None:
        with grafana(unhealthy={CLICKHOUSE.uid: "dial tcp: no such host"}) as server:
            ended = push(home, server, "--json")

        assert ended.status == 1
        assert states(ended)[f"data source {CLICKHOUSE.name}"] == ["created", "refused"]
        assert states(ended)[f"data source {PROMETHEUS.name}"] == ["created", "healthy"]
        assert "no such host" in ended.out
        assert len(server.dashboards) == len(DASHBOARDS)


class TestUnfit:
    def test_without_the_plugin_nothing_is_changed(self, home: Path) -> None:
        with grafana(plugins={"prometheus": "12.4.3"}) as server:
            ended = push(home, server)

        assert ended.status == 1
        assert f"lacks the plugin {PLUGIN}: `grafana cli plugins install {PLUGIN}" in ended.err
        assert server.writes == []

    def test_an_old_plugin_is_told(self, home: Path) -> None:
        with grafana(plugins={PLUGIN: "3.3.0"}) as server:
            ended = push(home, server)

        assert ended.status == 1
        assert f"plugin {PLUGIN} is 3.3.0, the dashboards need 4.0 or later" in ended.err
        assert server.writes == []

    @pytest.mark.parametrize("version", ["9.5.21", "10.4.1", "8.0.0-beta1"])
    def test_an_old_grafana_is_told(self, home: Path, version: str) -> None:
        with grafana(version=version) as server:
            ended = push(home, server)

        assert ended.status == 1
        assert f"Grafana is {version}, the dashboards need 11.0 or later: upgrade" in ended.err
        assert server.writes == []

    def test_a_grafana_that_hides_its_version_is_taken_as_it_is(self, home: Path) -> None:
        with grafana(version="") as server:
            assert push(home, server).status == 0

    def test_what_is_no_grafana_is_told(self, home: Path) -> None:
        page = 200, "<html>Welcome to nginx!</html>"
        with grafana(refuse={"GET /api/frontend/settings": page}) as server:
            ended = push(home, server)

        assert ended.status == 1
        assert "is no Grafana: set MILLRACE_GRAFANA_URL" in ended.err

    def test_a_proxy_without_its_grafana_is_something_that_does_not_run(self, home: Path) -> None:
        bad_gateway = 502, "<html>Bad Gateway</html>"
        with grafana(refuse={"GET /api/frontend/settings": bad_gateway}) as server:
            assert push(home, server).status == 3

    def test_no_grafana_is_something_that_does_not_run(self, home: Path) -> None:
        server = nowhere()
        ended = push(home, server)

        assert ended.status == 3
        assert f"Grafana does not answer at {server.url}" in ended.err
        assert len(ended.err.splitlines()) == 1

    def test_without_a_token_it_is_wrong_usage(self, home: Path) -> None:
        with grafana() as server:
            ended = push(home, server, MILLRACE_GRAFANA_TOKEN="")

        assert ended.status == 2
        assert "set MILLRACE_GRAFANA_TOKEN" in ended.err
        assert server.requests == []
