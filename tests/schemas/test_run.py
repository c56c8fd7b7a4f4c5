"""What decides a run's answers, and what of it decides which level."""

from schemas.run import LevelPrompt, LevelTier, ProfileOverride, Specification, TierModel

LOCAL = Specification(engine="local", model="rules-1", prompt_version="1", tier="standard")
PROMPTS = tuple(LevelPrompt(level=level, digest="a") for level in ("summary", "detail"))


def changed(**changes: object) -> Specification:
    return LOCAL.model_copy(update=changes)


def names(one: Specification, other: Specification, before: str | None = None) -> list[str]:
    return [each.name for each in one.differences(other, before)]  # type: ignore[arg-type]


def test_equal_specifications_do_not_differ() -> None:
    assert LOCAL.differences(changed()) == ()


def test_a_difference_says_what_it_is_in_both() -> None:
    (found,) = LOCAL.differences(changed(model="rules-2"))

    assert str(found) == "model is rules-1, not rules-2"


def test_a_level_goes_to_the_tier_that_the_run_names_else_to_the_documents_own() -> None:
    mapped = changed(levels=(LevelTier(level="relationship", tier="large"),))

    assert mapped.tier_of("relationship", "standard") == "large"
    assert mapped.tier_of("summary", "small") == "small"


def test_what_decides_a_level_does_not_decide_those_before_it() -> None:
    mapped = changed(levels=(LevelTier(level="relationship", tier="large"),))

    assert names(LOCAL, mapped) == ["tier of relationship"]
    assert names(LOCAL, mapped, "relationship") == []


def test_a_prompt_decides_by_what_it_says_not_by_its_version() -> None:
    one = changed(prompts=(*PROMPTS, LevelPrompt(level="relationship", digest="a")))
    other = changed(
        prompt_version="2", prompts=(*PROMPTS, LevelPrompt(level="relationship", digest="b"))
    )

    assert names(one, other) == ["prompt of relationship"]
    assert names(one, other, "relationship") == []


def test_without_digests_the_version_decides() -> None:
    assert names(LOCAL, changed(prompt_version="2"), "detail") == ["prompt_version"]


def test_recognition_depends_on_profiles_alone() -> None:
    other = changed(
        engine="vllm",
        tiers=(TierModel(tier="small", engine="vllm", model="m"),),
        profiles=(ProfileOverride(name="news", changes="{}"),),
    )

    assert names(LOCAL, other, "summary") == ["profile news"]


def test_a_tier_that_only_one_knows_is_no_difference() -> None:
    standard = TierModel(tier="standard", engine="local", model="rules-1")
    large = TierModel(tier="large", engine="openai", model="m")
    extended = changed(tiers=(standard, large))
    mapped = changed(
        tiers=(standard, large), levels=(LevelTier(level="relationship", tier="large"),)
    )

    assert names(LOCAL, extended) == []
    assert names(LOCAL, mapped) == ["tier of relationship"]
    assert names(LOCAL, mapped, "relationship") == []


def test_a_tier_that_both_know_counts_by_its_model() -> None:
    one = changed(tiers=(TierModel(tier="large", engine="openai", model="m"),))
    other = changed(tiers=(TierModel(tier="large", engine="openai", model="n"),))

    assert names(one, other) == ["tier large"]
    assert names(one, other, "summary") == []


def test_a_run_written_before_these_fields_were_there_can_be_read() -> None:
    old = '{"engine": "local", "model": "rules-1", "prompt_version": "1", "tier": "standard"}'

    assert Specification.model_validate_json(old) == LOCAL
