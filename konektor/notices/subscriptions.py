"""Subscriptions: the browsers that take pushes for a member, each as long as its login lasts."""

from cryptography.hazmat.primitives.asymmetric import ec

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.base64url import decoded
from konektor.store import subscriptions
from konektor.store.subscriptions import Subscription

MOST = 10
"""Browsers of one member."""
AUTH_BYTES = 16


async def subscribe(core: Core, caller: Caller, endpoint: str, p256dh: str, auth: str) -> None:
    """Has the caller pushed to a browser while this login lasts, in place of the last browser of the login.

    BAD_REQUEST for what no browser hands out, QUOTA_EXCEEDED for one browser too many.
    """
    subscription: Subscription = {
        "_id": caller.session,
        "member": caller.member,
        "endpoint": endpoint,
        "p256dh": _point(p256dh),
        "auth": _secret(auth),
        "at": core.now(),
    }
    await core.push.check(endpoint)
    async with core.locks(("subscriptions", caller.member)):
        known = await subscriptions.of_member(core.db, caller.member, MOST + 1)
        others = [item for item in known if item["_id"] != caller.session and item["endpoint"] != endpoint]
        if len(others) >= MOST:
            raise Refused(
                "QUOTA_EXCEEDED",
                f"You are notified on {MOST} devices; switch notifications off on another one, or log out there.",
                limit=MOST,
                remaining=0,
            )
        if not await subscriptions.save(core.db, subscription):
            raise Refused("UNAVAILABLE", "This browser was subscribed at the same moment; try again.", retryAfter=1)


def _point(text: str) -> bytes:
    """The public key of a browser: a point of the curve P-256, uncompressed."""
    try:
        point = decoded(text)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        point = b""
    if point[:1] != b"\x04":
        raise Refused("BAD_REQUEST", "This is not the public key of a browser.", field="keys.p256dh")
    return point


def _secret(text: str) -> bytes:
    try:
        secret = decoded(text)
    except ValueError:
        secret = b""
    if len(secret) != AUTH_BYTES:
        raise Refused("BAD_REQUEST", f"This secret of a browser has not {AUTH_BYTES} bytes.", field="keys.auth")
    return secret


async def unsubscribe(core: Core, caller: Caller) -> None:
    """Ends the pushes of this login; repeating it changes nothing."""
    await subscriptions.remove(core.db, caller.session)
