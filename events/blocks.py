"""Events of blocks."""

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.payloads import HexId, PageRequest, Payload
from konektor.people import blocks
from konektor.people.blocks import BlockPage
from konektor.shapes import Done
from konektor.store.ids import Id


class SetBlock(Payload, frozen=True):
    """The member, and whether you block them."""

    user_id: HexId
    on: bool


@event("block:set", limit=RateLimit(30, 60.0))
async def set_block(core: Core, caller: Caller, payload: SetBlock) -> Done:
    """Blocks a member: you see nothing of each other any more. Your connections are told, the member is not."""
    await blocks.set_block(core, caller, Id(payload.user_id), payload.on)
    return Done()


class ListBlocks(PageRequest, frozen=True):
    """The page."""


@event("block:list")
async def list_blocks(core: Core, caller: Caller, payload: ListBlocks) -> BlockPage:
    """Those whom you block, the last one first."""
    return await blocks.blocked(core, caller, payload.cursor, payload.limit)
