"""The cookie: a browser's login session and its CSRF token."""

import secrets

import aiohttp_session
from aiohttp import web
from aiohttp_session.cookie_storage import EncryptedCookieStorage

from handlers.context import own_origin
from konektor.config.settings import Config
from konektor.errors import Refused
from konektor.store.ids import Id

NAME = "konektor"
LIFE = 30 * 86_400
"""Seconds."""


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
    storage = CookieStorage(
        config.key("cookie"), cookie_name=NAME, max_age=LIFE, httponly=True, samesite="Lax", secure=config.secure
    )
    aiohttp_session.setup(app, storage)


async def csrf(request: web.Request) -> str:
    """The CSRF token of this browser's forms; created on the first page with a form."""
    session = await aiohttp_session.get_session(request)
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


async def check_csrf(request: web.Request, token: str, *, json: bool) -> None:
    """FORBIDDEN for a POST that another site made this browser send.

    A browser with the cookie must send the token; without the cookie its Origin is checked. JSON without a login needs
    no token, since another site cannot send JSON without a preflight request.
    """
    session = await aiohttp_session.get_session(request)
    expected = str(session.get("csrf", ""))
    if expected and (not json or "login" in session):
        if not secrets.compare_digest(token.encode(errors="replace"), expected.encode()):
            raise Refused("FORBIDDEN", "This form was open for too long; please send it again.", field="form")
    elif not own_origin(request):
        raise Refused("FORBIDDEN", "This form came from another site; please open it here.", field="form")


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
