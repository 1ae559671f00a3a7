// The requests page: those that wait for the member's answer, and those that the member has made.
import { Empty, Skeleton, Title, html, useState } from "../kit/ui.js";
import { More } from "../kit/paging.js";
import { PageTabs } from "../kit/page_tabs.js";
import { TabList, TabPanel } from "../kit/tab_list.js";
import { useListFocus } from "../kit/use_list_focus.js";
import { useEvent } from "../kit/use_event.js";
import { useRequestBox } from "./request_box.js";
import { RequestRow } from "./request_row.js";

const NOTHING = {
  in: { title: "No requests waiting", text: "When somebody likes you in Discover, their request appears here." },
  out: { title: "You aren’t waiting for anybody", text: "Like somebody in Discover, and your request to them appears here." },
};

function Box({ box, list }) {
  const rows = useListFocus(list.items);
  if (!list.items && list.error) return html`<${More} list=${list} />`;
  if (!list.items) return html`<${Skeleton} label="Loading the requests" />`;
  if (!list.items.length && !list.next) {
    const { title, text } = NOTHING[box];
    return html`<${Empty} title=${title}><p>${text}</p><a class="button" href="#/discover">Discover people</a><//>`;
  }
  return html`<ul class="person-rows" ref=${rows}>${list.items.map(
    (request) => html`<${RequestRow} key=${request.id} request=${request} box=${box} remove=${list.remove} />`,
  )}</ul><${More} list=${list} />`;
}

/** `3`, `20+`; nothing until it is known. */
const numberOf = ({ items, next }) => items && `${items.length}${next ? "+" : ""}`;

/** What a screen reader says of requests that arrive while the page is shown; others get a toast. */
function useNews() {
  const [news, setNews] = useState("");
  useEvent("request:changed", ({ status, peer }) => {
    if (status === "pending" && peer.relation === "pending") setNews(`${peer.username} would like to be your friend.`);
  });
  return news;
}

/** The page. */
export default function Requests() {
  const [box, setBox] = useState("in");
  const lists = { in: useRequestBox("in"), out: useRequestBox("out") };
  const news = useNews();
  const tabs = [
    { name: "in", label: "Received", figure: numberOf(lists.in) },
    { name: "out", label: "Sent", figure: numberOf(lists.out) },
  ];
  return html`<div class="page-body requests"><${PageTabs} of="discover" />
    <header class="page-head"><${Title}>Requests<//></header>
    <p class="visually-hidden" role="status">${news}</p>
    <${TabList} label="Requests" tabs=${tabs} chosen=${box} choose=${setBox} />
    <${TabPanel} name=${box}><${Box} key=${box} box=${box} list=${lists[box]} /><//>
  </div>`;
}
