"""Receipts: telling the other of a direct conversation what was delivered to a member, and what they have read."""

from collections.abc import Collection, Mapping, Sequence

from konektor.caller import Caller
from konektor.core import Core
from konektor.people import pairing
from konektor.server_events import MessageReceipt
from konektor.shapes import AnyMessage, Message, Shape
from konektor.store import marks, member_settings, pairs
from konektor.store.ids import Id
from konektor.store.marks import Place
from konektor.store.pairs import Pair
from konektor.streams import DIRECT, Stream

DELAY = 0.5
"""Seconds that receipts wait for others."""
MAX_BATCH = 1_000
"""Receipts in one batch."""


class Receipt(Shape, frozen=True, omit_defaults=False):
    """Up to which seq the other has received and read a direct conversation."""

    delivered: int = 0
    read: int = 0

    def later(self, other: "Receipt") -> "Receipt":
        """What is known by both; what was read was delivered."""
        read = max(self.read, other.read)
        return Receipt(delivered=max(self.delivered, other.delivered, read), read=read)


NONE = Receipt()


def delivered(core: Core, stream: str, seq: int, connections: Collection[str]) -> None:
    """Notes that a message was sent to these connections of this instance, which are not its author's."""
    if Stream(stream).kind is DIRECT:
        for member in {core.connected.member(connection) for connection in connections}:
            if member:
                core.path.receipts.add(((member, stream), Receipt(delivered=seq)))


def received(core: Core, caller: Caller, stream: Stream, shown: Sequence[AnyMessage]) -> None:
    """Notes that the caller was given messages of a stream in an ack."""
    theirs = [item.seq for item in shown if isinstance(item, Message) and item.from_.id != str(caller.member)]
    if theirs and stream.kind is DIRECT:
        core.path.receipts.add(((caller.member, stream.name), Receipt(delivered=max(theirs))))


def read(core: Core, caller: Caller, stream: Stream, seq: int) -> None:
    """Notes that the caller has read a stream up to a seq, which is stored by now."""
    if stream.kind is DIRECT:
        core.path.receipts.add(((caller.member, stream.name), Receipt(read=seq)))


async def tell_batch(core: Core, batch: Sequence[tuple[Place, Receipt]]) -> list[None]:
    """Stores what was received, and tells those who wrote it of what is new to them, if both let receipts be seen."""
    newest: dict[Place, Receipt] = {}
    for place, receipt in batch:
        newest[place] = newest.get(place, NONE).later(receipt)
    known = await of(core, newest)
    news = {place: it.later(known.get(place, NONE)) for place, it in newest.items() if _is_news(it, known.get(place))}
    if received := {place: it.delivered for place, it in news.items()}:
        await marks.receive(core.db, received)
    found = await pairs.by_streams(core.db, list({stream for _, stream in news}))
    shown = await shown_in(core, found.values())
    for (member, stream), now in news.items():
        if stream in shown:
            event = MessageReceipt(stream=stream, user_id=str(member), delivered=now.delivered, read=now.read)
            core.live.tell(str(pairs.other(found[stream], member)), event)
    return [None] * len(batch)


def _is_news(receipt: Receipt, known: Receipt | None) -> bool:
    """Whether the other has not been told of it. That something was read is stored before it is noted here."""
    return bool(receipt.read) or receipt.delivered > (known or NONE).delivered


async def of(core: Core, places: Collection[Place]) -> Mapping[Place, Receipt]:
    """What is stored of those members in those streams."""
    found = await marks.of(core.db, places)
    return {place: Receipt(mark["got"], mark["seq"]).later(NONE) for place, mark in found.items()}


async def shown_in(core: Core, found: Collection[Pair]) -> set[str]:
    """Those of the direct conversations in which receipts are shown: of two friends neither of whom hides them."""
    friends = [pair for pair in found if pairing.are_friends(pair)]
    members = list({member for pair in friends for member in pairs.members(pair)})
    hiding = await member_settings.hiding_receipts(core.db, members) if members else set[Id]()
    return {pair["stream"] for pair in friends if hiding.isdisjoint(pairs.members(pair))}
