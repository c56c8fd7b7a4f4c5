"""What a run changes of a profile."""

from pathlib import Path

import pytest

from processors.asking import profile_of
from processors.errors import ProfileError
from processors.profile_loading import load_profiles
from processors.profile_overrides import load_override, overridden
from schemas.errors import RefusedError
from schemas.run import ProfileOverride
from schemas.work import Work
from tests.processors.works import work_of

PROFILES = load_profiles()


def override(folder: Path, content: str) -> ProfileOverride:
    path = folder / "changes.toml"
    path.write_text(content)
    return load_override(path, PROFILES)


def under(found: ProfileOverride) -> Work:
    work = work_of("Acme bought Widget Ltd.", profile=found.name)
    specification = work.run.specification.model_copy(update={"profiles": (found,)})
    run = work.run.model_copy(update={"specification": specification})
    return work.model_copy(update={"run": run})


def test_only_what_it_names_differs(tmp_path: Path) -> None:
    found = override(tmp_path, 'name = "news"\n[limits]\nmain_events = 2\n')

    changed = overridden(PROFILES["news"], found.changes)

    assert changed.limits.main_events == 2
    assert changed.limits.chunk_characters == PROFILES["news"].limits.chunk_characters
    assert changed.events == PROFILES["news"].events


def test_a_run_reads_by_the_profile_that_it_changed(tmp_path: Path) -> None:
    found = override(tmp_path, 'name = "news"\n[limits]\nmain_events = 2\n')

    assert profile_of(under(found), PROFILES).limits.main_events == 2
    assert profile_of(work_of("x", profile="news"), PROFILES) is PROFILES["news"]


def test_it_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    one = override(tmp_path, 'tier = "large"\nname = "news"\nversion = 3\n')
    other = override(tmp_path, '# another\nname = "news"\nversion = 3\ntier = "large"\n')

    assert one == other


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('name = "gossip"\ntier = "x"', "name: 'gossip' is no profile here"),
        ('tier = "x"', "name: None is no profile here"),
        ('name = "news"', "changes nothing"),
        ('name = "news"\ncolour = 1', "colour: unknown key"),
        ('name = "news"\n[limits]\nmain_events = "many"', "limits.main_events"),
        ('name = "news"\ntier = 2024-01-01', "a date stands"),
        ("name = ", "not valid TOML"),
        (
            'name = "news"\n[events.purchase.roles.buyer]\nentities = ["ghost"]',
            "'ghost' is not among",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(ProfileError, match=r"changes\.toml") as caught:
        override(tmp_path, content)

    assert said in str(caught.value)


def test_changes_that_no_longer_fit_are_refused_by_name() -> None:
    stale = ProfileOverride(name="news", changes='{"limits":{"colour":1}}')

    with pytest.raises(RefusedError, match=r"profile news of this run: .*colour"):
        profile_of(under(stale), PROFILES)
