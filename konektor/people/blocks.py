"""Blocks: members who see nothing of each other any more, whoever of the two blocks the other."""

import asyncio
from functools import partial

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import cut, from_cursor, to_cursor
from konektor.people import pair_changes, pair_events, pairing
from konektor.people.pairing import Step
from konektor.people.profiles import sight
from konektor.server_events import BlockChanged
from konektor.shapes import Next, Profile, Shape
from konektor.store import accounts, pairs, profiles
from konektor.store.accounts import Card, Visible
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Pair

MOST_BLOCKED = 1_000


class BlockPage(Shape, frozen=True, omit_defaults=False):
    """A page of those whom you block, the last one first, with what identifies them; `next` is the cursor of the
    following one.
    """

    items: list[Profile]
    next: Next | None


async def set_block(core: Core, caller: Caller, member: Id, on: bool) -> None:
    """Blocks a member, or ends that; repeating it changes nothing. Blocking ends friendship and requests.

    NOT_FOUND for whoever the caller could not see if nobody blocked anybody. Somebody who blocks the caller, or whose
    account is frozen, is as anybody, so that nothing tells which of the two it is.
    """
    step = Step(caller.member, new_id(), core.now())
    async with core.locks(("blocks", caller.member)):
        await _require_possible(core, caller, member, on)
        act = partial(pairing.block if on else pairing.unblock, step=step)
        before, after = await pair_changes.change(core, caller.member, member, act)
    # Also when nothing changed: the instance that changed it may have died before.
    await asyncio.gather(*(core.live.refreshed(str(one)) for one in (caller.member, member)))
    if before is not after:
        await pair_events.tell(core, [(before, after)])
        core.live.tell(str(caller.member), BlockChanged(user_id=str(member), on=on))


async def _require_possible(core: Core, caller: Caller, member: Id, on: bool) -> None:
    """NOT_FOUND, and RATE_LIMITED for one block too many."""
    if member == caller.member:
        raise pairing.gone()
    key = pairs.key(caller.member, member)
    known, found = await asyncio.gather(pairs.get(core.db, [key]), profiles.visibility(core.db, [member]))
    blocks = key in known and pairing.blocks(known[key], caller.member)
    if not blocks and not _could_be_seen(caller, found.get(member), known.get(key)):
        raise pairing.gone()
    if on and not blocks and await pairs.count_blocked(core.db, caller.member, MOST_BLOCKED) >= MOST_BLOCKED:
        raise Refused("RATE_LIMITED", f"You block {MOST_BLOCKED} members; unblock one first.", limit=MOST_BLOCKED)


def _could_be_seen(caller: Caller, doc: Visible | None, pair: Pair | None) -> bool:
    """Whether the caller could see the member if neither blocked the other and the account were active."""
    if doc is None:
        return False
    relation = pairing.relation(pair, caller.member)
    rooms = doc["labels"] if caller.moderator else caller.rooms
    return sight({**doc, "state": "active"}, "none" if relation == "blocked" else relation, rooms) is not None


async def blocked(core: Core, caller: Caller, cursor: str | None, limit: int) -> BlockPage:
    """Those whom the caller blocks, never those who block the caller."""
    found = sorted(map(partial(_place, caller), await pairs.blocked_by(core.db, caller.member, MOST_BLOCKED)))
    if cursor:
        at, peer = from_cursor("blocks", cursor, int, str)
        found = [place for place in found if place > (int(at), str(peer))]
    shown, more = cut(found, limit)
    cards = await accounts.cards(core.db, [Id(peer) for _, peer in shown])
    return BlockPage(
        items=[_identified(cards[Id(peer)]) for _, peer in shown if Id(peer) in cards],
        next=to_cursor("blocks", *shown[-1]) if more else None,
    )


def _place(caller: Caller, pair: Pair) -> tuple[int, str]:
    """The place of a pair in the list: by when the other was blocked, in milliseconds before 1970."""
    at = pairing.side_of(pair, caller.member)["blocked"]
    return -int(at.timestamp() * 1_000), str(pairs.other(pair, caller.member))


def _identified(card: Card) -> Profile:
    """Without their picture, which whoever blocks somebody may not see either."""
    return Profile(id=str(card["_id"]), username=card["username"], age=None, relation="none")
