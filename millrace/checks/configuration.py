"""The settings: whether they can be read and fit together."""

from collections import Counter

from millrace.checks.finding import Finding, State, of_error, ok, problem
from millrace.settings import SETTINGS_FILE, Settings, SettingsError, read_settings


def settings() -> tuple[Settings | None, list[Finding]]:
    """The settings, where they can be read at all, and what was found about them."""
    from millrace.settings.listing import in_force

    try:
        found = read_settings()
        origins = Counter(one.origin.split()[0] for one in in_force(found))
    except SettingsError as error:
        seen = str(error).removeprefix("not a valid setting: ").partition(" (")[0]
        return None, [problem("settings", seen, "`millrace config --example` lists all settings")]
    seen = (
        f"{origins['environment']} from the environment, {origins[SETTINGS_FILE]} from "
        f"{SETTINGS_FILE}, the others by default"
    )
    return found, [ok("settings", seen)]


def consistency(found: Settings) -> list[Finding]:
    """Whether settings fit together, in a way that only all of them show."""
    from millrace import wiring
    from streams.broker.admin import MESSAGE_BYTES

    findings = []
    try:
        wiring.broker(found)
        wiring.clickhouse(found)
    except SettingsError as error:
        findings.append(of_error("security", State.PROBLEM, error))
    if found.max_message_bytes > MESSAGE_BYTES:
        findings.append(
            problem(
                "limits",
                f"max_message_bytes is {found.max_message_bytes:,}, topics take {MESSAGE_BYTES:,}",
                f"set MILLRACE_MAX_MESSAGE_BYTES to at most {MESSAGE_BYTES}",
            )
        )
    if found.max_text_bytes >= found.max_message_bytes:
        findings.append(
            problem(
                "limits",
                f"max_text_bytes is {found.max_text_bytes:,}: no message of "
                f"{found.max_message_bytes:,} bytes (max_message_bytes) can hold it",
                "set MILLRACE_MAX_TEXT_BYTES to an eighth of MILLRACE_MAX_MESSAGE_BYTES",
            )
        )
    return findings


def profiles(found: Settings) -> list[Finding]:
    """Whether all profiles can be read, and the default one is among them."""
    from millrace import wiring

    names = sorted(wiring.profiles(found))
    return [ok("profiles", f"{', '.join(names)}; documents default to {found.default_profile}")]
