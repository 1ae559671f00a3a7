"""Namespaces and events of one session."""

import asyncio
from typing import Any

from tests.realtime.client import Client
from tests.realtime.conftest import until


async def test_a_client_has_an_id_of_its_own_in_each_namespace(serve: Any) -> None:
    """Its events go to the handlers of that namespace."""
    running = await serve(namespaces=("/", "/staff"))
    running.server.on("who", lambda sid: sid)
    running.server.on("who", lambda sid: ["staff", sid], namespace="/staff")
    async with Client(running.port) as client:
        main, staff = await client.join(), await client.connect(namespace="/staff")
        assert main != staff
        client.send('42/staff,5["who"]', '426["who"]')
        assert await client.text() == f'43/staff,5[["staff","{staff}"]]'
        assert await client.text() == f'436["{main}"]'
        running.server.push("note", 1, room=staff, namespace="/staff")
        assert await client.text() == '42/staff,["note",1]'


async def test_a_server_that_ends_the_last_namespace_closes(serve: Any) -> None:
    """The client gets a disconnect packet first; with another namespace left the connection stays."""
    running = await serve(namespaces=("/", "/staff"))
    heard: list[tuple[str, str]] = []
    for namespace in ("/", "/staff"):
        running.server.on(
            "disconnect", lambda sid, reason, space=namespace: heard.append((space, reason)), namespace=namespace
        )
    async with Client(running.port) as client:
        main, staff = await client.join(), await client.connect(namespace="/staff")
        await running.server.disconnect(staff, namespace="/staff")
        await running.server.disconnect(staff, namespace="/staff")
        assert await client.text() == "41/staff,"
        await running.server.disconnect(main)
        assert await client.text() == "41"
        assert await client.ending() == 1001
    assert heard == [("/staff", "server disconnect"), ("/", "server disconnect")]


async def test_events_after_leaving_are_dropped(serve: Any) -> None:
    """They may have been sent before the client got the disconnect packet."""
    running = await serve(namespaces=("/", "/staff"))
    running.server.on("echo", lambda sid, data: data)
    heard: list[str] = []
    running.server.on("late", lambda sid: heard.append(sid), namespace="/staff")
    async with Client(running.port) as client:
        await client.join()
        await running.server.disconnect(await client.connect(namespace="/staff"), namespace="/staff")
        assert await client.text() == "41/staff,"
        client.send('42/staff,["late"]')
        assert await client.ask("echo", 1) == 1
    assert not heard


async def test_rooms_and_environ_are_there_in_the_disconnect_handler(serve: Any) -> None:
    """The handler may need them to inform others; afterwards nothing is left."""
    running = await serve()
    server, seen = running.server, list[Any]()

    async def gone(sid: str, reason: str) -> None:
        environ = server.get_environ(sid)
        assert environ is not None
        async with server.session(sid) as session:
            seen.append((server.rooms(sid), environ["REMOTE_ADDR"], session["name"], reason))

    server.on("disconnect", gone)
    async with Client(running.port) as client:
        sid = await client.join()
        await server.save_session(sid, {"name": "ada"})
        server.join(sid, "a")
    await until(lambda: seen)
    assert seen == [([sid, "a"], "127.0.0.1", "ada", "transport close")]
    await until(lambda: server.get_environ(sid) is None)


async def test_what_was_sent_before_leaving_is_handled(serve: Any) -> None:
    """Events that came before the end of the connection run before the disconnect handler."""
    running = await serve()
    heard: list[str] = []

    async def note(_sid: str, text: str) -> None:
        heard.append(text)

    running.server.on("note", note)
    running.server.on("disconnect", lambda sid, reason: heard.append(reason))
    async with Client(running.port) as client:
        await client.join()
        client.send('42["note","a"]', '42["note","b"]', "1")
        await until(lambda: len(heard) == 3)
    assert heard == ["a", "b", "client disconnect"]


async def test_a_handler_without_an_ack_number_answers_nothing(serve: Any) -> None:
    """Its return value is dropped."""
    running = await serve()
    running.server.on("echo", lambda sid, data: data)
    async with Client(running.port) as client:
        await client.join()
        client.send('42["echo",1]')
        assert await client.ask("echo", 2) == 2


