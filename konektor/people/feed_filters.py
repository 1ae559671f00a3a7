"""Feed filters: whom discovery may show to a member at all, and whom of them the member wants to see."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Self

from konektor import dates
from konektor.caller import Caller
from konektor.errors import Refused
from konektor.flow.folding import fold
from konektor.people import pairing
from konektor.shapes import Settings
from konektor.store.feeds import Candidate
from konektor.store.pairs import Pair


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that everybody on a page fulfils; texts are folded, and empty for any."""

    age_min: int | None = None
    age_max: int | None = None
    gender: str = ""
    skills: tuple[str, ...] = ()
    """One of them is enough."""
    city: str = ""
    online: bool = False
    same_day: bool = False

    @classmethod
    def of(
        cls,
        *,
        ages: tuple[int | None, int | None],
        gender: str,
        skills: Sequence[str],
        city: str,
        online: bool,
        same_day: bool,
    ) -> Self:
        """The filters as they were sent. BAD_REQUEST when no age is between the two."""
        if ages[0] is not None and ages[1] is not None and ages[0] > ages[1]:
            raise Refused("BAD_REQUEST", "The lowest age is above the highest one.", field="filters.ageMin")
        folded = tuple(sorted({fold(skill) for skill in skills} - {""}))
        return cls(*ages, fold(gender), folded, fold(city), online, same_day)

    @property
    def digest(self) -> str:
        """Equal for equal filters."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]

    @property
    def limits_age(self) -> bool:
        """Whether an age counts."""
        return self.age_min is not None or self.age_max is not None

    def match(self, caller: Caller, doc: Candidate, today: date) -> bool:
        """Whether a member fulfils them all, but for `online`. One who hides their age never fulfils one for ages."""
        find = doc.get("find", {})
        return (
            (not self.same_day or doc["labels"][1] == caller.labels[1])
            and (not self.gender or find.get("gender") == self.gender)
            and (not self.city or find.get("city") == self.city)
            and (not self.skills or not set(self.skills).isdisjoint(find.get("skills", ())))
            and (not self.limits_age or (Settings.of(doc).age and self._fits(doc, today)))
        )

    def _fits(self, doc: Candidate, today: date) -> bool:
        age = dates.stored(doc["dob"]).age(today)
        return (self.age_min is None or age >= self.age_min) and (self.age_max is None or age <= self.age_max)


def can_be_found(doc: Candidate) -> bool:
    """Whether discovery may show the member to anybody: the account is active, and wants to be found.

    Whatever makes an account one of these again calls `feeds.reappear` before.
    """
    return doc["state"] == "active" and Settings.of(doc).discoverable


def is_eligible(caller: Caller, doc: Candidate, pair: Pair | None, now: datetime) -> bool:
    """Whether discovery may show the member to the caller, whatever they filter by."""
    member = doc["_id"]
    if member == caller.member or member in caller.friends or caller.hides(member):
        return False
    return can_be_found(doc) and pairing.is_new_to(pair, caller.member, now)


def is_decided(caller: Caller, doc: Candidate, pair: Pair | None, now: datetime) -> bool:
    """Whether a later feed may pass the member by without a look: what can make them eligible again brings them back.

    A swipe to the left returns by `pairs.returning`, and so does one that is undone; an account by `feeds.reappear`.
    """
    if doc["_id"] == caller.member or not can_be_found(doc):
        return True
    if pair is None or pairing.is_new_to(pair, caller.member, now):
        return False
    return "stream" in pair or "dir" in pairing.side_of(pair, caller.member)
