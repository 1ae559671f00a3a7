"""Friends in the store: the names that they are found by."""

from typing import NotRequired, TypedDict

from bson import ObjectId

from konektor.ports import Database


class Named(TypedDict):
    """A member's names; `name` is the username in lower case."""

    _id: ObjectId
    username: str
    name: str
    firstName: NotRequired[str]
    lastName: NotRequired[str]


async def names(db: Database, members: list[ObjectId]) -> list[Named]:
    """The names of those members that exist."""
    fields = {"username": 1, "name": 1, "firstName": 1, "lastName": 1}
    return [doc async for doc in db["accounts"].find({"_id": {"$in": members}}, fields)]
