"""Events of friends."""

from typing import Annotated

from msgspec import Meta

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.payloads import HexId, PageRequest, Payload
from konektor.people import friends
from konektor.people.friends import FriendPage
from konektor.shapes import Done
from konektor.store.ids import Id


class ListFriends(PageRequest, frozen=True, kw_only=True):
    """The page, and how a name begins of those whom you look for."""

    q: Annotated[str, Meta(max_length=80, examples=["zo"])] = ""


@event("friend:list")
async def list_friends(core: Core, caller: Caller, payload: ListFriends) -> FriendPage:
    """Your friends by name; `q` finds those of whom names begin with its words, whatever the accents and case."""
    return await friends.friends(core, caller, payload.q, payload.cursor, payload.limit)


class RemoveFriend(Payload, frozen=True):
    """The friend."""

    user_id: HexId


@event("friend:remove")
async def remove_friend(core: Core, caller: Caller, payload: RemoveFriend) -> Done:
    """Ends a friendship; your conversation can be read on, but not written in."""
    await friends.remove(core, caller, Id(payload.user_id))
    return Done()
