// Skills in the profile editor: tags that are typed or pasted, and removed with the keyboard or the pointer.
import { html, useRef, useState } from "../kit/ui.js";
import { XIcon } from "../kit/icons.js";
import { isComposing } from "../kit/keys.js";
import { isVisible, lengthOf, plain } from "../kit/text.js";
import { Wrong } from "./profile_editor_fields.js";

export const MOST = 20;
const LONGEST = 30;
const BETWEEN = /[,;\n\r\t，、]+/;

const trimmed = (text) => text.replace(/\s+/g, " ").trim();

/** The skills with those of a text added: `{skills, rest, wrong}`, where `rest` did not fit in. */
export function addSkills(skills, text) {
  const added = [...skills];
  const rest = [];
  let wrong = null;
  for (const skill of text.split(BETWEEN).map(trimmed).filter(isVisible)) {
    if (added.some((known) => plain(known) === plain(skill))) continue;
    if (lengthOf(skill) > LONGEST) wrong = `A skill has up to ${LONGEST} characters.`;
    else if (added.length >= MOST) wrong = `You can have up to ${MOST} skills.`;
    else {
      added.push(skill);
      continue;
    }
    rest.push(skill);
  }
  return { skills: added, rest: rest.join(", "), wrong };
}

function Tag({ skill, remove }) {
  return html`<li class="tag">${skill}<button type="button" class="tag-remove" aria-label=${`Remove ${skill}`}
    onClick=${remove}><${XIcon} size=${16} /></button></li>`;
}

/** The field; `typed` is what has not become a tag yet, `change({skills?, typed?})` is called for both. */
export function Skills({ skills, typed, wrong, change }) {
  const [said, say] = useState("");
  const [problem, setProblem] = useState(null);
  const field = useRef(null);
  const add = (text) => {
    const next = addSkills(skills, text);
    const names = next.skills.slice(skills.length).join(", ");
    change({ skills: next.skills, typed: next.rest });
    setProblem(next.wrong);
    if (names) say(`Added ${names}. ${next.skills.length} of ${MOST} skills.`);
  };
  const remove = (skill) => {
    change({ skills: skills.filter((one) => one !== skill) });
    setProblem(null);
    say(`Removed ${skill}. ${skills.length - 1} of ${MOST} skills.`);
    field.current.focus();
  };
  const onInput = (event) => {
    const { value } = event.target;
    setProblem(null);
    if (!isComposing(event) && BETWEEN.test(value)) add(value);
    else change({ typed: value });
  };
  const onKeyDown = (event) => {
    if (isComposing(event)) return;
    if (event.key === "Enter" && isVisible(typed)) {
      event.preventDefault(); // An Enter in an empty field sends the form.
      add(typed);
    } else if (event.key === "Backspace" && !event.repeat && !typed && skills.length) remove(skills.at(-1));
  };
  // A field of one line drops the line breaks of a list.
  const onPaste = (event) => {
    const text = event.clipboardData.getData("text");
    if (!BETWEEN.test(text)) return;
    event.preventDefault();
    add(typed + text);
  };
  return html`<div class="field">
    <div class="field-head"><label for="skills">Skills</label>
      <span class="soft small" id="skills-length">${skills.length}<span aria-hidden="true"> / </span><span
        class="visually-hidden"> of </span>${MOST}</span></div>
    <div class="tag-field" onClick=${(event) => event.target === event.currentTarget && field.current.focus()}>
      ${skills.length > 0 && html`<ul class="tags" aria-label="Your skills">${skills.map((skill) => html`<${Tag}
        key=${skill} skill=${skill} remove=${() => remove(skill)} />`)}</ul>`}
      <input id="skills" name="skills" type="text" autocomplete="off" enterkeyhint="enter" ref=${field} value=${typed}
        aria-invalid=${problem || wrong ? "true" : null} aria-describedby="skills-length skills-how skills-wrong"
        placeholder=${skills.length ? "Add another" : "piano, sourdough, sailing"} onInput=${onInput}
        onKeyDown=${onKeyDown} onPaste=${onPaste} onBlur=${() => isVisible(typed) && add(typed)} />
    </div>
    <p class="hint" id="skills-how">Enter or a comma adds one; they help people to find you.</p>
    <${Wrong} id="skills-wrong" text=${problem ?? wrong} />
    <p class="visually-hidden" role="status">${said}</p>
  </div>`;
}
