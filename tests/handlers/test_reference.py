"""The event reference over HTTP: a page for people and a document for machines."""

import re

from aiohttp import ClientSession

from konektor.errors import STATUS
from konektor.server_events import server_events
from run import EVENTS
from tests.conftest import Running


async def test_the_page_shows_every_event_and_every_link_leads_somewhere(server: Running, http: ClientSession) -> None:
    """Each event and code has its place, and no link on the page points to nothing."""
    async with http.get(f"{server.url}/docs/events") as response:
        page = await response.text()
        assert (response.status, response.content_type) == (200, "text/html")
    places = re.findall(r'id="([^"]+)"', page)
    assert len(set(places)) == len(places)
    wanted = {name.replace(":", "-") for _, name in EVENTS} | {
        f"server-{name.replace(':', '-')}" for name in server_events()
    }
    assert wanted | {f"code-{code}" for code in STATUS} <= set(places)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(places)


async def test_the_document_for_machines_is_json(server: Running, http: ClientSession) -> None:
    """AsyncAPI 3 with every event that a client may send."""
    async with http.get(f"{server.url}/asyncapi.json") as response:
        document = await response.json()
        assert (response.status, response.content_type) == (200, "application/json")
    taken = [one for one in document["operations"].values() if one["action"] == "receive"]
    assert (document["asyncapi"], len(taken)) == ("3.0.0", len(EVENTS))
