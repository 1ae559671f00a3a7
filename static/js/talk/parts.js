// The parts of a room that are loaded once one is open: menus, the member panel, the sponsor's card.
import { usePage } from "../kit/page_loader.js";

/** Loaded like a page; the module's default export is an object of components. */
export const PARTS = { name: "room parts", load: () => import("./room_parts.js"), style: "talk/room_parts.css" };

/** The parts by name; none until they are loaded. */
export const useParts = () => usePage(PARTS).Component ?? {};
