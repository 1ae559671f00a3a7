"""What the tests of handshakes share: trying one, and what the answer was."""

from typing import Any

from tests.conftest import Client


async def try_handshake(
    url: str, auth: Any = None, transport: str = "websocket", headers: Any = None
) -> dict[str, Any]:
    """What a handshake comes to: the `connect_error`, or the answer to session:hello."""
    client, errors = Client(), list[dict[str, Any]]()
    client.sio.on("connect_error", errors.append)
    try:
        await client.sio.connect(url, auth=auth, transports=[transport], headers=dict(headers or {}), wait_timeout=30)
        return dict(await client.ask("session:hello"))
    except Exception:
        if not errors:
            raise
        return errors[0]
    finally:
        await client.sio.disconnect()


async def refused(url: str, auth: Any = None, **more: Any) -> str:
    """The code of a refused handshake; message and data have it both."""
    error = await try_handshake(url, auth, **more)
    assert error["message"] == error["data"]["code"], error
    assert error["data"]["message"]
    return str(error["message"])
