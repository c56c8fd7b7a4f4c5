"""Reports to Sentry, with its own package and a transport that keeps what is sent."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from millrace.error_reports import report_errors
from schemas.errors import SetupError, UnavailableError
from schemas.record import Record
from streams.telemetry.log_context import working_on

DSN = "https://key@errors.example/7"
SECRET = "Acme bought Widget Ltd"
RECORD = Record("documents.ingest", 3, 17, 0, b"d1", SECRET.encode())
SENT: list[Envelope] = []


class Kept(Transport):
    def capture_envelope(self, envelope: Envelope) -> None:
        SENT.append(envelope)


@pytest.fixture(autouse=True)
def reporting() -> Iterator[None]:
    SENT.clear()
    report_errors(DSN, "here-0-sink", Kept)
    yield
    sentry_sdk.get_client().close()
    sentry_sdk.init()


def events() -> list[dict[str, Any]]:
    return [dict(event) for one in SENT if (event := one.get_event()) is not None]


def whole() -> str:
    return json.dumps(events(), default=str)


def fails(text: str) -> None:
    words = text.split()
    int(words[0])


def is_away(address: str) -> None:
    raise UnavailableError(f"Kafka does not answer at {address}")


class TestAReport:
    def test_has_the_place_and_the_type_of_an_error_and_no_text(self) -> None:
        logging.getLogger("streams").warning("a breadcrumb: %s", SECRET)
        with working_on(RECORD):
            try:
                fails(SECRET)
            except ValueError:
                logging.getLogger("streams").exception("it failed")

        (event,) = events()
        (error,) = event["exception"]["values"]
        assert (error["type"], error["value"]) == ("ValueError", "")
        assert error["stacktrace"]["frames"][-1]["function"] == "fails"
        assert event["tags"]["document_id"] == "d1"
        assert event["server_name"] == "here-0-sink"
        assert "Acme" not in whole()
        assert "Widget" not in whole()

    def test_has_the_words_of_errors_of_ours(self) -> None:
        try:
            is_away("a:9092")
        except UnavailableError:
            logging.getLogger("streams").exception("it failed")

        (event,) = events()
        assert event["exception"]["values"][0]["value"] == "Kafka does not answer at a:9092"

    def test_is_not_made_of_warnings(self) -> None:
        logging.getLogger("streams").warning("sink waits")

        assert events() == []


def test_without_an_address_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)

    report_errors("", "here-0-sink")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)

    with pytest.raises(SetupError, match=r"sentry-sdk is not installed.* extra `sentry`"):
        report_errors(DSN, "here-0-sink")


def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(SetupError, match="MILLRACE_SENTRY_DSN is no address") as refused:
        report_errors("https://hush.example", "here-0-sink")

    assert "hush" not in str(refused.value)
