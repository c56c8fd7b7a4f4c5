"""Errors reported to Sentry: an extra, imported only where its address is set."""

from typing import TYPE_CHECKING, Any

from millrace import __version__
from millrace.error_words import words
from schemas.errors import SetupError
from streams.telemetry.log_context import present

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

_SEND_LAST_S = 2.0


def report_errors(dsn: str, process: str, transport: "type[Transport] | None" = None) -> None:
    """Report what is logged as an error.

    Document text stays here: no local variables, no breadcrumbs, no request data; messages of
    errors only where they can hold none.

    Args:
        dsn: the project's address; nothing is done and nothing imported when empty.
        process: tells this process from others.
        transport: what sends instead of HTTP.

    Raises:
        SetupError: the package is missing, or the address is none.
    """
    if not dsn:
        return
    try:
        import sentry_sdk
        from sentry_sdk.integrations.atexit import AtexitIntegration
        from sentry_sdk.integrations.logging import LoggingIntegration
        from sentry_sdk.utils import BadDsn
    except ImportError as error:
        raise SetupError(
            "MILLRACE_SENTRY_DSN is set, but the package sentry-sdk is not installed: install "
            "millrace with its extra `sentry`, or leave the setting out"
        ) from error
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=f"millrace@{__version__}",
            server_name=process,
            transport=transport,
            default_integrations=False,
            # What ends a process or a thread is logged, so that the log is all that is to be read.
            integrations=[
                LoggingIntegration(level=None),
                AtexitIntegration(callback=lambda _pending, _timeout: None),
            ],
            include_local_variables=False,
            max_breadcrumbs=0,
            shutdown_timeout=_SEND_LAST_S,
            before_send=_without_texts,
        )
    except BadDsn:
        raise SetupError(
            "MILLRACE_SENTRY_DSN is no address of a Sentry project: copy it again, it looks like "
            "https://KEY@HOST/NUMBER"
        ) from None


def _without_texts(event: "Event", hint: "Hint") -> "Event":
    """The event with ids for tags, and without what could quote a document."""
    for name in ("breadcrumbs", "extra", "request", "modules"):
        event.pop(name, None)  # type: ignore[misc]
    safe = _safe_messages(hint)
    exceptions: Any = event.get("exception", {})
    for one in exceptions.get("values", []):
        if one.get("value") not in safe:
            one["value"] = ""
        for frame in (one.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    event["tags"] = {**event.get("tags", {}), **present()}
    return event


def _safe_messages(hint: "Hint") -> set[str]:
    """What the errors of the event say, of those that may be quoted."""
    found: set[str] = set()
    seen: set[int] = set()
    error = (hint.get("exc_info") or (None, None, None))[1]
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        found.add(words(error))
        error = error.__cause__ or error.__context__
    return found
