"""Settings: the environment over millrace.toml; what is wrong is named."""

from pathlib import Path

import pytest

from millrace import wiring
from millrace.settings import Settings, SettingsError, read_settings
from millrace.settings.listing import in_force
from millrace.wiring import clickhouse, local_stack, run
from processors.errors import ModelFileError
from processors.lexical.identity import model_revision
from schemas.run import TierModel
from tests.processors.learned.folders import folder_with

pytestmark = pytest.mark.usefixtures("folder")


def problem() -> str:
    with pytest.raises(SettingsError) as raised:
        read_settings()
    return str(raised.value)


class TestWhereTheyComeFrom:
    def test_without_any_the_defaults_of_the_design_hold(self) -> None:
        settings = read_settings()

        assert settings.home == Path(".millrace")
        assert settings.kafka_bootstrap == "127.0.0.1:9092"
        assert settings.clickhouse_url == "http://127.0.0.1:8123"
        assert settings.engine == "local"

    def test_the_file_counts_over_the_default(self, folder: Path) -> None:
        (folder / "millrace.toml").write_text('home = "elsewhere"\nmax_batch_size = 3\n')

        assert (read_settings().home, read_settings().max_batch_size) == (Path("elsewhere"), 3)

    def test_the_environment_counts_over_the_file(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "millrace.toml").write_text("max_batch_size = 3\nkafka_partitions = 2\n")
        monkeypatch.setenv("MILLRACE_MAX_BATCH_SIZE", "5")

        assert (read_settings().max_batch_size, read_settings().kafka_partitions) == (5, 2)

    def test_an_empty_variable_counts_as_not_set(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "millrace.toml").write_text("max_batch_size = 3\n")
        monkeypatch.setenv("MILLRACE_MAX_BATCH_SIZE", "")
        monkeypatch.setenv("MILLRACE_PROFILES", "")

        assert (read_settings().max_batch_size, read_settings().profiles) == (3, None)

    @pytest.mark.parametrize("given", ["standard,large", "standard, large"])
    def test_tiers_are_separated_by_commas(
        self, given: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_TIERS", given)

        assert read_settings().tiers == ("standard", "large")

    def test_tiers_in_the_file_are_a_list(self, folder: Path) -> None:
        (folder / "millrace.toml").write_text('tiers = ["standard", "large"]\n')

        assert read_settings().tiers == ("standard", "large")

    def test_they_cannot_be_changed(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            read_settings().max_batch_size = 7  # type: ignore[misc]


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("name", "value", "reason"),
        [
            ("kafka_bootstrap", "broker", "should look like 127.0.0.1:9092"),
            ("kafka_bootstrap", "broker:0", "should look like 127.0.0.1:9092"),
            ("kafka_bootstrap", "a:1,b", "should look like 127.0.0.1:9092"),
            ("clickhouse_url", "127.0.0.1:8123", "should look like http://127.0.0.1:8123"),
            ("clickhouse_url", "http://host:99999", "should look like http://127.0.0.1:8123"),
            ("clickhouse_url", "http://host/path", "should look like http://127.0.0.1:8123"),
            ("clickhouse_database", "a; DROP", "should match pattern"),
            ("max_batch_size", "many", "should be a valid integer"),
            ("max_batch_size", "0", "should be greater than or equal to 1"),
            ("commit_interval_s", "0", "should be greater than 0"),
            ("engine", "oracle", "should be 'local'"),
        ],
    )
    def test_a_bad_value_is_named_with_what_it_should_be(
        self, name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(f"MILLRACE_{name.upper()}", value)

        assert problem().startswith(f"not a valid setting: {name}: ")
        assert reason in problem()

    def test_a_tier_that_cannot_be_part_of_a_topic_is_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_TIERS", "standard,")

        assert problem().startswith("not a valid setting: tiers.1: ")

    def test_an_unknown_key_in_the_file_is_an_error(self, folder: Path) -> None:
        (folder / "millrace.toml").write_text('kafka_botstrap = "127.0.0.1:9092"\n')

        assert problem().startswith(
            "not a valid setting: kafka_botstrap: unknown key in millrace.toml, "
            "did you mean kafka_bootstrap?"
        )

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("MILLRACE_KAFKA_BOOTSTRP", ", did you mean MILLRACE_KAFKA_BOOTSTRAP?"),
            ("millrace_max_batch", ", did you mean MILLRACE_MAX_BATCH_SIZE?"),
            ("MILLRACE_ZZZ", " (`millrace config --example` lists all)"),
        ],
    )
    def test_an_unknown_variable_is_an_error_that_names_the_nearest(
        self, name: str, hint: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(name, "1")

        assert problem().startswith(
            f"not a valid setting: {name.upper()}: unknown setting in the environment{hint}"
        )

    def test_a_file_that_is_no_toml_is_named_with_the_line(self, folder: Path) -> None:
        (folder / "millrace.toml").write_text('home = "a"\nmax_batch_size =\n')

        assert problem().startswith("millrace.toml: ")
        assert "line 2" in problem()

    def test_a_user_in_the_url_is_refused_without_being_quoted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_CLICKHOUSE_URL", "http://me:hush@host:8123")

        assert "set clickhouse_user and clickhouse_password instead" in problem()
        assert "hush" not in problem()


class TestSecrets:
    def test_they_are_masked_wherever_settings_are_printed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_CLICKHOUSE_PASSWORD", "hush")
        settings = read_settings()

        assert "hush" not in f"{settings!r} {settings} {clickhouse(settings)!r}"
        assert clickhouse(settings).password == "hush"


class TestTheLocalStack:
    @pytest.mark.parametrize(
        ("bootstrap", "host", "port"),
        [
            ("127.0.0.1:19092", "127.0.0.1", 19092),
            ("localhost:1, other:2", "localhost", 1),
            ("[::1]:9092", "::1", 9092),
        ],
    )
    def test_kafka_listens_at_the_first_address(
        self, bootstrap: str, host: str, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_KAFKA_BOOTSTRAP", bootstrap)

        stack = local_stack(read_settings())

        assert (stack.kafka_host, stack.kafka_port) == (host, port)

    @pytest.mark.parametrize(
        ("url", "host", "port"),
        [("http://127.0.0.1:18123", "127.0.0.1", 18123), ("http://localhost/", "localhost", 8123)],
    )
    def test_clickhouse_listens_at_its_url(
        self, url: str, host: str, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_CLICKHOUSE_URL", url)

        stack = local_stack(read_settings())

        assert (stack.clickhouse_host, stack.clickhouse_port) == (host, port)


class TestTiers:
    def test_a_tier_sets_some_things_otherwise(self, folder: Path) -> None:
        (folder / "millrace.toml").write_text(
            'tiers = ["standard", "large"]\nengine = "openai"\nmodel = "m8"\n'
            'openai_urls = ["http://127.0.0.1:8000"]\nmax_batch_size = 32\n'
            '[tier.large]\nmodel = "m70"\nopenai_api_key = "hush"\n'
        )

        settings = read_settings()

        assert settings.engine_of("standard").model == "m8"
        large = settings.engine_of("large")
        assert (large.engine, large.model, large.max_batch_size) == ("openai", "m70", 32)
        assert large.openai_api_key.get_secret_value() == "hush"
        assert "hush" not in f"{settings!r} {in_force(settings)}"

    def test_a_run_names_engine_and_model_of_every_tier(self, folder: Path) -> None:
        (folder / "millrace.toml").write_text(
            'tiers = ["standard", "large"]\n[tier.large]\nengine = "openai"\nmodel = "m70"\n'
        )

        specification = run(read_settings()).specification

        assert specification.served_by("standard") == TierModel(
            tier="standard", engine="local", model=f"lexical@{model_revision()}"
        )
        assert specification.next_tier("standard") == "large"
        assert specification.next_tier("large") is None

    def test_a_run_names_the_revision_that_is_set_of_a_model(self, folder: Path) -> None:
        (folder / "millrace.toml").write_text(
            'engine = "openai"\nmodel = "m8"\nmodel_revision = "r2"\n'
        )

        assert run(read_settings()).specification.model == "m8@r2"

    @pytest.mark.parametrize(
        ("table", "reason"),
        [
            ('[tier.huge]\nmodel = "m"\n', "tier huge is not deployed"),
            ('[tier.standard]\nmodle = "m"\n', "tier.standard: modle: unknown key"),
            ("[tier.standard]\nmax_batch_size = 0\n", "tier.standard: max_batch_size: "),
            ('[[routes]]\ntier = "huge"\n', "tier huge is not deployed"),
        ],
    )
    def test_what_does_not_fit_is_named(self, table: str, reason: str, folder: Path) -> None:
        (folder / "millrace.toml").write_text(table)

        assert reason in problem()


def test_a_damaged_model_is_said_before_a_document_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = folder_with(tmp_path, {"entities.crf": b"model"})
    (tmp_path / "entities.crf").write_bytes(b"mo")
    monkeypatch.setattr(wiring, "english_models", lambda: models)

    with pytest.raises(ModelFileError, match=r"entities\.crf is damaged: run `millrace train`"):
        wiring.stage_context(Settings())
