"""Events are the same however the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inference.serving.errors import ServerFaultError
from streams.inference.serving.event_stream import EventStream

STREAM = (
    b': welcome\n\ndata: {"a": 1}\n\nevent: x\ndata:{"b": 2}\r\n\r\nid: 7\n\n'
    b"data: \xe6\x97\xa5\ndata: two\n\ndata: [DONE]\n\ndata: cut"
)
EVENTS = [b'{"a": 1}', b'{"b": 2}', b"\xe6\x97\xa5\ntwo", b"[DONE]"]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_any_cut_gives_the_same_events(cuts: list[int]) -> None:
    places = sorted({0, len(STREAM), *cuts})
    stream = EventStream(max_bytes=1_000)

    events = []
    for start, end in pairwise(places):
        events += stream.feed(STREAM[start:end])

    assert events == EVENTS


def test_a_line_without_end_is_given_up() -> None:
    stream = EventStream(max_bytes=100)
    stream.feed(b"data: " + b"x" * 94)

    with pytest.raises(ServerFaultError, match="does not end"):
        stream.feed(b"x")
