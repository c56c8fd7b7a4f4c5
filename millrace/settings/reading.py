"""Reading the settings: what is unknown or wrong is an error that names it."""

import os
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableError

from millrace.errors import UsageError
from millrace.settings.fields import PREFIX, SETTINGS_FILE, Settings
from schemas.model import describe_invalid


class SettingsError(UsageError):
    """A setting is unknown or cannot be understood; the message names it."""


def read_settings() -> Settings:
    """The settings in force.

    Raises:
        SettingsError: a value is not valid, a variable or a key of ``millrace.toml`` is no setting,
            or the file cannot be read.
    """
    _check_names(PREFIX, environment(), {variable(name) for name in Settings.model_fields})
    _check_names("", file_content(), Settings.model_fields)
    try:
        return Settings()
    except UnreadableError as error:
        # Its words name the field alone; those of its cause could quote a value.
        raise SettingsError(
            f"not a valid setting: {error}: a table in the environment is written as JSON"
        ) from None
    except ValidationError as error:
        raise SettingsError(
            f"{describe_invalid('setting', error)} (a setting is read from the environment as "
            f"{PREFIX} and its name in capitals, else from {SETTINGS_FILE})"
        ) from None


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def environment() -> dict[str, str]:
    """The variables of millrace that have a value, by their names in capitals."""
    return {
        name.upper(): value
        for name, value in os.environ.items()
        if value and name.upper().startswith(PREFIX)
    }


def file_content() -> dict[str, object]:
    """What the settings file of this folder says; empty where there is none.

    Raises:
        SettingsError: it cannot be read, or is not TOML.
    """
    file = Path(SETTINGS_FILE)
    try:
        return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    except OSError as error:
        raise SettingsError(f"{SETTINGS_FILE} cannot be read: {error.strerror}") from None
    except ValueError as error:  # not TOML, or not UTF-8
        raise SettingsError(f"{SETTINGS_FILE}: {error}") from None


def _check_names(prefix: str, found: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a name that is no setting: most are misspelt, and would silently count for nothing."""
    known = list(known)
    for name in found:
        if name in known:
            continue
        # Without the prefix, which all of them share and which makes anything look alike.
        ends = [one.removeprefix(prefix) for one in known]
        near = get_close_matches(name.removeprefix(prefix), ends, n=1)
        what = "unknown setting in the environment" if prefix else f"unknown key in {SETTINGS_FILE}"
        hint = f", did you mean {prefix}{near[0]}?" if near else ""
        raise SettingsError(
            f"not a valid setting: {name}: {what}{hint} (`millrace config --example` lists all)"
        )
