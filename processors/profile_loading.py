"""Profiles as files: TOML after ``schemas.profile``, bundled or from further folders."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from processors.errors import ProfileError
from schemas.model import describe_invalid
from schemas.profile import Profile

BUNDLED_PROFILES = Path(__file__).parent / "profiles"


def load_profiles(*folders: Path) -> dict[str, Profile]:
    """The bundled profiles, then those of ``folders``: a later one of the same name replaces.

    Args:
        folders: each holds ``<name>.toml`` files; other files are left alone.

    Raises:
        ProfileError: a folder is missing, a file is no TOML, or it is no profile.
    """
    profiles: dict[str, Profile] = {}
    for folder in (BUNDLED_PROFILES, *folders):
        if not folder.is_dir():
            raise ProfileError(f"{folder}: no such folder of profiles: create it or leave it out")
        for path in sorted(folder.glob("*.toml")):
            profile = load_profile(path)
            profiles[profile.name] = profile
    return profiles


def load_profile(path: Path) -> Profile:
    """Read one profile; its name must be that of its file.

    Raises:
        ProfileError: the message names the file, the line or field, and what to do.
    """
    try:
        content = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: not UTF-8 at byte {error.start}: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not valid TOML: {error}") from None
    try:
        profile = Profile.model_validate(content)
    except ValidationError as error:
        raise ProfileError(
            f"{path}: {describe_invalid('profile', error)}: see schemas/profile.py for its fields"
        ) from None
    if profile.name != path.stem:
        raise ProfileError(
            f"{path}: name: is {profile.name!r} in a file called {path.name}: make them the same"
        )
    check_references(str(path), profile)
    return profile


def check_references(where: str, profile: Profile) -> None:
    """Check that what a profile names is there.

    Raises:
        ProfileError: a role is filled by a kind of entities that the profile does not have.
    """
    for kind, event in profile.events.items():
        for name, role in event.roles.items():
            for entity in role.entities:
                if entity not in profile.entities:
                    raise ProfileError(
                        f"{where}: events.{kind}.roles.{name}.entities: {entity!r} is not among "
                        f"the profile's entities: add it there or remove it here"
                    )
