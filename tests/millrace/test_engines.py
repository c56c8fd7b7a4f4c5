"""The engines that settings name: what is made of them, and what is said where one is missing."""

import sys
from pathlib import Path
from typing import Any

import pytest

from millrace.engines import deploy
from millrace.settings import Settings, SettingsError
from processors.errors import PromptTemplateError
from processors.profile_loading import load_profiles
from schemas.errors import MillraceError
from streams.inference.embedded_engine import EmbeddedEngine, local_identity
from streams.inference.engine import EngineIdentity
from streams.inference.prompted_engine import PromptedEngine

pytestmark = pytest.mark.usefixtures("folder")

PROFILES = load_profiles()
SERVED: dict[str, Any] = {
    "engine": "openai",
    "model": "m8",
    "model_revision": "r1",
    "openai_urls": ("http://127.0.0.1:9/v1",),
}


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """The folder of a model that is there, and cannot be loaded."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    return model


class TestTheLocalEngine:
    def test_is_what_answers_when_nothing_is_set(self) -> None:
        deployed = deploy(Settings(), PROFILES)

        assert list(deployed.answering.lanes) == ["standard"]
        assert deployed.answering.lanes["standard"].engine.identity == local_identity()

    def test_needs_no_cache(self) -> None:
        assert deploy(Settings(), PROFILES).cache is None

    def test_works_at_once(self) -> None:
        lane = deploy(Settings(max_batch_size=1), PROFILES).answering.lanes["standard"]

        assert lane.room("summary") == 128


class TestAServedModel:
    async def test_is_known_before_its_server_is_asked(self) -> None:
        engine = deploy(Settings(**SERVED), PROFILES).answering.lanes["standard"].engine

        assert isinstance(engine, PromptedEngine)
        assert engine.identity == EngineIdentity("openai", "m8", "r1")
        await engine.close()

    def test_has_a_cache_in_the_home_that_is_not_opened_yet(self, folder: Path) -> None:
        deployed = deploy(Settings(**SERVED), PROFILES)

        assert deployed.cache is not None
        assert list(folder.iterdir()) == []

    def test_without_a_name_is_asked_for_by_the_setting(self) -> None:
        with pytest.raises(MillraceError, match="set MILLRACE_MODEL"):
            deploy(Settings(**{**SERVED, "model": ""}), PROFILES)

    def test_without_a_server_is_asked_for_by_the_setting(self) -> None:
        with pytest.raises(MillraceError, match="set MILLRACE_OPENAI_URLS"):
            deploy(Settings(**{**SERVED, "openai_urls": ()}), PROFILES)

    def test_with_a_file_of_authorities_that_is_not_there_is_named(self) -> None:
        with pytest.raises(MillraceError, match=r"MILLRACE_OPENAI_SSL_CAFILE: nowhere\.pem"):
            deploy(Settings(**SERVED, openai_ssl_cafile=Path("nowhere.pem")), PROFILES)

    def test_with_a_field_that_is_millraces_is_named(self) -> None:
        with pytest.raises(MillraceError, match="MILLRACE_OPENAI_EXTRA_BODY may not set messages"):
            deploy(Settings(**SERVED, openai_extra_body={"messages": []}), PROFILES)


class TestVllm:
    def test_without_a_model_is_asked_for_by_the_setting(self) -> None:
        with pytest.raises(SettingsError, match="set MILLRACE_MODEL to its folder"):
            deploy(Settings(engine="vllm"), PROFILES)

    def test_with_a_folder_that_is_not_there_is_said_before_it_starts(self) -> None:
        with pytest.raises(MillraceError, match=r"model \./nowhere is no folder: correct the path"):
            deploy(Settings(engine="vllm", model="./nowhere"), PROFILES)

    def test_with_a_name_on_a_hub_needs_a_revision(self) -> None:
        with pytest.raises(MillraceError, match="needs a revision"):
            deploy(Settings(engine="vllm", model="owner/name"), PROFILES)

    def test_is_known_by_a_revision_of_what_its_folder_holds(self, model_folder: Path) -> None:
        def revision() -> str:
            deployed = deploy(Settings(engine="vllm", model=str(model_folder)), PROFILES)
            return deployed.answering.lanes["standard"].engine.identity.model_revision

        before = revision()
        (model_folder / "config.json").write_text('{"changed": true}')

        assert before != revision()

    async def test_without_the_package_names_the_extra_to_install(
        self, model_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "vllm", None)  # as where it is not installed
        for name in (
            "VLLM_NO_USAGE_STATS",
            "VLLM_DO_NOT_TRACK",
            "VLLM_LOGGING_STREAM",
            "VLLM_LOGGING_LEVEL",
            "VLLM_WORKER_MULTIPROC_METHOD",
        ):
            monkeypatch.setenv(name, "")  # set by the start, taken back after the test
        deployed = deploy(Settings(engine="vllm", model=str(model_folder)), PROFILES)

        with pytest.raises(MillraceError, match="install the extra `vllm`"):
            await deployed.answering.lanes["standard"].engine.start()


TIERS: dict[str, Any] = {
    **SERVED,
    "tiers": ("standard", "large"),
    "tier": {"standard": {"engine": "local"}, "large": {"model": "m70"}},
}


class TestTiers:
    async def test_each_has_a_lane_to_its_own_engine(self) -> None:
        lanes = deploy(Settings(**TIERS), PROFILES).answering.lanes

        assert {tier: lane.engine.identity.model for tier, lane in lanes.items()} == {
            "standard": "lexical",
            "large": "m70",
        }
        await lanes["large"].engine.close()

    def test_a_process_serves_those_that_are_named(self) -> None:
        deployed = deploy(Settings(**TIERS, serve_tiers=("standard",)), PROFILES)

        assert list(deployed.answering.lanes) == ["standard"]
        assert deployed.cache is None

    async def test_share_one_cache(self) -> None:
        tables = {"standard": {"model": "m8"}, "large": {"model": "m70"}}
        deployed = deploy(Settings(**{**TIERS, "tier": tables}), PROFILES)

        engines = [lane.engine for lane in deployed.answering.lanes.values()]
        assert all(isinstance(engine, PromptedEngine) for engine in engines)
        assert deployed.cache is not None
        for engine in engines:
            await engine.close()


class TestTheLastResort:
    def test_is_the_local_engine(self) -> None:
        assert isinstance(deploy(Settings(), PROFILES).answering.last_resort, EmbeddedEngine)

    def test_may_be_left_out(self) -> None:
        assert deploy(Settings(last_resort="none"), PROFILES).answering.last_resort is None


class TestPrompts:
    def test_of_a_version_that_is_not_there_are_named(self) -> None:
        with pytest.raises(PromptTemplateError, match="prompts of version '99' are not known here"):
            deploy(Settings(**SERVED, prompt_version="99"), PROFILES)

    def test_of_a_folder_that_is_not_there_are_named(self) -> None:
        with pytest.raises(PromptTemplateError, match="nowhere: no such folder of prompts"):
            deploy(Settings(**SERVED, prompts=Path("nowhere")), PROFILES)

    def test_are_not_looked_at_for_the_rules(self) -> None:
        assert deploy(Settings(prompt_version="99"), PROFILES).cache is None
