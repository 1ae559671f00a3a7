"""Validation of Engine.IO HTTP requests, their error responses and the websocket handshake."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import hdrs, web

from konektor.realtime.engineio.addresses import real_address, within
from konektor.realtime.engineio.frames import text_frame
from konektor.realtime.engineio.origins import normalized_origin
from konektor.realtime.options import Network, Options

UNKNOWN_TRANSPORT = (0, "Transport unknown")
UNKNOWN_SESSION = (1, "Session ID unknown")
BAD_METHOD = (2, "Bad handshake method")
BAD_REQUEST = (3, "Bad request")
FORBIDDEN = (4, "Forbidden")
BAD_VERSION = (5, "Unsupported protocol version")

ROUTE = re.compile(r"[0-9a-f]{32}")
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class RefusedRequest(Exception):  # noqa: N818 - becomes a response
    """The request violates the protocol; `error` is Engine.IO's error code and message."""

    def __init__(self, error: tuple[int, str], status: int = 400) -> None:
        super().__init__(error[1])
        self.error = error
        self.status = status

    def response(self) -> web.Response:
        """The error response, with the body that the Node.js server sends."""
        code, message = self.error
        body = json.dumps({"code": code, "message": message}, separators=(",", ":"))
        return web.Response(status=self.status, text=body, content_type="application/json")


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """A valid request: `sid` is None for a new session, `key` is Sec-WebSocket-Key when it asks for a websocket."""

    sid: str | None
    method: str
    key: str | None


def parse(request: web.Request, sessions: Container[str]) -> EngineRequest:
    """Validates `request` against the known `sessions`. Raises RefusedRequest."""
    query = request.query
    transport, sid = query.get("transport"), query.get("sid")
    if transport not in ("polling", "websocket") or len(query.getall("transport")) > 1:
        raise RefusedRequest(UNKNOWN_TRANSPORT)
    if sid is not None and sid not in sessions:
        raise RefusedRequest(UNKNOWN_SESSION)
    if sid is None and request.method != hdrs.METH_GET:
        raise RefusedRequest(BAD_METHOD)
    if request.method not in (hdrs.METH_GET, hdrs.METH_POST) or "j" in query:
        raise RefusedRequest(BAD_REQUEST)
    if sid is None and query.getall("EIO", []) != ["4"]:
        raise RefusedRequest(BAD_VERSION)
    key = websocket_key(request) if transport == "websocket" else None
    return EngineRequest(sid, request.method, key)


def websocket_key(request: web.Request) -> str:
    """The key of a well-formed websocket upgrade (RFC 6455, section 4.2.1). Raises RefusedRequest."""
    headers = request.headers
    key = headers.get(hdrs.SEC_WEBSOCKET_KEY, "")
    connection = [token.strip().lower() for token in ",".join(headers.getall(hdrs.CONNECTION, [])).split(",")]
    try:
        size = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if (
        request.method != hdrs.METH_GET
        or headers.get(hdrs.UPGRADE, "").strip().lower() != "websocket"
        or "upgrade" not in connection
        or headers.get(hdrs.SEC_WEBSOCKET_VERSION) != "13"
        or size != 16
    ):
        raise RefusedRequest(BAD_REQUEST)
    return key


def switching_protocols(key: str, offered: str = "") -> bytes:
    """The 101 response that opens a websocket; it selects the first of the subprotocols offered."""
    protocol = offered.partition(",")[0].strip()
    accept = base64.b64encode(hashlib.sha1(key.encode() + WEBSOCKET_GUID).digest())  # noqa: S324 - RFC 6455 says so
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + accept
        + (f"\r\nSec-WebSocket-Protocol: {protocol}".encode() if TOKEN.fullmatch(protocol) else b"")
        + b"\r\n\r\n"
    )


def open_frame(sid: str, upgrades: list[str], options: Options) -> bytes:
    """The first packet of a session, which announces its id and the limits."""
    announced = {
        "sid": sid,
        "upgrades": upgrades,
        "pingInterval": round(options.ping_interval * 1000),
        "pingTimeout": round(options.ping_timeout * 1000),
        "maxPayload": options.max_frame,
    }
    return text_frame(b"0" + msgspec.json.encode(announced))


def cors_headers(request: web.Request, origins: tuple[str, ...]) -> Mapping[str, str]:
    """The CORS headers that let the request's origin read the response; empty if it is not among `origins`."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return {}
    allowed = normalized_origin(origin) in map(normalized_origin, origins)
    if not (allowed or "*" in origins):
        return {}
    headers: dict[str, str] = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin, hdrs.VARY: hdrs.ORIGIN}
    if allowed:
        headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
    if request.method == hdrs.METH_OPTIONS:
        headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "GET, POST, OPTIONS"
        headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = request.headers.get(
            hdrs.ACCESS_CONTROL_REQUEST_HEADERS, "Content-Type"
        )
    return headers


def client_address(request: web.Request, trusted: tuple[Network, ...]) -> str:
    """The client's address: the peer's, or the one reported by trusted proxies."""
    return real_address(request.remote or "", request.headers.getall(hdrs.X_FORWARDED_FOR, []), trusted)


def route(request: web.Request, header: str | None, trusted: tuple[Network, ...]) -> str:
    """The prefix of a new session id by which a trusted proxy routes it: its 32 hex digits and a dash, or nothing."""
    digits = request.headers.getall(header, []) if header else []
    well_formed = len(digits) == 1 and ROUTE.fullmatch(digits[0]) is not None
    return f"{digits[0]}-" if well_formed and within(request.remote or "", trusted) else ""


def environ(request: web.Request, remote: str) -> dict[str, Any]:
    """The WSGI environment of a handshake as passed to connect handlers, with the request as `aiohttp.request`."""
    described: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query_string,
        "RAW_URI": request.path_qs,
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": f"HTTP/{request.version[0]}.{request.version[1]}",
        "SERVER_SOFTWARE": "aiohttp",
        "REMOTE_ADDR": remote,
        "wsgi.url_scheme": request.scheme,
        "aiohttp.request": request,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        described[key] = f"{described[key]},{value}" if key in described else value
    return described
