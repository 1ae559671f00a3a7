// The login page: shows why the last session ended, as the application has noted it.
const REASONS = {
  logout: "You logged out.",
  revoked: "This session was ended from another device.",
  expired: "Your session ran out. Log in again and go on where you were.",
  reuse: "This session was ended for your safety: its key was used twice.",
  frozen: "Your account is frozen. Write to the people who run this Konektor.",
  deleted: "Your account was deleted.",
  unauthenticated: "Log in to open Konektor.",
};

const notice = document.querySelector("#ended");
try {
  const reason = sessionStorage.getItem("konektor.ended");
  sessionStorage.removeItem("konektor.ended");
  if (reason) {
    notice.textContent = REASONS[reason] ?? "Your session has ended.";
    notice.hidden = false;
  }
} catch {
  // Without storage there is no reason to show.
}
