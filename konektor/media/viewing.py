"""Who may see a picture: whoever may see what it belongs to."""

from collections.abc import Awaitable, Callable, Mapping

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.media.pictures import address
from konektor.members import invitations
from konektor.members.codes import find_code
from konektor.store import accounts, media
from konektor.store.ids import parse_id
from konektor.store.media import Kind, MediaDoc

Rules = Mapping[Kind, Callable[[Core, Caller, MediaDoc], Awaitable[bool]]]
"""For kinds of pictures: whether the caller sees the profile or the message that one belongs to."""


def missing() -> Refused:
    """The refusal of every picture that the caller may not see, or that there is not."""
    return Refused("NOT_FOUND", "There’s no such picture.")


async def require_visible(core: Core, caller: Caller, media_id: str, rules: Rules) -> MediaDoc:
    """The picture, if the caller may see it by the rule of its kind. NOT_FOUND. What is not used yet, only its owner
    sees.
    """
    found = await _kept(core, media_id)
    own = found["owner"] == caller.member
    if not (own if found["state"] == "unused" else await _shown(core, caller, found, rules)):
        raise missing()
    return found


async def require_invited(core: Core, media_id: str, code: str) -> MediaDoc:
    """The face of the member whose invitation has that code, while it can be used to join. NOT_FOUND."""
    try:
        invitation = await invitations.usable(core, find_code(code))
    except Refused:
        raise missing() from None
    found = await _kept(core, media_id)
    inviter = await accounts.get(core.db, found["owner"]) if invitation["by"] == found["owner"] else None
    if inviter is None or inviter["state"] != "active" or inviter.get("avatar") != address(found["_id"]):
        raise missing()
    return found


async def _kept(core: Core, media_id: str) -> MediaDoc:
    known = parse_id(media_id)
    found = await media.get(core.db, known) if known else None
    if found is None or found["state"] not in ("unused", "used"):
        raise missing()
    return found


async def _shown(core: Core, caller: Caller, found: MediaDoc, rules: Rules) -> bool:
    """Whether the caller sees a picture that is used."""
    return found["kind"] == "ad" or await rules[found["kind"]](core, caller, found)
