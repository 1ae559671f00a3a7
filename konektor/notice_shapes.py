"""The notices that clients receive."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from konektor.shapes import At, HexId, Shape, StreamName, Username
from konektor.store.notices import AccountChange, NoticeKind


class NoticeParams(Shape, frozen=True):
    """What a notice is about; what does not apply is left out. `userId` is who caused it.

    `request`: `id` of the request. `matched`: `stream` of the conversation. `mention` and `reply`: where the message
    is; its text is not here, since it is gone with the message. `account`: `event`, and `device` of a login.
    """

    id: HexId | UnsetType = UNSET
    user_id: HexId | UnsetType = UNSET
    username: Username | UnsetType = UNSET
    stream: StreamName | UnsetType = UNSET
    seq: Annotated[int, Meta(examples=[42])] | UnsetType = UNSET
    message_id: HexId | UnsetType = UNSET
    event: AccountChange | UnsetType = UNSET
    device: Annotated[str, Meta(examples=["Firefox 145 on Linux"])] | UnsetType = UNSET


class Notice(Shape, frozen=True, omit_defaults=False):
    """Something that a member wants to know of."""

    id: HexId
    kind: NoticeKind
    params: NoticeParams
    created_at: At
    read: bool
