"""Push: what a browser shows of it, when it is offered, and the settings of notifications."""

import json
from typing import Any

from playwright.async_api import Page, expect

from konektor.core import Core
from tests.browser.pages_driver import REQUEST, Driver, online
from tests.browser.test_accessibility import violations
from tests.browser.test_offline import READY, WORKER
from tests.conftest import Client, Member, Running, until
from tests.support.people_helpers import befriend

RECORD = """() => {
  self.shown = new Map();
  registration.showNotification = async (title, {body, tag, data}) => void self.shown.set(tag, {title, body, data});
  self.clients.matchAll = async () => [];
}"""
"""Stands for a screen, which this Chromium lacks: it denies all notifications, and all its windows are in sight.
A tag has one notification, as on a screen.
"""
SHOWN = "() => [...self.shown].map(([tag, {title, body}]) => [title, body, tag])"
CLICK = """async (tag) => {
  delete self.clients.matchAll;
  await onClick({close() {}, data: self.shown.get(tag).data}).catch((error) => error.name);
}"""
"""Clicks one, as far as a script can: bringing a tab to the front needs a real click."""
BROWSER = """(() => {
  let permission = "default", current = null;
  Object.defineProperty(Notification, "permission", {get: () => permission});
  Notification.requestPermission = async () => (permission = "granted");
  PushManager.prototype.getSubscription = async () => current;
  PushManager.prototype.subscribe = async ({applicationServerKey}) => {
    const pair = await crypto.subtle.generateKey({name: "ECDH", namedCurve: "P-256"}, true, ["deriveBits"]);
    const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const keys = {
      p256dh: text(await crypto.subtle.exportKey("raw", pair.publicKey)),
      auth: text(crypto.getRandomValues(new Uint8Array(16))),
    };
    current = {
      options: {applicationServerKey: applicationServerKey.buffer},
      toJSON: () => ({endpoint: `${location.origin}/push`, keys}),
      unsubscribe: async () => Boolean((current = null) === null),
    };
    return current;
  };
})()"""
"""A browser that asks its user for the permission, who gives it, and that has a push service."""


async def pushed(page: Page, *contents: dict[str, Any]) -> None:
    """Delivers pushes to the worker of the page's browser."""
    session = await page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    await session.send("ServiceWorker.enable")
    await until(lambda: found)
    for content in contents:
        data = {"origin": page.url.partition("/app")[0], "registrationId": found[0], "data": json.dumps(content)}
        await session.send("ServiceWorker.deliverPushMessage", data)


async def test_pushes_are_shown_once_for_each_conversation_and_lead_there(
    driver: Driver, ann: Member, core: Core
) -> None:
    """In plain words, with name and text only if they were sent; nothing while a page is in sight."""
    page = await driver.enter(ann, **WORKER)
    await page.evaluate(READY)
    [worker] = page.context.service_workers
    first, second = f"d:{'1' * 24}", f"g:{'2' * 24}"
    await worker.evaluate(f"{RECORD[:-1]}; delete self.clients.matchAll; }}")
    await pushed(page, {"kind": "message", "stream": second, "unread": 1})
    await page.evaluate(REQUEST)
    assert await worker.evaluate(SHOWN) == []
    await worker.evaluate(RECORD)
    await pushed(
        page,
        {"kind": "message", "stream": first, "unread": 1},
        {"kind": "message", "stream": first, "unread": 2},
        {"kind": "mention", "stream": second, "unread": 1, "username": "Bob", "text": "@Ann, see you at nine"},
        {"kind": "request", "unread": 1},
    )
    expected = [
        ["Konektor", "You have a new message.", first],
        ["Bob", "@Ann, see you at nine", second],
        ["Konektor", "Somebody would like to be your friend.", "request"],
    ]

    async def are_shown() -> bool:
        return bool(await worker.evaluate(SHOWN) == expected)

    await until(are_shown)
    await worker.evaluate(CLICK, first)
    await expect(page).to_have_url(f"{driver.server.url}/app#/messages/{first}")


async def test_the_offer_comes_after_the_first_private_message(
    driver: Driver, server: Running, ann: Member, bob: Member, core: Core
) -> None:
    """Never when a page is opened, and not again once it was answered; turned on, the server knows this browser."""
    await befriend(core, ann, bob)
    context = await driver.browser(**WORKER)
    await context.add_init_script(BROWSER)
    page = await driver.enter_in(context, ann)
    await page.get_by_test_id("offers").wait_for(state="attached")
    offer = page.get_by_test_id("push-offer")
    await expect(offer).to_have_count(0)
    client = await Client().connect(server.url, ann.token)
    stream = (await client.ask("dm:open", {"userId": str(bob.caller.member)}))["stream"]
    await client.ask("message:send", {"stream": stream, "body": "hello Bob"})
    await expect(offer).to_contain_text("Get told when somebody writes to you")
    assert await violations(page) == []
    await offer.get_by_role("button", name="Turn on").click()
    await expect(page.get_by_text("You’ll be told on this device when somebody writes to you.")).to_be_visible()
    await expect(offer).to_have_count(0)
    found = await core.db["subscriptions"].find({}).to_list(None)
    assert [(one["member"], one["endpoint"]) for one in found] == [(ann.caller.member, f"{server.url}/push")]
    await page.goto("/app#/settings")
    switch = page.get_by_role("switch", name="Notify me on this device")
    await expect(switch).to_be_checked()
    await switch.uncheck()

    async def is_forgotten() -> bool:
        return await core.db["subscriptions"].count_documents({}) == 0

    await until(is_forgotten)
    await client.ask("message:send", {"stream": stream, "body": "hello again"})
    await page.evaluate(REQUEST)
    await expect(offer).to_have_count(0)
    await client.close()


async def test_notifications_have_their_settings(driver: Driver, ann: Member, core: Core) -> None:
    """Names and words, quiet hours, the sound of this device; and what to do where the browser blocks them."""
    page = await driver.enter(ann, "/app#/settings")
    section = page.get_by_role("region", name="Notifications")
    await expect(section).to_contain_text("Your browser blocks notifications from this site.")
    await expect(section.get_by_role("switch", name="Notify me on this device")).to_be_disabled()
    await section.get_by_role("switch", name="Show names and words").check()
    await section.get_by_role("switch", name="Quiet hours").check()
    await section.get_by_label("From").fill("23:30")
    await section.get_by_role("switch", name="Sound").uncheck()

    async def stored() -> bool:
        account = await core.db["accounts"].find_one({"_id": ann.caller.member})
        assert account is not None
        return account["settings"].get("quietFrom") == "23:30" and account["settings"].get("pushText") is True

    await until(stored)
    await page.reload()
    await online(page)
    await expect(section.get_by_role("switch", name="Sound")).not_to_be_checked()
    await expect(section.get_by_label("to")).to_have_value("07:00")
