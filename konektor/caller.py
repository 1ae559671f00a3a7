"""The caller: the member that an event or request comes from, as the rules see them."""

from dataclasses import dataclass

from konektor import dates
from konektor.shapes import Author, Settings
from konektor.store.accounts import Account, Role
from konektor.store.ids import Id

STAFF = frozenset[Role]({"mod", "advertiser", "admin"})
MODERATORS = frozenset[Role]({"mod", "admin"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The member who sent the event or request. Read from the login session, never from anything the client sent.

    An open connection gets a new Caller when something in it changes: see Live.refresh_caller.
    """

    member: Id
    session: Id
    role: Role
    labels: tuple[str, ...]
    """The member's own three rooms: date, day, year."""
    author: Author
    connection: str = ""
    visible: bool = True
    """Whether others see that the member is online."""
    shows_typing: bool = True

    @classmethod
    def of(cls, account: Account, session: Id, connection: str = "") -> "Caller":
        """The Caller of an account in a session; `connection` is empty for an HTTP request."""
        labels, settings = tuple(account["labels"]), Settings.of(account)
        author = Author.of(account)
        return Caller(
            account["_id"], session, account["role"], labels, author, connection, settings.online, settings.typing
        )

    @property
    def born(self) -> dates.BirthDate:
        """The birth date, which is the label of the first room."""
        return dates.stored(self.labels[0])

    @property
    def rooms(self) -> tuple[str, ...]:
        """The labels of all rooms that the birth date opens: the member's own three, and the week."""
        return (*self.labels, self.born.week)

    @property
    def moderator(self) -> bool:
        """Whether the caller may enter every room and delete every message."""
        return self.role in MODERATORS
