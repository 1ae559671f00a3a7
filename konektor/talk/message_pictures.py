"""Pictures of messages: each belongs to one message, is seen by those who can read that, and goes with it."""

from datetime import timedelta

from konektor.caller import Caller
from konektor.core import Core
from konektor.media import pictures
from konektor.store import media, messages, pairs, wallets
from konektor.store.ids import Id
from konektor.store.media import MediaDoc
from konektor.store.messages import MessageDoc
from konektor.streams import Stream
from konektor.talk.access import may_read

CHECK_AFTER = timedelta(minutes=10)
"""How long after a claim its message must be stored, or be in progress in the wallet of its author."""
BATCH = 100
"""Pictures in one read of the sweep."""
MAX_BATCHES = 20
"""In one run."""


async def claim(core: Core, caller: Caller, media_id: str, stream: Stream, message: Id) -> MediaDoc:
    """Takes an upload of the caller into use for a message that is about to be sent. UNSUPPORTED_MEDIA."""
    due = core.now() + CHECK_AFTER
    use: media.Use = {"stream": stream.name, "message": message}
    return await pictures.claim(core, caller, media_id, "message", use, "mediaId", due)


async def give_back(core: Core, claimed: MediaDoc) -> None:
    """Makes an upload usable again whose message was refused, unless a repeat of that message has claimed it too."""
    if "hold" in claimed:
        await media.give_back(core.db, claimed)


def _has(doc: MessageDoc, media_id: Id) -> bool:
    return "media" in doc and doc["media"]["_id"] == media_id


async def can_read(core: Core, caller: Caller, found: MediaDoc) -> bool:
    """Whether the caller can read the message that has the picture: it is stored, not deleted and not expired, and its
    author is not hidden from the caller.
    """
    if await _hidden(core, caller, found["owner"]):
        return False
    message = found["use"].get("message") if "use" in found else None
    doc = await messages.get(core.db, message, core.now()) if message else None
    return doc is not None and _has(doc, found["_id"]) and await may_read(core, caller, doc)


async def _hidden(core: Core, caller: Caller, owner: Id) -> bool:
    """Whether one of the two blocks the other, also since the Caller was made."""
    if owner == caller.member:
        return False
    if caller.hides(owner):
        return True
    key = pairs.key(caller.member, owner)
    return "blocked" in (await pairs.get(core.db, [key])).get(key, {})


async def expect_deletion(core: Core, doc: MessageDoc) -> None:
    """Before a message is deleted: the sweep then looks after its picture, whatever happens until `delete`."""
    if "media" in doc:
        await media.check_at(core.db, doc["media"]["_id"], core.now() + CHECK_AFTER)


def delete(core: Core, doc: MessageDoc) -> None:
    """Deletes the picture of a message that has been deleted, in the background; nobody sees it by now."""
    if "media" in doc:
        core.tasks.start(pictures.release(core, pictures.address(doc["media"]["_id"])))


async def sweep(core: Core) -> int:
    """Deletes the pictures of messages that have expired or were deleted, and takes back claims whose message was never
    stored; returns how many pictures it checked.
    """
    checked = 0
    for _ in range(MAX_BATCHES):
        found = await media.to_check(core.db, core.now(), BATCH)
        for item in found:
            await _check(core, item)
        checked += len(found)
        if len(found) < BATCH:
            break
    return checked


async def _check(core: Core, found: MediaDoc) -> None:
    """Keeps, deletes or takes back one picture. Each step is conditional on what was read, and may be repeated."""
    now, message = core.now(), found["use"]["message"]
    # Before the message is looked for: its intent is removed only after it was stored.
    author = await wallets.find(core.db, found["owner"])
    in_progress = author is not None and any(intent["op"] == message for intent in author["pend"])
    doc = (await messages.by_ids(core.db, [message])).get(message)
    if doc is None and in_progress:
        await media.check_again(core.db, found, now + CHECK_AFTER)
    elif doc is None or not (doc.get("deleted") or _has(doc, found["_id"])):
        await media.give_back(core.db, found)
    elif doc.get("deleted") or ("expires" in doc and doc["expires"] <= now):
        if await media.release(core.db, found["_id"], found["use"], now):
            await pictures.delete(core, found["_id"])
    else:
        await media.check_again(core.db, found, doc.get("expires"))
