"""Pictures in use: claimed once, released when replaced, and swept when nobody uses them."""

from datetime import timedelta
from pathlib import Path

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.media import pictures
from konektor.people import profile_changes
from konektor.store.ids import new_id
from konektor.store.media import MediaDoc
from tests.conftest import Clock, join, until
from tests.support.upload_helpers import state, uploaded


def files(core: Core) -> list[Path]:
    """All files that are kept."""
    return [path for path in core.config.media.directory.rglob("*") if path.is_file()]


async def test_an_upload_becomes_a_face(core: Core) -> None:
    """Its URL is what a profile stores; a repeat of the request gets it again."""
    ada = await join(core)
    upload = await uploaded(core, ada)
    assert await pictures.claim_avatar(core, ada.caller, upload.media_id) == upload.url == f"/media/{upload.media_id}"
    assert await pictures.claim_avatar(core, ada.caller, upload.media_id) == upload.url
    assert await state(core, upload.media_id) == "used"


async def test_a_picture_that_is_not_ones_own_is_no_face(core: Core) -> None:
    """Nor is an unknown one, one for a message, a deleted one, or what is no id."""
    ada, bob = await join(core), await join(core)
    theirs, message, old = await uploaded(core, bob), await uploaded(core, ada, "message"), await uploaded(core, ada)
    await pictures.claim_avatar(core, ada.caller, old.media_id)
    await pictures.release(core, old.url)
    for wrong in (theirs.media_id, message.media_id, old.media_id, str(new_id()), "", "me.png", "../../secret"):
        with pytest.raises(Refused) as caught:
            await pictures.claim_avatar(core, ada.caller, wrong)
        assert (caught.value.code, caught.value.details) == ("UNSUPPORTED_MEDIA", {"field": "avatarId"})
    assert await state(core, theirs.media_id) == "unused"


async def test_a_replaced_face_is_deleted(core: Core) -> None:
    """Its files too, while the new one stays."""
    ada = await join(core)
    old, new = await uploaded(core, ada), await uploaded(core, ada)
    for upload in (old, new):
        await pictures.claim_avatar(core, ada.caller, upload.media_id)
    await pictures.release(core, old.url)
    await until(lambda: state_is(core, old.media_id, None))
    assert {path.name for path in files(core)} == {f"{new.media_id}-screen.webp", f"{new.media_id}-thumb.webp"}


async def state_is(core: Core, media_id: str, wanted: str | None) -> bool:
    """Whether an upload has come that far."""
    return await state(core, media_id) == wanted


@pytest.mark.parametrize("url", [None, "", "/static/img/face.svg", "/media/none", "/media/" + "a" * 24])
async def test_releasing_what_is_no_picture_of_ours_does_nothing(core: Core, url: str | None) -> None:
    """A profile without a face, or with one of an earlier version."""
    await pictures.release(core, url)


async def test_an_upload_that_is_not_used_is_not_released(core: Core) -> None:
    """It belongs to whoever has just uploaded it."""
    upload = await uploaded(core, await join(core))
    await pictures.release(core, upload.url)
    assert await state(core, upload.media_id) == "unused"


async def test_what_nobody_uses_is_swept_after_an_hour(core: Core, clock: Clock) -> None:
    """Not before, and never what something uses."""
    ada = await join(core)
    left, face = await uploaded(core, ada), await uploaded(core, ada)
    await profile_changes.update(core, ada.caller, {"avatarId": face.media_id})
    clock.forward(minutes=59)
    assert await pictures.sweep(core) == 0
    clock.forward(minutes=2)
    assert await pictures.sweep(core) == 1
    assert [await state(core, upload.media_id) for upload in (left, face)] == [None, "used"]
    assert {path.name[:24] for path in files(core)} == {face.media_id}


async def test_a_crash_while_saving_leaves_nothing_for_ever(core: Core, clock: Clock) -> None:
    """The document is there before the files, so that the sweep finds both, however many of them were written."""
    saving: MediaDoc = {
        "_id": new_id(), "owner": new_id(), "kind": "avatar", "state": "saving", "width": 1, "height": 1, "bytes": 1,
        "at": core.now(), "since": core.now(),
    }  # fmt: skip
    await core.db["media"].insert_one(saving)
    folder = core.config.media.directory / str(saving["_id"])[-2:]
    folder.mkdir(parents=True)
    (folder / f"{saving['_id']}-screen.webp").write_bytes(b"a whole picture")
    (folder / f"{saving['_id']}-thumb.part").write_bytes(b"half a pict")
    clock.forward(hours=1, seconds=1)
    assert await pictures.sweep(core) == 1
    assert files(core) == []


async def test_a_crash_while_deleting_is_made_up_for(core: Core, clock: Clock) -> None:
    """The document is marked before the files go: from then on nobody sees the picture, and the sweep ends it."""
    ada = await join(core)
    upload = await uploaded(core, ada)
    await pictures.claim_avatar(core, ada.caller, upload.media_id)
    known = pictures.id_of(upload.url)
    await core.db["media"].update_one({"_id": known}, {"$set": {"state": "deleted", "since": core.now()}})
    assert await pictures.sweep(core) == 0
    clock.moment += timedelta(minutes=1)
    assert await pictures.sweep(core) == 1
    assert (await state(core, upload.media_id), files(core)) == (None, [])


async def test_files_that_cannot_be_deleted_now_are_deleted_later(
    core: Core, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep goes on with the others, and tries again."""
    ada = await join(core)
    for _ in range(2):
        await uploaded(core, ada)
    clock.forward(hours=2)
    stuck: list[str] = []
    delete = core.media.delete

    async def failing(media_id: str) -> None:
        if not stuck:
            stuck.append(media_id)
        if media_id in stuck:
            raise Refused("UNAVAILABLE", "Not now.")
        await delete(media_id)

    with monkeypatch.context() as patched:
        patched.setattr(core.media, "delete", failing)
        assert await pictures.sweep(core) == 1
    clock.forward(minutes=1)
    assert await pictures.sweep(core) == 1
    assert files(core) == []


async def test_more_than_a_batch_is_swept_in_one_run(core: Core, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also behind pictures that cannot be deleted now: these wait, and do not stop the others."""
    monkeypatch.setattr(pictures, "BATCH", 2)
    ada = await join(core)
    made = [(await uploaded(core, ada)).media_id for _ in range(7)]
    clock.forward(hours=2)
    blocked = core.config.media.directory / made[0][-2:] / f"{made[0]}-screen.webp"
    blocked.unlink()
    (blocked / "in the way").mkdir(parents=True)
    assert await pictures.sweep(core) == 6
    assert [await state(core, media_id) for media_id in made] == ["deleted", *[None] * 6]
    (blocked / "in the way").rmdir()
    blocked.rmdir()
    assert await pictures.sweep(core) == 0
    clock.forward(minutes=1)
    assert await pictures.sweep(core) == 1
    assert files(core) == []
