"""The signup form: what makes a member of it, and what is said to a form that cannot."""

from dataclasses import replace
from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.members.invitations import issue
from konektor.members.joining import RESERVED, Invalid, Signup, sign_up
from konektor.store import accounts, streams
from konektor.tokens import wallet
from tests.conftest import PASSWORD, Clock

GOOD = Signup("ann@example.org", PASSWORD, PASSWORD, "1990-05-17", "", "Ann")

NO_ADDRESSES = (
    *("", "ann", "ann@", "@example.org", "ann@example", "ann@example..org", "ann@.example.org", "a b@example.org"),
    *("ann@exam ple.org", "ann@example.org\nx", "a@b@example.org", "<ann@example.org>", "ann@example.org,b@c.de"),
    *("ann\0@example.org", "ann@exam\0ple.org", "ann@exam\x7fple.org", "ann@exam\x1bple.org", "ann@[127.0.0.1]"),
    *("a" * 65 + "@example.org", "a@" + "b" * 250 + ".org", "ann@\ud800.org", "\ud800@example.org", "a\u202e@b.org"),
    *("a@example.com%00", '"ann"@example.org', "a@" + "b" * 64 + ".org"),
)
ADDRESSES = (
    "a@b.cd",
    "first.last+tag@sub.example.org",
    "jürgen@müller.example",
    "a" * 64 + "@" + ("b" * 61 + ".") * 3 + "org",
)
NO_NAMES = (
    *("ab", "a" * 21, "a b", "ann_b", "änn", "ann\0", "$ann", "ann\n.", "ann.b", "\U0001f600\U0001f600\U0001f600"),
    *("ａｎｎ", "\ud800nn", "../x", "<b>ann"),
)


async def complaints(core: Core, **typed: str) -> dict[str, str]:
    """What is said to a form with these changes, by field; nothing when it makes a member."""
    made = await issue(core, "", cap=1, tokens=500)
    try:
        await sign_up(core, replace(GOOD, **({"invite": made["_id"]} | typed)), "10.0.0.1")
    except Refused as refused:
        return refused.errors if isinstance(refused, Invalid) else {str(refused.details["field"]): refused.message}
    return {}


async def refusal(core: Core, **typed: str) -> Refused:
    """The refusal of a form with these changes."""
    made = await issue(core, "", cap=1, tokens=500)
    with pytest.raises(Refused) as caught:
        await sign_up(core, replace(GOOD, **({"invite": made["_id"]} | typed)), "10.0.0.1")
    return caught.value


async def only(core: Core) -> dict[str, Any]:
    """The one account there is."""
    [account] = await core.db["accounts"].find({}).to_list(2)
    found: dict[str, Any] = account
    return found


async def test_a_new_member_has_an_account_tokens_and_three_rooms(core: Core) -> None:
    """All of it is there when the answer comes."""
    assert await complaints(core) == {}
    account = await only(core)
    rooms = await streams.get(core.db, ["r:1990-05-17", "r:05-17", "r:1990"])
    assert (account["state"], account["dob"], account["role"]) == ("active", "1990-05-17", "member")
    assert await wallet.balance(core, account["_id"]) == 500
    assert [room["members"] for room in rooms.values()] == [1, 1, 1]


async def test_a_password_is_kept_only_as_a_hash(core: Core) -> None:
    """Nothing in the database shows it."""
    await complaints(core)
    assert PASSWORD not in str(await only(core))


async def test_a_text_that_is_no_address_is_refused(core: Core) -> None:
    """Mail could not be sent there, or would be sent elsewhere."""
    said = {email: list(await complaints(core, email=email)) for email in NO_ADDRESSES}
    assert said == {email: ["email"] for email in NO_ADDRESSES}


async def test_an_unusual_address_is_an_address(core: Core) -> None:
    """Tags, other scripts and the longest there are."""
    said = [await complaints(core, email=email, username="") for email in ADDRESSES]
    assert said == [{}] * len(ADDRESSES)


async def test_an_address_is_kept_in_lower_case(core: Core) -> None:
    """Blanks that a phone's keyboard adds are left out."""
    await complaints(core, email=" Ann@Example.ORG ")
    assert (await only(core))["email"] == "ann@example.org"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("jos\u00e9@example.org", "jose\u0301@example.org"),
        ("ann@b\u00fccher.de", "ann@xn--bcher-kva.de"),
        ("ann@xn--bcher-kva.de", "ann@bu\u0308cher.de"),
    ],
)
async def test_one_address_in_two_spellings_makes_one_account(core: Core, first: str, second: str) -> None:
    """The second signup is told that there is an account."""
    assert await complaints(core, email=first) == {}
    refused = await refusal(core, email=second, username="Other")
    assert (refused.code, refused.details["field"]) == ("CONFLICT", "email")


