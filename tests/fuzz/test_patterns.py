"""Every regular expression of the code takes linear time, whatever it is asked about.

Each is found in the syntax tree and asked about strings made from its own parse; of those that take
long, four times the length may not take much over four times as long.
"""

import re
import time
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

import pytest

from tests.fuzz import patterns
from tests.fuzz.attack_strings import as_input, attacks
from tests.fuzz.patterns import Found
from tests.fuzz.target import TooSlowError, within

CHARACTERS: Final = 2_000
MOST_STRINGS: Final = 120
# At 2,000 characters a linear one takes 0.05 to 2 ms; one of cubic or exponential time takes
# minutes. What is over the first bound is measured at four times the length.
SUSPECT_S: Final = 0.002
MOST_GROWTH: Final = 9.0
BREAK_OFF_S: Final = 2.0

# Made in functions: the same, made of what they are given.
LOCAL: Final[Mapping[str, re.Pattern[Any]]] = {
    "processors/decoding/page_limits.py:_end_of_raw": re.compile("</script", re.I),
    # Words of an answer, at most 1,000 characters, as processors.grounding puts them together.
    "processors/grounding.py:_normalized": re.compile(
        r"it[\s]+is[\s]+[\"'“”]a[\"'“”]", re.IGNORECASE
    ),
    "processors/lexical/lexicon.py:_any_of": re.compile(r"\b(?:bought|buys|buy)\b", re.IGNORECASE),
    "processors/recognition/gazetteer.py:gazetteer": re.compile("北京|東京|上海"),
    "millrace/present.py:_of": re.compile(r"\bmillrace_lag\b"),
}
# Of what is asked about them no more than so many characters are ever there.
SHORT: Final[Mapping[str, int]] = {
    "processors/recognition/identity.py:_SUFFIX": 120,  # a name of at most 12 words
    "millrace/inputs/mail_box.py:_POSTMARK": 500,  # longer lines are not looked at
}
FOUND: Final = patterns.found(LOCAL)


def seconds(found: Found, text: str) -> float:
    """Processor time of going through a text, the best of three."""
    value = as_input(found.pattern, text)
    best = float("inf")
    for _ in range(3):
        start = time.thread_time()
        for method in found.methods:
            for _ in getattr(found.pattern, method)(value) if method == "finditer" else ():
                pass
            if method != "finditer":
                getattr(found.pattern, method)(value)
        best = min(best, time.thread_time() - start)
        if best < SUSPECT_S:
            break
    return best


@pytest.mark.parametrize("found", FOUND, ids=[one.place for one in FOUND])
def test_its_time_grows_with_the_text(found: Found) -> None:
    size = SHORT.get(found.place, CHARACTERS)
    written = list(attacks(found.pattern, size))
    with within(BREAK_OFF_S):
        for number in range(0, len(written), 1 + len(written) // MOST_STRINGS):
            text = written[number]
            took = seconds(found, text)
            if took > SUSPECT_S and found.place not in SHORT:
                longer = next(islice(attacks(found.pattern, 4 * size), number, None), text)
                growth = seconds(found, longer) / took
                assert growth < MOST_GROWTH, f"{growth:.1f} times as long: {text[:60]!r}…"


def test_no_file_takes_functions_out_of_the_module() -> None:
    assert patterns.imported_otherwise() == []


def test_examples_of_local_ones_are_of_ones_that_are_there() -> None:
    assert LOCAL.keys() <= {one.place for one in FOUND}
    assert SHORT.keys() <= {one.place for one in FOUND}


@pytest.mark.parametrize("slow", [r"(a+)+$", r"\s+$", r"(?:[-_]\w+)*!", r"a.*b.*c", r"x\s*\s*y"])
def test_slow_ones_are_told(slow: str) -> None:
    found = Found("slow", re.compile(slow), ("finditer",))
    with pytest.raises((AssertionError, TooSlowError)):
        test_its_time_grows_with_the_text(found)
