"""The one table of codes that a refusal can carry."""

from typing import Any, Final

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


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a failure
    """An expected no: a code, a sentence for people, and what helps the client (field, limit, remaining, ...)."""

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
        """`{code, message, field?, limit?, remaining?, retryAfter?, resetsAt?}` as acks and JSON answers carry it."""
        return {"code": self.code, "message": self.message, **self.details}
