"""The settings written down: those in force with their origin, and all of them as an example."""

import json
import textwrap
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from millrace.settings.fields import SETTINGS_FILE, Settings
from millrace.settings.reading import environment, file_content, variable

_COLUMNS = 98


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force; the ``value`` of a secret is a mask, or empty when it is."""

    name: str
    variable: str
    value: object
    origin: str
    description: str


def in_force(settings: Settings) -> list[Setting]:
    """Every setting with its value and where that comes from.

    Args:
        settings: as they were read just now, in this folder and environment.
    """
    variables, keys = environment(), file_content()

    def origin(name: str) -> str:
        if variable(name) in variables:
            return f"environment {variable(name)}"
        return SETTINGS_FILE if name in keys else "default"

    return [
        Setting(
            name=name,
            variable=variable(name),
            value=_plain(getattr(settings, name)),
            origin=origin(name),
            description=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def words(value: object) -> str:
    """A value for people, on one line."""
    if value is None:
        return "not set"
    if isinstance(value, dict) or (isinstance(value, list) and any(type(v) is dict for v in value)):
        return json.dumps(value, ensure_ascii=False) if value else "empty"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "empty"
    return str(value) or "empty"


def example() -> str:
    """The text of ``millrace.example.toml``: every setting, commented out, with its default."""
    head = (
        f"Every setting of millrace with its default. Copy this file to {SETTINGS_FILE} in the "
        "folder you run millrace in, and take the # from what you change. The environment counts "
        "over the file: MILLRACE_ and the name in capitals, an empty value counting as not set. "
        "Written by `millrace config --example`."
    )
    entries = [_entry(name, field) for name, field in Settings.model_fields.items()]
    return "\n\n".join([_comment(head), *entries]) + "\n"


def _entry(name: str, field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None:
        value = f"{_toml(field.examples[0] if field.examples else '')}  # not set by default"
    else:
        value = _toml(default)
    return f"{_comment(field.description or '')}\n#{name} = {value}"


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in textwrap.wrap(text, _COLUMNS))


def _toml(value: object) -> str:
    """A default as TOML, of which JSON's texts, numbers and lists are a part."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    """A value as JSON knows it, with secrets masked."""
    if isinstance(value, SecretStr):
        return str(value)
    if isinstance(value, BaseModel):
        return _plain(value.model_dump())
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value if isinstance(value, bool | int | float | None) else str(value)
