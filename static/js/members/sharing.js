// Passing an invitation on: the system's share sheet, the clipboard, and a QR code.
import { html, useState } from "../kit/ui.js";
import { copy } from "../kit/clipboard.js";
import { CloseButton, Dialog } from "../kit/dialog.js";
import { open } from "../kit/page_loader.js";
import { toast } from "../kit/toast.js";
import { birthday } from "../talk/labels.js";
import { CheckIcon, CopyIcon, QrCodeIcon, Share2Icon } from "../kit/icons.js";

const COPIED_SHOWN = 2500;

/** The sentence that goes with the link. */
export const sentence = (dob) =>
  `Were you born on ${birthday(dob.slice(-5))} too? There’s a room for us on Konektor. Other dates have rooms of their own:`;

function useCopied() {
  const [copied, setCopied] = useState(false);
  const copyText = async (text) => {
    if (!(await copy(text))) {
      toast("This browser doesn’t let us copy. Select the link instead.");
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_SHOWN);
  };
  return [copied, copyText];
}

/** Shares the sentence and the link where the system can, and copies both elsewhere. */
function ShareButton({ text, link }) {
  const [copied, copyText] = useCopied();
  const onClick = async () => {
    if (!navigator.share) {
      await copyText(`${text} ${link}`);
      return;
    }
    try {
      await navigator.share({ text, url: link });
    } catch (error) {
      if (error.name !== "AbortError") await copyText(`${text} ${link}`); // Nobody wants to share any more.
    }
  };
  const label = navigator.share ? "Share" : "Copy message";
  return html`<button type="button" class="button" onClick=${onClick}>
    ${copied ? html`<${CheckIcon} size=${18} />` : html`<${Share2Icon} size=${18} />`}
    <span>${copied ? "Copied" : label}</span>
    <span class="visually-hidden" role="status">${copied ? "The message and the link are in the clipboard." : ""}</span>
  </button>`;
}

function CopyButton({ link }) {
  const [copied, copyText] = useCopied();
  return html`<button type="button" class="button plain" onClick=${() => copyText(link)}>
    ${copied ? html`<${CheckIcon} size=${18} />` : html`<${CopyIcon} size=${18} />`}
    <span>${copied ? "Copied" : "Copy link"}</span>
    <span class="visually-hidden" role="status">${copied ? "The link is in the clipboard." : ""}</span>
  </button>`;
}

const QR_CODE = { name: "qr code", title: "The QR code", load: () => import("./qr_code.js") };

/** The code in a dialog that covers the page, so that it can be shown at a table. */
function QrDialog({ QrCode, link, onClose }) {
  return html`<${Dialog} class="qr-dialog" aria-labelledby="qr-title" onClose=${onClose}>
    <div class="qr-content">
      <h2 class="display" id="qr-title">Scan to join Konektor</h2>
      <${QrCode} text=${link} label="QR code of your invitation link" />
      <p class="small" translate=${false}>${link}</p>
      <${CloseButton} />
    </div>
  <//>`;
}

function QrButton({ link }) {
  const [QrCode, setQrCode] = useState(null);
  const show = async () => {
    const Component = await open(QR_CODE);
    if (Component) setQrCode(() => Component);
  };
  return html`<button type="button" class="button plain" aria-haspopup="dialog" onClick=${show}>
      <${QrCodeIcon} size=${18} />QR code</button>
    ${QrCode && html`<${QrDialog} QrCode=${QrCode} link=${link} onClose=${() => setQrCode(null)} />`}`;
}

/** The ways to pass a link on. */
export function Sharing({ link, text }) {
  return html`<${ShareButton} text=${text} link=${link} /><${CopyButton} link=${link} /><${QrButton} link=${link} />`;
}
