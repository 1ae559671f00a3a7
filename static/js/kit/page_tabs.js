// The tabs of a destination: links to it and to the pages that belong to it.
import { html } from "./ui.js";
import { useStore } from "./store.js";
import { addressOf, pageNamed, route, tabsUnder } from "./router.js";
import { prefetching } from "./navigation.js";

/** The links, the page that is shown marked. */
export function PageTabs({ of }) {
  const { page: shown } = useStore(route);
  const destination = pageNamed(of);
  return html`<nav class="page-tabs" aria-label=${destination.nav.label}>${[destination, ...tabsUnder(of)].map((page) => {
    const Badge = page.tab?.badge;
    return html`<a key=${page.name} href=${addressOf(page.name)} aria-current=${page === shown ? "page" : null}
      ...${prefetching(page)}>${page.title}${Badge && html`<${Badge} />`}</a>`;
  })}</nav>`;
}
