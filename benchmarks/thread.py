"""A direct conversation of many messages: opening it, and reading all of it back page by page."""

import secrets
import tempfile
from statistics import median
from typing import Any

import uvloop
from bson import ObjectId

import run as program
from benchmarks.asking import Asked
from benchmarks.processes import mongod
from benchmarks.report import Result, figure, table
from benchmarks.rounds import Effort
from konektor.caller import Caller
from konektor.config import settings
from konektor.core import Core
from konektor.members.invitations import issue
from konektor.members.joining import Signup, sign_up
from konektor.people import pair_changes, pairing
from konektor.people.pairing import Step
from konektor.store import conversations
from konektor.store.ids import Id, new_id
from konektor.store.ties import get as ties_of

MESSAGES, PAGE = 10_000, 50
MOST_MS = 150.0
"""For opening the conversation."""
TENTH = MESSAGES // PAGE // 10
"""Pages in a tenth of the conversation."""


async def _member(core: Core, name: str) -> Id:
    code = (await issue(core, "", cap=1, tokens=1))["_id"]
    password = secrets.token_urlsafe(24)
    return await sign_up(core, Signup(f"{name}@load.example", password, password, "1990-05-17", code, name), "bench")


async def _befriend(core: Core, one: Id, two: Id) -> str:
    pair: Any = None
    for member, other in ((one, two), (two, one)):
        step = Step(member, new_id(), core.now())
        _, pair = await pair_changes.change(
            core, member, other, lambda known, step=step: pairing.swipe(known, step, "right")
        )
    return str(pair["stream"])


async def _fill(core: Core, stream: str, members: list[Id]) -> None:
    """Stores the messages as `message:send` does, without sending them one by one."""
    docs = [
        {
            "_id": ObjectId(), "stream": stream, "seq": number, "from": members[number % 2], "cost": 0, "after": 0,
            "body": f"Message {number}, " + "and what else was said that day. " * 4,
            "digest": b"", "rev": 0, "at": core.now(),
        }
        for number in range(1, MESSAGES + 1)
    ]  # fmt: skip
    await core.db["messages"].insert_many(docs)
    await conversations.touch(core.db, {stream: MESSAGES}, {stream: members})


async def _measure(effort: Effort) -> dict[str, list[float]]:
    """Milliseconds of what a client asks to open it, and of the pages back to its beginning."""
    found: dict[str, list[float]] = {name: [] for name in ("dm:list", "message:list", "first tenth", "last tenth")}
    with tempfile.TemporaryDirectory(prefix="konektor-bench-") as scratch, mongod(replicated=True) as uri:
        environ = {
            "MONGODB_URI": uri.replace("/?", "/konektor?"),
            "KONEKTOR_SECRET": secrets.token_hex(32),
            "KONEKTOR_DATA_DIR": scratch,
        }
        async with program.opened(settings.read(environ), serving=True, rounds=4) as runtime:
            core = runtime.core
            members = [await _member(core, name) for name in ("ada-load", "bob-load")]
            stream = await _befriend(core, *members)
            await _fill(core, stream, members)
            account = await core.db["accounts"].find_one({"_id": members[0]})
            caller, server = Caller.of(account, new_id(), ties=await ties_of(core.db, members[0])), Asked(core)
            for turn in range(effort.rounds + 1):
                times = await _read(server, caller, stream)
                for name, each in times.items() if turn else ():  # the first time nothing is in memory yet
                    found[name] += each
    return found


async def _read(server: Asked, caller: Caller, stream: str) -> dict[str, list[float]]:
    """One time from the list of conversations to the first message."""
    listed, _ = await server.ask(caller, "dm:list", {})
    opened, page = await server.ask(caller, "message:list", {"stream": stream})
    pages = []
    while page["more"]:
        took, page = await server.ask(
            caller, "message:list", {"stream": stream, "beforeSeq": page["messages"][0]["seq"]}
        )
        pages.append(took)
    return {
        "dm:list": [listed],
        "message:list": [opened],
        "first tenth": pages[:TENTH],
        "last tenth": pages[-TENTH:],
    }


def run(effort: Effort) -> Result:
    """Measures a conversation of MESSAGES messages."""
    found = uvloop.run(_measure(effort))
    slowest = max(found["dm:list"]) + max(found["message:list"])
    mark = "✓" if slowest <= MOST_MS else "✗"
    rows = [
        ["the list of conversations (`dm:list`)", figure(median(found["dm:list"])), figure(max(found["dm:list"]))],
        [
            "the newest 50 messages (`message:list`)",
            figure(median(found["message:list"])),
            figure(max(found["message:list"])),
        ],
        ["both, as a client opens it", "", f"{mark} {figure(slowest)} (≤ {MOST_MS:.0f})"],
        ["a page back, the newest tenth", figure(median(found["first tenth"])), figure(max(found["first tenth"]))],
        ["a page back, the oldest tenth", figure(median(found["last tenth"])), figure(max(found["last tenth"]))],
    ]
    return Result(table([f"a conversation of {MESSAGES:,} messages", "median ms", "slowest ms"], rows), "")
