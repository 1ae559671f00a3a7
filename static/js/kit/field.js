// Changing a part of what stands in a text field.

/** Replaces what stands between two places of a field by a text; the focus and the cursor are then behind it. */
export function replaceIn(field, start, end, text, change) {
  const { value } = field;
  const at = start + text.length;
  change(value.slice(0, start) + text + value.slice(end));
  field.focus();
  requestAnimationFrame(() => field.setSelectionRange(at, at));
}
