"""Changes: editing, deleting and reacting to a stored message."""

from datetime import timedelta

from msgspec import structs

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.emojis import one_emoji
from konektor.members import accounts
from konektor.server_events import MessageChanged
from konektor.shapes import DELETED_AUTHOR, Message, Reaction, Shape
from konektor.store import audit, message_changes, messages
from konektor.store.ids import Id, parse_id
from konektor.store.intents import EditEffect, Intent
from konektor.store.messages import EditMark, MessageDoc
from konektor.streams import Stream
from konektor.talk import message_pictures
from konektor.talk.access import may_read, participants, require_write_access
from konektor.talk.history import state_of
from konektor.talk.mentions import note_later
from konektor.tokens import spending, wallet
from konektor.tokens.spending import Effect

EDIT_WINDOW = timedelta(minutes=15)
MAX_EMOJI_BYTES = 40
MAX_REACTIONS = 20
"""Different emoji under one message."""
EDIT_ATTEMPTS = 3


class Edited(Shape, frozen=True):
    """The message as it is now, and the balance after paying for it."""

    message: Message
    balance: int


async def _readable(core: Core, caller: Caller, message: str, *, also_hidden: bool = False) -> MessageDoc:
    """A message of a stream that the caller may enter; NOT_FOUND for any other, the same for every reason.

    One by a member who is hidden from the caller is such another, unless `also_hidden`.
    """
    known = parse_id(message)
    doc = await messages.get(core.db, known, core.now()) if known else None
    if doc is None or (caller.hides(doc["from"]) and not also_hidden):
        raise Refused("NOT_FOUND", "This message is gone.", field="id")
    if not await may_read(core, caller, doc):
        raise Refused("NOT_FOUND", "This message is gone.", field="id")
    return doc


async def edit(core: Core, caller: Caller, message: str, body: str, op: Id) -> Edited:
    """Replaces the body of the caller's own message within 15 minutes; added code points cost, removed ones are not
    refunded.

    `op` identifies this edit permanently: repeating it changes nothing. NOT_FOUND, EDIT_WINDOW_CLOSED,
    INSUFFICIENT_TOKENS; CONFLICT when the message changed during each of three attempts.
    """
    for _ in range(EDIT_ATTEMPTS):
        doc = await _readable(core, caller, message)
        if any(mark["op"] == op for mark in doc.get("edits", [])):
            await _publish_late(core, doc)
        else:
            await require_write_access(core, caller, Stream(doc["stream"]))
            _require_editable(core, caller, doc, body)
            edited = await _edit(core, caller, doc, body, op)
            if edited is None:
                continue
            doc = edited
            _note_edit(core, caller, doc)
        author = (await accounts.authors(core.db, [doc["from"]])).get(doc["from"], DELETED_AUTHOR)
        shown = Message.of(doc, author, caller.hidden)
        return Edited(message=shown, balance=await wallet.balance(core, caller.member))
    raise Refused("CONFLICT", "The message changed while you edited it; look at it again.", field="id")


def _note_edit(core: Core, caller: Caller, doc: MessageDoc) -> None:
    """Whoever the message mentions only now is noticed of it."""
    note_later(core, Message.of(doc, caller.author), (), edited=True)


def _require_editable(core: Core, caller: Caller, doc: MessageDoc, body: str) -> None:
    if doc["from"] != caller.member or doc.get("deleted"):
        raise Refused("NOT_FOUND", "This message is gone, or it is not yours.", field="id")
    if core.now() > doc["at"] + EDIT_WINDOW:
        raise Refused("EDIT_WINDOW_CLOSED", "A message can be edited for 15 minutes.", field="id")
    if not body and "media" not in doc:
        raise Refused("BAD_REQUEST", "Write something, or delete the message.", field="body")


async def _edit(core: Core, caller: Caller, doc: MessageDoc, body: str, op: Id) -> MessageDoc | None:
    """Pays for the edit and applies it; None, and a refund, when the message had changed since it was read."""
    cost = max(0, len(body) - len(doc["body"])) * Stream(doc["stream"]).kind.price
    change: EditEffect = {
        "op": op,
        "message": doc["_id"],
        "stream": doc["stream"],
        "rev": doc["rev"],
        "body": body,
        "at": core.now(),
    }
    if not cost:
        return await _apply(core, change, {"op": op, "try": Id()})
    payment = f"edit:{op}:{doc['rev']}"
    intent = await spending.spend(core, caller.member, payment, cost, EDIT, change, connection=caller.connection)
    if intent is None:
        return None
    return (await messages.by_ids(core.db, [doc["_id"]])).get(doc["_id"])


