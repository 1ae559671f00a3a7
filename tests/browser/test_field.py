"""A text field of which a part is replaced: where the cursor is, and what is typed next."""

from tests.browser.pages_driver import Driver

TYPED_AT_ONCE = """async () => {
  const { replaceIn } = await import("/static/js/kit/field.js");
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = "hello @bo you";
  replaceIn(field, 7, 9, "Bob", () => {});
  document.execCommand("insertText", false, "by");
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  document.execCommand("insertText", false, "!");
  return [field.value, document.activeElement === field];
}"""
"""Replaces a part of a text, and types in the same frame and after the next."""


async def test_what_is_typed_right_after_a_replacement_stays_in_order(driver: Driver) -> None:
    """It follows the new part, in the field that has the focus."""
    page = await driver.page()
    await page.goto("/login")
    assert await page.evaluate(TYPED_AT_ONCE) == ["hello @Bobby! you", True]
