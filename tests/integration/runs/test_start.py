"""What `millrace run` does about runs before it starts a stage."""

import pytest

from infra.clickhouse import runs
from infra.clickhouse.client import Client
from millrace.cli import main
from millrace.runs.choice import as_text, find, present_specification, promoted
from millrace.runs.freezing import settle_live
from millrace.runs.serving import require_served
from millrace.settings import Settings
from schemas.errors import SetupError
from schemas.run import LIVE, Specification
from tests.integration.runs.rows import fill

pytestmark = pytest.mark.integration


def changed(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update=changes)


def live(client: Client) -> Specification:
    row = runs.find_run(client, LIVE)
    assert row is not None
    return Specification.model_validate_json(row.specification)


class TestLive:
    def test_it_is_that_of_the_settings_as_long_as_it_is_not_written(
        self, client: Client, mine: Settings
    ) -> None:
        assert find(mine, client, LIVE).specification == present_specification(mine)
        assert promoted(mine, client) == find(mine, client, LIVE)

    def test_it_is_written_and_stays(self, client: Client, mine: Settings) -> None:
        settle_live(mine, client)
        before = runs.run_rows(client)
        settle_live(mine, client)

        assert live(client) == present_specification(mine)
        assert runs.run_rows(client) == before

    def test_unused_it_follows_the_settings(self, client: Client, mine: Settings) -> None:
        settle_live(mine, client)
        settle_live(changed(mine, prompt_version="2"), client)

        assert live(client).prompt_version == "2"

    def test_used_it_does_not(self, client: Client, mine: Settings) -> None:
        settle_live(mine, client)
        fill(client, LIVE, "a")
        settle_live(changed(mine, prompt_version="2"), client)

        assert live(client).prompt_version == mine.prompt_version

    def test_it_is_left_alone_while_another_run_is_promoted(
        self, client: Client, mine: Settings
    ) -> None:
        runs.write_run(client, "other", as_text(present_specification(mine)))
        runs.append_promotion(client, "other")
        settle_live(mine, client)

        assert runs.find_run(client, LIVE) is None


class TestServing:
    def test_what_is_deployed_serves_live(self, client: Client, mine: Settings) -> None:
        assert require_served(mine, client) == ""
        settle_live(mine, client)

        assert require_served(mine, client) == ""

    def test_another_version_of_prompts_than_that_of_live_is_refused(
        self, client: Client, mine: Settings
    ) -> None:
        settle_live(mine, client)

        with pytest.raises(
            SetupError, match=r"run live, .* frozen: prompt_version is 2, not 1: pu"
        ):
            require_served(changed(mine, prompt_version="2"), client)

    def test_any_other_run_chose_its_own(self, client: Client, mine: Settings) -> None:
        runs.write_run(client, "two", as_text(present_specification(mine)))
        runs.append_promotion(client, "two")

        remark = require_served(changed(mine, prompt_version="2"), client)

        assert remark == (
            "new documents get the promoted run two with prompts of version 1, not of the setting "
            "prompt_version, 2"
        )

    def test_a_start_with_another_model_is_refused_before_any_stage_runs(
        self,
        client: Client,
        mine: Settings,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        settle_live(mine, client)
        fill(client, LIVE, "a")
        for name, value in (
            ("ENGINE", "openai"), ("MODEL", "m8"), ("OPENAI_URLS", "http://127.0.0.1:9/v1"),
        ):  # fmt: skip
            monkeypatch.setenv(f"MILLRACE_{name}", value)
        monkeypatch.setattr("sys.argv", ["millrace", "run", "ner"])

        with pytest.raises(SystemExit) as ended:
            main()

        said = capsys.readouterr().err.splitlines()[-1]
        assert ended.value.code == 1
        assert said.startswith(
            "millrace: the settings do not fit the promoted run live, whose specification is "
            "frozen: tier standard is openai/m8, not local/"
        )
        assert "put the settings back; what new documents get is changed by a run" in said
        assert not (mine.home / "logs").exists()
