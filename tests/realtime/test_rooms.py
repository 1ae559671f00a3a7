"""The members of rooms."""

from typing import Any

from konektor.realtime.engineio.socket import Socket
from konektor.realtime.socketio.fanout import Fanout
from konektor.realtime.socketio.rooms import Rooms
from konektor.realtime.stats import Stats
from tests.realtime.client import Client


class Session(Socket):
    """A socket without a connection: rooms only keep it and ask for its id."""

    def __init__(self, sid: str) -> None:
        self.sid = sid


def filled() -> Rooms:
    """Three clients of the main namespace: 1 and 2 in room a, 2 and 3 in room b."""
    rooms = Rooms(Fanout(Stats()), allow_binary=False)
    for sid in ("1", "2", "3"):
        rooms.add("/", sid, Session("e" + sid))
    for sid, room in (("1", "a"), ("2", "a"), ("2", "b"), ("3", "b")):
        assert rooms.join(sid, room)
    return rooms


def test_participants_are_ids_with_their_sessions() -> None:
    """Of a room, of several without repeats, of one client, of all."""
    rooms = filled()
    assert list(rooms.get_participants("/", "a")) == [("1", "e1"), ("2", "e2")]
    assert sorted(sid for sid, _session in rooms.get_participants("/", ["a", "b"])) == ["1", "2", "3"]
    assert list(rooms.get_participants("/", "3")) == [("3", "e3")]
    assert len(list(rooms.get_participants("/", None))) == 3
    assert not list(rooms.get_participants("/other", "a"))


def test_a_client_that_is_gone_is_in_no_room() -> None:
    """And an empty room is forgotten."""
    rooms = filled()
    rooms.remove("/", "2")
    rooms.remove("/", "1")
    assert list(rooms.get_participants("/", None)) == [("3", "e3")]
    assert not list(rooms.get_participants("/", "a"))
    assert not rooms.join("1", "a")
    assert (rooms.get_rooms("1", "/"), rooms.get_rooms("3", "/")) == ([], ["3", "b"])


def test_leaving_costs_as_much_as_the_member_has_rooms() -> None:
    """Ten thousand rooms of others are not looked at."""
    rooms = Rooms(Fanout(Stats()), allow_binary=False)
    rooms.add("/", "me", Session("e"))
    rooms.join("me", "mine")

    class Untouchable(dict[str, Any]):
        """A table that must not be walked."""

        def __iter__(self) -> Any:
            raise AssertionError("walked through all rooms")

        items = values = keys = __iter__  # type: ignore[assignment]

    rooms._rooms["/"] = Untouchable(rooms._rooms["/"])
    rooms.remove("/", "me")
    assert len(rooms._rooms["/"]) == 0


def test_ids_are_found_both_ways() -> None:
    """As the stock manager does."""
    rooms = filled()
    assert (rooms.eio_sid_from_sid("2", "/"), rooms.sid_from_eio_sid("e2", "/")) == ("e2", "2")
    assert (rooms.eio_sid_from_sid("9", "/"), rooms.sid_from_eio_sid("e9", "/")) == (None, None)
    assert list(rooms.get_namespaces()) == ["/"]


async def test_the_methods_of_python_socketio_work(serve: Any) -> None:
    """enter_room, leave_room, close_room, rooms."""
    running = await serve()
    server = running.server
    async with Client(running.port) as client:
        sid = await client.join()
        await server.enter_room(sid, "a")
        await server.enter_room(sid, "b")
        assert sorted(server.rooms(sid)) == sorted([sid, "a", "b"])
        await server.leave_room(sid, "a")
        await server.close_room("b")
        assert server.rooms(sid) == [sid]
        await server.enter_room("nobody", "a")


async def test_emit_reaches_rooms_without_those_skipped(serve: Any) -> None:
    """As python-socketio documents it."""
    running = await serve()
    server = running.server
    async with Client(running.port) as one, Client(running.port) as two:
        first, second = await one.join(), await two.join()
        await server.enter_room(first, "a")
        await server.enter_room(second, "a")
        await server.emit("x", 1, room="a", skip_sid=first)
        await server.emit("y", 2, to="a", skip_sid=[second])
        await server.emit("z", (1, 2), to=[first, second])
        await server.emit("all")
        assert [await one.event() for _event in range(3)] == [["y", 2], ["z", 1, 2], ["all"]]
        assert [await two.event() for _event in range(3)] == [["x", 1], ["z", 1, 2], ["all"]]


async def test_an_event_reaches_the_members_at_the_time_it_was_sent(serve: Any) -> None:
    """It does not reach a client that enters right after it, but one that leaves right after it."""
    running = await serve()
    server = running.server
    async with Client(running.port) as one, Client(running.port) as two:
        leaver, comer = await one.join(), await two.join()
        server.join(leaver, "a")
        server.push("first", None, room="a")
        server.join(comer, "a")
        server.push("second", None, room="a")
        server.leave(leaver, "a")
        server.push("third", None, room="a")
        assert [await one.event(), await one.event()] == [["first"], ["second"]]
        assert [await two.event(), await two.event()] == [["second"], ["third"]]
