"""Connected: the Callers of the connections of this instance, and which friends they watch."""

from collections.abc import Mapping, Set

from konektor.caller import Caller
from konektor.store.ids import Id


class Connected:
    """The Callers of open connections. The connection edge keeps it up to date; rules read it."""

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}
        self._watched: dict[Id, set[str]] = {}
        self._known: dict[Id, bool] = {}

    def put(self, connection: str, caller: Caller) -> None:
        """Adds a connection, or replaces its Caller."""
        before = self._callers.get(connection)
        self._callers[connection] = caller
        for friend in caller.friends:
            self._watched.setdefault(friend, set()).add(connection)
        for friend in before.friends - caller.friends if before else ():
            self._unwatch(friend, connection)

    def remove(self, connection: str) -> None:
        """Removes a connection; an unknown one is ignored."""
        caller = self._callers.pop(connection, None)
        for friend in caller.friends if caller else ():
            self._unwatch(friend, connection)

    def member(self, connection: str) -> Id | None:
        """The member of an open connection."""
        caller = self._callers.get(connection)
        return caller.member if caller else None

    def latest(self, caller: Caller) -> Caller:
        """The Caller that the connection has now; of one that is not here, or closed, the same."""
        return self._callers.get(caller.connection, caller)

    def _unwatch(self, friend: Id, connection: str) -> None:
        watching = self._watched[friend]
        watching.discard(connection)
        if not watching:
            del self._watched[friend]
            self._known.pop(friend, None)

    def note(self, friend: Id, *, online: bool) -> bool:
        """Notes whether a watched friend is online; whether that has changed, which it has not the first time."""
        if friend not in self._watched:
            return False
        before, self._known[friend] = self._known.get(friend, online), online
        return before != online

    def unknown(self, friends: Set[Id]) -> list[Id]:
        """Those of the friends of whom it was not noted yet whether they are online."""
        return [friend for friend in friends if friend not in self._known]

    @property
    def watched(self) -> Mapping[Id, Set[str]]:
        """For each friend of somebody who is connected here, the connections of those whose friend it is."""
        return self._watched
