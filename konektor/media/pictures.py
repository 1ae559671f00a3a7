"""Pictures in use: claiming an upload, releasing it again, and deleting what nobody uses."""

import logging
from datetime import datetime, timedelta

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.shapes import PICTURES
from konektor.store import accounts, media
from konektor.store.ids import Id, parse_id
from konektor.store.media import Kind, MediaDoc, Use

log = logging.getLogger("konektor.media")

UNUSED_LIFE = timedelta(hours=1)
"""An upload that nothing uses by then is deleted."""
DELETION_RETRY = timedelta(minutes=1)
CLAIM_LIFE = timedelta(minutes=1)
"""Within that time after a picture was claimed as a face, a profile may be about to name it."""
BATCH = 100
MAX_BATCHES = 20
"""Of each kind in one run."""


def address(media_id: Id) -> str:
    """The URL of a picture; `/thumb` after it is that of the small one."""
    return f"{PICTURES}{media_id}"


def id_of(url: str) -> Id | None:
    """The id of the picture at a URL; None for one that is elsewhere."""
    return parse_id(url.removeprefix(PICTURES)) if url.startswith(PICTURES) else None


async def claim(
    core: Core, caller: Caller, media_id: str, kind: Kind, use: Use, field: str, due: datetime | None = None
) -> MediaDoc:
    """Takes an upload of the caller into use; the same use again may be repeated. `due`: when to check the use.

    UNSUPPORTED_MEDIA with `field` for any other picture: unknown, somebody else's, of another kind, or used already.
    """
    known = parse_id(media_id)
    claimed = await media.claim(core.db, known, caller.member, kind, use, due) if known else None
    if claimed is None:
        raise _unusable(field)
    return claimed


def _unusable(field: str) -> Refused:
    return Refused("UNSUPPORTED_MEDIA", "This picture can’t be used here. Upload it again.", field=field)


async def claim_avatar(core: Core, caller: Caller, media_id: str) -> str:
    """The URL of the caller's upload, which is an avatar from now on. UNSUPPORTED_MEDIA for `avatarId`."""
    known = parse_id(media_id)
    claimed = await media.claim_avatar(core.db, known, caller.member, core.now()) if known else None
    if claimed is None:
        raise _unusable("avatarId")
    return address(claimed["_id"])


async def expect_change(core: Core, member: Id) -> None:
    """Before a member's face changes: the sweep then looks after the one they have, whatever happens until `settle`."""
    await media.check_avatars(core.db, member, core.now() - CLAIM_LIFE)


async def settle(core: Core, member: Id) -> None:
    """Deletes the faces of a member that the profile does not name, and never one that it names or is about to name.

    One that was claimed within CLAIM_LIFE stays until the sweep, as another update may be about to name it. Each step
    is conditional on what was read before the profile, so a claim in between keeps its picture.
    """
    found = await media.avatars(core.db, member, BATCH)
    account, now = await accounts.get(core.db, member), core.now()
    named = account.get("avatar") if account else None
    for seen in found:
        since = seen.get("since", now - CLAIM_LIFE)
        if address(seen["_id"]) == named:
            if since <= now - 2 * CLAIM_LIFE:
                await media.confirm_avatar(core.db, seen)
        elif since <= now - CLAIM_LIFE and await media.release_avatar(core.db, seen, now):
            core.tasks.start(delete(core, seen["_id"]))


async def release(core: Core, url: str | None) -> None:
    """Deletes the picture at a URL, which is not used any more; anything else is ignored.

    Nobody sees it from now on. Its files are deleted in the background, or later if that is not possible now.
    """
    known = id_of(url) if url else None
    found = await media.get(core.db, known) if known else None
    if found and "use" in found and await media.release(core.db, found["_id"], found["use"], core.now()):
        core.tasks.start(delete(core, found["_id"]))


async def delete(core: Core, media_id: Id) -> bool:
    """Deletes the files of a picture that is marked as deleted, then its document; False when it has to wait."""
    try:
        await core.media.delete(str(media_id))
    except Refused as refused:
        log.warning("a picture is not deleted yet: %s", refused)
        await media.postpone(core.db, media_id, core.now())
        return False
    await media.forget(core.db, media_id)
    return True


async def sweep(core: Core) -> int:
    """Deletes uploads that nobody has used for an hour, faces that no profile names, and what a crash left; returns how
    many.
    """
    now = core.now()
    for _ in range(MAX_BATCHES):
        unused = await media.overdue(core.db, ["saving", "unused"], now - UNUSED_LIFE, BATCH)
        for found in unused:
            await media.expire(core.db, found["_id"], now - UNUSED_LIFE, now - DELETION_RETRY)
        if len(unused) < BATCH:
            break
    for _ in range(MAX_BATCHES):
        unchecked = await media.overdue(core.db, ["used"], now - 2 * CLAIM_LIFE, BATCH)
        for owner in {found["owner"] for found in unchecked}:
            await settle(core, owner)
        if len(unchecked) < BATCH:
            break
    return await _delete_marked(core)


async def _delete_marked(core: Core) -> int:
    """Deletes what is marked, until there is no more or nothing can be deleted now; returns how many."""
    total = 0
    for _ in range(MAX_BATCHES):
        marked = await media.overdue(core.db, ["deleted"], core.now() - DELETION_RETRY, BATCH)
        deleted = sum([await delete(core, found["_id"]) for found in marked])
        total += deleted
        if len(marked) < BATCH or not deleted:
            break
    return total
