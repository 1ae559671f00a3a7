"""Events of the wallet."""

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.payloads import PageRequest
from konektor.tokens import wallet
from konektor.tokens.wallet import Statement


class GetWallet(PageRequest, frozen=True):
    """The page of entries."""


@event("wallet:get")
async def get_wallet(core: Core, caller: Caller, payload: GetWallet) -> Statement:
    """Your balance and its changes, newest first."""
    return await wallet.statement(core, caller.member, payload.cursor, payload.limit)
