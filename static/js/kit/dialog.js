// Opening a modal dialog, so that the focus is where it was when the dialog goes.

/** Opens it; the answer is for an effect's end, when the dialog's component goes without having been closed. */
export function openDialog(dialog) {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    if (dialog.open) dialog.close();
    if (before?.isConnected && document.activeElement === document.body) before.focus({ preventScroll: true });
  };
}
