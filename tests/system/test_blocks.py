"""Blocks everywhere: no event and no answer shows a member to somebody whom they block, or who blocks them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from konektor.core import Core
from konektor.members import invitations
from konektor.members.joining import Signup, sign_up
from konektor.members.sessions import caller_of_session, open_session, tokens
from konektor.people import swiping
from konektor.server_events import server_events
from konektor.store import groups, pairs
from konektor.store.ids import new_id
from konektor.talk import presence
from konektor.talk.presence import Announcer
from run import ALL_EVENTS
from tests.conftest import PASSWORD, Client, Clock, Member, join, until
from tests.support.live_helpers import Mark
from tests.support.message_helpers import ROOM, say, settled
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]
Payload = dict[str, Any]
DATE, CAKE, NOBODY = ROOM[2:], "\U0001f382", "0" * 24
CANARY = "canary"

SHOWS_NOBODY_ELSE = {
    "demo:people": "it only makes sample members; nothing about a member is in its answer",
    "invite:create": "the caller's own code",
    "invite:revoke": "the caller's own code",
    "presence:set": "the caller's own state",
    "push:subscribe": "the caller's own browser",
    "session:list": "the caller's own logins",
    "session:revoke": "the caller's own logins",
    "settings:update": "the caller's own settings",
    "wallet:get": "the caller's own ledger, whose entries keep the ids that they had before",
}
"""Events that cannot show another member, each with its reason."""

TOLD_OF_NOBODY_ELSE = {
    "block:changed": "only the blocker's own connections get it",
    "notice:read": "the ids of the caller's own notices, and how many are unread",
    "session:ended": "the caller's own login",
    "settings:changed": "the caller's own settings",
    "unread:changed": "the caller's own read mark; its count is that of the answers",
    "wallet:changed": "the caller's own balance",
}
"""Server events that cannot show another member, each with its reason."""


@dataclass
class Scene:
    """Two who block each other, with all that there was between them, and somebody whom both may see."""

    viewer: Member
    other: Member
    client: Client
    others: Client
    common: Client
    said: dict[str, str]
    """The ids of messages, by author."""
    request: str
    viewer_blocks: bool
    group: str
    """The name of a group of all three, which the viewer owns."""
    direct: str
    """The name of the conversation of the two, if they were friends; otherwise of none."""

    @property
    def name(self) -> str:
        """The id of the other."""
        return str(self.other.caller.member)

    @property
    def streams(self) -> list[str]:
        """Where both are, or were."""
        return [ROOM, self.group, self.direct]


ASKED: dict[str, Callable[[Scene], list[Payload]]] = {
    "block:list": lambda scene: [{}],
    "block:set": lambda scene: [{"userId": scene.name, "on": True}],
    "dm:list": lambda scene: [{}, {"limit": 1}],
    "dm:open": lambda scene: [{"userId": scene.name}],
    "feed:next": lambda scene: [{"limit": 50}, {"limit": 50, "filters": {"sameDay": True}}],
    "friend:list": lambda scene: [{}, {"q": CANARY}],
    "friend:remove": lambda scene: [{"userId": scene.name}],
    "group:list": lambda scene: [{}],
    "group:create": lambda scene: [{"name": "June", "userIds": [scene.name]}],
    "group:update": lambda scene: [{"id": scene.group[2:], "name": "July"}],
    "group:add": lambda scene: [{"id": scene.group[2:], "userId": scene.name}],
    "invite:list": lambda scene: [{}],
    "message:delete": lambda scene: [{"id": scene.said["other"]}],
    "message:edit": lambda scene: [
        {"id": scene.said["other"], "body": "mine now"},
        {"id": scene.said["viewer"], "body": "mine still"},
    ],
    "message:list": lambda scene: [
        {"stream": stream, **more} for stream in scene.streams for more in ({}, {"beforeSeq": 9}, {"afterSeq": 0})
    ],
    "message:react": lambda scene: [
        {"id": scene.said["other"], "emoji": CAKE, "on": True},
        {"id": scene.said["viewer"], "emoji": CAKE, "on": True},
        {"id": scene.said["common"], "emoji": CAKE, "on": False},
        {"id": scene.said["grouped"], "emoji": CAKE, "on": True},
    ],
    "message:read": lambda scene: [{"stream": stream, "seq": 1} for stream in scene.streams],
    "message:search": lambda scene: [{"q": q, **more} for q in (CANARY, "words") for more in ({}, {"stream": ROOM})],
    "message:send": lambda scene: [
        {"stream": ROOM, "body": "to you", "replyTo": scene.said["other"]},
        {"stream": ROOM, "body": "to all", "replyTo": scene.said["common"]},
        {"stream": scene.group, "body": "to you", "replyTo": scene.said["grouped"]},
        {"stream": scene.group, "body": "to all"},
        {"stream": scene.direct, "body": "to you"},
    ],
    "message:typing": lambda scene: [{"stream": stream} for stream in scene.streams],
    "notice:list": lambda scene: [{}, {"limit": 1}],
    "notice:read": lambda scene: [{"upTo": NOBODY}],
    "profile:get": lambda scene: [{"userId": scene.name}, {}],
    "profile:update": lambda scene: [{"status": "here"}],
    "request:cancel": lambda scene: [{"id": scene.request}],
    "request:list": lambda scene: [{"box": "in"}, {"box": "out"}],
    "request:review": lambda scene: [{"id": scene.request, "decision": "accept"}],
    "room:enter": lambda scene: [{"label": DATE}, {"label": DATE, "after": 0}],
    "room:leave": lambda scene: [{"label": "05-17"}],
    "room:list": lambda scene: [{}],
    "room:members": lambda scene: [{"label": DATE}, {"label": DATE, "limit": 1}],
    "room:more": lambda scene: [{}],
    "session:hello": lambda scene: [{}],
    "swipe:send": lambda scene: [{"userId": scene.name, "dir": side} for side in ("right", "left")],
    "swipe:undo": lambda scene: [{}],
    "sync:resume": lambda scene: [{"offsets": dict.fromkeys(scene.streams, 0)}],
    "group:remove": lambda scene: [{"id": scene.group[2:], "userId": scene.name}],
    "group:leave": lambda scene: [{"id": scene.group[2:]}],
}
"""How each of the other events is asked for what it has about the other."""

TOLD = {"message:new", "message:changed", "message:receipt", "notice:new", "typing:changed", "presence:changed",
        "profile:changed", "request:changed"}  # fmt: skip
"""What the other does makes the server send these to somebody who may see it."""


async def invited(core: Core, by: Member, name: str) -> Member:
    """A member who joined with somebody's invitation, and whose profile has words that are found again."""
    code = (await invitations.create(core, by.caller, new_id())).code
    signup = Signup(f"{name}@example.org", PASSWORD, PASSWORD, DATE, code, name)
    member = await sign_up(core, signup, "test")
    session = await open_session(core, member, kind="client", device="test")
    words = dict.fromkeys(("firstName", "lastName", "about", "city", "status"), CANARY)
    await core.db["accounts"].update_one({"_id": member}, {"$set": words | {"skills": [CANARY]}})
    return Member(await caller_of_session(core, str(session), "c"), tokens(core, member, session).access_token, "")


