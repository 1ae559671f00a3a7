"""The Socket.IO protocol (revision 5), one test for each requirement on a server."""

import asyncio
import json
from typing import Any

import pytest

from tests.realtime.client import Client, Poller, masked
from tests.realtime.conftest import Running
from tests.realtime.echo import protocol_server


@pytest.fixture
async def running(listen: Any) -> Running:
    """The server of the public test suite, with binary allowed and a second namespace."""
    server = protocol_server(allow_binary=True, connect_timeout=0.2)
    return Running(server, await listen(server))


@pytest.mark.parametrize(
    ("connect", "answer", "auth"),
    [
        ("40", "40{", '42["auth",{}]'),
        ('40{"token":"123"}', "40{", '42["auth",{"token":"123"}]'),
        ("40/custom,", "40/custom,{", '42/custom,["auth",{}]'),
        ("40/custom", "40/custom,{", '42/custom,["auth",{}]'),
        ('40/custom,{"token":"abc"}', "40/custom,{", '42/custom,["auth",{"token":"abc"}]'),
        ("40/custom?a=b,", "40/custom,{", '42/custom,["auth",{}]'),
    ],
)
async def test_connect_is_answered_before_anything_the_application_sends(
    running: Running, connect: str, answer: str, auth: str
) -> None:
    """With the client's id, then what the connect handler sent; auth reaches it."""
    async with Client(running.port) as client:
        await client.text()
        client.send(connect)
        first = await client.text()
        assert first.startswith(answer)
        assert list(json.loads(first[len(answer) - 1 :])) == ["sid"]
        assert await client.text() == auth


async def test_an_unknown_namespace_is_refused_by_name(running: Running) -> None:
    """The error is an object and the connection stays."""
    async with Client(running.port) as client:
        await client.text()
        client.send("40/random")
        assert await client.text() == '44/random,{"message":"Invalid namespace"}'
        await client.connect()


async def test_a_connection_without_connect_is_closed(running: Running) -> None:
    """After the connect timeout, even when it answers its pings."""
    async with Client(running.port) as client:
        await client.text()
        assert await client.ending() == 1000


async def test_a_client_leaves_the_main_namespace_and_may_come_back(running: Running) -> None:
    """The connection stays for a while."""
    async with Client(running.port) as client:
        first = await client.join()
        await client.text()
        client.send("41")
        assert await client.connect() != first


async def test_a_connection_in_no_namespace_is_closed(running: Running) -> None:
    """After the connect timeout."""
    async with Client(running.port) as client:
        await client.join()
        client.send("41")
        assert await client.ending() == 1000


async def test_leaving_one_namespace_leaves_the_other(running: Running) -> None:
    """Later events for the main namespace are handled."""
    async with Client(running.port) as client:
        await client.join()
        await client.text()
        await client.connect(namespace="/custom")
        await client.text()
        client.send("41/custom", '42["message","hello"]')
        assert await client.text() == '42["message-back","hello"]'


async def test_an_event_has_any_number_of_arguments(running: Running) -> None:
    """They come back in order."""
    async with Client(running.port) as client:
        await client.join()
        await client.text()
        client.send('42["message",1,"2",{"3":[true]}]')
        assert await client.text() == '42["message-back",1,"2",{"3":[true]}]'


async def test_an_ack_carries_the_number_and_the_answer(running: Running) -> None:
    """Of any size up to 16 digits."""
    async with Client(running.port) as client:
        await client.join()
        await client.text()
        client.send('421234567890123456["message-with-ack",1,"2",{"3":[false]}]')
        assert await client.text() == '431234567890123456[1,"2",{"3":[false]}]'
        client.send('420["message-with-ack"]')
        assert await client.text() == "430[]"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ('452-["message",', '452-["message-back",'),
        ('452-789["message-with-ack",', "462-789["),
    ],
)
async def test_binary_attachments_follow_their_event(running: Running, sent: str, answer: str) -> None:
    """Both ways, with and without an ack."""
    marks = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    async with Client(running.port) as client:
        await client.join()
        await client.text()
        client.send(sent + marks)
        client.raw(masked(2, b"\x01\x02\x03") + masked(2, b"\x04\x05\x06"))
        assert await client.frame() == (1, (answer + marks).encode())
        assert await client.frame() == (2, b"\x01\x02\x03")
        assert await client.frame() == (2, b"\x04\x05\x06")


async def test_binary_attachments_over_polling(running: Running) -> None:
    """As base64 packets."""
    async with Poller(running.port) as poller:
        await poller.join()
        await poller.get()
        assert await poller.post('451-7["message-with-ack",{"_placeholder":true,"num":0}]', "bAQID") == 200
        assert await poller.get() == (200, ['461-7[{"_placeholder":true,"num":0}]', "bAQID"])


async def test_events_and_acks_over_polling(running: Running) -> None:
    """Several packets in one POST are handled in order."""
    async with Poller(running.port) as poller:
        await poller.join()
        await poller.get()
        assert await poller.post('421["message-with-ack","a"]', '422["message-with-ack","b"]') == 200
        assert await poller.get() == (200, ['431["a"]', '432["b"]'])


async def test_the_client_acks_events_of_the_server(running: Running) -> None:
    """`call` returns the arguments of the client's ack."""
    async with Client(running.port) as client:
        sid = await client.join()
        await client.text()
        question = asyncio.create_task(running.server.call("question", {"a": 1}, to=sid, timeout=5))
        text = await client.text()
        number = text[2 : text.index("[")]
        assert text == f'42{number}["question",{{"a":1}}]'
        client.send(f'43{number}["yes",2]')
        assert await question == ("yes", 2)


async def test_an_unexpected_ack_is_ignored(running: Running) -> None:
    """It may be late."""
    async with Client(running.port) as client:
        await client.join()
        await client.text()
        client.send("43999[1]", '421["message-with-ack","on"]')
        assert await client.text() == '431["on"]'
