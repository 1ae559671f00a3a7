"""The cookie: a browser's login session and its CSRF token."""

import hashlib
import secrets

import aiohttp_session
from aiohttp import web
from aiohttp_session.cookie_storage import EncryptedCookieStorage

from handlers.context import from_own_page, own_origin
from konektor.config.settings import Config
from konektor.errors import Refused
from konektor.store.ids import Id

NAME = web.AppKey("cookie_name", str)
LIFE = 30 * 86_400
"""Seconds."""


class StaleForm(Refused):
    """The form's token is not the one of the cookie: another tab has logged in or out since it was opened."""

    def __init__(self, *, from_own_page: bool) -> None:
        super().__init__("FORBIDDEN", "This page expired. Please try again.", field="form")
        self.from_own_page = from_own_page


class CookieStorage(EncryptedCookieStorage):
    """Sessions in an encrypted cookie; a cookie that is not valid text is ignored."""

    async def load_session(self, request: web.Request) -> aiohttp_session.Session:
        """The session of the request, or a new one."""
        try:
            return await super().load_session(request)
        except UnicodeEncodeError:
            return await self.new_session()


def setup(app: web.Application, config: Config) -> None:
    """Makes the application store browser sessions in an encrypted cookie."""
    app[NAME] = name(config)
    storage = CookieStorage(
        config.key("cookie"), cookie_name=app[NAME], max_age=LIFE, httponly=True, samesite="Lax", secure=config.secure
    )
    aiohttp_session.setup(app, storage)


def name(config: Config) -> str:
    """The cookie's name, another one for each public URL: browsers send a cookie to every port of a host name.

    `__Host-` tells browsers to accept it only over TLS and from this very host.
    """
    told_apart = hashlib.sha256(config.public_url.encode()).hexdigest()[:8]
    return f"{'__Host-' if config.secure else ''}konektor-{told_apart}"


async def csrf(request: web.Request) -> str:
    """The CSRF token of this browser's forms; created on the first page with a form."""
    session = await aiohttp_session.get_session(request)
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


async def check_csrf(request: web.Request, token: str, *, json: bool) -> None:
    """FORBIDDEN for a POST that another site made this browser send, StaleForm for one with an outdated token.

    A browser with the cookie must send the token; without the cookie its Origin is checked. JSON without a login needs
    no token, since another site cannot send JSON without a preflight request.
    """
    session = await aiohttp_session.get_session(request)
    expected = str(session.get("csrf", ""))
    needed = expected != "" and (not json or "login" in session)
    if needed and secrets.compare_digest(token.encode(errors="replace"), expected.encode()):
        return
    if not own_origin(request):
        raise Refused("FORBIDDEN", "This form came from another site; please open it here.", field="form")
    if needed:
        raise StaleForm(from_own_page=from_own_page(request))


def check_kept(request: web.Request, token: str) -> None:
    """FORBIDDEN when the form has a token, and the browser did not keep the cookie that came with it."""
    if token and request.app[NAME] not in request.cookies:
        raise Refused(
            "FORBIDDEN",
            "Your browser blocks cookies for this site, and Konektor needs one to keep you logged in. "
            "Allow cookies, then try again.",
            field="form",
        )


async def sign_in(request: web.Request, login: Id) -> None:
    """Stores a login in the browser's cookie, with a new CSRF token."""
    session = await aiohttp_session.new_session(request)
    session["login"] = str(login)
    session["csrf"] = secrets.token_urlsafe(24)


async def sign_out(request: web.Request) -> str:
    """Empties the browser's cookie; returns the login that it named, or an empty string."""
    session = await aiohttp_session.get_session(request)
    login = str(session.get("login", ""))
    session.invalidate()
    return login
