// Changing a part of what stands in a text field.

/** Replaces what stands between two places of a field by a text; the focus and the cursor are then behind it. */
export function replaceIn(field, start, end, text, change) {
  field.setRangeText(text, start, end, "end"); // At once: the next key may come before the next frame.
  field.focus();
  change(field.value);
}
