"""Accounts in the store: what is unique in them, how one becomes active or is given up, and who is listed."""

import asyncio
from datetime import timedelta
from typing import Any

from konektor.core import Core
from konektor.store import accounts, profiles
from konektor.store.ids import Id, new_id

LABELS = ["1990-05-17", "05-17", "1990"]


def account(core: Core, name: str, **changes: Any) -> dict[str, Any]:
    """An active account of that name."""
    return {
        "_id": new_id(), "email": f"{name}@example.org", "username": name.title(), "name": name, "password": "hash",
        "dob": "1990-05-17", "labels": LABELS, "role": "member", "state": "active", "avatar": None, "badges": [],
        "tick": None, "invite": "code", "createdAt": core.now(),
    } | changes  # fmt: skip


async def stored(core: Core, name: str, **changes: Any) -> Id:
    """The id of a new account of that name."""
    made = account(core, name, **changes)
    assert await accounts.insert(core.db, made) == ""
    return Id(made["_id"])


async def test_an_account_says_which_of_its_fields_is_taken(core: Core) -> None:
    """Address and name each exist once; the answer is the field as the form calls it, and nothing is stored."""
    await stored(core, "ada")
    assert await accounts.insert(core.db, account(core, "bob", email="ada@example.org")) == "email"
    assert await accounts.insert(core.db, account(core, "ada", email="bob@example.org")) == "username"
    assert await core.db["accounts"].count_documents({}) == 1


async def test_an_account_stored_twice_is_refused_by_its_id(core: Core) -> None:
    """The same document again is not a second account."""
    made = account(core, "ada")
    await accounts.insert(core.db, dict(made))
    assert await accounts.insert(core.db, dict(made)) != ""
    assert await core.db["accounts"].count_documents({}) == 1


async def test_of_ten_who_want_one_name_at_once_one_is_stored(core: Core) -> None:
    """The unique index decides, not a look beforehand."""
    tries = [accounts.insert(core.db, account(core, "ada", email=f"{n}@example.org")) for n in range(10)]
    assert sorted(await asyncio.gather(*tries)) == [""] + ["username"] * 9


async def test_accounts_made_in_bulk_are_all_there(core: Core) -> None:
    """However many come in one call."""
    made = [account(core, f"m{number}") for number in range(20)]
    await accounts.insert_many(core.db, made)
    assert (await accounts.cards(core.db, [doc["_id"] for doc in made])).keys() == {doc["_id"] for doc in made}


async def test_activating_and_giving_up_at_once_leave_one_outcome(core: Core) -> None:
    """Whichever comes first is true, the other answers False."""
    for number in range(10):
        member = await stored(core, f"ada{number}", state="joining")
        steps = (accounts.activate(core.db, member), accounts.give_up(core.db, member))
        active, gone = await asyncio.gather(*steps)
        found = await accounts.get(core.db, member)
        assert (active, gone) == (found is not None, found is None)
        assert found is None or found["state"] == "active"


async def test_an_active_account_is_neither_activated_again_nor_given_up(core: Core) -> None:
    """Both answer False and leave it as it is."""
    member = await stored(core, "ada")
    assert not await accounts.activate(core.db, member)
    assert not await accounts.give_up(core.db, member)
    assert (await accounts.get(core.db, member) or {})["state"] == "active"


async def test_an_account_is_found_by_its_address_in_lower_case(core: Core) -> None:
    """Exactly that address, whatever the state."""
    member = await stored(core, "ada", state="joining")
    assert (await accounts.by_email(core.db, "ada@example.org") or {})["_id"] == member
    assert await accounts.by_email(core.db, "ADA@example.org") is None


async def test_of_several_spellings_the_first_that_is_stored_counts(core: Core) -> None:
    """Whatever the order of the accounts."""
    ada, bob = await stored(core, "ada"), await stored(core, "bob")
    for spellings, member in (
        (("x", "bob@example.org", "ada@example.org"), bob),
        (("ada@example.org", "bob@example.org"), ada),
    ):
        assert (await accounts.by_email(core.db, *spellings) or {})["_id"] == member


async def test_cards_and_profiles_hold_what_others_may_see(core: Core) -> None:
    """Of those who exist; the birth date is in the profile alone, address and password in neither."""
    member = await stored(core, "ada")
    (card,) = (await accounts.cards(core.db, [member, new_id()])).values()
    (profile,) = (await profiles.get(core.db, [member, new_id()])).values()
    assert card.keys() == {"_id", "username", "avatar", "badges", "tick"}
    assert profile.keys() == card.keys() | {"dob", "labels", "state"}


async def test_a_room_lists_its_active_members_behind_a_position(core: Core) -> None:
    """In the order they joined, page by page; those of other rooms and those still joining are left out."""
    members = [await stored(core, f"m{number}") for number in range(5)]
    await stored(core, "other", labels=["1990-11-02", "11-02", "1990"])
    await stored(core, "joining", state="joining")
    first = await profiles.of_room(core.db, "05-17", None, 2)
    rest = await profiles.of_room(core.db, "05-17", first[-1]["_id"], 9)
    assert [doc["_id"] for doc in first + rest] == members


async def test_the_invited_are_listed_newest_first(core: Core) -> None:
    """Those of the named codes who have joined, at most so many."""
    for number in range(3):
        await stored(core, f"m{number}", invite="ab"[number % 2], createdAt=core.now() + timedelta(seconds=number))
    await stored(core, "joining", invite="a", state="joining")
    await stored(core, "other", invite="c")
    assert [doc["username"] for doc in await accounts.invited(core.db, ["a", "b"], 9)] == ["M2", "M1", "M0"]
    assert [doc["username"] for doc in await accounts.invited(core.db, ["a", "b"], 1)] == ["M2"]


async def test_somebody_who_is_joining_counts_as_somebody(core: Core) -> None:
    """Nobody is here only while no account was ever begun."""
    assert await accounts.is_empty(core.db)
    await stored(core, "ada", state="joining")
    assert not await accounts.is_empty(core.db)


async def test_a_role_is_given_to_an_active_member(core: Core) -> None:
    """The account as it is then; None for an unknown address and for somebody who is joining."""
    await stored(core, "ada")
    await stored(core, "bob", state="joining")
    assert (await accounts.set_role(core.db, "ada@example.org", "mod") or {})["role"] == "mod"
    assert await accounts.set_role(core.db, "bob@example.org", "mod") is None
    assert await accounts.set_role(core.db, "eve@example.org", "mod") is None


async def test_an_invitations_role_is_noted_only_while_joining(core: Core) -> None:
    """Who has joined keeps the role they have."""
    joining, active = await stored(core, "ada", state="joining"), await stored(core, "bob")
    for member in (joining, active):
        await accounts.set_joining_role(core.db, member, "admin")
    roles = [(await accounts.get(core.db, member) or {})["role"] for member in (joining, active)]
    assert roles == ["admin", "member"]


async def test_old_signups_that_never_ended_are_dropped(core: Core) -> None:
    """Only those that are joining, and only those from before that time, to the millisecond."""
    now, moment = core.now(), timedelta(milliseconds=1)
    old = await stored(core, "old", state="joining", createdAt=now - moment)
    kept = [await stored(core, "young", state="joining"), await stored(core, "active", createdAt=now - moment)]
    await accounts.drop_joining(core.db, now)
    assert await accounts.get(core.db, old) is None
    assert all([await accounts.get(core.db, member) for member in kept])