@pytest.fixture(params=["friends", "asked", "asks", "swiped"])
def tie(request: pytest.FixtureRequest) -> str:
    """What there is between the two before."""
    return str(request.param)


@pytest.fixture(params=[True, False], ids=["blocks", "is blocked"])
async def scene(request: pytest.FixtureRequest, core: Core, connect: Connect, clock: Clock, tie: str) -> Scene:
    """All that two can have to do with each other, and a block that the viewer or the other has set."""
    viewer, common = await join(core, "viewer"), await join(core, "common")
    other = await invited(core, viewer, f"{CANARY}-1")
    said = {name: (await say(core, member, f"{CANARY} words" if member is other else "words")).message.id
            for name, member in (("viewer", viewer), ("common", common), ("other", other))}  # fmt: skip
    group = f"g:{new_id()}"
    await groups.create(core.db, group, "May", [member.caller.member for member in (viewer, other, common)])
    said["grouped"] = (await say(core, other, f"{CANARY} words", stream=group)).message.id
    await say(core, common, stream=await befriend(core, common, other))
    clients = [await connect(member) for member in (viewer, other, common)]
    for client in clients:
        await client.ask("room:enter", {"label": DATE})
        for message in (said["viewer"], said["common"]):
            await client.ask("message:react", {"id": message, "emoji": CAKE, "on": True})
    request_id = NOBODY
    direct = f"d:{NOBODY}"
    if tie == "friends":
        direct = await befriend(core, viewer, other)
        await say(core, other, f"{CANARY} words", stream=direct)
    elif tie == "swiped":
        await swiping.send(core, viewer.caller, other.caller.member, "left", None, new_id())
    else:
        one, two = (viewer, other) if tie == "asked" else (other, viewer)
        await swiping.send(core, one.caller, two.caller.member, "right", CANARY, new_id())
        key = pairs.key(viewer.caller.member, other.caller.member)
        request_id = str((await pairs.get(core.db, [key]))[key]["request"]["_id"])
    acting, peer = (clients[0], other) if request.param else (clients[1], viewer)
    await acting.ask("block:set", {"userId": str(peer.caller.member), "on": True})
    await settled(core)
    made = Scene(viewer, other, clients[0], clients[1], clients[2], said, request_id, request.param, group, direct)
    for client in clients:
        await quiet(core, client)
    return made


