"""Web Push: sending to the push services of browsers."""

import asyncio
import importlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, TCPConnector, ThreadedResolver
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from konektor.backends import public_addresses
from konektor.backends.public_addresses import PrivateAddressError, PublicResolver
from konektor.backends.push_key import public_key, push_key
from konektor.config.settings import Config
from konektor.errors import Refused
from konektor.ports import Database, PushResult, PushTarget

TIMEOUT = ClientTimeout(total=10)
AUTHORIZED = timedelta(hours=12)
"""How long a push service is told that it may take what is signed; it may be 24 h at most."""
TAKEN, GONE = (200, 201, 202, 204), (404, 410)
NOT_NOW = 429
MOST_CONNECTIONS = 32

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.[a-z][a-z0-9-]*[a-z0-9]")
"""The name of a host on the Internet, which no IP address is."""
_NOT_IN_URL = re.compile(r'[\s"<>\\#]')
_HERE = ("localhost", "127.0.0.1")


class WebPush:
    """ports.Push. In development a push service may also be on this machine, without TLS."""

    def __init__(self, config: Config, db: Database, now: Callable[[], datetime]) -> None:
        self._config, self._db, self._now = config, db, now
        self._lock = asyncio.Lock()
        self._key: EllipticCurvePrivateKey | None = None
        self._session: ClientSession | None = None
        parts = urlsplit(config.public_url)
        self._contact = config.public_url if config.secure else f"mailto:webmaster@{parts.hostname}"

    async def key(self) -> str:
        """See ports.Push."""
        return public_key(await self._private())

    async def _private(self) -> EllipticCurvePrivateKey:
        if self._key is None:
            async with self._lock:
                self._key = self._key or await push_key(self._db, self._config.key("push"))
        return self._key

    async def check(self, endpoint: str) -> None:
        """See ports.Push. UNAVAILABLE when the host is not found."""
        host = self._host(endpoint)
        if host is None:
            raise Refused("BAD_REQUEST", "This is not the address of a push service.", field="endpoint")
        if self._config.production:
            try:
                await public_addresses.addresses(host, 443)
            except PrivateAddressError:
                raise Refused("BAD_REQUEST", "This is not the address of a push service.", field="endpoint") from None
            except OSError:
                raise Refused("UNAVAILABLE", "The push service was not found; try again.", retryAfter=5) from None

    def _host(self, endpoint: str) -> str | None:
        """The host of an endpoint; None for one that no push service has."""
        try:
            parts = urlsplit(endpoint)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return None
        if "@" in parts.netloc or not endpoint.isascii() or not endpoint.isprintable() or _NOT_IN_URL.search(endpoint):
            return None
        if parts.scheme == "https" and port in (None, 443) and _NAME.fullmatch(host):
            return host
        here = parts.scheme == "http" and host in _HERE and not self._config.production
        return host if here else None

    async def send(self, target: PushTarget, content: bytes, *, ttl: int, topic: str) -> PushResult:
        """See ports.Push."""
        if self._host(target.endpoint) is None:
            return PushResult("refused")
        key, expires = await self._private(), int((self._now() + AUTHORIZED).timestamp())
        headers, body = await asyncio.to_thread(_encode, key, target, content, self._contact, expires)
        headers |= {"TTL": str(ttl), "Topic": topic, "Urgency": "normal"}
        try:
            async with self._http().post(
                target.endpoint, data=body, headers=headers, allow_redirects=False
            ) as response:
                return self._result(response.status, response.headers.get("Retry-After", ""))
        except ClientConnectorError as error:
            return PushResult("refused" if isinstance(error.os_error, PrivateAddressError) else "later")
        except (ClientError, OSError, TimeoutError):
            return PushResult("later")

    def _http(self) -> ClientSession:
        """The client, made with the first push, without cookies and proxies."""
        if self._session is None:
            resolver = PublicResolver() if self._config.production else ThreadedResolver()
            connector = TCPConnector(resolver=resolver, use_dns_cache=False, limit=MOST_CONNECTIONS)
            self._session = ClientSession(connector=connector, timeout=TIMEOUT, trust_env=False)
        return self._session

    def _result(self, status: int, retry_after: str) -> PushResult:
        if status in TAKEN:
            return PushResult("sent")
        if status in GONE:
            return PushResult("gone")
        if status == NOT_NOW or status >= 500:
            return PushResult("later", _seconds(retry_after, self._now()))
        return PushResult("refused")

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


def _encode(
    key: EllipticCurvePrivateKey, target: PushTarget, content: bytes, contact: str, expires: int
) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a push, in a thread."""
    encoding: Any = importlib.import_module("konektor.backends.push_encoding")
    headers = dict(encoding.authorization(key, target.endpoint, contact, expires))
    headers |= {"Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream"}
    return headers, encoding.encrypt(target, content)


def _seconds(text: str, now: datetime) -> float | None:
    """What a Retry-After asks for: seconds, or a time."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


@asynccontextmanager
async def web_push(config: Config, db: Database, now: Callable[[], datetime]) -> AsyncIterator[WebPush]:
    """Web Push; closes its connections."""
    push = WebPush(config, db, now)
    try:
        yield push
    finally:
        await push.close()
