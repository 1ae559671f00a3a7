"""The one table of codes that a refusal can carry, and the one place that turns an exception into a refusal."""

import logging
import math
import secrets
from collections.abc import Callable
from typing import Any, Final

log = logging.getLogger("konektor.errors")

STATUS: Final[dict[str, int]] = {
    "BAD_REQUEST": 400,
    "INVITE_INVALID": 400,
    "UNDERAGE": 400,
    "UNKNOWN_EVENT": 400,
    "UNAUTHENTICATED": 401,
    "SESSION_EXPIRED": 401,
    "EDIT_WINDOW_CLOSED": 403,
    "FORBIDDEN": 403,
    "FROZEN": 403,
    "INSUFFICIENT_TOKENS": 403,
    "LOCKED": 403,
    "PLAN_REQUIRED": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "GONE": 410,
    "TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA": 415,
    "QUOTA_EXCEEDED": 429,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
}
"""Every code of the contract with the HTTP status that fits it."""

USUAL: Final = (
    "BAD_REQUEST",
    "UNAUTHENTICATED",
    "SESSION_EXPIRED",
    "FROZEN",
    "FORBIDDEN",
    "NOT_FOUND",
    "RATE_LIMITED",
    "UNKNOWN_EVENT",
    "UNAVAILABLE",
    "INTERNAL",
)
"""The codes that any event may be refused with, without declaring them."""

RETRY_AFTER = 1
"""Seconds after which a client may try again after UNAVAILABLE."""


class Refused(Exception):  # noqa: N818 - a refusal is a result, not a failure
    """An expected refusal: a code, a sentence for people, and details for the client (field, limit, remaining, ...)."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        if code not in STATUS:
            raise ValueError(f"unknown code {code}")
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.details = {name: value for name, value in details.items() if value is not None}

    @property
    def status(self) -> int:
        """The HTTP status that fits the code."""
        return STATUS[self.code]

    def as_dict(self) -> dict[str, Any]:
        """`{code, message, field?, limit?, remaining?, retryAfter?, resetsAt?}` as acks and JSON responses carry it."""
        return {"code": self.code, "message": self.message, **self.details}


def too_frequent(message: str, wait: float) -> Refused:
    """RATE_LIMITED for `wait` more seconds, rounded up to a millisecond: whoever waits that long is let through."""
    return Refused("RATE_LIMITED", message, retryAfter=max(1, math.ceil(round(wait * 1000, 6))) / 1000)


def as_refusal(error: Exception, where: str, is_unavailable: Callable[[BaseException], bool]) -> Refused:
    """The refusal that a client gets for any exception, over Socket.IO and HTTP alike.

    A Refused stays itself; a timeout or an unavailable database becomes UNAVAILABLE; anything else is a bug, which is
    logged with `where` it happened and a reference, and becomes INTERNAL with that reference.
    """
    if isinstance(error, Refused):
        return error
    if isinstance(error, TimeoutError) or is_unavailable(error):
        return Refused(
            "UNAVAILABLE",
            f"The server is busy or its database is unavailable. Try again in {RETRY_AFTER} s.",
            retryAfter=RETRY_AFTER,
        )
    if isinstance(error, UnicodeEncodeError):
        return Refused("BAD_REQUEST", "The text contains an unpaired surrogate.")
    reference = secrets.token_hex(4)
    log.error("bug in %s, reference %s", where, reference, exc_info=error)
    return Refused("INTERNAL", f"Something broke on our side; quote {reference} when you report it.")
