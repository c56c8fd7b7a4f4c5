"""The compose file: valid, pinned, closed to the outside, without a secret in it."""

import re
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from infra.grafana.sources import CLICKHOUSE, PLUGIN_VERSION, PROMETHEUS
from infra.local.broker_config import LARGEST_MESSAGE_BYTES
from millrace import __version__
from millrace.settings import Settings
from tests.infra.docker.compose import (
    FILE,
    ROOT,
    SECRETS,
    VARIABLE,
    compose,
    ours,
    read_yaml,
    services,
    strings,
)

PINNED = re.compile(r"^[\w./-]+:v?\d+\.\d+\.\d+(\.\d+)?$")
EVERY_SERVICE = tuple(services())


def check_schema(path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_is_what_the_compose_specification_allows() -> None:
    checked = check_schema(FILE)
    assert checked.returncode == 0, checked.stdout


def test_a_key_that_the_specification_does_not_know_is_refused(tmp_path: Path) -> None:
    wrong = read_yaml(FILE)
    wrong["services"]["sink"]["heathcheck"] = wrong["services"]["sink"].pop("healthcheck")
    path = tmp_path / "docker-compose.yml"
    YAML(typ="safe").dump(wrong, path)

    checked = check_schema(path)

    assert checked.returncode == 1
    assert "$.services.sink: 'heathcheck' does not match" in checked.stdout


def test_all_parts_are_there_and_the_gpu_is_asked_for_alone() -> None:
    assert set(EVERY_SERVICE) == {
        "stages", "inference", "sink", "kafka", "clickhouse", "vllm", "prometheus", "grafana",
    }  # fmt: skip
    assert {name: one["profiles"] for name, one in services().items() if "profiles" in one} == {
        "vllm": ["gpu"]
    }


@pytest.mark.parametrize("name", EVERY_SERVICE)
class TestEveryService:
    def test_its_image_is_pinned(self, name: str) -> None:
        assert PINNED.match(services()[name]["image"])

    def test_its_ports_are_published_on_loopback_alone(self, name: str) -> None:
        for port in services()[name].get("ports", []):
            address, outside, inside = port.split(":")
            assert ip_address(address).is_loopback
            assert int(outside) == int(inside)
        assert services()[name].get("network_mode") is None

    def test_it_is_restarted_watched_and_bounded(self, name: str) -> None:
        service = services()[name]
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}
        assert service["mem_limit"]

    def test_it_has_no_more_rights_than_it_needs(self, name: str) -> None:
        service = services()[name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service
        assert "cap_add" not in service

    def test_it_waits_for_services_that_are_there_and_healthy(self, name: str) -> None:
        for other, how in services()[name].get("depends_on", {}).items():
            assert other in EVERY_SERVICE
            assert how == {"condition": "service_healthy"}

    def test_its_volumes_are_declared_and_its_files_are_there(self, name: str) -> None:
        for volume in services()[name].get("volumes", []):
            source, _, _ = volume.partition(":")
            if source.startswith("."):
                assert (ROOT / source).exists(), source
                assert volume.endswith(":ro")
            else:
                assert source in compose()["volumes"]


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_it_does_not_start(name: str) -> None:
    for missing in ({}, {name: ""}):
        environment = {key: value for key, value in SECRETS.items() if key != name} | missing
        with pytest.raises(KeyError, match=f"{name}: set it in .env"):
            compose(environment)


def test_every_password_in_it_is_a_secret_of_the_environment() -> None:
    for service in services().values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert value in SECRETS.values()


def test_the_example_names_every_variable_and_gives_no_secret() -> None:
    used = {match["name"] for match in VARIABLE.finditer(FILE.read_text("utf-8"))}
    passed_on = {
        name
        for service in services().values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    example = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", "\n".join(lines), re.MULTILINE))

    assert set(example) == used | passed_on
    assert set(example.values()) == {""}
    assert {line.removesuffix("=") for line in lines if line and line[0] != "#"} == set(SECRETS)


@pytest.mark.parametrize("name", ours())
def test_settings_of_ours_are_settings_that_exist(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = ours()[name]["environment"]
    fields = {variable.removeprefix("MILLRACE_").lower() for variable in environment}
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    settings = Settings()

    assert fields <= set(Settings.model_fields)
    assert settings.kafka_bootstrap == "kafka:19092"
    assert settings.clickhouse_url == "http://clickhouse:8123"
    assert settings.clickhouse_password.get_secret_value() == SECRETS["CLICKHOUSE_PASSWORD"]


def test_each_of_ours_has_a_home_of_its_own_in_the_volume() -> None:
    homes = [service["environment"]["MILLRACE_HOME"] for service in ours().values()]
    assert len(set(homes)) == len(homes) == 3
    assert all(home.startswith("/var/lib/millrace/") for home in homes)


def test_our_image_has_the_version_of_the_code() -> None:
    assert {service["image"] for service in ours().values()} == {f"millrace:{__version__}"}


def test_kafka_takes_messages_as_large_as_the_local_one() -> None:
    environment = services()["kafka"]["environment"]
    assert int(environment["KAFKA_MESSAGE_MAX_BYTES"]) == LARGEST_MESSAGE_BYTES
    assert int(environment["KAFKA_REPLICA_FETCH_MAX_BYTES"]) == LARGEST_MESSAGE_BYTES
    assert int(environment["KAFKA_FETCH_MAX_BYTES"]) == 3 * LARGEST_MESSAGE_BYTES
    assert int(environment["KAFKA_SOCKET_REQUEST_MAX_BYTES"]) == 5 * LARGEST_MESSAGE_BYTES


def test_what_prometheus_scrapes_are_services() -> None:
    found = read_yaml(ROOT / "infra/prometheus/prometheus.yml")
    hosts = {
        target.partition(":")[0]
        for job in found["scrape_configs"]
        for static in job.get("static_configs", [])
        for target in static["targets"]
    }
    assert hosts - {"localhost"} <= set(EVERY_SERVICE)


def test_prometheus_scrapes_every_process_of_ours_where_it_serves() -> None:
    found = read_yaml(ROOT / "infra/prometheus/prometheus.yml")
    (job,) = (job for job in found["scrape_configs"] if job["job_name"] == "millrace")
    (replicas,) = job["dns_sd_configs"]

    assert set(replicas["names"]) == set(ours())
    for service in ours().values():
        assert service["environment"]["MILLRACE_METRICS_HOST"] == "0.0.0.0"
        assert service["environment"]["MILLRACE_METRICS_PORT"] == str(replicas["port"])
        assert f":{replicas['port']}/readyz" in service["healthcheck"]["test"][-1]


def test_grafana_reads_clickhouse_as_the_reader() -> None:
    found = read_yaml(ROOT / "infra/grafana/provisioning/datasources/millrace.yml")
    clickhouse, prometheus = found["datasources"]
    plugin = services()["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"]

    assert re.fullmatch(rf"{clickhouse['type']}@\d+\.\d+\.\d+", plugin)
    assert clickhouse["jsonData"]["username"] == "reader"
    (variable,) = re.findall(r"\$__env\{(\w+)\}", " ".join(strings(clickhouse)))
    assert services()["grafana"]["environment"][variable] == SECRETS["CLICKHOUSE_READER_PASSWORD"]
    assert prometheus["url"] == "http://prometheus:9090"


def test_grafana_is_given_the_dashboards_where_it_looks_for_them() -> None:
    (provider,) = read_yaml(ROOT / "infra/grafana/provisioning/dashboards/millrace.yml")[
        "providers"
    ]
    volumes = [one.split(":") for one in services()["grafana"]["volumes"]]
    mounted = {inside: ROOT / outside for outside, inside, *_ in volumes}

    assert list(mounted[provider["options"]["path"]].glob("*.json"))


def test_grafana_calls_its_data_sources_as_the_dashboards_do() -> None:
    found = read_yaml(ROOT / "infra/grafana/provisioning/datasources/millrace.yml")["datasources"]

    assert {(one["uid"], one["name"], one["type"]) for one in found} == {
        (one.uid, one.name, one.type) for one in (CLICKHOUSE, PROMETHEUS)
    }
    plugin = services()["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"]
    assert plugin == f"{CLICKHOUSE.type}@{PLUGIN_VERSION}"
