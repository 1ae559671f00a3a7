"""Who may see a picture: a table of kinds, states and members."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.media import pictures, viewing
from konektor.members import invitations
from konektor.people import profiles
from konektor.store import groups, pairs
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import message_pictures
from konektor.talk.delivery import deliver, document
from tests.conftest import Clock, Member, join
from tests.support.message_helpers import draft
from tests.support.upload_helpers import uploaded

RULES = {"avatar": profiles.sees_face, "message": message_pictures.can_read}
ROOM, DIRECT, GROUP = "r:1990-05-17", f"d:{new_id()}", f"g:{new_id()}"


async def sees(core: Core, caller: Caller, media_id: str) -> bool:
    """Whether the caller gets the picture."""
    try:
        await viewing.require_visible(core, caller, media_id, RULES)
    except Refused as refused:
        if refused.code != "NOT_FOUND":
            raise
        return False
    return True


async def viewers(core: Core, ada: Member) -> dict[str, Caller]:
    """Everybody whose view matters, seen from ada, who owns the pictures."""
    partner, stranger = await join(core, dob="1970-01-01"), await join(core, dob="1971-02-02")
    mod = await join(core, dob="1972-03-03", role="mod")
    mate = await join(core)
    low, high = sorted((ada.caller.member, partner.caller.member))
    pair: Any = {"_id": low.binary + high.binary, "rev": 1, "sides": {}, "stream": DIRECT}
    await pairs.replace(core.db, [pair])
    await groups.create(core.db, GROUP, "May", [ada.caller.member, partner.caller.member])
    return {
        "owner": ada.caller,
        "room mate": mate.caller,
        "blocked": replace(mate.caller, hidden=frozenset({ada.caller.member})),
        "partner": partner.caller,
        "stranger": stranger.caller,
        "moderator": mod.caller,
    }


async def face(core: Core, ada: Member) -> str:
    """Ada's face."""
    upload = await uploaded(core, ada)
    await pictures.claim_avatar(core, ada.caller, upload.media_id)
    return upload.media_id


def sent_to(stream: str) -> Callable[[Core, Member], Awaitable[str]]:
    """A picture in a message of that conversation."""

    async def make(core: Core, ada: Member) -> str:
        upload = await uploaded(core, ada, "message")
        one = draft(ada, cid="1", stream=stream)
        found = await message_pictures.claim(core, ada.caller, upload.media_id, Stream(stream), one.op)
        one.media = {"_id": found["_id"], "width": 64, "height": 48}
        await deliver(core, [document(one, None, 0)], {stream: (ada.caller.member, new_id())})
        return upload.media_id

    return make


async def claimed(core: Core, ada: Member) -> str:
    """A picture of a message that is being sent."""
    upload = await uploaded(core, ada, "message")
    await message_pictures.claim(core, ada.caller, upload.media_id, Stream(ROOM), new_id())
    return upload.media_id


async def advertised(core: Core, ada: Member) -> str:
    """A picture of an ad."""
    upload = await uploaded(core, ada, "ad")
    await pictures.claim(core, ada.caller, upload.media_id, "ad", {"ad": new_id()}, "imageId")
    return upload.media_id


async def unused(core: Core, ada: Member) -> str:
    """A picture that ada has just uploaded."""
    return (await uploaded(core, ada)).media_id


async def replaced(core: Core, ada: Member) -> str:
    """A face that ada had before."""
    media_id = await face(core, ada)
    await pictures.release(core, f"/media/{media_id}")
    return media_id


EVERYBODY = {"owner", "room mate", "partner", "stranger", "moderator"}


@pytest.mark.parametrize(
    ("make", "those"),
    [
        pytest.param(face, EVERYBODY, id="a face"),
        pytest.param(advertised, EVERYBODY | {"blocked"}, id="an ad"),
        pytest.param(unused, {"owner"}, id="not used yet"),
        pytest.param(replaced, set(), id="replaced"),
        pytest.param(sent_to(ROOM), {"owner", "room mate", "moderator"}, id="in a room"),
        pytest.param(sent_to(DIRECT), {"owner", "partner"}, id="in a direct conversation"),
        pytest.param(sent_to(GROUP), {"owner", "partner"}, id="in a group"),
        pytest.param(claimed, set(), id="of a message that is not stored"),
        pytest.param(sent_to(f"d:{new_id()}"), set(), id="in a conversation that is gone"),
    ],
)
async def test_who_sees_what(core: Core, make: Callable[[Core, Member], Awaitable[str]], those: set[str]) -> None:
    """Everybody else gets the same refusal as for a picture that there is not."""
    ada = await join(core)
    callers = await viewers(core, ada)
    media_id = await make(core, ada)
    assert {name for name, caller in callers.items() if await sees(core, caller, media_id)} == those


@pytest.mark.parametrize(
    ("change", "those"),
    [
        ({"settings.discoverable": False}, {"owner", "room mate", "moderator"}),
        ({"state": "frozen"}, {"owner"}),
        ({"state": "deleted"}, {"owner"}),
    ],
)
async def test_a_face_is_seen_by_those_who_see_the_profile(core: Core, change: dict[str, Any], those: set[str]) -> None:
    """Not by strangers of a member who cannot be found, nor by anybody else once the account is frozen."""
    ada = await join(core)
    callers = await viewers(core, ada)
    media_id = await face(core, ada)
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": change})
    assert {name for name, caller in callers.items() if await sees(core, caller, media_id)} == those


@pytest.mark.parametrize("media_id", ["", "none", "0" * 24, "../../secret"])
async def test_a_picture_that_there_is_not(core: Core, media_id: str) -> None:
    """Is refused in the same words."""
    ada = await join(core)
    with pytest.raises(Refused) as caught:
        await viewing.require_visible(core, ada.caller, media_id, RULES)
    assert caught.value.message == viewing.missing().message


async def invited(core: Core, media_id: str, code: str) -> bool:
    """Whether the page of an invitation shows it."""
    try:
        await viewing.require_invited(core, media_id, code)
    except Refused as refused:
        if refused.code != "NOT_FOUND":
            raise
        return False
    return True


async def test_an_invitation_shows_the_face_of_who_invites(core: Core, clock: Clock) -> None:
    """Only that one, and only while the code can be used."""
    ada, bob = await join(core), await join(core)
    shown, other, message = await face(core, ada), await face(core, bob), await sent_to(ROOM)(core, ada)
    old = await face(core, ada)
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"avatar": f"/media/{shown}"}})
    await core.db["accounts"].update_one({"_id": bob.caller.member}, {"$set": {"avatar": f"/media/{other}"}})
    code = (await invitations.create(core, ada.caller, new_id())).code
    pasted = f" https://konektor.example/i/{code} "
    found = [await invited(core, media_id, code) for media_id in (shown, other, message, old, "none", str(new_id()))]
    assert found == [True, False, False, False, False, False]
    assert await invited(core, shown, pasted)
    assert [await invited(core, shown, wrong) for wrong in ("", "nonsense", code[:-1], "x" * 500)] == [False] * 4
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"state": "frozen"}})
    assert not await invited(core, shown, code)
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"state": "active"}})
    clock.forward(days=123)
    assert not await invited(core, shown, code)


async def test_an_operators_invitation_shows_no_face(core: Core) -> None:
    """There is nobody who invites."""
    ada = await join(core)
    media_id = await face(core, ada)
    code = str((await invitations.issue(core, "", cap=1, tokens=0))["_id"])
    assert not await invited(core, media_id, code)
