"""The greeting: everything that a client shows first, in the ack of session:hello."""

import asyncio
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from konektor.caller import Caller
from konektor.core import Core
from konektor.members import accounts, referrals
from konektor.members.accounts import Me
from konektor.people.quota import UsedQuota, used_conversations, used_swipes
from konektor.shapes import At, Room, Shape, stamp
from konektor.store import feeds, notices, samples
from konektor.store.accounts import PlanId
from konektor.streams import ROOM_LIFE, Stream
from konektor.talk import conversations, history, rooms
from konektor.talk.changes import EDIT_WINDOW
from konektor.talk.messages import MAX_BODY
from konektor.tokens import wallet


class ClientLimits(Shape, frozen=True, omit_defaults=False):
    """The limits that a client should know."""

    events_per_second: int
    burst: int
    frame_bytes: int
    sockets: int
    body: int = MAX_BODY
    history: int = history.PAGE
    edit_seconds: int = int(EDIT_WINDOW.total_seconds())
    keep_hours: int = int(ROOM_LIFE.total_seconds() // 3600)
    offer_samples: bool | UnsetType = UNSET
    """On development servers: whether the page may offer to fill the rooms with sample members."""


class Usage(Shape, frozen=True):
    """How much of what the plan allows a day is used."""

    swipes: UsedQuota
    conversations: UsedQuota


class Hello(Shape, frozen=True, omit_defaults=False):
    """Everything that a client shows first."""

    me: Me
    rooms: list[Room]
    balance: int
    plan: PlanId
    usage: Usage
    unread: Annotated[dict[str, int], Meta(examples=[{"r:1990-05-17": 3}])]
    notices: int
    """How many notices are unread; 100 stands for that many or more."""
    push_key: Annotated[str, Meta(examples=["BOr6…"])]
    """The public key that a browser subscribes to pushes with, in base64url."""
    limits: ClientLimits
    server_time: At


async def hello(core: Core, caller: Caller) -> Hello:
    """The caller's account, rooms, balance and unread counts, and the limits."""
    account, own, balance, swipes, begun, unread = await asyncio.gather(
        accounts.own_account(core, caller.member),
        rooms.own_rooms(core, caller),
        wallet.balance(core, caller.member),
        used_swipes(core, caller),
        used_conversations(core, caller),
        conversations.unread(core, caller),
    )
    noticed, push_key = await asyncio.gather(notices.unread(core.db, caller.member, caller.hidden), core.push.key())
    if referrals.is_due(core, account):
        core.tasks.start(referrals.count_day(core, account))
    if core.now() - account.get("active", account["createdAt"]) >= feeds.ACTIVE_STEP:
        core.tasks.start(feeds.set_active(core.db, caller.member, core.now()))
    allowed = core.config.limits
    return Hello(
        me=accounts.me(core, account),
        rooms=own,
        balance=balance,
        plan=caller.plan,
        usage=Usage(swipes=swipes, conversations=begun),
        unread={Stream.room(room.label).name: room.unread for room in own} | unread,
        notices=noticed,
        push_key=push_key,
        limits=ClientLimits(
            allowed.events_per_second,
            allowed.event_burst,
            allowed.max_frame,
            allowed.sockets_per_member,
            offer_samples=await _offers_samples(core, caller),
        ),
        server_time=stamp(core.now()),
    )


async def _offers_samples(core: Core, caller: Caller) -> bool | UnsetType:
    """True on a development server on which no sample member shares the caller's date; left out otherwise."""
    if core.config.production or await samples.is_in_room(core.db, caller.labels[0]):
        return UNSET
    return True
