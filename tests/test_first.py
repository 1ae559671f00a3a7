"""A first smoke test."""

from tests.conftest import Running, join


async def test_two_talk(server: Running, connect) -> None:
    a, b = await join(server.core, "ann"), await join(server.core, "bob")
    ca, cb = await connect(a), await connect(b)
    print(await ca.ask("session:hello"))
    print(await ca.ask("room:enter", {"label": "1990-05-17"}))
    print(await cb.ask("room:enter", {"label": "1990-05-17"}))
    print(await ca.ask("message:send", {"stream": "r:1990-05-17", "body": "hi", "cid": "x1"}))
    print(await ca.sio.call("message:send", {"stream": "r:1990-05-17", "body": "hi", "cid": "x1"}))
    print(await ca.ask("wallet:get", {}))
    print(ca.told, cb.told)
