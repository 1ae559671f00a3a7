// What a room needs only after it has been shown, as one module that is loaded on demand.
import { Menu } from "../kit/menu.js";
import { Ad } from "./ad.js";
import { Members } from "./members.js";
import { SmallRoom } from "./small_room.js";
import { actionsFor } from "./message_actions.js";

export default { Ad, Members, Menu, SmallRoom, actionsFor };
