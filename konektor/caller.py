"""The caller: the member that an event or request comes from, as the rules see them."""

from dataclasses import dataclass

from konektor import dates
from konektor.shapes import Author, Settings
from konektor.store.accounts import Account, PlanId, Role
from konektor.store.ids import Id
from konektor.store.ties import Ties

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
    plan: PlanId = "free"
    zone: str = "UTC"
    """The IANA time zone that the member's days end in."""
    friends: frozenset[Id] = frozenset()
    hidden: frozenset[Id] = frozenset()
    """Everybody whom the member blocks, or who blocks the member."""

    @classmethod
    def of(cls, account: Account, session: Id, connection: str = "", ties: Ties | None = None) -> "Caller":
        """The Caller of an account in a session; `connection` is empty for an HTTP request."""
        settings = Settings.of(account)
        return Caller(
            member=account["_id"],
            session=session,
            role=account["role"],
            labels=tuple(account["labels"]),
            author=Author.of(account),
            connection=connection,
            visible=settings.online and not account.get("invisible", False),
            shows_typing=settings.typing,
            plan=account.get("plan", "free"),
            zone=account.get("zone", "UTC"),
            friends=ties.friends if ties else frozenset(),
            hidden=ties.hidden if ties else frozenset(),
        )

    def hides(self, member: Id | str) -> bool:
        """Whether nothing of that member may be shown to the caller, because one of the two blocks the other."""
        return bool(self.hidden) and Id(member) in self.hidden

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
