// Keeps pages right that the browser translates: it replaces Preact's text nodes by elements behind Preact's back.

const isReplacement = (node) => node?.nodeName === "FONT";

/* The element that stands on the page in a text's place. */
const standIns = new WeakMap();
const standIn = (node) => standIns.get(node) ?? node;
const adapted = new WeakSet();
const observer = new MutationObserver(onMutations);

/** Follows what a browser's translation does to the page, so that a text that changes or goes is seen to do so. */
export const followTranslation = () => observer.observe(document.body, { childList: true, subtree: true });

function onMutations(records) {
  for (const { type, target, addedNodes, removedNodes, previousSibling, nextSibling } of records) {
    if (type === "characterData") putBack(target);
    for (const node of addedNodes) if (standIns.has(node)) release(node);
    const replacement = [...addedNodes, previousSibling, nextSibling].find(isReplacement);
    const text = [...removedNodes].find((node) => node.nodeType === Node.TEXT_NODE && !node.isConnected);
    if (text && replacement?.parentNode === target) impersonate(text, replacement);
  }
}

/** Lets a text that was replaced seem to be where its replacement is. */
function impersonate(text, replacement) {
  standIns.set(text, replacement);
  Object.defineProperties(text, {
    parentNode: { get: () => replacement.parentNode, configurable: true },
    nextSibling: { get: () => replacement.nextSibling, configurable: true },
  });
  observer.observe(text, { characterData: true });
  adapt(replacement.parentNode);
}

/** Makes a parent do to the replacement what it is asked to do to the text. */
function adapt(parent) {
  if (adapted.has(parent)) return;
  adapted.add(parent);
  for (const name of ["insertBefore", "appendChild", "removeChild"]) {
    parent[name] = (...nodes) => Node.prototype[name].apply(parent, nodes.map(standIn));
  }
}

/** Shows a text that has changed since it was translated; the browser translates it again. */
function putBack(text) {
  const replacement = standIns.get(text);
  release(text);
  if (replacement?.isConnected) replacement.replaceWith(text);
}

function release(text) {
  standIns.delete(text);
  delete text.parentNode;
  delete text.nextSibling;
}
