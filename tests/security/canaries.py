"""A value for each secret setting that is found nowhere else, and where it must not be found.

The secrets are found by the types of the settings: a new one needs a canary here, or tests fail.
"""

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from pydantic import SecretStr

from millrace.settings import EngineSettings, Settings

_MARK: Final = "canary"


def secret_settings() -> list[str]:
    """The secrets among all settings, and those that a tier sets otherwise, as `tier.NAME`."""
    return [
        *_secrets_of(Settings),
        *(f"tier.{name}" for name in _secrets_of(EngineSettings)),
    ]


def _secrets_of(model: type[EngineSettings]) -> list[str]:
    return [
        name
        for name, field in model.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
    ]


def canary(setting: str) -> str:
    """The canary of a setting: made of letters and digits, as no encoding changes it."""
    return f"{_MARK}0{setting.replace('_', '').replace('.', '')}0"


def sentry_dsn(port: int) -> str:
    """An address of a Sentry project whose key is the canary of its setting."""
    return f"http://{canary('sentry_dsn')}@127.0.0.1:{port}/1"


def environment() -> dict[str, str]:
    """Every secret set to its canary, those of a tier too."""
    chosen = {
        f"MILLRACE_{name.upper()}": canary(name) for name in secret_settings() if "." not in name
    }
    of_tier = ", ".join(
        f'"{name.removeprefix("tier.")}": "{canary(name)}"'
        for name in secret_settings()
        if "." in name
    )
    return {**chosen, "MILLRACE_TIER": f'{{"standard": {{{of_tier}}}}}'}


def found(places: Mapping[str, str | bytes]) -> list[str]:
    """Where a canary of any setting is, with the setting."""
    return [f"{name} in {place}" for place, content in places.items() for name in _named(content)]


def _named(content: str | bytes) -> Iterable[str]:
    data = content.encode() if isinstance(content, str) else content
    known = [name for name in secret_settings() if canary(name).encode() in data]
    return known or (["a secret"] if _MARK.encode() in data else [])