async def _apply(core: Core, change: EditEffect, mark: EditMark) -> MessageDoc | None:
    """The message with the edit of exactly this payment in it, published; None when that can never happen."""
    doc = await message_changes.edit(core.db, change["message"], change["rev"], mark, change["body"], change["at"])
    if doc is not None:
        await _publish(core, doc, "body", "edited_at")
        return doc
    doc = (await messages.by_ids(core.db, [change["message"]])).get(change["message"])
    if doc is None or mark not in doc.get("edits", []):
        return None
    await _publish_late(core, doc)
    return doc


async def finish_edit(core: Core, member: Id, intent: Intent) -> bool:
    """Applies a paid edit, unless that was done; False when it can never be applied."""
    change = intent["edit"]
    return await _apply(core, change, {"op": change["op"], "try": intent["try"]}) is not None


EDIT = Effect("edit", finish_edit)
"""The effect of a payment for an edit."""


async def _publish(core: Core, doc: MessageDoc, *fields: str, by: Id | None = None) -> MessageDoc:
    """Publishes a change: these fields of the message as it is now, or all of them when it is deleted. Those from whom
    its author is hidden do not get it, nor those from whom the member `by` is. Returns the message as published.

    One at a time for each message, so that the one published last is its present state.
    """
    async with core.locks(doc["_id"]):
        doc = await message_changes.mark_published(core.db, doc["_id"]) or doc
        state = state_of(doc)
        if fields and not state.deleted:
            names = {"stream", "id", *fields}
            state = MessageChanged(**{name: value for name, value in structs.asdict(state).items() if name in names})
        of = [str(doc["from"]), *([str(by)] if by else [])]
        to = await participants(core, Stream(doc["stream"]), seq=doc["seq"])
        core.live.publish_change(doc["stream"], str(doc["_id"]), state, of=of, to=to)
        return doc


async def _publish_late(core: Core, doc: MessageDoc) -> None:
    """Publishes a change whose instance died before publishing it."""
    if doc.get("untold"):
        await _publish(core, doc)


async def delete(core: Core, caller: Caller, message: str) -> None:
    """Empties the caller's own message; moderators may delete any, which is written to the audit log. NOT_FOUND.

    Blocking a moderator protects no message from them.
    """
    doc = await _readable(core, caller, message, also_hidden=caller.moderator)
    if doc["from"] != caller.member:
        if not caller.moderator:
            raise Refused("NOT_FOUND", "You can only delete messages of your own.", field="id")
        details = {"message": message, "stream": doc["stream"], "author": doc["from"]}
        await audit.append(core.db, caller.member, "message:delete", core.now(), details)
    await message_pictures.expect_deletion(core, doc)
    if await message_changes.delete(core.db, doc["_id"]):
        message_pictures.delete(core, doc)
        await _publish(core, doc)
    else:
        await _publish_late(core, doc)


async def react(core: Core, caller: Caller, message: str, emoji: str, on: bool) -> list[Reaction]:
    """Adds or removes the caller's emoji, however it is spelled; returns the reactions then.

    NOT_FOUND, and GONE for a deleted message.
    """
    form = one_emoji(emoji)
    if len(emoji.encode()) > MAX_EMOJI_BYTES or form is None:
        raise Refused("BAD_REQUEST", "A reaction is one emoji.", field="emoji")
    doc = await _readable(core, caller, message)
    await require_write_access(core, caller, Stream(doc["stream"]))
    if doc.get("deleted"):
        raise Refused("GONE", "This message was deleted.", field="id")
    if on:
        changed = await message_changes.react(core.db, doc["_id"], form, caller.member, MAX_REACTIONS)
        if changed is None:
            raise Refused("GONE", f"This message was deleted, or has {MAX_REACTIONS} reactions.", field="id")
    else:
        older = {item["emoji"] for item in doc.get("reactions", []) if one_emoji(item["emoji"]) == form}
        changed = any(
            [await message_changes.unreact(core.db, doc["_id"], text, caller.member) for text in {form, *older}]
        )
    if changed:
        now = await _publish(core, doc, "reactions", by=caller.member)
    else:
        await _publish_late(core, doc)
        now = await messages.get(core.db, doc["_id"], core.now()) or doc
    return Reaction.all_of(now.get("reactions", []), caller.hidden)
