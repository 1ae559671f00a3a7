"""GET /media/…: pictures for those who may see them, and how long browsers keep them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import ClientSession

import run
from konektor.config import settings
from konektor.core import Core
from konektor.media import pictures
from konektor.members import invitations
from konektor.members.sessions import tokens
from konektor.ports import Database
from konektor.store import ties
from konektor.store.ids import Id, new_id
from konektor.talk import changes
from tests.conftest import Clock, Member, Running, join, listening
from tests.support.cloudinary_server import cloudinary_server
from tests.support.login_helpers import send
from tests.support.message_helpers import say
from tests.support.people_helpers import befriend
from tests.support.picture_samples import decoded
from tests.support.upload_helpers import bearer, log_in, uploaded


async def test_a_picture_is_shown_in_two_sizes(server: Running, http: ClientSession) -> None:
    """As WebP that no browser takes for anything else, to a browser and to another client."""
    ada, bob = await join(server.core), await join(server.core)
    upload = await uploaded(server.core, ada)
    await pictures.claim_avatar(server.core, ada.caller, upload.media_id)
    await log_in(server, http, bob)
    for headers in ({}, bearer(ada)):
        for path, size in (("", (64, 48)), ("/screen", (64, 48)), ("/thumb", (96, 96))):
            async with http.get(f"{server.url}{upload.url}{path}", headers=headers) as response:
                assert response.status == 200
                assert response.headers["Content-Type"] == "image/webp"
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert decoded(await response.read()).size == size


async def test_a_face_is_kept_for_an_hour_and_a_message_is_asked_for(server: Running, http: ClientSession) -> None:
    """By the member's own browser alone, and not for whoever uses it next."""
    ada = await join(server.core)
    face, other = await uploaded(server.core, ada), await uploaded(server.core, ada, "message")
    await pictures.claim_avatar(server.core, ada.caller, face.media_id)
    await say(server.core, ada, "look", media_id=other.media_id)
    unused = await uploaded(server.core, ada)
    found = [await send(http, "GET", f"{server.url}{one.url}", headers=bearer(ada)) for one in (face, other, unused)]
    assert [answer.headers["Cache-Control"] for answer in found] == [
        "private, max-age=3600", "private, no-cache", "private, no-cache"
    ]  # fmt: skip
    assert {answer.headers["Vary"] for answer in found} == {"Cookie, Authorization"}


async def test_a_picture_that_is_opened_by_itself_may_have_a_browsers_own_style(
    server: Running, http: ClientSession
) -> None:
    """And nothing else; what is no picture keeps the policy of the pages."""
    ada = await join(server.core)
    upload = await uploaded(server.core, ada)
    url, headers = f"{server.url}{upload.url}", bearer(ada)
    shown = await send(http, "GET", url, headers=headers)
    known = await send(http, "GET", url, headers=headers | {"If-None-Match": shown.headers["ETag"]})
    gone = await send(http, "GET", f"{server.url}/media/{new_id()}", headers=headers)
    policies = [answer.headers["Content-Security-Policy"] for answer in (shown, known, gone)]
    assert (known.status, gone.status) == (304, 404)
    assert policies[0] == policies[1]
    assert policies[0].startswith("default-src 'none'; img-src 'self'; style-src 'unsafe-inline';")
    assert "script" not in policies[0]
    assert "unsafe" not in policies[2]


def with_new_token(core: Core, member: Member) -> Member:
    """The member with an access token that is valid now."""
    return replace(member, token=tokens(core, member.caller.member, member.caller.session).access_token)