async def test_a_client_that_connects_again_while_it_is_disconnected_is_whole(serve: Any) -> None:
    """It is in its rooms by its new id, and no state is left when it goes."""
    running = await serve()
    server, gate = running.server, asyncio.Event()
    server.on("connect", lambda sid, _environ: server.join(sid, "room") and None)

    async def disconnect(_sid: str, _reason: str) -> None:
        await gate.wait()

    server.on("disconnect", disconnect)
    async with Client(running.port) as client:
        ending = asyncio.create_task(server.disconnect(await client.join()))
        assert await client.text() == "41"
        await client.connect()
        gate.set()
        await ending
        server.push("all", None, room=None)
        server.push("room", None, room="room")
        assert [await client.event(), await client.event()] == [["all"], ["room"]]
    await until(lambda: not server.stats.sockets and not server.tasks)
    assert not server.directory._members["/"]
    assert not server.directory._rooms["/"]


async def test_frames_held_until_the_connect_answer_are_sent_before_the_close(serve: Any) -> None:
    """This includes events sent at once and the disconnect packet."""
    running = await serve()
    server = running.server

    async def connect(sid: str, _environ: Any) -> None:
        server.push("hello", None, room=sid)

    server.on("connect", connect)
    async with Client(running.port) as client:
        sid = await client.join()
        await server.disconnect(sid)
        assert [await client.text(), await client.text()] == ['42["hello"]', "41"]
        assert await client.ending() == 1001


async def test_every_answer_to_a_connect_goes_before_what_was_sent_there(serve: Any) -> None:
    """This holds too when the client has just entered another namespace or one that does not exist."""
    running = await serve(namespaces=("/", "/staff"))
    server = running.server
    for namespace in ("/", "/staff"):

        async def connect(sid: str, _environ: Any, _auth: Any, namespace: str = namespace) -> None:
            server.push("hello", namespace, room=sid, namespace=namespace)
            await asyncio.sleep(0.01)

        server.on("connect", connect, namespace=namespace)
    async with Client(running.port) as client:
        await client.text()
        client.send("40", "40/staff,", "40/nowhere,")
        texts = [await client.text() for _ in range(5)]
    order = [text.partition("{")[0] for text in texts]
    assert order.index("40") < order.index('42["hello","/"]')
    assert order.index("40/staff,") < order.index('42/staff,["hello","/staff"]')
    assert '44/nowhere,{"message":"Invalid namespace"}' in texts


async def test_nothing_is_read_from_a_client_being_drained(serve: Any) -> None:
    """Received events are acked; later ones are not handled, so that the client can send them to another instance."""
    running = await serve()
    server, gate, done = running.server, asyncio.Event(), list[int]()

    async def work(_sid: str, number: int) -> int:
        done.append(number)
        await gate.wait()
        return number

    server.on("work", work)
    async with Client(running.port) as client:
        await client.join()
        client.send('420["work",0]', '421["work",1]')
        await until(lambda: done == [0])
        draining = asyncio.create_task(server.drain(lambda _sid: None))
        await until(lambda: server.engine.closing)
        await asyncio.sleep(0)
        client.send('422["work",2]', '423["work",3]')
        gate.set()
        assert [await client.text(), await client.text()] == ["430[0]", "431[1]"]
        await client.ending()
        await draining
    assert done == [0, 1]


async def test_frames_held_for_a_pending_connect_are_bounded(serve: Any) -> None:
    """The connection is aborted like that of a slow reader."""
    running = await serve(cut_above=10_000)
    server, gate = running.server, asyncio.Event()

    async def connect(_sid: str, _environ: Any) -> None:
        await gate.wait()

    server.on("connect", connect)
    async with Client(running.port) as client:
        await client.text()
        client.send("40")
        await until(lambda: bool(server.directory._everyone.get("/")))
        for _ in range(20):
            server.push("news", "x" * 1000, room=None)
            await asyncio.sleep(0)
        await until(lambda: server.stats.slow == 1 and not server.stats.sockets)
        gate.set()
