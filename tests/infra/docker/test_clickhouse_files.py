"""ClickHouse's users and settings. No server is here to read them: chDB, the same engine, checks
the statements and the names of settings, and the rest is held to the migrations.
"""

import re
import xml.etree.ElementTree as ET

import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import bundled_migrations
from infra.local.stack import StackSettings
from schemas.errors import StoreRefusedError
from tests.infra.docker.compose import ROOT, compose, ours, read_yaml, services

FOLDER = ROOT / "infra/docker/clickhouse"
USERS = ET.parse(FOLDER / "users.xml").getroot()  # noqa: S314 - a file of ours
SERVER = ET.parse(FOLDER / "server.xml").getroot()  # noqa: S314
GRANTS = [str(query.text) for query in USERS.iterfind("users/reader/grants/query")]


@pytest.fixture
def client(stack: StackSettings) -> Client:
    url = f"http://{stack.clickhouse_host}:{stack.clickhouse_port}"
    return Client(ClickHouse(url, database="default"))


def test_the_users_are_those_of_the_services_and_no_default() -> None:
    users = {user.tag: user for user in USERS.iterfind("users/*")}
    writers = {service["environment"]["MILLRACE_CLICKHOUSE_USER"] for service in ours().values()}
    (source, _) = read_yaml(ROOT / "infra/grafana/provisioning/datasources/millrace.yml")[
        "datasources"
    ]

    assert users.pop("default").get("remove") == "remove"
    assert set(users) == writers | {source["jsonData"]["username"]}


def test_passwords_come_from_the_environment_alone() -> None:
    passwords = [node for node in USERS.iter() if "password" in node.tag]
    given = services()["clickhouse"]["environment"]

    assert len(passwords) == 2
    for node in passwords:
        assert node.text is None
        assert node.get("from_env") in given


def test_every_user_has_a_profile_that_is_there() -> None:
    profiles = {profile.tag for profile in USERS.iterfind("profiles/*")}
    assert {node.text for node in USERS.iterfind("users/*/profile")} == profiles


def test_the_reader_may_read_every_view_and_no_table() -> None:
    created = "\n".join(migration.sql for migration in bundled_migrations())
    views = set(re.findall(r"REPLACE VIEW (\w+)", created))
    granted = {re.fullmatch(r"GRANT SELECT ON millrace\.(\w+)", grant) for grant in GRANTS}

    assert {match and match[1] for match in granted} == views
    for profile in USERS.iterfind("profiles/reader"):
        assert profile.findtext("readonly") == "2"


def test_prometheus_scrapes_the_port_that_it_opens() -> None:
    scraped = read_yaml(ROOT / "infra/prometheus/prometheus.yml")["scrape_configs"]
    (job,) = [job for job in scraped if job["job_name"] == "clickhouse"]
    port = SERVER.findtext("prometheus/port")

    assert job["static_configs"] == [{"targets": [f"clickhouse:{port}"]}]
    assert not any(f":{port}" in port_ for port_ in compose()["services"]["clickhouse"]["ports"])


@pytest.mark.integration
class TestAgainstTheEngine:
    @pytest.mark.parametrize("grant", GRANTS)
    def test_a_grant_is_one_to_its_parser(self, client: Client, grant: str) -> None:
        parsed = client.query("SELECT formatQuery({sql:String}) AS sql", {"sql": f"{grant} TO r"})
        assert "GRANT SELECT" in parsed[0]["sql"]

    def test_what_is_no_grant_is_refused(self, client: Client) -> None:
        with pytest.raises(StoreRefusedError):
            client.query("SELECT formatQuery('GRANT SELEKT ON a.b TO r')")

    def test_settings_of_the_profiles_exist(self, client: Client) -> None:
        names = {setting.tag for setting in USERS.iterfind("profiles/*/*")}
        known = client.query(
            "SELECT name FROM system.settings WHERE name IN {names:Array(String)}",
            {"names": sorted(names)},
        )
        assert {row["name"] for row in known} == names

    def test_the_life_of_its_logs_is_an_expression(self, client: Client) -> None:
        for life in SERVER.iterfind("*/ttl"):
            client.command("DROP TABLE IF EXISTS life_of_logs")
            client.command(
                "CREATE TABLE life_of_logs (event_date Date) ENGINE = MergeTree "
                f"ORDER BY event_date TTL {life.text}"
            )
            client.command("DROP TABLE life_of_logs")
