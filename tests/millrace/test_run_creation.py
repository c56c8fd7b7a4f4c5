"""The specification of a new run, from the settings and from what is chosen."""

from pathlib import Path
from typing import Any

import pytest

from millrace.errors import UsageError
from millrace.runs.choice import (
    as_text,
    check_name,
    present_specification,
    specification_of,
)
from millrace.runs.creation import Choices, latest_topic, specification
from millrace.runs.serving import unserved
from millrace.settings import Settings
from processors.errors import ProfileError, PromptTemplateError
from processors.prompting.versions import TEMPLATES
from schemas.errors import SetupError
from schemas.run import LevelTier, Specification, TierModel
from schemas.topics import LEVELS

pytestmark = pytest.mark.usefixtures("folder")

SERVED: dict[str, Any] = {"engine": "openai", "openai_urls": ["http://127.0.0.1:9/v1"]}
TIERS: dict[str, Any] = {
    "tiers": ("standard", "large", "largest"),
    "tier": {"large": {**SERVED, "model": "m8"}, "largest": {**SERVED, "model": "m70"}},
}


def version(folder: Path, **templates: str) -> Path:
    """A folder of prompts with the version ``mine``: the bundled ones but for those given."""
    for name in TEMPLATES:
        path = folder / "prompts" / "mine" / f"{name}.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(templates.get(name, f'{{% include "1/{name}.j2" %}}'))
    return folder / "prompts"


