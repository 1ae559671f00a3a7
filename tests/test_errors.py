"""The table of codes, the refusals that carry them, and what becomes of any other exception."""

import pytest

from konektor.errors import STATUS, Refused, as_refusal, too_frequent

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


def never(error: BaseException) -> bool:
    """A database that is always available."""
    return False


def test_a_refusal_stays_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the database is said to be, and without a line in the log."""
    refused = Refused("GONE", "It was there.")
    assert as_refusal(refused, "here", lambda error: True) is refused
    assert not caplog.records


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionError("away")], ids=repr)
def test_what_passes_by_itself_may_be_tried_again(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """A timeout, and what the database calls unavailable: UNAVAILABLE with a wait, and no bug in the log."""
    refused = as_refusal(error, "here", lambda found: isinstance(found, ConnectionError))
    assert (refused.code, refused.details) == ("UNAVAILABLE", {"retryAfter": 1})
    assert not caplog.records


def test_a_text_with_an_unpaired_surrogate_is_a_bad_request(caplog: pytest.LogCaptureFixture) -> None:
    """The database cannot store it, and it is the client who sent it."""
    with pytest.raises(UnicodeEncodeError) as caught:
        "\ud800".encode()
    assert as_refusal(caught.value, "here", never).code == "BAD_REQUEST"
    assert not caplog.records


def failure() -> Exception:
    """A bug, with the traceback of where it happened."""
    try:
        raise KeyError("the secret of the runtime")
    except KeyError as error:
        return error


def test_a_bug_is_logged_once_with_its_traceback_and_the_reference(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets INTERNAL with the same reference."""
    refused = as_refusal(failure(), "message:send", never)
    (record,) = caplog.records
    reference = record.getMessage().rpartition(" ")[2]
    assert (refused.code, len(reference), reference in refused.message) == ("INTERNAL", 8, True)
    assert record.getMessage().startswith("bug in message:send, reference ")
    assert "in failure" in caplog.text


def test_a_bug_tells_the_client_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Neither its text nor its type."""
    told = str(as_refusal(failure(), "here", never).as_dict())
    assert not any(word in told for word in ("secret", "KeyError"))


def test_every_bug_has_a_reference_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """So that a report leads to one line of the log."""
    assert len({as_refusal(failure(), "here", never).message for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("wait", "told"), [(1e-12, 0.001), (0.0004, 0.001), (0.025, 0.025), (1 / 30, 0.034), (60.0, 60.0)]
)
def test_whoever_waits_as_long_as_told_is_let_through(wait: float, told: float) -> None:
    """The wait is in milliseconds and never shorter than it takes; above all it is never 0."""
    assert too_frequent("Slow down.", wait).as_dict() == {
        "code": "RATE_LIMITED",
        "message": "Slow down.",
        "retryAfter": told,
    }
