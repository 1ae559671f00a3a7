"""The real server, killed at each step of a private message and of a change of a group."""

import asyncio
import os
import random
import signal
from typing import Any

from konektor.core import Core
from konektor.talk import groups
from tests.conftest import Client, Member, join, until
from tests.support.people_helpers import befriend
from tests.system.test_crash import BALANCE, Start, Talker, check, start, until_dead
from tests.talk.test_groups import friends_of, make

__all__ = ["start"]

STEPS = (
    "konektor.store.openings:open_one:after",
    "konektor.store.conversations:touch:before",
    "konektor.store.conversations:touch:after",
    "konektor.store.conversations:touch_group:after",
    "konektor.store.message_inserts:append_in_order:after",
    "konektor.talk.messages:publish:after",
)


async def test_a_server_killed_at_any_step_of_a_private_message_loses_and_doubles_nothing(
    core: Core, start: Start
) -> None:
    """It dies at each step in turn, and then at random, while two pairs and a group talk."""
    ada = await join(core, balance=BALANCE)
    bob, eve, tom = await friends_of(core, ada, 3)
    pair, other = await befriend(core, ada, bob), await befriend(core, eve, tom)
    group = await make(core, ada, bob, eve, tom)
    talkers = [Talker(ada, pair), Talker(bob, pair), Talker(eve, other), Talker(tom, group.stream)]
    for step in STEPS:
        server = await start(step)
        await check(core, server, talkers)
        os.kill(server.process.pid, signal.SIGUSR1)
        if "open_one" in step:  # which needs a conversation that has not begun
            new = await join(core, balance=BALANCE)
            talkers.append(Talker(new, await befriend(core, new, ada)))
        await until_dead(server, talkers)
    server = await start()
    await check(core, server, talkers)
    await until_dead(server, talkers, acks=random.randint(20, 100))
    await check(core, await start(), talkers)


async def heard_by(url: str, members: list[Member], stream: str, speaker: Member) -> set[str]:
    """Who of the members hears what the speaker says."""
    clients = {member.token: await Client().connect(url, member.token) for member in members}
    sent = await clients[speaker.token].ask("message:send", {"stream": stream, "body": "who hears?"})
    await until(lambda: clients[speaker.token].received("message:new"))
    for member in members:  # what is sent to them later arrives later
        await clients[member.token].ask("session:hello")
    heard = {
        str(member.caller.member)
        for member in members
        if any(data["message"]["id"] == sent["message"]["id"] for data in clients[member.token].received("message:new"))
    }
    await asyncio.gather(*(client.close() for client in clients.values()))
    return heard


async def test_a_server_killed_at_any_change_of_a_group_leaves_nobody_half_in_it(core: Core, start: Start) -> None:
    """Who is listed hears, and nobody else, before and after the request is repeated, which then is done once."""
    ada = await join(core)
    bob, eve, tom = everyone = await friends_of(core, ada, 3)
    op = "g-1"
    steps: list[tuple[str, str, Member, dict[str, Any]]] = [
        ("create:before", "group:create", ada, {"name": "May", "userIds": [str(bob.caller.member)]}),
        ("create:after", "group:create", ada, {"name": "June", "userIds": [str(bob.caller.member)]}),
        ("add:before", "group:add", ada, {"userId": str(eve.caller.member)}),
        ("add:after", "group:add", ada, {"userId": str(tom.caller.member)}),
        ("remove:before", "group:remove", ada, {"userId": str(bob.caller.member)}),
        ("remove:after", "group:leave", tom, {}),
    ]
    wanted = [[ada, bob], [ada, bob], [ada, bob, eve], [ada, bob, eve, tom], [ada, eve, tom], [ada, eve]]
    group = ""
    for number, ((step, event, member, payload), left) in enumerate(zip(steps, wanted, strict=True)):
        server = await start(f"konektor.store.groups:{step}")
        os.kill(server.process.pid, signal.SIGUSR1)
        client = await Client().connect(server.url, member.token)
        full = {**payload, "cid": f"{op}-{number}", **({"id": group} if event != "group:create" else {})}
        await client.sio.emit(event, full)
        assert await asyncio.wait_for(server.process.wait(), 30) == -signal.SIGKILL
        await client.close()
        server = await start()
        client = await Client().connect(server.url, member.token)
        ack = await client.ask(event, full)
        assert await client.ask(event, full) == ack
        await client.close()
        group = ack["group"]["id"] if "group" in ack else group
        listed = (await groups.list_groups(core, ada.caller, None, 50)).items
        [found] = [one for one in listed if one.id == group]
        ids = {str(one.caller.member) for one in left}
        assert {one.id for one in found.members} == ids
        assert await heard_by(server.url, [ada, *everyone], found.stream, ada) == ids
        server.process.kill()
        await server.process.wait()
