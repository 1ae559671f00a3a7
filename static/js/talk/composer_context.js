// What the composer of a stream refers to: the message that is replied to or edited, or one that was taken back.
import { useCallback, useLayoutEffect, useState } from "../kit/ui.js";
import { streamOf } from "./message_store.js";
import { prependDraft } from "./drafts.js";

/** What the composer refers to (`{reply, editing, takenBack}`), with the actions that change it. */
export function useComposerContext(stream, focusComposer) {
  const [context, setContext] = useState({ reply: null, editing: null });
  const takeBack = useCallback(
    (item) => {
      prependDraft(stream, item.body);
      const reply = streamOf(stream).get().messages.find(({ id }) => id === item.replyTo) ?? null;
      setContext({ reply, editing: null, takenBack: item.cid });
    },
    [stream],
  );
  useLayoutEffect(focusComposer, [context.takenBack]);
  return {
    context,
    takeBack,
    reply: (message) => setContext({ reply: message, editing: null }),
    edit: (message) => setContext({ reply: null, editing: message }),
    cancel: () => setContext((before) => ({ ...before, reply: null, editing: null })),
    forget: (message) =>
      setContext((before) => (before.editing?.id === message.id ? { ...before, editing: null } : before)),
  };
}
