"""A proxy in front of a server that passes on everything but websockets, as some networks do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from enum import StrEnum

HEAD = b"\r\n\r\n"


class Fault(StrEnum):
    """What happens to a websocket."""

    NONE = "passed on"
    CLOSED = "closed right after the 101"
    SILENT = "nothing comes after the 101"
    UNANSWERED = "the upgrade is never answered"


class Spoiler:
    """The proxy; `fault` may be changed while it runs."""

    def __init__(self, fault: Fault, upstream: int) -> None:
        self.fault = fault
        self.websockets = 0
        self._upstream = upstream
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Serves at `port`."""
        line = await asyncio.start_server(self._serve, "127.0.0.1", port)
        try:
            yield
        finally:
            line.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._join(reader, writer)
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(HEAD)
        websocket = b"upgrade: websocket" in head.lower()
        self.websockets += websocket
        fault = self.fault if websocket else Fault.NONE
        if fault is Fault.UNANSWERED:
            await reader.read()
            return
        answers, server = await asyncio.open_connection("127.0.0.1", self._upstream)
        server.write(head)
        try:
            if fault is not Fault.NONE:
                writer.write(await answers.readuntil(HEAD))
                await writer.drain()
            if fault is Fault.CLOSED:
                return
            down = _drop(answers) if fault is Fault.SILENT else _pump(answers, writer)
            await asyncio.gather(_pump(reader, server), down)
        finally:
            server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def _drop(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass
