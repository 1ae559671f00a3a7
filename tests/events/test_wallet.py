"""The event of the wallet: what it answers and what it refuses."""

from collections.abc import Awaitable, Callable

from konektor.core import Core
from konektor.tokens import wallet
from tests.conftest import Client, Clock, Member, join
from tests.support.message_helpers import settled

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_new_member_sees_the_grant_of_their_invitation(core: Core, connect: Connect, clock: Clock) -> None:
    """One entry, which says what it was for, when it came and what it left."""
    client = await connect(await join(core, balance=500))
    got = await client.ask("wallet:get")
    entry = got["entries"][0]
    assert (got["balance"], len(got["entries"]), got["next"]) == (500, 1, None)
    assert (entry["delta"], entry["reason"], entry["balance"]) == (500, "invitation", 500)
    assert entry["at"] == f"{clock().isoformat(timespec='milliseconds')[:-6]}Z"


async def test_a_cursor_that_is_not_ours_is_refused(core: Core, connect: Connect) -> None:
    """Whatever somebody makes up is a bad request, never a bug."""
    client = await connect(await join(core))
    bad = ["x", " ", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00 x", "9" * 200, "\0", "$ne x"]
    bad += ["0001-01-01T00:00:00+23:59 x", "9999-12-31T23:59:59-23:59 x", "2026-01-01T00:00:00Z \ud800", "x" * 201]
    for cursor in [*bad, 1, {"$gt": ""}]:
        assert (await client.refused("wallet:get", {"cursor": cursor}))["code"] == "BAD_REQUEST", cursor
    for limit in (0, 51, -1, "5", 1.5):
        assert (await client.refused("wallet:get", {"limit": limit}))["field"] == "limit"


async def test_pages_of_a_wallet_are_followed_by_their_cursor(core: Core, connect: Connect, clock: Clock) -> None:
    """Each names the next until there is none."""
    member = await join(core)
    for number in range(3):
        clock.forward(seconds=1)
        await wallet.grant(core, member.caller.member, number + 1, f"gift-{number}", "gift")
    await settled(core)
    client = await connect(member)
    first = await client.ask("wallet:get", {"limit": 3})
    second = await client.ask("wallet:get", {"limit": 3, "cursor": first["next"]})
    assert [entry["delta"] for entry in first["entries"] + second["entries"]] == [3, 2, 1, 100_000]
    assert second["next"] is None


async def test_a_wallet_takes_nothing_else(core: Core, connect: Connect) -> None:
    """Nobody asks for somebody else's by naming them."""
    error = await (await connect(await join(core))).refused("wallet:get", {"member": "a" * 24})
    assert (error["code"], error["field"]) == ("BAD_REQUEST", "member")
