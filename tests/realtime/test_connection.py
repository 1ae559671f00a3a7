"""Namespaces and events of one session."""

from typing import Any

from tests.realtime.client import Client
from tests.realtime.conftest import until


async def test_a_client_has_an_id_of_its_own_in_each_namespace(serve: Any) -> None:
    """And its events go to that namespace's handlers."""
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
    """The client is told first; with another namespace left the connection stays."""
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
    """They may have been on their way."""
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
    """It may want to tell others who left; afterwards nothing is left."""
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
