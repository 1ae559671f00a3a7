"""Which pictures are accepted, from whom, and how much."""

import pytest

import run
from konektor.config import settings
from konektor.core import Core
from konektor.errors import Refused
from konektor.media import uploads
from konektor.ports import Rendered
from tests.conftest import Clock, join
from tests.support.picture_samples import picture
from tests.support.upload_helpers import state

MB = 1 << 20


async def test_an_upload_belongs_to_its_member_and_is_unused(core: Core) -> None:
    """With the size that the picture has at its URL."""
    ada = await join(core)
    upload = await uploads.keep(core, ada.caller, "message", picture(size=(2560, 1000)))
    assert (upload.width, upload.height, upload.url) == (1280, 500, f"/media/{upload.media_id}")
    assert await state(core, upload.media_id) == "unused"
    assert await core.media.open(upload.media_id, "thumb")


async def test_a_picture_that_cannot_be_read_leaves_nothing(core: Core) -> None:
    """No document, and no file."""
    ada = await join(core)
    with pytest.raises(Refused, match="UNSUPPORTED_MEDIA"):
        await uploads.keep(core, ada.caller, "avatar", b"hello")
    assert await core.db["media"].count_documents({}) == 0
    assert not core.config.media.directory.exists()


@pytest.mark.parametrize(
    ("role", "kind", "code"),
    [
        ("member", "avatar", ""),
        ("member", "message", ""),
        ("member", "ad", "FORBIDDEN"),
        ("mod", "ad", "FORBIDDEN"),
        ("advertiser", "ad", ""),
        ("admin", "ad", ""),
        ("admin", "video", "BAD_REQUEST"),
        ("admin", "", "BAD_REQUEST"),
    ],
)
async def test_who_may_upload_what(core: Core, role: str, kind: str, code: str) -> None:
    """Pictures of ads only those who have ads."""
    member = await join(core, role=role)
    if not code:
        assert uploads.kind_of(member.caller, kind) == kind
        return
    with pytest.raises(Refused) as caught:
        uploads.kind_of(member.caller, kind)
    assert (caught.value.code, caught.value.details) == (code, {"field": "kind"})


@pytest.mark.parametrize(("kind", "most"), [("avatar", 3 * MB), ("message", 10 * MB), ("ad", MB), (None, 10 * MB)])
def test_each_kind_has_its_limit(kind: uploads.Kind | None, most: int) -> None:
    """To the byte; the refusal says how much it is."""
    uploads.check_size(most, kind)
    with pytest.raises(Refused, match="TOO_LARGE") as caught:
        uploads.check_size(most + 1, kind)
    assert caught.value.details == {"field": "file", "limit": most}


async def test_a_member_sends_at_most_100_mb_an_hour(environ: dict[str, str], clock: Clock) -> None:
    """Then they read when they can go on; another member is not concerned."""
    limited = settings.read(environ | {"KONEKTOR_RATE_LIMITS": "on"})
    async with run.opened(limited, serving=False, now=clock, rounds=4) as runtime:
        ada, bob = await join(runtime.core), await join(runtime.core)
        for _ in range(100 * MB // uploads.PART):
            await uploads.count(runtime.core, ada.caller)
        clock.forward(minutes=20)
        with pytest.raises(Refused, match="RATE_LIMITED") as caught:
            await uploads.count(runtime.core, ada.caller)
        assert caught.value.details["retryAfter"] == 2_400
        await uploads.count(runtime.core, bob.caller)
        clock.forward(minutes=41)
        await uploads.count(runtime.core, ada.caller)


async def test_what_is_saved_after_it_was_swept_leaves_no_files(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance that stood still for an hour saves files that nothing names any more: they go at once."""
    ada, save = await join(core), core.media.save

    async def late(media_id: str, rendered: Rendered) -> None:
        await core.db["media"].delete_many({})
        await save(media_id, rendered)

    monkeypatch.setattr(core.media, "save", late)
    with pytest.raises(Refused, match="UNAVAILABLE"):
        await uploads.keep(core, ada.caller, "avatar", picture())
    assert [path for path in core.config.media.directory.rglob("*") if path.is_file()] == []
