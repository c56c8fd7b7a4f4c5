"""How many calls a server takes: grows while it answers, shrinks when it refuses."""

import math

_DECREASE = 0.5
_MAX_HOLD_S = 300.0  # what a server may ask for; beyond it is asked again


class AdaptiveWindow:
    """Additive increase, multiplicative decrease, as TCP does it (Chiu and Jain, 1989).

    1. A refusal halves the size, never below one, and not again for calls that began before it:
       they tell nothing new.
    2. ``Retry-After`` holds all admissions until it has passed.
    3. Answers to a whole window of calls begun after the last decrease make it larger by one.

    A window that is never refused stays at its maximum.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._size = float(maximum)
        self._decreased_at = -math.inf
        self._held_until = -math.inf

    @property
    def size(self) -> int:
        """How many calls may be in flight."""
        return int(self._size)

    @property
    def held_until(self) -> float:
        """When calls may be begun again; long past where nothing holds them."""
        return self._held_until

    def refused(self, began: float, now: float, retry_after_s: float | None = None) -> None:
        """A call begun at ``began`` was answered with 429 or 503.

        Args:
            began: when the call was sent, in seconds of the caller's clock.
            now: the present time of that clock.
            retry_after_s: what the server asked for, None where it did not.
        """
        if retry_after_s is not None and retry_after_s > 0:
            self._held_until = max(self._held_until, now + min(retry_after_s, _MAX_HOLD_S))
        if began > self._decreased_at:
            self._size = max(1.0, self._size * _DECREASE)
            self._decreased_at = now

    def answered(self, began: float) -> None:
        """A call begun at ``began`` was answered."""
        if began > self._decreased_at:
            self._size = min(float(self._maximum), self._size + 1.0 / self._size)