async def test_a_picture_of_a_conversation_is_for_those_in_it(
    server: Running, http: ClientSession, clock: Clock
) -> None:
    """404 for everybody else, and for all of them once the message is deleted or has expired, whatever they have."""
    core = server.core
    ada, mate, friend = await join(core), await join(core), await join(core, dob="1980-01-01")
    everybody = [ada, mate, friend]

    async def statuses(url: str, **more: str) -> list[int]:
        found = [await send(http, "GET", f"{server.url}{url}", headers=bearer(one) | more) for one in everybody]
        return [answer.status for answer in found]

    stream = await befriend(core, ada, friend)
    first, second, third = [await uploaded(core, ada, "message") for _ in range(3)]
    await say(core, ada, "", media_id=first.media_id)
    deleted = await say(core, ada, "", media_id=second.media_id)
    private = await say(core, ada, "", stream=stream, media_id=third.media_id)
    for path in ("", "/thumb", "/screen"):
        assert await statuses(f"{first.url}{path}") == [200, 200, 404]
        assert await statuses(f"{third.url}{path}") == [200, 404, 200]
    tag = f'"{second.media_id}-screen"'
    assert await statuses(second.url, **{"If-None-Match": tag}) == [304, 304, 404]
    await changes.delete(core, ada.caller, deleted.message.id)
    assert await statuses(second.url, **{"If-None-Match": tag}) == [404, 404, 404]
    clock.forward(hours=24)
    everybody = [with_new_token(core, one) for one in everybody]
    assert await statuses(first.url) == [404, 404, 404]
    assert await statuses(third.url) == [200, 404, 200]
    await changes.delete(core, ada.caller, private.message.id)
    assert await statuses(third.url) == [404, 404, 404]


async def test_a_browser_that_has_it_gets_304_while_it_may_see_it(server: Running, http: ClientSession) -> None:
    """And 404 as soon as it may not, whatever it has."""
    ada = await join(server.core)
    upload = await uploaded(server.core, ada)
    await pictures.claim_avatar(server.core, ada.caller, upload.media_id)
    url, headers = f"{server.url}{upload.url}", bearer(ada)
    tag = (await send(http, "GET", url, headers=headers)).headers["ETag"]
    again = await send(http, "GET", url, headers=headers | {"If-None-Match": tag})
    assert (again.status, again.headers["ETag"], again.headers["Cache-Control"]) == (304, tag, "private, max-age=3600")
    thumb = await send(http, "GET", f"{url}/thumb", headers=headers | {"If-None-Match": tag})
    assert thumb.status == 200
    await pictures.release(server.core, upload.url)
    gone = await send(http, "GET", url, headers=headers | {"If-None-Match": tag})
    assert (gone.status, gone.headers["Cache-Control"]) == (404, "no-store")


async def test_nobody_sees_a_picture_without_a_login(server: Running, http: ClientSession) -> None:
    """401, also for one that there is not; with a login 404."""
    ada, bob = await join(server.core), await join(server.core)
    upload = await uploaded(server.core, ada)
    for url in (upload.url, f"/media/{new_id()}/thumb"):
        assert (await send(http, "GET", f"{server.url}{url}")).status == 401
        assert (await send(http, "GET", f"{server.url}{url}", headers=bearer(bob))).status == 404
    for path in ("/media/", "/media/none", f"{upload.url}/huge", f"{upload.url}/../x", "/media/%2e%2e%2fsecret"):
        assert (await send(http, "GET", f"{server.url}{path}", headers=bearer(ada))).status == 404


async def test_whoever_is_blocked_sees_no_face(server: Running, http: ClientSession) -> None:
    """On either side, from the next request on; one's own face stays."""
    ada, bob = await join(server.core), await join(server.core)
    upload = await uploaded(server.core, ada)
    await pictures.claim_avatar(server.core, ada.caller, upload.media_id)
    url = f"{server.url}{upload.url}/thumb"
    assert (await send(http, "GET", url, headers=bearer(bob))).status == 200
    low, high = sorted((ada.caller.member, bob.caller.member))
    pair = {
        "_id": low.binary + high.binary,
        "rev": 1,
        "sides": {str(bob.caller.member): {"blocked": server.core.now()}},
    }
    await server.core.db["pairs"].insert_one(pair | {"blocked": [low, high]})
    assert [(await send(http, "GET", url, headers=bearer(one))).status for one in (bob, ada)] == [404, 200]


