"""Encoding pushes with pywebpush: its import takes a fifth of a second, which only servers wait for that push."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import py_vapid
import pywebpush
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from konektor.flow.base64url import encoded
from konektor.ports import PushTarget


def encrypt(target: PushTarget, content: bytes) -> bytes:
    """The content for that browser alone (RFC 8291, aes128gcm)."""
    keys = {"p256dh": encoded(target.p256dh), "auth": encoded(target.auth)}
    pusher = pywebpush.WebPusher({"endpoint": target.endpoint, "keys": keys})
    return bytes(pusher.encode(content)["body"])


def authorization(key: EllipticCurvePrivateKey, endpoint: str, contact: str, expires: int) -> Mapping[str, str]:
    """The headers that tell a push service who sends (VAPID, RFC 8292), until that Unix time."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": contact, "exp": expires}
    # Not strict: it refuses a contact that is an address with a port.
    headers: Mapping[str, str] = py_vapid.Vapid02(key, {"no-strict": True}).sign(claims)
    return headers
