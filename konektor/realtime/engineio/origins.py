"""Web origins (RFC 6454): scheme, host and port, compared without regard to case and default ports."""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from konektor.realtime.engineio.addresses import within
from konektor.realtime.options import Network

DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=256)
def normalized_origin(origin: str) -> str:
    """The origin in lower case and without the default port of its scheme; empty if it is not an http(s) origin."""
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    scheme = parts.scheme
    if not host or scheme not in DEFAULT_PORTS or "@" in origin:
        return ""
    if origin.lower() != f"{scheme}://{parts.netloc.lower()}":  # it has a path, query or fragment
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" if port in (None, DEFAULT_PORTS[scheme]) else f"{scheme}://{host}:{port}"


def request_origin(request: web.Request, trusted: Sequence[Network]) -> str:
    """The origin that the request was sent to: its Host, with the scheme of the client's connection.

    A trusted proxy that terminates TLS reports that scheme in X-Forwarded-Proto, whose last entry is its own. The Host
    header is written by the client, so this identifies a page of ours only where any host name is acceptable.
    """
    scheme = request.scheme
    if within(request.remote or "", trusted):
        forwarded = ",".join(request.headers.getall(hdrs.X_FORWARDED_PROTO, [])).split(",")[-1].strip().lower()
        scheme = forwarded if forwarded in DEFAULT_PORTS else scheme
    return normalized_origin(f"{scheme}://{request.host}")
