"""Events of the wallet."""

from events.wire import Cursor, Page, Payload, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.tokens import wallet
from konektor.tokens.wallet import Statement


class Get(Payload, frozen=True):
    """Where to go on, and how many entries."""

    cursor: Cursor | None = None
    limit: Page = 50


@event("wallet:get")
async def get(core: Core, caller: Caller, payload: Get) -> Statement:
    """Your balance, and what changed it, newest first."""
    return await wallet.statement(core, caller.member, payload.cursor, payload.limit)
