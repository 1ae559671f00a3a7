"""Message search: where a member may look, and what the index of the words of messages has there."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bson import ObjectId

from konektor.ports import Database

MOST_SCANS = 200
"""Scans that the database merges in the order of their index; of more (internalQueryMaxScansToExplode) it would sort
everything that they find.
"""
MOST_OF_ONE = 30
"""Places that are read of each part of the streams beyond its share, as some have more than others."""


class Place(NamedTuple):
    """The place of a message among those of all streams, in the order they were sent."""

    at: datetime
    id: ObjectId


async def conversations_of(db: Database, member: ObjectId, limit: int) -> dict[str, int]:
    """The conversations that the member takes part in, those in which something was said last first; of each the seq
    after which the member sees what is said.
    """
    direct, groups = await asyncio.gather(
        _conversations(db, {"users": member, "kind": "d"}, {"at": 1}, limit),
        _conversations(db, {"users": member, "kind": "g"}, {"at": 1, f"since.{member}": 1}, limit),
    )
    newest = sorted([*direct, *groups], key=lambda item: (item["at"], item["_id"]), reverse=True)[:limit]
    return {item["_id"]: item.get("since", {}).get(str(member), 0) for item in newest}


async def _conversations(
    db: Database, query: dict[str, Any], shown: dict[str, Any], limit: int
) -> list[dict[str, Any]]:
    """The conversations, the last ones first: with `at` alone they are read from the index."""
    found = db["conversations"].find(query, shown).sort([("at", -1), ("_id", -1)]).limit(limit)
    items: list[dict[str, Any]] = await found.batch_size(limit).to_list(limit)
    return items


class Scope(NamedTuple):
    """Streams to look in, and the time after which."""

    streams: Sequence[str]
    since: datetime | None


async def newest(
    db: Database, scopes: Sequence[Scope], keys: Sequence[str], before: Place | None, limit: int
) -> tuple[list[Place], bool]:
    """The newest messages of the scopes that have one of the keys, the newest first, from the one behind `before` on;
    and whether there are no more. Read from the index alone, about `limit` of them.
    """
    size = max(1, MOST_SCANS // len(keys))
    parts = [
        Scope(scope.streams[begin : begin + size], scope.since)
        for scope in scopes
        for begin in range(0, len(scope.streams), size)
    ]
    most = limit // max(1, len(parts)) + MOST_OF_ONE
    found = await asyncio.gather(*(_part(db, part, keys, before, most) for part in parts))
    # Behind the last one of a part that has more, others of that part may come first.
    ends = [places[-1] for places, ended in found if not ended]
    every = [place for places, _ in found for place in places if not ends or place >= max(ends)]
    return sorted(every, reverse=True), not ends


async def _part(
    db: Database, part: Scope, keys: Sequence[str], before: Place | None, most: int
) -> tuple[list[Place], bool]:
    """The same of streams that are merged in one query; some places, unless there are no more."""
    after = {"$gt": part.since} if part.since else {}
    if before is None:
        places = await _newest(db, part.streams, keys, {"at": after} if after else {}, most)
        return places, len(places) < most
    # The places of the same moment are read again, and those that were read before left out: with a condition on both
    # `at` and `_id` the database would read every message.
    places = await _newest(db, part.streams, keys, {"at": after | {"$lte": before.at}}, most)
    kept = [place for place in places if place < before]
    if kept or len(places) < most:
        return kept, len(places) < most
    same, rest = await asyncio.gather(
        _newest(db, part.streams, keys, {"at": before.at, "_id": {"$lt": before.id}}, most),
        _newest(db, part.streams, keys, {"at": after | {"$lt": before.at}}, most),
    )
    return [*same, *rest][:most], len(same) + len(rest) < most


async def _newest(
    db: Database, streams: Sequence[str], keys: Sequence[str], reach: dict[str, Any], limit: int
) -> list[Place]:
    query = {"stream": {"$in": list(streams)}, "words": {"$in": list(keys)}, **reach}
    # All of one moment are in order by their ids; told to sort by `at` too, the database would sort.
    order = [("_id", -1)] if "_id" in reach else [("at", -1), ("_id", -1)]
    found = db.majority_read("messages").find(query, {"at": 1}).sort(order).limit(limit)
    # In one batch: the first one would otherwise have 101.
    return [Place(item["at"], item["_id"]) for item in await found.batch_size(limit).to_list(limit)]


async def with_keys(db: Database, ids: Sequence[ObjectId], choices: Sequence[Sequence[str]]) -> dict[ObjectId, Any]:
    """Those of the messages that have a key of each of the choices: what decides whether they are
    found, `stream`, `seq`, `from` and `body`."""
    if not ids:
        return {}
    query: dict[str, Any] = {"_id": {"$in": list(ids)}}
    if choices:
        query["$and"] = [{"words": {"$in": list(keys)}} for keys in choices]
    shown = {"stream": 1, "seq": 1, "from": 1, "body": 1}
    found = await db.majority_read("messages").find(query, shown).batch_size(len(ids)).to_list(len(ids))
    return {doc["_id"]: doc for doc in found}
