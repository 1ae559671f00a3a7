"""Events of pushes to browsers."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.limiter import RateLimit
from konektor.notices import subscriptions
from konektor.payloads import Payload
from konektor.shapes import Done

Endpoint = Annotated[str, Meta(max_length=1024, examples=["https://updates.push.example/wpush/v2/gAAAAAB"])]
PublicKey = Annotated[
    str,
    Meta(
        max_length=88,
        examples=["BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"],
    ),
]
Secret = Annotated[str, Meta(max_length=24, examples=["BTBZMqHH6r4Tts7J_aSIgg"])]


class PushKeys(Payload, frozen=True):
    """The keys of a browser, in base64url: its public key (65 bytes), and the secret that it shares (16 bytes)."""

    p256dh: PublicKey
    auth: Secret


class Subscribe(Payload, frozen=True):
    """What `PushManager.subscribe` has returned, without its `expirationTime`; or `{off: true}`."""

    endpoint: Endpoint | UnsetType = UNSET
    keys: PushKeys | UnsetType = UNSET
    off: bool = False


@event("push:subscribe", codes=("QUOTA_EXCEEDED",), limit=RateLimit(10, 60.0))
async def subscribe(core: Core, caller: Caller, payload: Subscribe) -> Done:
    """Has you pushed to this browser while this login lasts, at most to ten: with the `pushKey` of `session:hello`.

    A push has JSON: `kind` (message, mention, reply, request, matched), `unread` and, except for requests and matches,
    `stream`; with the setting `pushText` also `username` and the beginning of the `text`. There is one for a
    conversation until it is read, none while you are online, and none in your quiet hours (`quietFrom`, `quietUntil`)
    until they end.
    """
    if payload.off:
        if payload.endpoint is not UNSET or payload.keys is not UNSET:
            raise Refused("BAD_REQUEST", "Send a subscription, or off: true.", field="off")
        await subscriptions.unsubscribe(core, caller)
        return Done()
    if payload.endpoint is UNSET or payload.keys is UNSET:
        missing = "endpoint" if payload.endpoint is UNSET else "keys"
        raise Refused("BAD_REQUEST", "A subscription has an endpoint and keys.", field=missing)
    await subscriptions.subscribe(core, caller, payload.endpoint, payload.keys.p256dh, payload.keys.auth)
    return Done()
