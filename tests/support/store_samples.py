"""A call of every public function of the store, so that each of its commands can be looked at."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from konektor.ports import Database
from konektor.store import (
    accounts,
    alerts,
    audit,
    conversations,
    feeds,
    friends,
    groups,
    invitations,
    ledger,
    marks,
    media,
    member_settings,
    message_changes,
    message_inserts,
    message_search,
    messages,
    notices,
    openings,
    outbox,
    pairs,
    profiles,
    push_keys,
    quotas,
    receipts,
    referrals,
    samples,
    sessions,
    signals,
    sponsors,
    streams,
    subscriptions,
    ties,
    wallets,
)
from konektor.store.ids import new_id

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ROOM = "r:1990-05-17"
ONE, TWO, THREE = new_id(), new_id(), new_id()


def account(number: int) -> dict[str, Any]:
    """An account with all that is unique in it."""
    labels = ["1990-05-17", "05-17", "1990"]
    return {"_id": new_id(), "email": f"{number}@e.org", "name": f"n{number}", "labels": labels, "state": "active"}


def message(number: int) -> dict[str, Any]:
    """A message of the room."""
    return {"_id": new_id(), "stream": ROOM, "seq": number, "expires": LATER, "at": NOW, "rev": 0, "body": "hello"}


def intent() -> dict[str, Any]:
    """A debit that was paid."""
    return {"op": new_id(), "try": new_id(), "delta": -1, "reason": "x", "at": NOW, "after": 9}


def code(name: str) -> dict[str, Any]:
    """An invitation."""
    return {"_id": name, "by": ONE, "uses": 0, "cap": 1, "validUntil": LATER, "createdAt": NOW, "pend": []}


def session() -> dict[str, Any]:
    """A login."""
    return {"_id": new_id(), "member": ONE, "gen": 1, "lastSeen": NOW, "expires": LATER, "greeted": []}


def pair() -> Any:
    """Two friends."""
    return {"_id": pairs.key(ONE, TWO), "rev": 1, "sides": {}, "friends": [ONE, TWO]}


def attempt() -> Any:
    """A swipe that was counted."""
    return {"op": new_id(), "try": new_id(), "at": NOW, "peer": ONE, "dir": "right", "cost": 1, "until": LATER}


def charge(member: Any) -> Any:
    """A swipe to count."""
    return {"member": member, "attempt": attempt(), "limit": 20, "until": LATER, "later": LATER}


def notice() -> Any:
    """Something that a member is noticed of."""
    return {"_id": new_id(), "member": ONE, "user": TWO, "createdAt": NOW, "purge": LATER, "unread": True}


def push(seq: int) -> Any:
    """A push that is wanted."""
    return {"member": ONE, "cause": ROOM, "kind": "mention", "user": TWO, "seq": seq, "due": NOW}


def row() -> Any:
    """A push that was taken."""
    return {"_id": outbox.key(ONE, ROOM), "lease": THREE, "seq": 1}


def subscription() -> Any:
    """A browser."""
    return {"_id": ONE, "member": ONE, "endpoint": "https://push.example/1"}


async def scans(db: Database) -> None:
    """Scans by each field, for one value and for several."""
    for field in feeds.HINTS:
        for values in (["1990"], ["1990", "1991"]):
            await feeds.scan(db, field, values, ONE, THREE, 10)


def page() -> Any:
    """A page of a walk."""
    return {"_id": feeds.page_id(ONE, 1), "feed": ONE, "items": [TWO], "expires": LATER}


Call = Callable[[Database], Awaitable[Any]]

PEOPLE: dict[Any, Call] = {
    accounts.insert: lambda db: accounts.insert(db, account(1)),
    accounts.insert_many: lambda db: accounts.insert_many(db, [account(2), account(3)]),
    accounts.activate: lambda db: accounts.activate(db, ONE),
    accounts.give_up: lambda db: accounts.give_up(db, ONE),
    accounts.get_all: lambda db: accounts.get_all(db, [ONE, TWO]),
    accounts.get: lambda db: accounts.get(db, ONE),
    accounts.by_email: lambda db: accounts.by_email(db, "1@e.org"),
    accounts.cards: lambda db: accounts.cards(db, [ONE, TWO]),
    profiles.get: lambda db: profiles.get(db, [ONE, TWO]),
    profiles.by_names: lambda db: profiles.by_names(db, ["n1", "n2"]),
    profiles.of_room: lambda db: profiles.of_room(db, "05-17", ONE, 10),
    profiles.update: lambda db: profiles.update(db, ONE, {"city": "Lyon"}, ["status"]),
    profiles.set_seen: lambda db: profiles.set_seen(db, {ONE: NOW}),
    pairs.get: lambda db: pairs.get(db, [pairs.key(ONE, TWO)]),
    pairs.replace: lambda db: pairs.replace(db, [pair(), {**pair(), "_id": pairs.key(ONE, THREE), "rev": 2}]),
    conversations.begin: lambda db: conversations.begin(db, "d:1", [ONE, TWO]),
    conversations.touch: lambda db: conversations.touch(
        db, {"d:1": 1, "d:2": 1}, {"d:1": [ONE, TWO], "d:2": [ONE, TWO]}
    ),
    conversations.raise_hints: lambda db: conversations.raise_hints(db, {"d:1": 1, "d:2": 1, "d:3": 2}),
    conversations.touch_group: lambda db: conversations.touch_group(db, "g:1", 1, [ONE]),
    conversations.get: lambda db: conversations.get(db, ["d:1", "g:1"]),
    conversations.touched: lambda db: conversations.touched(db, NOW, 10),
    conversations.newest: conversations.newest,
    conversations.of_member: lambda db: conversations.of_member(db, ONE, ["d", "g"], (LATER, "g:1"), 10),
    groups.create: lambda db: groups.create(db, "g:1", "x", [ONE, TWO]),
    groups.rename: lambda db: groups.rename(db, "g:1", ONE, "y"),
    groups.add: lambda db: groups.add(db, "g:1", ONE, THREE, 50, new_id()),
    groups.remove: lambda db: groups.remove(db, "g:1", THREE, new_id(), owner=ONE),
    groups.show_from: lambda db: groups.show_from(db, "g:1", 2, {str(THREE): 2}),
    groups.ended: lambda db: groups.ended(db, 10),
    groups.end: lambda db: groups.end(db, "g:2"),
    groups.count: lambda db: groups.count(db, ONE, 200),
    openings.open_one: lambda db: openings.open_one(db, ONE, "d:1", 3, NOW, LATER, LATER),
    openings.find: lambda db: openings.find(db, ONE),
    pairs.by_streams: lambda db: pairs.by_streams(db, ["d:1", "d:2"]),
    pairs.by_stream: lambda db: pairs.by_stream(db, "d:1"),
    pairs.by_match: lambda db: pairs.by_match(db, ONE),
    pairs.by_request: lambda db: pairs.by_request(db, ONE),
    pairs.requests: lambda db: pairs.requests(db, ONE, "inbox", THREE, 10),
    ties.get_all: lambda db: ties.get_all(db, [ONE, TWO]),
    ties.hidden_from: lambda db: ties.hidden_from(db, [ONE, TWO]),
    ties.get: lambda db: ties.get(db, ONE),
    pairs.blocked_by: lambda db: pairs.blocked_by(db, ONE, 10),
    pairs.count_blocked: lambda db: pairs.count_blocked(db, ONE, 10),
    pairs.returning: lambda db: pairs.returning(db, ONE, NOW, 10, (NOW, pairs.key(ONE, TWO))),
    pairs.of_friends: lambda db: pairs.of_friends(db, [ONE, TWO], 10),
    feeds.insert: lambda db: feeds.insert(db, {"_id": ONE, "member": TWO, "expires": LATER}),
    feeds.get: lambda db: feeds.get(db, ONE, NOW),
    feeds.insert_page: lambda db: feeds.insert_page(db, page()),
    feeds.pages: lambda db: feeds.pages(db, ONE, [1, 2]),
    feeds.served: lambda db: feeds.served(db, ONE, [TWO, THREE]),
    feeds.newest: feeds.newest,
    feeds.scan: scans,
    feeds.members: lambda db: feeds.members(db, [ONE, TWO]),
    feeds.reappeared: lambda db: feeds.reappeared(db, NOW, (NOW, ONE), 10),
    feeds.reappear: lambda db: feeds.reappear(db, ONE, NOW),
    feeds.set_active: lambda db: feeds.set_active(db, ONE, NOW),
    feeds.deck: lambda db: feeds.deck(db, ONE, NOW),
    feeds.save_deck: lambda db: feeds.save_deck(db, {"_id": ONE, "since": NOW, "runs": []}),
    quotas.debit: lambda db: quotas.debit(db, [charge(TWO), charge(THREE)]),
    quotas.debit_expected: lambda db: quotas.debit_expected(db, {TWO: {**attempt(), "used": 2}}, {TWO: [attempt()]}),
    quotas.settle: lambda db: quotas.settle(db, [(TWO, attempt())]),
    quotas.give_back: lambda db: quotas.give_back(db, TWO, attempt()),
    quotas.begin_undo: lambda db: quotas.begin_undo(db, TWO, ONE, attempt()),
    quotas.abandon_undo: lambda db: quotas.abandon_undo(db, TWO, attempt()),
    quotas.find: lambda db: quotas.find(db, TWO),
    quotas.find_all: lambda db: quotas.find_all(db, [TWO, THREE]),
    quotas.stale: lambda db: quotas.stale(db, LATER, 10),
    profiles.visibility: lambda db: profiles.visibility(db, [ONE, TWO]),
    accounts.without_week: accounts.without_week,
    accounts.made_without_week: lambda db: accounts.made_without_week(db, ["1990-05-17", "1990-05-18"]),
    accounts.add_week: lambda db: accounts.add_week(db, [ONE, TWO], "1990-W20"),
    accounts.invited: lambda db: accounts.invited(db, ["a", "b"], 10),
    samples.mark: lambda db: samples.mark(db, "1@e.org"),
    samples.first: lambda db: samples.first(db, 10),
    samples.by_email: lambda db: samples.by_email(db, ["1@e.org"]),
    samples.others_in_room: lambda db: samples.others_in_room(db, "05-17", 5),
    samples.honour: lambda db: samples.honour(db, ONE, badges=["MENSA"], premium=True, hidden=["age"], birthday=True),
    samples.is_in_room: lambda db: samples.is_in_room(db, "05-17"),
    accounts.is_empty: accounts.is_empty,
    accounts.set_role: lambda db: accounts.set_role(db, "1@e.org", "mod"),
    accounts.set_joining_role: lambda db: accounts.set_joining_role(db, ONE, "admin"),
    referrals.inviter: lambda db: referrals.inviter(db, ONE),
    accounts.estimate: accounts.estimate,
    referrals.set_referral: lambda db: referrals.set_referral(db, ONE, TWO),
    referrals.count_active_day: lambda db: referrals.count_active_day(db, ONE, "2026-05-17", 3),
    referrals.end_referral: lambda db: referrals.end_referral(db, ONE),
    accounts.drop_joining: lambda db: accounts.drop_joining(db, NOW),
    audit.append: lambda db: audit.append(db, ONE, "act", NOW, {}),
    invitations.insert: lambda db: invitations.insert(db, code("a")),
    invitations.get: lambda db: invitations.get(db, "a"),
    invitations.usable: lambda db: invitations.usable(db, "a", NOW),
    invitations.claim: lambda db: invitations.claim(db, "a", TWO, NOW),
    invitations.confirm: lambda db: invitations.confirm(db, "a", TWO),
    invitations.release: lambda db: invitations.release(db, "a", TWO),
    invitations.stale: lambda db: invitations.stale(db, NOW, 10),
    invitations.open_code: lambda db: invitations.open_code(db, ONE),
    invitations.close: lambda db: invitations.close(db, "a", revoke=True),
    invitations.of_member: lambda db: invitations.of_member(db, ONE, 10),
    invitations.founders: invitations.founders,
    sessions.insert: lambda db: sessions.insert(db, session()),
    sessions.insert_many: lambda db: sessions.insert_many(db, [session()]),
    sessions.get_all: lambda db: sessions.get_all(db, [ONE, TWO]),
    sessions.get: lambda db: sessions.get(db, ONE),
    sessions.rotated_at: lambda db: sessions.rotated_at(db, ONE, 1),
    sessions.rotate: lambda db: sessions.rotate(db, ONE, 1, NOW, LATER),
    sessions.end: lambda db: sessions.end(db, ONE, "logout", NOW),
    sessions.of_member: lambda db: sessions.of_member(db, ONE, NOW, 10),
    sessions.devices: lambda db: sessions.devices(db, ONE, 10),
    sessions.logged_in: lambda db: sessions.logged_in(db, [ONE, TWO], NOW),
    sessions.over: lambda db: sessions.over(db, [ONE], NOW),
    sessions.touch: lambda db: sessions.touch(db, [ONE], NOW),
    sessions.greet: lambda db: sessions.greet(db, ONE, "1990"),
    sponsors.save: lambda db: sponsors.save(db, {"_id": ONE, "status": "live", "rooms": ["*"], "views": 0}),
    sponsors.least_seen: lambda db: sponsors.least_seen(db, "1990", NOW),
    sponsors.count_view: lambda db: sponsors.count_view(db, ONE, NOW),
}

TALK: dict[Any, Call] = {
    marks.advance: lambda db: marks.advance(db, ONE, ROOM, 1),
    marks.receive: lambda db: marks.receive(db, {(ONE, "d:1"): 1, (TWO, "d:1"): 1}),
    marks.get: lambda db: marks.get(db, ONE, [ROOM]),
    marks.of: lambda db: marks.of(db, [(ONE, "d:1"), (TWO, "d:1")]),
    messages.append: lambda db: messages.append(db, [message(n) for n in range(1, 9)]),
    messages.by_ids: lambda db: messages.by_ids(db, [ONE, TWO]),
    messages.get: lambda db: messages.get(db, ONE, NOW),
    messages.after: lambda db: messages.after(db, ROOM, 0, NOW, 10, expiring=True),
    messages.before: lambda db: messages.before(db, ROOM, None, NOW, 10, expiring=True),
    member_settings.hiding_receipts: lambda db: member_settings.hiding_receipts(db, [ONE, TWO]),
    member_settings.set_zone: lambda db: member_settings.set_zone(db, ONE, "Europe/Berlin"),
    friends.names: lambda db: friends.names(db, [ONE, TWO]),
    notices.insert: lambda db: notices.insert(db, [notice(), notice()]),
    notices.trim: lambda db: notices.trim(db, ONE),
    notices.withdraw: lambda db: notices.withdraw(db, [TWO, THREE]),
    notices.of_member: lambda db: notices.of_member(db, ONE, [TWO], (NOW, THREE), 10),
    notices.get: lambda db: notices.get(db, THREE),
    notices.unread: lambda db: notices.unread(db, ONE, [TWO]),
    notices.has_unread: lambda db: notices.has_unread(db, ONE, TWO),
    notices.read: lambda db: notices.read(db, ONE, notice()),
    outbox.put: lambda db: outbox.put(db, [push(1)], NOW),
    outbox.put_again: lambda db: outbox.put_again(db, [(push(2), 1)], NOW),
    outbox.get: lambda db: outbox.get(db, [outbox.key(ONE, ROOM)]),
    outbox.claim: lambda db: outbox.claim(db, LATER, LATER, THREE),
    outbox.postpone: lambda db: outbox.postpone(db, row(), LATER),
    outbox.mark_sent: lambda db: outbox.mark_sent(db, row()),
    outbox.drop: lambda db: outbox.drop(db, row(), NOW),
    outbox.forget_sent: lambda db: outbox.forget_sent(db, [ONE], ROOM),
    subscriptions.save: lambda db: subscriptions.save(db, subscription()),
    subscriptions.of_member: lambda db: subscriptions.of_member(db, ONE, 10),
    subscriptions.subscribed: lambda db: subscriptions.subscribed(db, [ONE, TWO]),
    subscriptions.remove: lambda db: subscriptions.remove(db, ONE, "https://push.example/1"),
    push_keys.get: push_keys.get,
    push_keys.replace: lambda db: push_keys.replace(db, b"1", b"2"),
    alerts.add: lambda db: alerts.add(db, [{"_id": "x", "kind": "connection", "members": [ONE], "at": NOW}]),
    member_settings.update: lambda db: member_settings.update(db, ONE, {"age": False}),
    messages.written_or_deleted: lambda db: messages.written_or_deleted(db, ROOM, [ONE, TWO], 0, 9),
    messages.written_by: lambda db: messages.written_by(db, ROOM, [ONE, TWO], 9),
    messages.reacted_to: lambda db: messages.reacted_to(db, ROOM, [ONE], [ONE, TWO], 400),
    messages.first_readable: lambda db: messages.first_readable(db, ROOM, NOW),
    messages.expired_between: lambda db: messages.expired_between(db, [ROOM], NOW, LATER),
    message_search.newest: lambda db: message_search.newest(
        db, [message_search.Scope([ROOM], NOW)], ["a", "a*"], message_search.Place(LATER, ONE), 9
    ),
    message_search.with_keys: lambda db: message_search.with_keys(db, [ONE, TWO], [["a", "a*"]]),
    message_search.conversations_of: lambda db: message_search.conversations_of(db, ONE, 9),
    message_changes.edit: lambda db: message_changes.edit(db, ONE, 0, {}, "x", NOW),
    message_changes.mark_published: lambda db: message_changes.mark_published(db, ONE),
    message_inserts.append_in_order: lambda db: message_inserts.append_in_order(db, [message(6), message(7)]),
    message_inserts.append_each: lambda db: message_inserts.append_each(db, [message(8), message(9)]),
    messages.readable: lambda db: messages.readable(db, [ONE, TWO], NOW),
    message_changes.end: lambda db: message_changes.end(db, "g:1", NOW),
    message_changes.delete: lambda db: message_changes.delete(db, ONE),
    message_changes.react: lambda db: message_changes.react(db, ONE, "x", TWO, 20),
    message_changes.unreact: lambda db: message_changes.unreact(db, ONE, "x", TWO),
    receipts.begin: lambda db: receipts.begin(db, [{"_id": ONE, "digest": b"", "at": NOW}]),
    receipts.take_over: lambda db: receipts.take_over(db, ONE, NOW, LATER),
    receipts.finish: lambda db: receipts.finish(db, [{"_id": ONE, "digest": b"", "at": NOW, "data": {}}]),
    receipts.drop: lambda db: receipts.drop(db, TWO),
    receipts.get: lambda db: receipts.get(db, ONE),
    signals.append: lambda db: signals.append(db, [(ONE, "m:1", b"x"), (TWO, "s:r:1990", b"y")]),
    signals.newest: signals.newest,
    signals.since: lambda db: signals.since(db, NOW, ONE, 10),
    signals.bodies: lambda db: signals.bodies(db, [ONE, TWO]),
    streams.make: lambda db: streams.make(db, [ROOM]),
    streams.add_member: lambda db: streams.add_member(db, [ROOM], ONE),
    streams.add_members: lambda db: streams.add_members(db, {ROOM: 1}),
    streams.count_earlier: lambda db: streams.count_earlier(db, ROOM, 7),
    streams.get: lambda db: streams.get(db, [ROOM]),
    streams.head: lambda db: streams.head(db, ROOM),
    streams.head_at: lambda db: streams.head_at(db, ROOM, NOW),
    streams.heads: lambda db: streams.heads(db, [ROOM]),
    streams.known_heads: lambda db: streams.known_heads(db, [ROOM]),
    streams.advance: lambda db: streams.advance(db, {ROOM: 1}),
    wallets.create: lambda db: wallets.create(db, ONE),
    wallets.insert_many: lambda db: wallets.insert_many(db, [TWO, THREE], 10, NOW),
    wallets.debit: lambda db: wallets.debit(db, [(TWO, intent() | {"after": 9}), (THREE, intent() | {"after": 9})]),
    ledger.insert: lambda db: ledger.insert(db, [ledger.of_intent(TWO, intent())], durable=True),
    ledger.is_granted: lambda db: ledger.is_granted(db, "grant:x"),
    wallets.reserve: lambda db: wallets.reserve(db, [(TWO, intent()), (THREE, intent())]),
    ledger.unsettled: lambda db: ledger.unsettled(db, [(TWO, intent())]),
    wallets.settle: lambda db: wallets.settle(db, [(TWO, intent())]),
    wallets.give_back: lambda db: wallets.give_back(db, TWO, intent()),
    wallets.balances: lambda db: wallets.balances(db, [ONE, TWO]),
    wallets.stale: lambda db: wallets.stale(db, LATER, 10),
    wallets.find: lambda db: wallets.find(db, TWO),
    ledger.entries: lambda db: ledger.entries(db, TWO, (LATER, "x"), 10),
}


def upload(member: Any) -> dict[str, Any]:
    """A picture that is being saved."""
    return {"_id": new_id(), "owner": member, "kind": "avatar", "state": "saving", "at": NOW, "since": NOW}


MEDIA: dict[Any, Call] = {
    media.begin: lambda db: media.begin(db, upload(ONE)),
    media.saved: lambda db: media.saved(db, ONE),
    media.get: lambda db: media.get(db, ONE),
    media.claim: lambda db: media.claim(db, ONE, TWO, "avatar", {"profile": TWO}),
    media.give_back: lambda db: media.give_back(db, upload(ONE)),
    media.check_stream: lambda db: media.check_stream(db, "g:1", LATER),
    media.to_check: lambda db: media.to_check(db, LATER, 10),
    media.check_again: lambda db: media.check_again(db, upload(ONE), LATER),
    media.check_at: lambda db: media.check_at(db, ONE, LATER),
    media.claim_avatar: lambda db: media.claim_avatar(db, ONE, TWO, NOW),
    media.avatars: lambda db: media.avatars(db, TWO, 10),
    media.check_avatars: lambda db: media.check_avatars(db, TWO, NOW),
    media.release_avatar: lambda db: media.release_avatar(db, upload(ONE), NOW),
    media.confirm_avatar: lambda db: media.confirm_avatar(db, upload(ONE)),
    media.postpone: lambda db: media.postpone(db, ONE, NOW),
    media.release: lambda db: media.release(db, ONE, {"profile": TWO}, NOW),
    media.expire: lambda db: media.expire(db, ONE, NOW, LATER),
    media.overdue: lambda db: media.overdue(db, ["saving", "unused"], LATER, 10),
    media.forget: lambda db: media.forget(db, ONE),
}

CALLS: dict[Any, Call] = PEOPLE | TALK | MEDIA
"""By function. `test_database` fails for one that is missing."""