def override(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


def levels(tier: str) -> tuple[LevelTier, ...]:
    return tuple(LevelTier(level=level, tier=tier) for level in LEVELS)


class TestOfTheSettings:
    def test_it_names_engine_and_model_of_one_tier(self) -> None:
        found = present_specification(Settings())

        assert (found.engine, found.tier, found.tiers) == ("local", "standard", ())
        assert found.prompts == ()

    def test_it_names_all_tiers_where_there_are_several(self) -> None:
        found = present_specification(Settings(**TIERS))

        assert [(one.tier, one.model) for one in found.tiers][1:] == [
            ("large", "m8"), ("largest", "m70"),
        ]  # fmt: skip

    def test_prompts_are_known_by_what_they_say_where_a_model_is_asked(self, folder: Path) -> None:
        prompts = version(folder, detail="Who? {{ form }}")

        one = present_specification(Settings(**TIERS))
        other = present_specification(Settings(**TIERS, prompts=prompts, prompt_version="mine"))

        assert [each.name for each in one.differences(other)] == ["prompt of detail"]

    def test_it_can_be_read_again(self) -> None:
        found = present_specification(Settings(**TIERS))

        assert specification_of("a", as_text(found)) == found

    @pytest.mark.parametrize("text", ["{}", '{"engine": "local", "colour": 1}', "no JSON"])
    def test_one_that_cannot_be_read_is_named(self, text: str) -> None:
        with pytest.raises(SetupError, match=r"run a in the table runs: not a valid specification"):
            specification_of("a", text)

    def test_an_unknown_key_of_it_is_named(self) -> None:
        text = as_text(present_specification(Settings())).replace('"tier":', '"colour":')

        with pytest.raises(SetupError, match="colour: unknown key"):
            specification_of("a", text)


class TestChoices:
    def test_without_any_it_is_that_of_the_settings(self) -> None:
        settings = Settings(**TIERS)

        assert specification(settings, Choices()) == present_specification(settings)

    @pytest.mark.parametrize(
        ("choices", "expected"),
        [
            (Choices(model="m70"), levels("largest")),
            (Choices(engine="openai", model="m8"), levels("large")),
            (Choices(engine="local"), ()),
            (Choices(tiers=["detail=large"]), (LevelTier(level="detail", tier="large"),)),
            (
                Choices(model="m8", tiers=["summary=largest"]),
                (LevelTier(level="summary", tier="largest"), *levels("large")[1:]),
            ),
        ],
    )
    def test_an_engine_a_model_or_a_tier_answers_levels(
        self, choices: Choices, expected: tuple[LevelTier, ...]
    ) -> None:
        assert specification(Settings(**TIERS), choices).levels == expected

    def test_the_first_tier_is_named_where_routes_would_lead_elsewhere(self) -> None:
        settings = Settings(**TIERS, routes=[{"tier": "large", "languages": ["zh"]}])

        assert specification(settings, Choices(engine="local")).levels == levels("standard")

    @pytest.mark.parametrize(
        ("choices", "line"),
        [
            (Choices(engine="vllm"), r"--engine vllm: no tier has it; deployed are standard \(loc"),
            (Choices(engine="local", model="m8"), "--engine local --model m8: no tier has it"),
            (Choices(engine="openai"), r"that may be large \(openai/m8\), largest \(openai/m70\)"),
            (Choices(tiers=["detail=huge"]), "no tier 'huge' is deployed; there are standard, la"),
            (Choices(tiers=["details=large"]), "LEVEL=TIER with LEVEL one of summary, detail, rel"),
            (Choices(tiers=["detail"]), "--tier detail: should be LEVEL=TIER"),
            (Choices(tiers=["detail=large", "detail=standard"]), "detail has a tier already"),
        ],
    )
    def test_what_is_not_deployed_is_said_with_what_is(self, choices: Choices, line: str) -> None:
        with pytest.raises(UsageError, match=line):
            specification(Settings(**TIERS), choices)

    def test_changes_of_profiles_go_into_it(self, folder: Path) -> None:
        files = [
            override(folder, "b.toml", 'name = "news"\n[limits]\nmain_events = 2\n'),
            override(folder, "a.toml", 'name = "email"\n[limits]\nmain_events = 1\n'),
        ]

        found = specification(Settings(), Choices(overrides=files))

        assert [(one.name, one.changes) for one in found.profiles] == [
            ("email", '{"limits":{"main_events":1}}'),
            ("news", '{"limits":{"main_events":2}}'),
        ]

    def test_two_files_for_one_profile_are_refused(self, folder: Path) -> None:
        text = 'name = "news"\n[limits]\nmain_events = 2\n'
        files = [override(folder, "a.toml", text), override(folder, "b.toml", text)]

        with pytest.raises(UsageError, match=r"b\.toml: .*a\.toml changes the profile news alrea"):
            specification(Settings(), Choices(overrides=files))

    def test_an_unknown_key_of_a_profile_is_named(self, folder: Path) -> None:
        file = override(folder, "a.toml", 'name = "news"\ncolour = 1\n')

        with pytest.raises(ProfileError, match="colour: unknown key"):
            specification(Settings(), Choices(overrides=[file]))

    def test_a_version_of_prompts_must_be_there_where_a_model_is_asked(self, folder: Path) -> None:
        prompts = version(folder, relationship="Which? {{ form }}")
        settings = Settings(**TIERS, prompts=prompts)

        found = specification(settings, Choices(prompt_version="mine"))

        assert found.prompt_version == "mine"
        told = [one.name for one in found.differences(present_specification(settings))]
        assert told == ["prompt of relationship"]
        with pytest.raises(PromptTemplateError, match="version 'nope' are not known here: there a"):
            specification(settings, Choices(prompt_version="nope"))

    def test_of_rules_it_is_a_label(self) -> None:
        found = specification(Settings(), Choices(prompt_version="anything"))

        assert (found.prompt_version, found.prompts) == ("anything", ())


class TestTheLatestTopic:
    @pytest.mark.parametrize(
        ("choices", "topic"),
        [
            (Choices(), "extraction.relationship"),
            (Choices(tiers=["relationship=large"]), "extraction.detail"),
            (Choices(tiers=["detail=large"]), "extraction.summary"),
            (Choices(model="m70"), "documents.annotated"),
        ],
    )
    def test_it_is_the_last_one_that_is_right(self, choices: Choices, topic: str) -> None:
        settings = Settings(**TIERS)

        found = latest_topic(specification(settings, choices), present_specification(settings))

        assert found == topic

    def test_a_changed_profile_is_read_from_the_beginning(self, folder: Path) -> None:
        file = override(folder, "a.toml", 'name = "news"\n[limits]\nmain_events = 2\n')
        found = specification(Settings(), Choices(overrides=[file]))

        assert latest_topic(found, present_specification(Settings())) == "documents.ingest"


class TestNames:
    @pytest.mark.parametrize("name", ["a", "prompt-2", "0.9_x", "a" * 63])
    def test_these_are_names(self, name: str) -> None:
        assert check_name(name) == name

    @pytest.mark.parametrize(
        "name", ["", "A", "a b", "a'b", "../a", "-a", "a\n", "a" * 64, "é", "{run:String}"]
    )
    def test_these_are_none(self, name: str) -> None:
        with pytest.raises(UsageError, match=r"not a name of a run: .*use up to 63 of a-z, 0-9"):
            check_name(name)


class TestServing:
    """What is deployed against what a run wants."""

    def told(self, settings: Settings, wanted: Specification) -> list[str]:
        return [str(one) for one in unserved(settings, wanted)]

    def test_the_same_settings_serve_it(self, folder: Path) -> None:
        settings = Settings(**TIERS, prompts=version(folder))

        assert self.told(settings, present_specification(settings)) == []

    def test_another_revision_of_its_models_serves_it(self, folder: Path) -> None:
        settings = Settings(**TIERS, prompts=version(folder), model_revision="r1")
        newer = settings.model_copy(update={"model_revision": "r2"})

        wanted = present_specification(settings)

        assert wanted.differences(present_specification(newer)) != ()
        assert self.told(newer, wanted) == []

    def test_another_model_does_not(self) -> None:
        wanted = present_specification(Settings(**TIERS))
        changed = {**TIERS["tier"], "large": {**SERVED, "model": "m9"}}

        found = self.told(Settings(**{**TIERS, "tier": changed}), wanted)

        assert found == ["tier large is openai/m9, not openai/m8"]

    def test_a_tier_that_is_gone_is_missed_where_the_run_uses_it(self) -> None:
        fewer: dict[str, Any] = {"tiers": ("large",), "tier": {"large": TIERS["tier"]["large"]}}
        wanted = specification(Settings(**TIERS), Choices(model="m70"))
        only_large = wanted.model_copy(
            update={"tiers": wanted.tiers[:2], "levels": levels("large")}
        )

        assert self.told(Settings(**fewer), wanted) == ["tier largest is none, not openai/m70"]
        assert self.told(Settings(**fewer), only_large) == []

    def test_a_further_tier_does_no_harm_unless_documents_are_sent_to_it(self) -> None:
        wanted = present_specification(Settings())
        routed = Settings(**TIERS, routes=[{"tier": "large"}])

        assert self.told(Settings(**TIERS), wanted) == []
        assert self.told(routed, wanted) == ["tier of a route is large, not standard"]

    def test_prompts_that_say_something_else_do_not(self, folder: Path) -> None:
        settings = Settings(**TIERS, prompts=version(folder), prompt_version="mine")
        wanted = present_specification(settings)
        version(folder, summary="What? {{ form }}")

        (found,) = self.told(settings, wanted)

        assert found.startswith("prompt of summary in version mine is ")

    def test_a_run_without_digests_is_not_asked_for_any(self) -> None:
        wanted = present_specification(Settings(**TIERS)).model_copy(update={"prompts": ()})

        assert self.told(Settings(**TIERS), wanted) == []

    def test_a_run_of_rules_needs_no_model(self) -> None:
        wanted = present_specification(Settings())
        served = Settings(**SERVED, model="m8")

        assert self.told(served, wanted) == [
            f"tier standard is openai/m8, not local/{wanted.model}"
        ]
        assert wanted.served_by("standard") == TierModel(
            tier="standard", engine="local", model=wanted.model
        )
