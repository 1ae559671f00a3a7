// The way to a member's profile from wherever their name or face is: a link that opens their card over the page.
import { html } from "../kit/ui.js";
import { createStore, useStore } from "../kit/store.js";
import { addressOf, route } from "../kit/router.js";
import { open } from "../kit/page_loader.js";
import { isShortcut } from "../kit/keys.js";

/** The card, loaded like a page. */
export const PROFILE_CARD = {
  name: "profile card",
  title: "The profile",
  load: () => import("./profile_card.js"),
  style: ["people/profile_card_content.css", "people/note_form.css", "kit/confirm_dialog.css"],
};

const shown = createStore({ Card: null, member: null });

/** Opens the card of a member, of whom at least the `id` is known. */
export async function openProfile(member) {
  const Card = await open(PROFILE_CARD);
  if (Card) shown.set({ Card, member });
}

const close = () => shown.set({ member: null });
route.subscribe(close);

/** The place of the card; once in the application. */
export function ProfilePlace() {
  const { Card, member } = useStore(shown);
  return member && html`<${Card} key=${member.id} member=${member} close=${close} />`;
}

/**
 * A link around a member's name or face; the address is that of the profile as a page. A `face` beside a name is for
 * the pointer only: the name is the same link.
 */
export function ProfileLink({ member, face = false, children, ...attributes }) {
  const onClick = (event) => {
    if (isShortcut(event) || event.shiftKey) return; // A new tab or window.
    event.preventDefault();
    openProfile(member);
  };
  const hidden = face ? { tabindex: -1, "aria-hidden": true } : { "aria-haspopup": "dialog" };
  return html`<a href=${addressOf("member", member.id)} draggable=${false} onClick=${onClick} ...${hidden}
    ...${attributes}>${children}</a>`;
}
