"""Strings that make a regular expression go back: written from its own parse.

For each repetition in an expression: what leads to it, its body over and over, and an end at which
it fails. Where two repetitions can take the same characters, and where a search begins anew at each
character of one, the time for such a string grows with its square.
"""

import re
from collections.abc import Iterator
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

_MANY: Final = 20
_MOST_SAMPLES: Final = 3
_ENDS: Final = ("", "\x00", "!", "\n", " ", "a", "1", "_")
_CATEGORIES: Final = {
    ops.CATEGORY_DIGIT: "1",
    ops.CATEGORY_SPACE: " \n",
    ops.CATEGORY_WORD: "aA1",
    ops.CATEGORY_NOT_DIGIT: "a ",
    ops.CATEGORY_NOT_SPACE: "a1",
    ops.CATEGORY_NOT_WORD: " .",
}
_TRIED: Final = " \n\ta1A.,-'/:>(年\u00e9\u0301\x00"


def attacks(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Strings of about ``size`` characters, each once."""
    tree = parser.parse(_text(pattern), pattern.flags & ~re.UNICODE if _is_bytes(pattern) else
                        pattern.flags)  # fmt: skip
    given = set()
    for before, body in _repetitions(list(tree), [""]):
        for lead in before[:_MOST_SAMPLES]:
            for middle in body:
                for text in _written(lead, middle, size):
                    if text not in given:
                        given.add(text)
                        yield text


def as_input(pattern: re.Pattern[Any], text: str) -> Any:
    """A string as what the expression is asked about."""
    return text.encode("latin-1", "replace") if _is_bytes(pattern) else text


def _written(lead: str, middle: str, size: int) -> Iterator[str]:
    run = middle * (size // max(1, len(middle)))
    for end in _ENDS:
        yield lead + run + end
    if lead:
        # The lead over and over: each is a new start for a search.
        for end in ("", "!"):
            yield lead * (size // len(lead)) + end
            yield (lead + middle) * (size // len(lead + middle)) + end
            yield (lead + " ") * (size // len(lead + " ")) + end


def _repetitions(nodes: list[Any], before: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Each repetition without a small bound: what may stand before it, and bodies of it."""
    for at, (operation, argument) in enumerate(nodes):
        lead = _joined(before, [_samples([one]) for one in nodes[:at]])
        if operation in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            _, most, body = argument
            if most == ops.MAXREPEAT or most > _MANY:
                yield lead, [one for one in _samples(list(body)) if one]
            yield from _repetitions(list(body), lead)
        else:
            for inner in _inside(operation, argument):
                yield from _repetitions(inner, lead)


def _inside(operation: Any, argument: Any) -> list[list[Any]]:
    if operation is ops.BRANCH:
        return [list(one) for one in argument[1]]
    if operation is ops.SUBPATTERN:
        return [list(argument[3])]
    if operation in (ops.ASSERT, ops.ASSERT_NOT):
        return [list(argument[1])]
    if operation is ops.ATOMIC_GROUP:
        return [list(argument)]
    if operation is ops.GROUPREF_EXISTS:
        return [list(one) for one in argument[1:] if one is not None]
    return []


def _joined(heads: list[str], parts: list[list[str]]) -> list[str]:
    """Some of the ways to write parts one after another: the first sample of each, the second..."""
    found = []
    for choice in range(_MOST_SAMPLES):
        tail = "".join(part[choice % len(part)] for part in parts if part)
        found.append(heads[choice % len(heads)] + tail)
    return list(dict.fromkeys(found))


def _samples(nodes: list[Any]) -> list[str]:
    """Some strings that match a sequence."""
    parts = [_sample(operation, argument) for operation, argument in nodes]
    return _joined([""], parts)


def _sample(operation: Any, argument: Any) -> list[str]:
    if operation is ops.LITERAL:
        return [chr(argument)]
    if operation is ops.NOT_LITERAL:
        return [one for one in _TRIED if one != chr(argument)][:_MOST_SAMPLES]
    if operation is ops.ANY:
        return ["a", " ", "1"]
    if operation is ops.IN:
        return _of_set(argument)
    if operation in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        least, most, body = argument
        return [one * max(least, min(1, most)) for one in _samples(list(body))]
    if operation in (ops.ASSERT, ops.ASSERT_NOT, ops.AT, ops.GROUPREF):
        return [""]
    found = [one for inner in _inside(operation, argument) for one in _samples(inner)]
    return found or [""]


def _of_set(members: list[Any]) -> list[str]:
    if members[0][0] is ops.NEGATE:
        refused = "".join(_of_set(members[1:]))
        ranges = [argument for operation, argument in members[1:] if operation is ops.RANGE]
        return [
            one
            for one in _TRIED
            if one not in refused and not any(low <= ord(one) <= high for low, high in ranges)
        ][:_MOST_SAMPLES] or ["\u4e00"]
    found: list[str] = []
    for operation, argument in members:
        if operation is ops.LITERAL:
            found.append(chr(argument))
        elif operation is ops.RANGE:
            found.append(chr(argument[0]))
        elif operation is ops.CATEGORY:
            found += _CATEGORIES[argument]
    return found


def _text(pattern: re.Pattern[Any]) -> Any:
    return pattern.pattern


def _is_bytes(pattern: re.Pattern[Any]) -> bool:
    return isinstance(pattern.pattern, bytes)
