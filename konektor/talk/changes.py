"""Changes: editing, deleting and reacting to a message that has been said."""

import re
from datetime import datetime, timedelta

from msgspec import structs

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.server_events import MessageChanged
from konektor.shapes import Message, Reaction, Shape, reactions, stamp
from konektor.store import audit, messages, wallets
from konektor.store.ids import Id, parse_id
from konektor.talk.delivery import require_same_epoch
from konektor.talk.history import with_authors
from konektor.talk.streams import KINDS, admit
from konektor.tokens import wallet

EDITABLE = timedelta(minutes=15)
KINDS_OF_REACTION = 20
DEAF = timedelta(seconds=10)
"""For how long at most the bell may have been silent before anybody notices, and clocks may differ."""
AT_ONCE = 1_000

_PICTURE = "[©®‼⁉™ℹ↔-↪⌚-⏿Ⓜ■-➿⤴⤵⬀-⯿〰〽㊗㊙\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
_SIGN = f"{_PICTURE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
EMOJI = re.compile(f"{_SIGN}(?:\u200d{_SIGN})*|[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3")
"""One emoji: a picture with its variants, joined pictures, a flag of two letters, or a keycap (Unicode TR 51)."""


class Edited(Shape, frozen=True):
    """The message as it is now, and the balance that the added characters left."""

    message: Message
    balance: int


async def _readable(core: Core, caller: Caller, message: str) -> messages.Doc:
    """A message of a stream that the caller may be in; NOT_FOUND for any other, whatever the reason."""
    known = parse_id(message)
    doc = await messages.get(core.db, known, core.now()) if known else None
    if doc is None:
        raise Refused("NOT_FOUND", "This message is gone.", field="id")
    try:
        await admit(core, caller, doc["stream"])
    except Refused:
        raise Refused("NOT_FOUND", "This message is gone.", field="id") from None
    return doc


async def edit(core: Core, caller: Caller, message: str, body: str, op: Id) -> Edited:
    """Replaces the author's own words within 15 minutes; added code points cost, removed ones are not paid back.

    `op` names this edit for ever: repeating it changes nothing. NOT_FOUND, EDIT_WINDOW_CLOSED, INSUFFICIENT_TOKENS;
    CONFLICT when the message changed under the edit three times in a row.
    """
    if not body.strip():
        raise Refused("BAD_REQUEST", "Write something, or delete the message.", field="body")
    for _ in range(3):
        doc = await _readable(core, caller, message)
        if any(edit["op"] == op for edit in doc.get("edits", ())):
            await _tell_late(core, doc)
        else:
            _may_edit(core, caller, doc)
            doc_after = await _edit(core, caller, doc, body, op)
            if doc_after is None:
                continue
            doc = doc_after
        edited = (await with_authors(core.db, [doc]))[0]
        return Edited(message=edited, balance=await wallet.balance(core, caller.member))
    raise Refused("CONFLICT", "The message changed while you edited it; look at it again.", field="id")


def _may_edit(core: Core, caller: Caller, doc: messages.Doc) -> None:
    if doc["from"] != caller.member or doc.get("deleted"):
        raise Refused("NOT_FOUND", "This message is gone, or it is not yours.", field="id")
    if core.now() > doc["at"] + EDITABLE:
        raise Refused("EDIT_WINDOW_CLOSED", "A message can be edited for 15 minutes.", field="id")


async def _edit(core: Core, caller: Caller, doc: messages.Doc, body: str, op: Id) -> messages.Doc | None:
    """Pays for the edit and makes it; None when the message had changed since it was read, the payment given back."""
    cost = max(0, len(body) - len(doc["body"])) * KINDS[doc["stream"][0]].price
    effect = {"op": op, "message": doc["_id"], "rev": doc["rev"], "body": body, "at": core.now()}
    paid = wallet.intent(f"edit:{op}:{doc['rev']}", -cost, "edit", effect["at"], edit=effect)
    if not cost:
        return await apply_edit(core, paid)
    epoch = core.db.connection_epoch
    purse = (await wallets.reserve(core.db, [(caller.member, paid)])).get(caller.member, {"balance": 0, "pend": []})
    held = [item for item in purse["pend"] if item["op"] == paid["op"]]
    if not held:
        raise wallet.short_of(cost, purse["balance"])
    paid = held[0]
    require_same_epoch(core, epoch)
    edited = await apply_edit(core, paid)
    if edited is None:
        await wallets.give_back(core.db, caller.member, paid)
        return None
    await wallets.settle(core.db, [(caller.member, paid)])
    return edited


