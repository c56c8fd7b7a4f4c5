"""Seeds with changes: pieces cut out, doubled, swapped for others; JSON with other values in it."""

import json
from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

# What parsers fail on more often than on letters.
BYTES: Final = (
    b"", b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\r", b"\n",
    b"\r\n\r\n", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b"<", b">", b"&", b";", b":", b"=",
    b"--", b"<!--", b"]]>", b"=?utf-8?b?", b"?=", b"%00", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80",
    b"0", b"-1", b"1e999", b"9" * 40, b"null", b"charset=", b"multipart/mixed", b"boundary=",
)  # fmt: skip
_SCALARS: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 1, 2**31, 2**63, 2**64, 10**40, 0.5, -0.0, 1e308]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "live",
            "news",
            "e1",
            "e999",
            "2024-03-03",
            "0001-01-01T00:00:00+23:59",
            "\x00",
            "x" * 600,
        ]
    ),
)
VALUES: Final = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def changed(draw: st.DrawFn, seeds: Sequence[bytes], words: Sequence[bytes] = ()) -> bytes:
    """A seed with up to six changes; ``words`` are further pieces that are put in."""
    content = draw(st.sampled_from(seeds))
    pieces = st.one_of(st.sampled_from((*BYTES, *words)), st.binary(max_size=4))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 2, 8, 64, 512])))
        kind = draw(st.sampled_from(["put", "cut", "double", "flip"]))
        if kind == "put":
            content = content[:start] + draw(pieces) + content[end:]
        elif kind == "cut":
            content = content[:start] + content[end:]
        elif kind == "double":
            content = content[:end] + content[start:end] * draw(st.integers(1, 4)) + content[end:]
        elif start < len(content):
            flipped = content[start] ^ 1 << draw(st.integers(0, 7))
            content = content[:start] + bytes([flipped]) + content[start + 1 :]
    return content


@st.composite
def changed_json(draw: st.DrawFn, seeds: Sequence[Any]) -> Any:
    """A seed, as parsed JSON, with up to four values exchanged, left out or put in."""
    content = json.loads(json.dumps(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(0, 4))):
        place = content
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = place[key]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 4)):
                place = inner
                continue
            kind = draw(st.sampled_from(["exchange", "leave out", "put in"]))
            if kind == "exchange":
                place[key] = draw(VALUES)
            elif kind == "leave out":
                del place[key]
            elif isinstance(place, dict):
                place[draw(st.sampled_from(["x", "", *map(str, keys)]))] = draw(VALUES)
            else:
                place.insert(key, draw(VALUES))
            break
    return content