async def quiet(core: Core, client: Client) -> list[tuple[str, Any]]:
    """What the client was sent, once all of it has arrived; it is forgotten then."""
    member = (await client.ask("session:hello"))["me"]["id"]
    core.live.tell(member, Mark())
    await until(lambda: client.received(Mark.event))
    events = [event for event in client.events if event[0] != Mark.event]
    client.events.clear()
    return events


def shows(scene: Scene, what: Any) -> bool:
    """Whether something that was received shows the other: their id, their name or their words."""
    text = json.dumps(what)
    return scene.name in text or CANARY in text


def test_every_event_is_looked_at() -> None:
    """A new event is exercised here, or has a reason why it cannot show another member."""
    names = {name for _, name in ALL_EVENTS}
    assert ASKED.keys() | SHOWS_NOBODY_ELSE.keys() == names
    assert not ASKED.keys() & SHOWS_NOBODY_ELSE.keys()
    own = {name for name, kind in server_events().items() if kind.__module__ == server_events.__module__}
    assert TOLD | TOLD_OF_NOBODY_ELSE.keys() == own
    assert not TOLD & TOLD_OF_NOBODY_ELSE.keys()


async def test_no_answer_shows_somebody_who_is_hidden(core: Core, scene: Scene) -> None:
    """Whichever of the two blocks: no id, no name, no word. Only the blocker's own list names whom it is about."""
    for name, payloads in ASKED.items():
        for payload in payloads(scene):
            ack = await scene.client.sio.call(name, payload, timeout=30)
            expected = name == "block:list" and scene.viewer_blocks
            assert shows(scene, ack) is expected, (name, payload, ack)
            events = [event for event in await quiet(core, scene.client) if event[0] != "block:changed"]
            assert not shows(scene, events), (name, events)


async def test_somebody_hidden_is_refused_like_nobody(core: Core, scene: Scene) -> None:
    """The same code, sentence and field as for an id that nobody has."""
    for name in ("profile:get", "friend:remove", "swipe:send", "message:delete", "message:react", "message:edit",
                 "request:cancel", "request:review", "dm:open", "group:add"):  # fmt: skip
        [payload, *_] = ASKED[name](scene)
        place = "userId" if "userId" in payload else "id"
        refused = await scene.client.refused(name, payload)
        assert refused == await scene.client.refused(name, payload | {place: NOBODY}), name
        assert refused["code"] == ("FORBIDDEN" if name in ("dm:open", "group:add") else "NOT_FOUND")


async def test_counts_are_without_somebody_hidden(scene: Scene) -> None:
    """Of rooms, online, unread and reactions, wherever they are answered; somebody else counts them."""
    for client, members, unread in ((scene.client, 2, 1), (scene.others, 2, 1), (scene.common, 3, 2)):
        entered = await client.ask("room:enter", {"label": DATE})
        listed = (await client.ask("room:list"))[0]
        hello = (await client.ask("session:hello"))["rooms"][0]
        [week] = (await client.ask("room:more"))["rooms"]
        assert [(one["members"], one["online"]) for one in (entered, listed, hello, week)] == [(members, members)] * 4
        assert (listed["unread"], hello["unread"]) == (unread, unread)
        assert (await client.ask("message:read", {"stream": ROOM, "seq": 0}))["unread"] == unread
        shown = [message for message in entered["messages"] if "hidden" not in message]
        assert [[item["count"] for item in message["reactions"]] for message in shown][:2] == [
            [members] if message.get("reactions") else [] for message in shown
        ][:2]
        assert [message["seq"] for message in entered["messages"]] == [1, 2, 3]
        assert len((await client.ask("room:members", {"label": DATE}))["items"]) == members


