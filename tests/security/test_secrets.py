"""Secrets are masked in settings, in the values made of them, and in what is said of wrong ones."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from infra.grafana.server import GrafanaServer
from infra.local.server.credentials import Users
from infra.local.server.settings import ServerSettings
from infra.local.warehouse import Credentials
from millrace import wiring
from millrace.checks import configuration
from millrace.cli import app
from millrace.settings import EngineSettings, Settings, SettingsError, read_settings
from streams.broker.security import Certificate
from streams.inference.serving.refusals import read_complaint, refused
from streams.inference.serving.settings import ServedModelSettings
from tests.security.canaries import canary, environment, found, secret_settings

# What a setting's name says of it where its type does not.
SOUNDS_SECRET = re.compile(r"password|passphrase|secret|token$|api_key|_key$|dsn|credential")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Every secret set, with a protocol of Kafka that uses its own."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MILLRACE_KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
    monkeypatch.setenv("MILLRACE_KAFKA_SASL_USERNAME", "stages")
    return read_settings()


def run(*arguments: str) -> str:
    """All that a command says, in this process."""
    ended = CliRunner().invoke(app, arguments)
    return ended.stdout + ended.stderr + repr(ended.exception)


def test_the_secrets_are_those_that_we_know_of() -> None:
    """Found by their types; one more is covered by all tests here from the moment it is there."""
    assert set(secret_settings()) == {
        "kafka_sasl_password", "kafka_ssl_password", "clickhouse_password",
        "clickhouse_reader_password", "openai_api_key", "tier.openai_api_key", "sentry_dsn",
        "grafana_token",
    }  # fmt: skip


def test_whatever_sounds_secret_is_of_the_type_of_secrets() -> None:
    named = {name for name in Settings.model_fields if SOUNDS_SECRET.search(name)}
    assert named == {name for name in secret_settings() if "." not in name}


def test_every_canary_reaches_its_setting(settings: Settings) -> None:
    for name in secret_settings():
        of_tier = name.removeprefix("tier.")
        value = getattr(settings, name) if of_tier == name else settings.tier["standard"][of_tier]
        assert value.get_secret_value() == canary(name)


def test_settings_and_what_is_made_of_them_are_printed_without(
    settings: Settings,
) -> None:
    stack = wiring.local_stack(settings)
    users = (
        stack.clickhouse_user, stack.clickhouse_password, stack.reader_user, stack.reader_password,
    )  # fmt: skip
    without_tls = settings.model_copy(update={"kafka_ssl_password": SecretStr("")})
    made: dict[str, Any] = {
        "settings": settings,
        "engine": settings.engine_of("standard"),
        "tables": wiring.clickhouse(settings),
        "broker": wiring.broker(without_tls),
        "certificate": Certificate(Path("a"), None, canary("kafka_ssl_password")),
        "stack": stack,
        "warehouse": Credentials(*users),
        "server": ServerSettings("h", 1, "f", "l", "e", *users),
        "users": Users(*users),
        "models": ServedModelSettings(("http://h",), "m", canary("openai_api_key")),
        "Grafana": GrafanaServer("http://h", canary("grafana_token")),
        "dump": settings.model_dump(),
        "JSON": settings.model_dump_json(),
    }

    assert made["broker"].security.sasl.password == canary("kafka_sasl_password")
    assert found({name: f"{one!r} {one}" for name, one in made.items()}) == []


@pytest.mark.parametrize("arguments", [("config",), ("config", "--json")])
@pytest.mark.usefixtures("settings")
def test_config_masks_them(arguments: tuple[str, ...]) -> None:
    said = run(*arguments)

    assert found({"config": said}) == []
    assert said.count("**********") == len(secret_settings())


class TestWrongValues:
    """An error names the setting and quotes nothing: who mistakes one may have pasted a secret."""

    @pytest.mark.parametrize(
        # Names of tiers are told: which one is missing would not be understood without.
        "name",
        [name for name in Settings.model_fields if name != "serve_tiers"],
    )
    def test_of_any_setting(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        secret = canary("wrong")
        monkeypatch.setenv(f"MILLRACE_{name.upper()}", secret)

        # Many take any text; those that do not must not repeat it.
        _, findings = configuration.settings()

        assert [one.name for one in findings] == ["settings"]
        assert secret not in repr(findings)

    @pytest.mark.parametrize(
        "table",
        [
            '{"standard": {"openai_api_key": "%s"',
            '{"standard": {"openai_api_key": ["%s"]}}',
            '{"standard": {"openai_api_kee": "%s"}}',
            '{"standard": "%s"}',
            '["%s"]',
            '{"standard": {"openai_urls": ["http://user:%s@host/v1"]}}',
        ],
    )
    def test_of_a_tier(self, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MILLRACE_TIER", table % canary("tier.openai_api_key"))

        with pytest.raises(SettingsError) as raised:
            read_settings()

        assert "not a valid setting: " in str(raised.value)
        assert "tier" in str(raised.value)
        assert found({"error": str(raised.value)}) == []
        said = {"command": run("--verbose", "config"), "doctor": repr(configuration.settings())}
        assert found(said) == []

    @pytest.mark.parametrize(
        "line",
        [
            '[tier.standard]\nopenai_api_key = "%s',
            "[tier.standard]\nopenai_api_key = %s",
            'kafka_sasl_passwort = "%s"',
            'kafka_sasl_password = ["%s"]',
            'clickhouse_password = "a"\nclickhouse_password = "%s"',
        ],
    )
    def test_in_the_file(self, line: str) -> None:
        Path("millrace.toml").write_text(line % canary("kafka_sasl_password"))

        said = run("config")

        assert "millrace.toml" in said or "not a valid setting" in said
        assert found({"command": said}) == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("openai_urls", "https://user:%s@host/v1"),
            ("clickhouse_url", "http://user:%s@host:8123"),
            ("grafana_url", "http://user:%s@host:3000"),
            ("grafana_clickhouse_url", "http://user:%s@host:3000"),
            ("grafana_prometheus_url", "http://user:%s@host:3000"),
            ("kafka_bootstrap", "user:%s@host:9092"),
        ],
    )
    def test_a_password_in_an_address_is_refused(
        self, name: str, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Addresses are shown and told in errors, so none may hold one."""
        monkeypatch.setenv(f"MILLRACE_{name.upper()}", value % canary("clickhouse_password"))

        with pytest.raises(SettingsError, match=f"{name}.*: should name no user") as raised:
            read_settings()

        assert found({"error": str(raised.value)}) == []


def test_what_a_server_of_models_says_of_a_key_is_not_repeated() -> None:
    """OpenAI's quotes the key it refuses, in part."""
    key = canary("openai_api_key")
    body = json.dumps(
        {"error": {"message": f"Incorrect API key provided: {key}", "param": f"/{key}",
                   "type": "invalid_request_error", "code": "invalid_api_key"}}
    )  # fmt: skip

    error = refused("http://host/v1", 401, read_complaint(body.encode()))

    assert "invalid_api_key" in str(error)
    assert found({"error": str(error)}) == []


def test_an_engine_of_a_tier_is_printed_without_its_key() -> None:
    chosen = Settings.model_validate(
        {"tier": {"standard": {"openai_api_key": canary("tier.openai_api_key")}}}
    )
    engine: EngineSettings = chosen.engine_of("standard")

    assert engine.openai_api_key.get_secret_value() == canary("tier.openai_api_key")
    assert found({"settings": repr(chosen), "engine": repr(engine)}) == []
