"""Ties: whom a member is friends with, and who is hidden from them."""

from collections.abc import Collection
from dataclasses import dataclass

from bson import ObjectId

from konektor.ports import Database
from konektor.store.pairs import members as both


@dataclass(frozen=True, slots=True)
class Ties:
    """Whom a member is friends with, and who is hidden from them because one of the two blocks the other."""

    friends: frozenset[ObjectId]
    hidden: frozenset[ObjectId]


async def get(db: Database, member: ObjectId) -> Ties:
    """The member's friends, and everybody whom they block or who blocks them."""
    return (await get_all(db, [member]))[member]


async def hidden_from(db: Database, members: Collection[ObjectId]) -> dict[ObjectId, frozenset[ObjectId]]:
    """For each of the members, who is hidden from them."""
    hidden: dict[ObjectId, set[ObjectId]] = {member: set() for member in members}
    async for pair in db["pairs"].find({"blocked": {"$in": list(members)}}, {"_id": 1}):
        one, two = both(pair)
        for member, peer in ((one, two), (two, one)):
            if member in hidden:
                hidden[member].add(peer)
    return {member: frozenset(peers) for member, peers in hidden.items()}


async def get_all(db: Database, members: Collection[ObjectId]) -> dict[ObjectId, Ties]:
    """The same for each of the members."""
    friends: dict[ObjectId, set[ObjectId]] = {member: set() for member in members}
    hidden: dict[ObjectId, set[ObjectId]] = {member: set() for member in members}
    if friends:
        several = {"$in": list(friends)}
        query = {"$or": [{"friends": several}, {"blocked": several}]}
        async for pair in db["pairs"].find(query, {"blocked": 1}):
            tied = hidden if "blocked" in pair else friends
            one, two = both(pair)
            for member, peer in ((one, two), (two, one)):
                if member in tied:
                    tied[member].add(peer)
    return {member: Ties(frozenset(friends[member]), frozenset(hidden[member])) for member in friends}
