"""The caller: the member that an event or request comes from, as the rules see them."""

from dataclasses import dataclass

from konektor.shapes import Author
from konektor.store.ids import Id

STAFF = frozenset({"mod", "advertiser", "admin"})
MODERATORS = frozenset({"mod", "admin"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Taken from the login session, never from anything the client sent."""

    member: Id
    session: Id
    role: str
    labels: tuple[str, ...]
    author: Author
    connection: str = ""

    @property
    def moderator(self) -> bool:
        """Whether the caller may enter every room and delete every message."""
        return self.role in MODERATORS
