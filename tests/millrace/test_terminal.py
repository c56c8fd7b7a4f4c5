"""What a command prints: to people, to files, to scripts."""

import io
import json
from datetime import UTC, datetime

import pytest
from rich.console import Console

from millrace.terminal import Terminal, printable


def terminal(width: int = 20) -> tuple[Terminal, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    consoles = Console(file=out, width=width), Console(file=err, width=width)
    return Terminal(out=consoles[0], err=consoles[1]), out, err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ørsted 東京 🎉\tnext\n", "Ørsted 東京 🎉\tnext\n"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\x1b[31mred\x00\x07", "␛[31mred␀␇"),
        ("\x7f\x9b", "␡\ufffd"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_lines_are_never_broken_or_taken_as_markup() -> None:
    printed, out, err = terminal(width=20)
    long = "[bold]a path/that/is/longer/than/the/terminal.log"

    printed.say(long)
    printed.note(long)

    assert out.getvalue() == err.getvalue() == long + "\n"


def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().fail("first\n  second \x1b[2J")

    assert capsys.readouterr().err == "millrace: first second ␛[2J\n"


def test_json_is_readable_and_has_times_with_their_zone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Terminal().json({"at": datetime(2024, 3, 3, tzinfo=UTC), "text": "東京 \x1b"})

    printed = capsys.readouterr().out
    assert "東京 \\u001b" in printed
    assert json.loads(printed) == {"at": "2024-03-03T00:00:00+00:00", "text": "東京 \x1b"}


def test_json_of_what_is_no_text_can_be_read_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Terminal().json({"file": "caf\udce9.txt"})

    assert json.loads(capsys.readouterr().out) == {"file": "caf\udce9.txt"}


def test_a_file_gets_lines_of_110_columns_and_no_progress(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    printed = Terminal()

    with printed.progress() as progress:
        progress.add_task("waiting", total=3)

    assert printed.out.width == 110
    assert capsys.readouterr().err == ""


def test_a_wish_for_a_width_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")

    assert Terminal().out.width == 72
