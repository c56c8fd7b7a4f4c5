# ruff: noqa: PT017 - a check asserts of an error that may come
"""Files of profiles, of their changes, and specifications of runs: used, or refused by name."""

import json
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from millrace.runs.choice import specification_of
from processors.errors import ProfileError
from processors.profile_loading import BUNDLED_PROFILES, load_profile
from processors.profile_overrides import load_override, overridden
from schemas.errors import SetupError
from tests.fuzz.mutation import changed, changed_json
from tests.fuzz.target import Target, within
from tests.processors.works import PROFILES
from tests.schemas.recorded_flow import FULL

SECONDS = 3.0
_WORDS: Final = (
    b"[events.x]", b"[[events]]", b"name = 'news'", b"version = 0", b"2024-03-03", b"nan", b"inf",
    b"entities = ['ghost']", b"[limits]", b"main_events = -1", b'"""', b"'''", b"{a = {",
    b"a.a.a=1",
)  # fmt: skip
_FILES: Final = [(BUNDLED_PROFILES / f"{name}.toml").read_bytes() for name in ("email", "neutral")]
_SMALL: Final = (
    b'name = "p"\nversion = 1\ndescription = "d"\n[entities]\nperson = "x"\n[events.buy]\n'
    b'definition = "d"\n[events.buy.roles.buyer]\ndefinition = "d"\nentities = ["person"]\n'
    b'[events.buy.triggers]\nen = ["buy"]\n[relationships.causes]\ndefinition = "d"\n'
)
_OVERRIDE: Final = b'name = "news"\n[limits]\nmain_events = 3\n[events.x]\ndefinition = "d"\n'


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """What sort of file, and what is in it."""
    kind = draw(st.sampled_from(["profile", "override", "specification"]))
    if kind == "profile":
        return kind, draw(changed([_SMALL, _SMALL, *_FILES], _WORDS))
    if kind == "override":
        return kind, draw(changed([_OVERRIDE], (*_WORDS, b"date = 2024-03-03", b"limits = 1")))
    seed = json.loads(FULL.model_dump_json())
    return kind, draw(
        st.one_of(
            changed_json([seed]).map(lambda one: json.dumps(one).encode()),
            changed([FULL.model_dump_json().encode()]),
        )
    )


def check_file(given: tuple[str, bytes]) -> None:
    """It is used, or the error says in one line which file it is, and where."""
    kind, content = given
    with within(SECONDS):
        if kind == "specification":
            _check_specification(content.decode("utf-8", "replace"))
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "p.toml"
            path.write_bytes(content)
            if kind == "profile":
                _refused_by_name(path, lambda: load_profile(path))
            else:
                _refused_by_name(path, lambda: _laid(path))


def _laid(path: Path) -> None:
    override = load_override(path, PROFILES)
    overridden(PROFILES[override.name], override.changes)


def _refused_by_name(path: Path, load: Callable[[], Any]) -> None:
    try:
        load()
    except ProfileError as error:
        message = str(error)
        assert message.startswith(f"{path}: "), "the file is not named"
        assert message.isprintable(), "not one line"
        assert len(message) < 2_000
        return
    tomllib.loads(path.read_text("utf-8"))


def _check_specification(text: str) -> None:
    try:
        found = specification_of("trial", text)
    except SetupError as error:
        assert "trial" in str(error)
        assert str(error).isprintable(), "not one line"
        return
    assert type(found).model_validate_json(found.model_dump_json()) == found


TARGET = Target("profiles", files(), check_file)
