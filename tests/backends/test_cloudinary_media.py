"""Pictures with Cloudinary: every call is signed, nobody gets one without a signature, and what happens without it."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from konektor.backends.cloudinary_media import CloudinaryMedia
from konektor.config.media import Cloudinary
from konektor.errors import Refused
from konektor.ports import Rendered
from konektor.store.ids import new_id
from tests.support.cloudinary_server import CLOUD, KEY, CloudinaryServer, cloudinary_server

ONE = Rendered(64, 48, screen=b"the large one", thumb=b"the small one")


@pytest_asyncio.fixture
async def server() -> AsyncIterator[CloudinaryServer]:
    """Where the pictures go."""
    async with cloudinary_server() as running:
        yield running


async def test_pictures_are_authenticated(server: CloudinaryServer) -> None:
    """Uploaded under a name of ours, so that only signed addresses show them."""
    one = str(new_id())
    await CloudinaryMedia(server.account).save(one, ONE)
    assert {(asked["type"], asked["public_id"]) for asked in server.asked} == {
        ("authenticated", f"konektor/{one}/screen"),
        ("authenticated", f"konektor/{one}/thumb"),
    }


async def test_an_address_that_was_made_up_shows_nothing(server: CloudinaryServer) -> None:
    """Neither another picture with the signature of one, nor one without."""
    one, other = str(new_id()), str(new_id())
    media = CloudinaryMedia(server.account)
    await media.save(one, ONE)
    await media.save(other, ONE)
    url = str(await media.open(one, "screen"))
    async with ClientSession() as http:
        for address, status in ((url, 200), (url.replace(one, other), 401), (url.replace("--/v1", "a--/v1"), 401)):
            async with http.get(address) as response:
                assert response.status == status, address


async def test_addresses_are_those_of_cloudinary() -> None:
    """With a signature of 32 characters, over TLS, and of the account's own delivery host if it has one."""
    for account, host in (
        (Cloudinary(CLOUD, KEY, "secret"), "res.cloudinary.com"),
        (Cloudinary(CLOUD, KEY, "secret", delivery="https://pictures.example"), "pictures.example"),
    ):
        url = str(await CloudinaryMedia(account).open("a" * 24, "thumb"))
        name = f"konektor/{'a' * 24}/thumb.webp"
        assert re.fullmatch(rf"https://{host}/{CLOUD}/image/authenticated/s--[\w-]{{32}}--/v1/{name}", url)


async def test_deleting_reaches_the_copies_too(server: CloudinaryServer) -> None:
    """Those that Cloudinary's network keeps near its readers."""
    media = CloudinaryMedia(server.account)
    await media.delete(str(new_id()))
    assert [asked["invalidate"] for asked in server.asked] == ["1", "1"]


@pytest.mark.parametrize("wrong", ["key", "secret", "server"])
async def test_an_account_that_does_not_work_is_not_the_members_fault(server: CloudinaryServer, wrong: str) -> None:
    """They are asked to try again, and nothing of the account is in what they read."""
    known = server.account
    server.broken = wrong == "server"
    account = Cloudinary(
        CLOUD, "1" if wrong == "key" else KEY, "x" if wrong == "secret" else known.secret, known.upload_prefix
    )
    with pytest.raises(Refused, match="UNAVAILABLE") as caught:
        await CloudinaryMedia(account).save(str(new_id()), ONE)
    assert [word for word in (KEY, known.secret, CLOUD) if word in str(caught.value.as_dict())] == []
    assert server.pictures == {}


async def test_an_unreachable_cloudinary_is_unavailable() -> None:
    """Nothing listens there."""
    nowhere = Cloudinary(CLOUD, KEY, "secret", upload_prefix="http://127.0.0.1:9")
    for act in (CloudinaryMedia(nowhere).save(str(new_id()), ONE), CloudinaryMedia(nowhere).delete(str(new_id()))):
        with pytest.raises(Refused, match="UNAVAILABLE"):
            await act
