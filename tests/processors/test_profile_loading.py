import re
from pathlib import Path

import pytest

from processors.errors import ProfileError
from processors.lexical.english_triggers import OTHER
from processors.profile_loading import load_profile, load_profiles
from schemas.errors import MillraceError
from schemas.profile import Profile

SMALL = """
name = "{name}"
version = 2
description = "Weather reports."
[entities]
place = "A place."
[events.rain]
definition = "It rains."
triggers.en = ["to rain"]
[events.rain.roles.where]
definition = "Where."
entities = ["{entity}"]
[relationships]
"""
KINDS = {
    "person",
    "organization",
    "place",
    "date",
    "time",
    "number",
    "percent",
    "money",
    "email",
    "url",
    "address",
}


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(content)
    return path


@pytest.mark.parametrize("name", ["news", "email", "neutral"])
def test_the_bundled_profiles_are_there_by_name(name: str) -> None:
    assert load_profiles()[name].name == name


@pytest.mark.parametrize("profile", load_profiles().values(), ids=lambda profile: profile.name)
class TestABundledProfile:
    def test_uses_the_entity_kinds_of_the_project(self, profile: Profile) -> None:
        assert set(profile.entities) == KINDS

    def test_has_eight_to_twelve_kinds_of_events(self, profile: Profile) -> None:
        assert 8 <= len(profile.events.keys() - {OTHER}) <= 12

    def test_defines_every_kind_and_role_in_a_sentence(self, profile: Profile) -> None:
        for event in profile.events.values():
            assert event.definition.endswith(".")
            assert event.roles
            assert all(role.definition.endswith(".") for role in event.roles.values())

    @pytest.mark.parametrize("language", ["en", "zh", "ja"])
    def test_lists_triggers_in_three_languages(self, profile: Profile, language: str) -> None:
        listed = (event for kind, event in profile.events.items() if kind != OTHER)
        assert all(event.triggers[language] for event in listed)

    def test_lists_no_trigger_under_two_kinds(self, profile: Profile) -> None:
        listed = [
            (language, trigger)
            for event in profile.events.values()
            for language, triggers in event.triggers.items()
            for trigger in triggers
        ]
        assert sorted(listed) == sorted(set(listed))

    def test_links_events_in_four_ways(self, profile: Profile) -> None:
        assert list(profile.relationships) == ["precedes", "causes", "part_of", "same_as"]


def test_a_profile_of_a_further_folder_is_added(tmp_path: Path) -> None:
    write(tmp_path, "weather", SMALL.format(name="weather", entity="place"))
    assert load_profiles(tmp_path)["weather"].events["rain"].triggers == {"en": ("to rain",)}


def test_a_later_profile_of_the_same_name_replaces(tmp_path: Path) -> None:
    write(tmp_path, "news", SMALL.format(name="news", entity="place"))
    assert load_profiles(tmp_path)["news"].version == 2


def test_a_profile_error_is_one_of_millraces_own() -> None:
    assert issubclass(ProfileError, MillraceError)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="nowhere: no such folder of profiles"):
        load_profiles(tmp_path / "nowhere")


def test_a_mistake_in_toml_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path, "weather", 'name = "weather"\nversion = = 1\n')
    with pytest.raises(ProfileError, match=re.escape(str(path)) + r".*line 2"):
        load_profile(path)


def test_a_wrong_field_is_named(tmp_path: Path) -> None:
    content = SMALL.format(name="weather", entity="place").replace("definition", "meaning", 1)
    path = write(tmp_path, "weather", content)
    with pytest.raises(ProfileError, match=r"weather\.toml: .*events\.rain\.definition"):
        load_profile(path)


def test_a_role_with_an_unknown_entity_kind_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "weather", SMALL.format(name="weather", entity="planet"))
    with pytest.raises(ProfileError, match=r"events\.rain\.roles\.where\.entities: 'planet'"):
        load_profile(path)


def test_a_name_that_is_not_the_files_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "climate", SMALL.format(name="weather", entity="place"))
    with pytest.raises(ProfileError, match=r"name: is 'weather' in a file called climate\.toml"):
        load_profile(path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weather.toml"
    path.write_bytes(b'name = "w\xff"')
    with pytest.raises(ProfileError, match="not UTF-8 at byte 9"):
        load_profile(path)


class TestTheBundledProfiles:
    def test_news_has_eight_to_twelve_kinds_and_one_for_all_else(self) -> None:
        *kinds, last = load_profiles()["news"].events
        assert 8 <= len(kinds) <= 12
        assert last == "other"

    def test_email_has_what_people_do_by_mail(self) -> None:
        assert set(load_profiles()["email"].events) == {
            *("request", "decision", "commitment", "meeting", "deadline"),
            *("delivery", "payment", "travel", "complaint", "appointment"),
        }
        assert [name for name, one in load_profiles().items() if one.is_mail] == ["email"]

    @pytest.mark.parametrize("name", ["email", "neutral", "news"])
    def test_every_kind_is_defined_in_one_line_and_has_roles(self, name: str) -> None:
        for event in load_profiles()[name].events.values():
            assert event.roles
            assert 10 < len(event.definition) < 100
            assert "\n" not in event.definition

    @pytest.mark.parametrize("name", ["email", "neutral", "news"])
    def test_no_trigger_is_listed_twice(self, name: str) -> None:
        for language in ("en", "zh", "ja"):
            listed = [
                trigger
                for event in load_profiles()[name].events.values()
                for trigger in event.triggers.get(language, ())
            ]
            assert len(listed) == len(set(listed))
