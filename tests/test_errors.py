"""The table of codes, and the refusals that carry them."""

import pytest

from konektor.errors import STATUS, Refused

COMMON = {
    *("BAD_REQUEST", "UNAUTHENTICATED", "SESSION_EXPIRED", "FROZEN", "FORBIDDEN", "NOT_FOUND", "RATE_LIMITED"),
    *("UNKNOWN_EVENT", "UNAVAILABLE", "INTERNAL"),
}
SPECIFIC = {
    *("CONFLICT", "GONE", "LOCKED", "INSUFFICIENT_TOKENS", "QUOTA_EXCEEDED", "PLAN_REQUIRED", "EDIT_WINDOW_CLOSED"),
    *("UNSUPPORTED_MEDIA", "TOO_LARGE", "INVITE_INVALID", "UNDERAGE"),
}


def test_every_code_of_the_contract_has_a_status() -> None:
    """Clients are written against these names, so there are no more and no fewer."""
    assert set(STATUS) == COMMON | SPECIFIC


@pytest.mark.parametrize("code", STATUS)
def test_a_refusal_has_the_status_of_its_code(code: str) -> None:
    """Every status is one that the contract allows for failures."""
    assert Refused(code, "No.").status in {400, 401, 403, 404, 409, 410, 413, 415, 429, 500, 503}


def test_a_refusal_with_an_unknown_code_cannot_be_made() -> None:
    """A typing error in a code fails where it is written and not at the client."""
    with pytest.raises(ValueError, match="unknown code OOPS"):
        Refused("OOPS", "No.")


def test_a_refusal_tells_what_helps_and_leaves_out_what_is_unknown() -> None:
    """Details that are None do not reach the client; zero and the empty text do."""
    refused = Refused("QUOTA_EXCEEDED", "Enough for today.", field=None, limit=20, remaining=0)
    assert refused.as_dict() == {
        "code": "QUOTA_EXCEEDED",
        "message": "Enough for today.",
        "limit": 20,
        "remaining": 0,
    }
