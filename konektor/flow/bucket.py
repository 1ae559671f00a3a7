"""A token bucket: limits how many events are allowed each second."""


class TokenBucket:
    """Allows `rate` events a second, and `burst` at once. Times are seconds of one monotonic clock."""

    __slots__ = ("_burst", "_filled", "_left", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._left, self._filled = rate, burst, burst, now

    def take(self, now: float) -> float:
        """Takes one event and returns 0; when none is left, returns the seconds to wait."""
        self._left = min(self._burst, self._left + (now - self._filled) * self._rate)
        self._filled = now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0
