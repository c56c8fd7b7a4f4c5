"""What a run changes of a profile: an overlay of its keys, in a file or in the run itself."""

import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from processors.errors import ProfileError
from processors.profile_loading import check_references
from schemas.model import describe_invalid
from schemas.profile import Profile
from schemas.run import ProfileOverride


def load_override(path: Path, profiles: Mapping[str, Profile]) -> ProfileOverride:
    """Read an overlay: TOML with the ``name`` of a profile and the keys that are to differ.

    Tables are laid over those of the profile key by key, all else replaces what was there.

    Raises:
        ProfileError: it cannot be read, names no profile, changes nothing, or what comes of it is
            no profile.
    """
    try:
        changes = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{path}: not valid TOML: {error}") from None
    name = changes.pop("name", None)
    if name not in profiles:
        known = ", ".join(sorted(profiles))
        raise ProfileError(f"{path}: name: {name!r} is no profile here (known: {known})")
    if not changes:
        raise ProfileError(f"{path}: changes nothing: write the keys that are to differ into it")
    try:
        text = json.dumps(changes, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except TypeError:
        raise ProfileError(f"{path}: a date stands where no profile has one: quote it") from None
    check_references(str(path), _laid_over(profiles[name], text, str(path)))
    return ProfileOverride(name=name, changes=text)


def overridden(profile: Profile, changes: str) -> Profile:
    """A profile with an overlay laid over it.

    Raises:
        ProfileError: what comes of it is no profile.
    """
    return _overridden(_Same(profile), changes)


class _Same:
    """A profile as a key: profiles are loaded once, and too large to compare."""

    __slots__ = ("profile",)

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.profile is self.profile

    def __hash__(self) -> int:
        return id(self.profile)


@lru_cache(maxsize=64)
def _overridden(same: _Same, changes: str) -> Profile:
    return _laid_over(same.profile, changes, f"profile {same.profile.name} of this run")


def _laid_over(profile: Profile, changes: str, where: str) -> Profile:
    merged = _merged(profile.model_dump(mode="json"), json.loads(changes))
    try:
        return Profile.model_validate({**merged, "name": profile.name})
    except ValidationError as error:
        raise ProfileError(
            f"{where}: {describe_invalid('profile', error)}: see schemas/profile.py for its fields"
        ) from None


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(below)
    for key, value in above.items():
        there = found.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            found[key] = _merged(there, value)
        else:
            found[key] = value
    return found
