"""A bare client for tests: websocket frames byte by byte, long-polling request by request."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession

UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
)
PATIENCE = 30.0


MASK = b"\x12\x34\x56\x78"
"""The mask of a frame where the test does not care."""


def masked(opcode: int, payload: bytes, *, first: int = 0x80, mask: bytes | None = None) -> bytes:
    """A frame as a client sends it; `first` holds FIN and the reserved bits."""
    mask = MASK if mask is None else mask
    length = len(payload)
    if length < 126:
        header = bytes((first | opcode, 0x80 | length))
    elif length < 65536:
        header = bytes((first | opcode, 0x80 | 126)) + length.to_bytes(2, "big")
    else:
        header = bytes((first | opcode, 0x80 | 127)) + length.to_bytes(8, "big")
    return header + mask + bytes(octet ^ mask[at % 4] for at, octet in enumerate(payload))


class Client:
    """A websocket to `/<path>/` of a local server. `early`: bytes sent in one write with the request."""

    def __init__(
        self, port: int, path: str = "socket.io", query: str = "EIO=4&transport=websocket", headers: str = ""
    ) -> None:
        """`headers`: complete header lines to add to the request."""
        self._port = port
        self._head = UPGRADE.format(path=f"/{path}/?{query}", headers=headers)
        self.sid = ""
        self.early = b""

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.writer.write(self._head.encode() + self.early)
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        self.status = int(head.split()[1])
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.writer.transport.abort()

    def send(self, *texts: str) -> None:
        """Sends text frames in one write."""
        self.writer.write(b"".join(masked(1, text.encode()) for text in texts))

    def raw(self, data: bytes) -> None:
        """Sends any bytes."""
        self.writer.write(data)

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame; raises IncompleteReadError at the end of the stream."""
        head = await asyncio.wait_for(self.reader.readexactly(2), PATIENCE)
        length = head[1]
        if length > 125:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        return head[0] & 15, await self.reader.readexactly(length)

    async def text(self) -> str:
        """The next text message; PINGs are answered and skipped."""
        while True:
            opcode, payload = await self.frame()
            if opcode == 1 and payload == b"2":
                self.send("3")
            elif opcode == 1:
                return payload.decode()
            else:
                raise AssertionError(f"frame {opcode}: {payload!r}")

    async def event(self) -> Any:
        """The array of the next EVENT of the main namespace."""
        text = await self.text()
        assert text.startswith("42["), text
        return json.loads(text[2:])

    async def ending(self) -> int:
        """Waits for the server to close, answering its close frame; returns its close code, 0 without one."""
        code = 0
        try:
            while True:
                opcode, payload = await self.frame()
                if opcode == 8:
                    code = int.from_bytes(payload[:2], "big")
                    self.raw(masked(8, payload[:2]))
        except (asyncio.IncompleteReadError, ConnectionError):
            return code

    async def join(self, auth: str = "", namespace: str = "") -> str:
        """Opens a Socket.IO client on this websocket; returns its id."""
        assert (await self.text()).startswith("0")
        return await self.connect(auth, namespace)

    async def connect(self, auth: str = "", namespace: str = "") -> str:
        """Sends CONNECT on an open session; returns the client's id."""
        prefix = f"{namespace}," if namespace else ""
        self.send(f"40{prefix}{auth}")
        answer = await self.text()
        assert answer.startswith(f"40{prefix}{{"), answer
        self.sid = json.loads(answer[2 + len(prefix) :])["sid"]
        return self.sid

    async def ask(self, event: str, *args: Any, number: int = 1) -> Any:
        """Sends an event and returns the only argument of its ack, which must be the next packet."""
        self.send(f"42{number}" + json.dumps([event, *args]))
        answer = await self.text()
        assert answer.startswith(f"43{number}["), answer
        return json.loads(answer[2 + len(str(number)) :])[0]


class Poller:
    """A polling session."""

    def __init__(self, port: int, path: str = "socket.io") -> None:
        self._url = f"http://127.0.0.1:{port}/{path}/?EIO=4&transport=polling"
        self.sid = ""

    async def __aenter__(self) -> Self:
        self.http = ClientSession()
        async with self.http.get(self._url) as response:
            self.hello = json.loads((await response.text())[1:])
        self.sid = self.hello["sid"]
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.http.close()

    async def get(self) -> tuple[int, list[str]]:
        """Polls once; returns status and packets."""
        async with self.http.get(f"{self._url}&sid={self.sid}") as response:
            return response.status, (await response.text()).split("\x1e")

    async def post(self, *packets: str, body: Any = None) -> int:
        """Posts packets, or any body; returns the status."""
        data = "\x1e".join(packets).encode() if body is None else body
        async with self.http.post(f"{self._url}&sid={self.sid}", data=data) as response:
            return response.status

    async def join(self) -> None:
        """CONNECT to the main namespace."""
        assert await self.post("40") == 200
        status, packets = await self.get()
        assert status == 200
        assert packets[0].startswith("40{")
