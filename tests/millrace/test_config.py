"""`millrace config`, and the example of all settings: neither drifts from the settings."""

import re
import tomllib
from pathlib import Path

import pytest

from millrace.settings import Settings, read_settings
from millrace.settings.listing import example, in_force
from tests.command import millrace

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    ended = millrace("config", *arguments, environment=settings, folder=folder)
    return ended.status, ended.out, ended.err


class TestTheExample:
    def test_it_is_as_the_command_writes_it(self) -> None:
        assert (ROOT / "millrace.example.toml").read_text("utf-8") == example()

    def test_every_setting_is_in_it_and_described(self) -> None:
        named = re.findall(r"^#(\w+) = ", example(), re.MULTILINE)

        assert named == list(Settings.model_fields)
        assert all(field.description for field in Settings.model_fields.values())

    def test_uncommented_it_holds_the_defaults(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        plain = re.sub(r"^#(?=\w)", "", example(), flags=re.MULTILINE)
        optional = {name for name, one in Settings.model_fields.items() if one.default is None}
        given = {key: one for key, one in tomllib.loads(plain).items() if key not in optional}

        assert Settings(**given) == Settings.model_construct()


class TestWhatIsInForce:
    def test_each_value_tells_its_origin(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "millrace.toml").write_text("max_batch_size = 3\nmax_open_documents = 9\n")
        monkeypatch.setenv("MILLRACE_MAX_BATCH_SIZE", "5")

        found = {one.name: (one.value, one.origin) for one in in_force(read_settings())}

        assert found["max_batch_size"] == (5, "environment MILLRACE_MAX_BATCH_SIZE")
        assert found["max_open_documents"] == (9, "millrace.toml")
        assert found["default_profile"] == ("neutral", "default")

    def test_secrets_are_masked_and_empty_ones_shown_as_empty(self, tmp_path: Path) -> None:
        status, out, _ = run(tmp_path, MILLRACE_CLICKHOUSE_PASSWORD="hush")

        assert status == 0
        assert "hush" not in out
        assert "clickhouse_password = **********  (environment MILLRACE_CLICKHOUSE_PASS" in out
        assert "kafka_sasl_password = empty  (default)" in out

    def test_a_bad_setting_is_one_line_and_status_2(self, tmp_path: Path) -> None:
        status, out, err = run(tmp_path, MILLRACE_KAFKA_BOOTSTRP="127.0.0.1:9")

        assert (status, out) == (2, "")
        assert "did you mean MILLRACE_KAFKA_BOOTSTRAP?" in err
