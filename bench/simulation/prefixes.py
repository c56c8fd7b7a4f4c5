"""The key-value cache of a simulated engine: prefixes in blocks, the longest unused evicted."""

from collections import OrderedDict
from dataclasses import dataclass

from bench.simulation.documents import Call

_BLOCK = 16


@dataclass(slots=True)
class _Held:
    tokens: int
    calls: int
    computed: bool


class PrefixCache:
    """Room for ``capacity`` tokens: those of running calls, and what past ones left behind.

    With ``at_once`` a prefix is shared from the moment its first call is scheduled, as vLLM does
    (blocks enter its table when they are allocated); else only once it has been computed.
    """

    def __init__(self, capacity: int, at_once: bool = True) -> None:
        self._capacity = capacity
        self._at_once = at_once
        self._held: dict[str, _Held] = {}
        self._idle: OrderedDict[str, int] = OrderedDict()
        self._idle_tokens = 0
        self._held_tokens = 0

    def take(self, call: Call) -> int | None:
        """Hold room for a call; how many tokens of its prefix need no computing.

        None where there is no room yet.
        """
        own = call.own_tokens + call.answer_tokens
        held = self._held.get(call.prefix)
        if held is not None:
            if not self._make_room(own):
                return None
            held.calls += 1
            self._held_tokens += own
            return held.tokens if held.computed else 0
        found = self._idle.pop(call.prefix, 0)
        self._idle_tokens -= found
        if not self._make_room(call.prefix_tokens + own):
            self._leave(call.prefix, found)
            return None
        self._held[call.prefix] = _Held(
            call.prefix_tokens, 1, self._at_once or found == call.prefix_tokens
        )
        self._held_tokens += call.prefix_tokens + own
        return found // _BLOCK * _BLOCK

    def computed(self, call: Call) -> None:
        """The prompt of a call has been computed: what it shares is there for others."""
        self._held[call.prefix].computed = True

    def release(self, call: Call) -> None:
        """A call has ended: what it held stays until room is needed, its own part first to go."""
        own = call.own_tokens + call.answer_tokens
        self._held_tokens -= own
        self._leave(call.call_id, own)
        held = self._held[call.prefix]
        held.calls -= 1
        if held.calls == 0:
            del self._held[call.prefix]
            self._held_tokens -= held.tokens
            self._leave(call.prefix, held.tokens)

    def _leave(self, key: str, tokens: int) -> None:
        if tokens:
            self._idle[key] = tokens
            self._idle_tokens += tokens

    def _make_room(self, tokens: int) -> bool:
        if self._held_tokens + tokens > self._capacity:
            return False
        while (missing := self._held_tokens + self._idle_tokens + tokens - self._capacity) > 0:
            key, there = next(iter(self._idle.items()))
            evicted = min(there, missing)
            self._idle_tokens -= evicted
            if evicted == there:
                del self._idle[key]
            else:
                self._idle[key] = there - evicted
        return True
