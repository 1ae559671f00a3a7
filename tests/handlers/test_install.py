"""Installing: the web manifest, its icons, the service worker, and the shell that is nobody's."""

import re
import struct

from aiohttp import ClientSession

from tests.conftest import PASSWORD, Running, join
from tests.support.login_helpers import submit


async def test_the_manifest_names_icons_of_the_sizes_that_it_says(server: Running, http: ClientSession) -> None:
    """Also maskable ones, at addresses that change with their content."""
    async with http.get(f"{server.url}/manifest.webmanifest") as response:
        assert response.content_type == "application/manifest+json"
        assert response.headers["Cache-Control"] == "no-cache"
        described = await response.json(content_type=None)
    assert (described["start_url"], described["scope"], described["display"]) == ("/app", "/", "standalone")
    found = set()
    for icon in described["icons"]:
        async with http.get(server.url + icon["src"]) as response:
            assert "immutable" in response.headers["Cache-Control"]
            width, height = struct.unpack(">II", (await response.read())[16:24])
        assert f"{width}x{height}" == icon["sizes"]
        found.add((width, icon["purpose"]))
    assert found == {(192, "any"), (512, "any"), (192, "maskable"), (512, "maskable")}


async def test_the_worker_is_asked_for_each_time_and_says_which_version_it_has(
    server: Running, http: ClientSession
) -> None:
    """It may control every page, since it lies at the root; the policy of the pages lets it and no other be one."""
    async with http.get(f"{server.url}/service_worker.js") as response:
        assert (response.content_type, response.headers["Cache-Control"]) == ("text/javascript", "no-cache")
        assert re.match(r'const VERSION = "[0-9a-f]{10}";\n', await response.text())
    async with http.get(f"{server.url}/login") as response:
        assert "worker-src 'self';" in response.headers["Content-Security-Policy"]


async def test_the_shell_is_the_same_for_everybody(server: Running, http: ClientSession) -> None:
    """Whoever asks for it, it names no member and no token, and all files that the application may load."""
    async with http.get(f"{server.url}/app/shell") as response:
        stranger = await response.text()
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)
    async with http.get(f"{server.url}/app/shell") as response:
        assert await response.text() == stranger
    assert '<meta name="member" content="">' in stranger
    assert '<meta name="csrf" content="">' in stranger
    assert re.search(r'"/static/js/members/settings\.js\?v=[0-9a-f]+"', stranger)
