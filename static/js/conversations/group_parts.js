// What is loaded on demand for conversations: choosing a friend, making a group, and the settings of one.

/** The dialog that opens the conversation with a friend. */
export const NEW_MESSAGE = {
  name: "new message",
  title: "The list of your friends",
  load: () => import("./new_message.js"),
  style: ["conversations/friend_picker.css"],
};

/** The dialog that makes a group. */
export const NEW_GROUP = {
  name: "new group",
  title: "The form for a new group",
  load: () => import("./new_group.js"),
  style: ["conversations/friend_picker.css", "conversations/group_settings.css"],
};

/** The settings of a group. */
export const GROUP_SETTINGS = {
  name: "group settings",
  title: "The settings of the group",
  load: () => import("./group_settings.js"),
  style: ["conversations/friend_picker.css", "conversations/group_settings.css", "kit/confirm_dialog.css"],
};