async def apply_edit(core: Core, paid: wallets.Intent) -> messages.Doc | None:
    """The message with the edit of this very payment in it, told to the stream; None when that can never happen."""
    effect = paid["edit"]
    mark = {"op": effect["op"], "try": paid["try"]}
    doc = await messages.edit(core.db, effect["message"], effect["rev"], mark, effect["body"], effect["at"])
    if doc is None:
        doc = (await messages.by_ids(core.db, [effect["message"]])).get(effect["message"])
        if doc is None or mark not in doc.get("edits", ()):
            return None
        await _tell_late(core, doc)
    else:
        await _tell(core, doc, "body", "edited_at")
    return doc


async def _tell(core: Core, doc: messages.Doc, *fields: str) -> MessageChanged:
    """Tells the stream of a change: these fields of the message as it is now, or all when it is deleted.

    One at a time for each message, so that what is told last is what there is.
    """
    async with core.turns(doc["_id"]):
        now = await messages.touch(core.db, doc["_id"], core.now(), rung=core.live.bell.healthy)
        state = _state(now or doc)
        if fields and not state.deleted:
            names = {"stream", "id", *fields}
            state = MessageChanged(**{name: value for name, value in structs.asdict(state).items() if name in names})
        core.live.publish(doc["stream"], "message:changed", state)
        return state


async def _tell_late(core: Core, doc: messages.Doc) -> None:
    """Tells of a change whose maker died before they told."""
    if doc.get("untold"):
        await _tell(core, doc)


async def delete(core: Core, caller: Caller, message: str) -> None:
    """Leaves a tombstone in place of a message of the caller's own; moderators may take anybody's, which is audited."""
    doc = await _readable(core, caller, message)
    if doc["from"] != caller.member:
        if not caller.moderator:
            raise Refused("NOT_FOUND", "You can only delete messages of your own.", field="id")
        details = {"message": message, "stream": doc["stream"], "author": doc["from"]}
        await audit.append(core.db, caller.member, "message:delete", core.now(), details)
    if await messages.delete(core.db, doc["_id"]):
        await _tell(core, doc)
    else:
        await _tell_late(core, doc)


async def react(core: Core, caller: Caller, message: str, emoji: str, on: bool) -> list[Reaction]:
    """Adds or takes back the caller's emoji; the reactions then. NOT_FOUND, and GONE for a deleted message."""
    if len(emoji.encode()) > 32 or not EMOJI.fullmatch(emoji):
        raise Refused("BAD_REQUEST", "A reaction is one emoji.", field="emoji")
    doc = await _readable(core, caller, message)
    if doc.get("deleted"):
        raise Refused("GONE", "This message was deleted.", field="id")
    if on:
        changed = await messages.react(core.db, doc["_id"], emoji, caller.member, KINDS_OF_REACTION)
        if changed is None:
            raise Refused("GONE", f"This message was deleted, or has {KINDS_OF_REACTION} reactions.", field="id")
    else:
        changed = await messages.unreact(core.db, doc["_id"], emoji, caller.member)
    if changed:
        return (await _tell(core, doc, "reactions")).reactions or []
    await _tell_late(core, doc)
    return reactions(await messages.get(core.db, doc["_id"], core.now()) or doc)


class Unheard:
    """Tells the connections here of changes that were made on other instances and that no bell told of."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._told: dict[Id, datetime] = {}
        self._outages = 0
        self._was_deaf = False

    async def tell(self, core: Core) -> None:
        """Looks for those that could not be rung; while the bell is not well here, and once behind that, for all.

        What was rung just before a lapse may be lost: it is noted as not rung. Each state of a message is shown once;
        who was told of it when it was made may be told the same again.
        """
        now, outages, here = core.now(), core.live.bell.outages, list(core.live.local_streams())
        lapsed = outages != self._outages
        deaf = lapsed or not core.live.bell.healthy
        every = deaf or self._was_deaf
        if lapsed:
            await messages.unring(core.db, here, now - DEAF, now)
        await self._show(core, here, now, "touched" if every else "unrung")
        if not every:
            self._since = now
        self._outages, self._was_deaf = outages, deaf

    async def _show(self, core: Core, here: list[str], now: datetime, by: str) -> None:
        since, told = self._since - DEAF, self._told
        self._told = {}
        found: list[messages.Doc] | None = None
        done = 0
        while here and (found is None or found):
            found = await messages.changed_since(core.db, here, since, now, AT_ONCE, done, by=by)
            done += len(found)
            for doc in found:
                if told.get(doc["_id"]) != doc["touched"]:
                    core.live.publish_local(doc["stream"], "message:changed", _state(doc))
                self._told[doc["_id"]] = doc["touched"]
                self._since = max(self._since, doc["touched"])


def _state(doc: messages.Doc) -> MessageChanged:
    """All that may have changed of a message."""
    return MessageChanged(
        stream=doc["stream"],
        id=str(doc["_id"]),
        body=doc["body"],
        edited_at=stamp(doc["edited"]) if doc.get("edited") else None,
        deleted=doc.get("deleted", False),
        reactions=reactions(doc),
    )