async def test_the_page_of_an_invitation_shows_the_face_of_who_invites(server: Running, http: ClientSession) -> None:
    """The small one, to somebody who has no login, by the address that the page names."""
    ada = await join(server.core, "Ada")
    upload = await uploaded(server.core, ada)
    await pictures.claim_avatar(server.core, ada.caller, upload.media_id)
    await server.core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"avatar": upload.url}})
    code = (await invitations.create(server.core, ada.caller, new_id())).code
    async with http.get(f"{server.url}/i/{code}") as response:
        assert f'<img src="{upload.url}/thumb?i={code}" alt="">' in await response.text()
    found = [
        (await send(http, "GET", f"{server.url}{upload.url}{path}")).status
        for path in (f"/thumb?i={code}", f"/screen?i={code}", f"?i={code}", "/thumb", "/thumb?i=x")
    ]
    assert found == [200, 401, 401, 401, 404]


async def test_two_instances_show_the_same_pictures(
    environ: dict[str, str], clock: Clock, server: Running, http: ClientSession
) -> None:
    """They share the store and the directory, and nothing else."""
    ada = await join(server.core)
    upload = await uploaded(server.core, ada)
    async with run.opened(settings.read(environ), serving=False, now=clock, rounds=4) as other, listening(other) as two:
        assert (await send(http, "GET", f"{two.url}{upload.url}", headers=bearer(ada))).status == 200
        await pictures.claim_avatar(other.core, ada.caller, upload.media_id)
        await pictures.release(other.core, upload.url)
        assert (await send(http, "GET", f"{server.url}{upload.url}", headers=bearer(ada))).status == 404


@pytest_asyncio.fixture
async def with_cloudinary(environ: dict[str, str], clock: Clock) -> AsyncIterator[Running]:
    """A server that keeps its pictures with Cloudinary."""
    async with cloudinary_server() as cloudinary:
        config = settings.read(environ | {"CLOUDINARY_URL": cloudinary.setting})
        async with run.opened(config, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as running:
            yield running


async def test_with_cloudinary_a_picture_is_where_the_policy_allows(
    with_cloudinary: Running, http: ClientSession
) -> None:
    """A member is led to it, and the pages may show it from there; without Cloudinary only from here."""
    server = with_cloudinary
    ada, bob = await join(server.core), await join(server.core)
    upload = await uploaded(server.core, ada)
    answer = await send(http, "GET", f"{server.url}{upload.url}", headers=bearer(ada))
    origin = server.core.config.media.cloudinary.delivery  # type: ignore[union-attr]
    assert (answer.status, answer.headers["Location"].startswith(f"{origin}/")) == (302, True)
    assert f"img-src 'self' data: blob: {origin};" in answer.headers["Content-Security-Policy"]
    async with http.get(answer.headers["Location"]) as response:
        assert decoded(await response.read()).size == (64, 48)
    assert (await send(http, "GET", f"{server.url}{upload.url}", headers=bearer(bob))).status == 404


async def test_a_face_costs_no_list_of_friends(
    server: Running, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with a hundred faces would read all friends a hundred times: one pair says who sees which."""
    ada, bob = await join(server.core), await join(server.core)
    upload = await uploaded(server.core, ada)
    await pictures.claim_avatar(server.core, ada.caller, upload.media_id)
    get, read = ties.get, list[object]()

    async def counted(db: Database, member: Id) -> ties.Ties:
        read.append(member)
        return await get(db, member)

    monkeypatch.setattr(ties, "get", counted)
    assert (await send(http, "GET", f"{server.url}{upload.url}/thumb", headers=bearer(bob))).status == 200
    assert read == []
    await log_in(server, http, bob)
    before = len(read)
    assert (await send(http, "GET", f"{server.url}{upload.url}/thumb")).status == 200
    assert len(read) == before
