"""Hidden members: which connections here must not hear of which members, and what they get instead."""

from collections.abc import Callable, Set
from typing import TypeVar

from konektor import hiding
from konektor.backends.live.pubsub import Publication
from konektor.server_events import MessageChanged, ServerEvent
from konektor.store.ids import Id

Hidden = frozenset[Id]
NOBODY = Hidden()

Key = TypeVar("Key")


class HiddenMembers:
    """By connection, the members who are hidden from it; connections from which nobody is are not in it."""

    def __init__(self, framed: Callable[[ServerEvent], bytes]) -> None:
        self.connections: dict[str, Hidden] = {}
        """Empty as long as no connection here has anybody hidden: then nothing else here is called."""
        self.sharing: dict[Hidden, set[str]] = {}
        """The same the other way round: the connections from which exactly these members are hidden."""
        self._framed = framed
        self._from: dict[str, set[str]] = {}

    def set(self, connection: str, hidden: Hidden) -> Hidden:
        """Records who is hidden from a connection; returns those who were not before."""
        before = self.of(connection)
        self.forget(connection)
        if hidden:
            self.connections[connection] = hidden
            self.sharing.setdefault(hidden, set()).add(connection)
            for member in hidden:
                self._from.setdefault(str(member), set()).add(connection)
        return hidden - before

    def forget(self, connection: str) -> None:
        """Removes a connection; an unknown one is ignored."""
        hidden = self.connections.pop(connection, NOBODY)
        if hidden:
            _discard(self.sharing, hidden, connection)
        for member in map(str, hidden):
            _discard(self._from, member, connection)

    def of(self, connection: str) -> Hidden:
        """The members who are hidden from a connection."""
        return self.connections.get(connection, NOBODY)

    def apart(self, stream: str, seq: int, publication: Publication, among: Set[str]) -> dict[str, bytes]:
        """The frames for those of the connections `among` that must not get the publication as it is; empty frames for
        those that get nothing.
        """
        combined = set.intersection if publication.droppable else set.union
        barred = among & combined(*(self._from.get(one, set()) for one in publication.of or (publication.author,)))
        place = self._framed(MessageChanged(stream=stream, hidden=seq)) if seq and barred else b""
        frames = dict.fromkeys(barred, place)
        if publication.listing and not self.connections.keys().isdisjoint(among):
            event = hiding.listed(publication.listing)
            left_out: dict[str, set[str]] = {}
            for member in hiding.members(event):
                for connection in self._from.get(member, ()):
                    if connection in among and connection not in barred:
                        left_out.setdefault(connection, set()).add(member)
            for connection, members in left_out.items():
                frames[connection] = self._framed(hiding.without(event, members))
        return frames


def _discard(table: dict[Key, set[str]], key: Key, connection: str) -> None:
    """Removes a connection from a set of the table, and the set when it is empty."""
    table[key].discard(connection)
    if not table[key]:
        del table[key]
