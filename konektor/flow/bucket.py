"""A bucket of events: it fills steadily, and whoever finds it empty waits."""


class TokenBucket:
    """`rate` events a second, `burst` at once. Times are seconds of one steady clock."""

    __slots__ = ("_burst", "_filled", "_left", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._left, self._filled = rate, burst, burst, now

    def take(self, now: float) -> float:
        """Takes one event and answers 0, or the seconds to wait when there is none."""
        self._left = min(self._burst, self._left + (now - self._filled) * self._rate)
        self._filled = now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0
