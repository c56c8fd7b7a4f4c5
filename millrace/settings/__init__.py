"""Settings: read once from ``MILLRACE_*`` over ``millrace.toml``, handed down as frozen values."""

from millrace.settings.engines import EngineSettings
from millrace.settings.fields import PREFIX, SETTINGS_FILE, Settings
from millrace.settings.reading import SettingsError, read_settings

__all__ = [
    "PREFIX",
    "SETTINGS_FILE",
    "EngineSettings",
    "Settings",
    "SettingsError",
    "read_settings",
]