async def test_an_account_of_an_older_spelling_has_its_address(core: Core) -> None:
    """As it was stored before addresses had one form."""
    await complaints(core)
    await core.db["accounts"].update_one({}, {"$set": {"email": "ann@xn--bcher-kva.de"}})
    assert (await refusal(core, email="ann@b\u00fccher.de", username="Other")).code == "CONFLICT"


async def test_a_code_is_taken_as_people_hand_it_on(core: Core) -> None:
    """The whole link, and what a mail or a chat puts around a code."""
    for number, around in enumerate(
        ("https://konektor.example/i/{}?x=1#y", "{}.", "<{}>", "\u200b{} ", "\u201e{}\u201c")
    ):
        made = await issue(core, "", cap=1, tokens=500)
        typed = {"email": f"n{number}@example.org", "username": f"Guest-{number}", "invite": around.format(made["_id"])}
        assert await complaints(core, **typed) == {}, around
        stored = await core.db["accounts"].find_one({"email": typed["email"]})
        assert (stored or {})["invite"] == made["_id"]


async def test_a_name_has_letters_digits_and_hyphens(core: Core) -> None:
    """3 to 20 of them, of the plain alphabet, so that no name looks like another."""
    said = {name: list(await complaints(core, username=name)) for name in NO_NAMES}
    assert said == {name: ["username"] for name in NO_NAMES}


async def test_reserved_words_are_no_names(core: Core) -> None:
    """Nobody signs up as the administration, in any case."""
    said = {word: list(await complaints(core, username=word.title())) for word in RESERVED if len(word) > 2}
    assert said == {word: ["username"] for word in said}


async def test_a_member_without_a_name_gets_one(core: Core) -> None:
    """`member-` and digits."""
    await complaints(core, username="  ")
    name = (await only(core))["username"]
    assert name.startswith("member-")
    assert name.removeprefix("member-").isdigit()


async def test_everything_wrong_with_a_form_is_said_at_once(core: Core) -> None:
    """A sentence for each field, so that nobody sends the form five times."""
    said = await complaints(core, email="x", username="x", dob="x", password="x", confirm="y", invite="unknown")
    assert list(said) == ["email", "username", "dob", "password", "confirm", "invite"]
    used = await issue(core, "", cap=1, tokens=500)
    assert await complaints(core, invite=used["_id"]) == {}
    said = await complaints(core, email="bob@example.org", dob="x", username="Bob", invite=used["_id"])
    assert list(said) == ["dob", "invite"]


async def test_somebody_underage_is_told_so(core: Core, clock: Clock) -> None:
    """With a code of its own, one day before the 18th birthday."""
    clock.moment = clock.moment.replace(year=2026, month=5, day=16)
    assert (await refusal(core, dob="2008-05-17")).code == "UNDERAGE"


async def test_one_may_join_from_the_first_moment_of_the_birthday(core: Core, clock: Clock) -> None:
    """18 at midnight UTC."""
    clock.moment = clock.moment.replace(year=2026, month=5, day=17, hour=0, minute=0, second=0)
    assert await complaints(core, dob="2008-05-17") == {}


@pytest.mark.parametrize("other", [{"email": "ANN@example.org", "username": "Bob"}, {"email": "bob@example.org"}])
async def test_what_somebody_has_already_is_a_conflict(core: Core, other: dict[str, str]) -> None:
    """Address and name are unique whatever their case."""
    await complaints(core)
    refused = await refusal(core, **({"username": "aNN"} | other))
    assert (refused.code, refused.details["field"]) == ("CONFLICT", "email" if "Bob" in str(other) else "username")


async def test_an_unknown_code_lets_nobody_in(core: Core) -> None:
    """And leaves nothing behind."""
    codes = ("", "unknown-code", "x" * 65, "\0", "$ne", "\U0001f600")
    refused = [(await refusal(core, invite=code)).code for code in codes]
    assert (set(refused), await accounts.is_empty(core.db)) == ({"INVITE_INVALID"}, True)