async def test_the_places_of_hidden_messages_have_nothing_else(scene: Scene) -> None:
    """The seq has no hole, and the place says when, and that it is hidden."""
    for asked in ({"stream": ROOM}, {"stream": ROOM, "afterSeq": 2}):
        place = (await scene.client.ask("message:list", asked))["messages"][-1]
        assert set(place) == {"stream", "seq", "createdAt", "hidden"}
        assert (place["stream"], place["seq"], place["hidden"]) == (ROOM, 3, True)


async def test_nothing_told_shows_somebody_who_is_hidden(core: Core, clock: Clock, scene: Scene) -> None:
    """Whatever the other does, the viewer is told of the places of messages and nothing else; others hear it all."""
    announcer = Announcer()
    await announcer.announce(core)
    for client in (scene.client, scene.common):
        await quiet(core, client)
    await everything(core, clock, scene, announcer)
    heard, common = await quiet(core, scene.client), await quiet(core, scene.common)
    assert not shows(scene, heard), heard
    assert {name for name, _ in common} >= TOLD - {"request:changed"}
    assert shows(scene, common)
    places = [data for name, data in heard if name == "message:changed" and "hidden" in data]
    assert [place for place in places if place["stream"] == ROOM] == [{"stream": ROOM, "hidden": seq} for seq in (4, 5)]
    assert [place for place in places if place["stream"] != ROOM] == [{"stream": scene.group, "hidden": 2}]
    rest = [event for event in heard if event[1] not in places]
    assert rest == [], rest


async def everything(core: Core, clock: Clock, scene: Scene, announcer: Announcer) -> None:
    """All that the other can do that a room, a group or the other of a conversation hears of."""
    others = scene.others
    for conversation in (await others.ask("dm:list"))["items"]:
        await others.ask("message:read", {"stream": conversation["stream"], "seq": 1})
    await others.ask("message:typing", {"stream": scene.group})
    said = (await others.ask("message:send", {"stream": scene.group, "body": CANARY}))["message"]
    await others.ask("message:edit", {"id": said["id"], "body": f"{CANARY} words"})
    await others.ask("message:react", {"id": said["id"], "emoji": CAKE, "on": True})
    await others.ask("message:delete", {"id": said["id"]})
    await others.ask("message:typing", {"stream": ROOM})
    clock.forward(seconds=5)
    await presence.expire_typing(core)
    sent = (await others.ask("message:send", {"stream": ROOM, "body": f"{CANARY} again", "cid": "c-1"}))["message"]
    await others.ask("message:send", {"stream": ROOM, "body": CANARY, "replyTo": scene.said["common"]})
    await others.ask("message:edit", {"id": sent["id"], "body": f"{CANARY} words!"})
    await others.ask("message:react", {"id": scene.said["common"], "emoji": CAKE, "on": False})
    await others.ask("message:react", {"id": scene.said["common"], "emoji": "\U0001f44d", "on": True})
    await others.ask("message:react", {"id": sent["id"], "emoji": CAKE, "on": True})
    await others.ask("message:delete", {"id": sent["id"]})
    await others.ask("profile:update", {"status": f"{CANARY} two", "city": f"{CANARY} too"})
    await others.ask("presence:set", {"state": "away"})
    await announcer.announce(core)
    clock.forward(seconds=10)
    await announcer.announce(core)
    await settled(core)


async def test_what_others_do_is_told_without_somebody_hidden(core: Core, clock: Clock, scene: Scene) -> None:
    """A reaction and typing of somebody whom the viewer may see, with only those whom the viewer may see."""
    await scene.others.ask("message:typing", {"stream": ROOM})
    await scene.common.ask("message:typing", {"stream": ROOM})
    await scene.common.ask("message:react", {"id": scene.said["viewer"], "emoji": "\U0001f44d", "on": True})
    heard = await quiet(core, scene.client)
    assert not shows(scene, heard)
    common = (await scene.common.ask("session:hello"))["me"]["id"]
    viewer = str(scene.viewer.caller.member)
    assert [data["userIds"] for name, data in heard if name == "typing:changed"] == [[common]]
    [reactions] = [data["reactions"] for name, data in heard if name == "message:changed"]
    assert [(item["emoji"], item["count"], set(item["userIds"])) for item in reactions] == [
        (CAKE, 2, {viewer, common}),
        ("\U0001f44d", 1, {common}),
    ]
