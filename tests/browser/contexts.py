"""A pool of browser contexts: a used one keeps its renderer process and its HTTP cache, and nothing else."""

from contextlib import suppress

from playwright.async_api import Browser, BrowserContext, Error, Page

STORES = "local_storage,indexeddb,service_workers,cache_storage"
MOST_IDLE = 8
"""Contexts that are kept for later tests, those that were used last."""


class ContextPool:
    """Contexts at the same origin, by their options; starting a new process and an empty cache is slow."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser = browser
        self._origin = origin
        self._idle: list[BrowserContext] = []
        self._options: dict[BrowserContext, dict[str, object]] = {}
        self._anchors: dict[BrowserContext, Page] = {}

    async def take(self, **options: object) -> BrowserContext:
        """A context without cookies, storage and pages in sight; it belongs to the caller until `give_back`."""
        for context in self._idle:
            if self._options[context] == options:
                self._idle.remove(context)
                return context
        context = await self.new(**options)
        self._options[context] = options
        return context

    async def new(self, **options: object) -> BrowserContext:
        """A context outside the pool; whoever makes it closes it. Pages do not move, unless the options say so."""
        defaults = {"base_url": self._origin, "locale": "en-GB", "timezone_id": "Europe/Lisbon"}
        defaults |= {"reduced_motion": "reduce"}  # drawing movements takes processor time
        defaults |= {"service_workers": "block"}  # so does a worker, which most tests have no use for
        return await self._browser.new_context(**{**defaults, **options})  # type: ignore[arg-type]

    async def give_back(self, context: BrowserContext) -> None:
        """Empties a context for its next user."""
        anchor = await self._anchor(context)
        for page in context.pages:
            if page is not anchor:
                await page.close()
        await context.set_offline(False)
        await context.clear_cookies()
        session = await context.new_cdp_session(anchor)
        await session.send("Storage.clearDataForOrigin", {"origin": self._origin, "storageTypes": STORES})
        await session.detach()
        self._idle.append(context)
        if len(self._idle) > MOST_IDLE:
            await self._forget(self._idle[0])

    async def close(self) -> None:
        """Closes the idle contexts."""
        for context in [*self._idle]:
            with suppress(Error):  # Chromium may be gone
                await self._forget(context)

    async def _forget(self, context: BrowserContext) -> None:
        self._idle.remove(context)
        self._anchors.pop(context, None)
        del self._options[context]
        await context.close()

    async def _anchor(self, context: BrowserContext) -> Page:
        """A page that is never closed, so that the renderer process of the origin lives on."""
        if context not in self._anchors:
            await context.set_offline(False)
            self._anchors[context] = await context.new_page()
            await self._anchors[context].goto("/healthz")
        return self._anchors[context]
