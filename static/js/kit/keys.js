// The keyboard: which keys belong to an input method that is composing a word, and which to a shortcut.

const HANDLED_BY_INPUT_METHOD = 229;

/**
 * Whether a key belongs to an input method. Safari ends a composition before the Enter that confirmed it, and that
 * Enter can only be recognised by its `keyCode`. Every handler of Enter, Escape or an arrow key asks this first.
 */
export const isComposing = (event) => event.isComposing || event.keyCode === HANDLED_BY_INPUT_METHOD;

/** Whether a key is part of a shortcut, such as Alt and an arrow. */
export const isShortcut = ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey;
