"""Activity of sample members on a development server: some are online, and answer a while after a message."""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.running.sample_answers import answer_to
from konektor.store import accounts, messages, samples, sessions
from konektor.store.accounts import Account
from konektor.store.ids import Id, derived_id, new_id
from konektor.store.messages import MessageDoc
from konektor.streams import DIRECT, ROOM, Stream
from konektor.talk import presence, unread
from konektor.talk.access import participants
from konektor.talk.messages import send

MOST = 500
"""Sample members that are looked after."""
SHIFT = 1_200
"""Seconds after which others may be online."""
DELAY, VARIED = 4.0, 6
"""Seconds until an answer, and how many more there may be."""
TYPING = 3.0
"""Seconds that the author of an answer is seen typing."""
LATEST = timedelta(minutes=2)
"""Messages older than this are not answered, for example those from before a start."""
HOUR, MOST_ANSWERS = timedelta(hours=1), 20
"""In a room that has had so many messages of sample members within an hour, they answer no more."""
READ = 50
"""The newest messages of a room that are looked at."""


def _number(text: str) -> int:
    """A number that looks random and is the same on every instance and after a restart."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def online_now(members: Sequence[Account], now: datetime) -> list[Account]:
    """Those of the sample members who are online: the first of several with one birth date always, of the others half,
    by turns.
    """
    shift, dates = int(now.timestamp()) // SHIFT, [account["dob"] for account in members]
    return [
        account
        for place, account in enumerate(members)
        if (dates.index(account["dob"]) == place and dates.count(account["dob"]) > 1)
        or _number(f"{account['_id']} {shift}") % 2
    ]


async def unattended(core: Core) -> list[Account]:
    """The sample members whom nobody is logged in as; the others are left to those who are."""
    members = await samples.first(core.db, MOST)
    attended = await sessions.logged_in(core.db, [account["_id"] for account in members], core.now())
    return [account for account in members if account["_id"] not in attended]


class SampleActivity:
    """The sample members of a server: those online here, as the ordinary rules show and hear them."""

    def __init__(self) -> None:
        self._online: set[str] = set()

    async def run(self, core: Core) -> None:
        """Lets them come, go, type and answer, as far as it is time for that."""
        members = await unattended(core)
        here = [Caller.of(account, new_id()) for account in online_now(members, core.now())]
        await self._appear(core, here)
        ids = {account["_id"] for account in members}
        for name in core.live.local_streams() if here else ():
            if inside := await _inside(core, Stream(name), here):
                await _answer(core, Stream(name), inside, ids)

    async def _appear(self, core: Core, callers: Sequence[Caller]) -> None:
        """Adds those who are online now to presence, and removes the others."""
        here = {f"sample-{caller.member}": caller for caller in callers}
        for connection in self._online - here.keys():
            await core.presence.depart(connection)
        for connection in here.keys() - self._online:
            caller = here[connection]
            await core.presence.arrive(str(caller.member), connection, caller.rooms, visible=True)
        self._online = set(here)


async def _inside(core: Core, stream: Stream, here: Sequence[Caller]) -> list[Caller]:
    """Those who are in a room, or take part in a direct conversation."""
    if stream.kind is ROOM:
        return [caller for caller in here if stream.key in caller.rooms]
    to = await participants(core, stream) if stream.kind is DIRECT else ()
    return [caller for caller in here if str(caller.member) in to]


async def _answer(core: Core, stream: Stream, inside: Sequence[Caller], ids: Collection[Id]) -> None:
    """Answers the newest message of somebody who is no sample member, once, when it is time to."""
    now = core.now()
    found = await messages.before(core.db, stream.name, None, now, READ, expiring=stream.expiring)
    theirs = [doc for doc in found if doc["from"] in ids]
    asked = next((doc for doc in reversed(found) if doc["from"] not in ids and not doc.get("deleted")), None)
    if asked is None or sum(doc["at"] > now - HOUR for doc in theirs) >= MOST_ANSWERS:
        return
    key, waited = str(asked["_id"]), now - asked["at"]
    if waited > LATEST or any(doc["_id"] == derived_id(str(doc["from"]), f"answer-{key}") for doc in theirs):
        return
    author, due = inside[_number(key) % len(inside)], DELAY + _number(key) % VARIED
    with suppress(Refused):  # their tokens are spent
        if stream.kind is DIRECT:
            await unread.read(core, author, stream, asked["seq"])
        if waited.total_seconds() >= due:
            await _say(core, author, stream, asked, [doc["body"] for doc in theirs])
        elif waited.total_seconds() >= due - TYPING:
            await presence.typing(core, author, stream)


async def _say(core: Core, author: Caller, stream: Stream, asked: MessageDoc, recent: Sequence[str]) -> None:
    """Sends the answer to a message; repeating it changes nothing."""
    card = (await accounts.cards(core.db, [asked["from"]])).get(asked["from"])
    if card:
        key = str(asked["_id"])
        line = answer_to(asked["body"], card["username"], _number(key), recent)
        await send(core, author, stream, line, cid=f"answer-{key}")
