"""A connection on which answers arrive late: those with a certain text wait until a test lets them through."""

import asyncio

from playwright.async_api import WebSocketRoute


class HeldAnswers:
    """Holds the answers that contain `sign`, from `hold` on until `release`."""

    def __init__(self, sign: str) -> None:
        self._sign = sign
        self._free = asyncio.Event()
        self._free.set()
        self._arrived = asyncio.Event()
        self._told = asyncio.Event()

    def hold(self) -> None:
        """From now on these answers wait."""
        self._free.clear()
        self._arrived.clear()

    async def arrived(self) -> None:
        """Waits until one of them is there."""
        await self._arrived.wait()

    async def release(self) -> None:
        """Lets them through, and waits until the page has one."""
        self._free.set()
        await self._told.wait()

    def __call__(self, route: WebSocketRoute) -> None:
        """Joins a page with the server."""
        server = route.connect_to_server()
        route.on_message(server.send)

        async def down(frame: str | bytes) -> None:
            held = str(frame).startswith("43") and self._sign in str(frame) and not self._free.is_set()
            if held:
                self._arrived.set()
                await self._free.wait()
            route.send(frame)
            if held:
                self._told.set()

        server.on_message(down)
