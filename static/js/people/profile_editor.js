// The page on which members edit their profile: picture, names, what they say about themselves, badges.
import { Failed, Skeleton, Title, html, useEffect, useRef, useState } from "../kit/ui.js";
import { useStore } from "../kit/store.js";
import { session } from "../kit/session.js";
import { Switch } from "../kit/switch.js";
import { birthday } from "../talk/labels.js";
import { useProfile } from "./profile_card_data.js";
import { FIELDS, TextField } from "./profile_editor_fields.js";
import { Skills } from "./profile_editor_skills.js";
import { useDraft } from "./profile_editor_draft.js";
import { UnsavedQuestion, useLeaving } from "./profile_editor_leaving.js";
import { Picture } from "./profile_editor_picture.js";
import { ProfileLink } from "./open_profile.js";

const [FIRST, LAST, STATUS, ABOUT, CITY, GENDER] = FIELDS;

function Badges({ badges, hidden, change }) {
  if (!badges.length) return null;
  const move = (badge) => (on) =>
    change({ hiddenBadges: badges.filter((one) => (one === badge ? !on : hidden.includes(one))) });
  return html`<section aria-labelledby="badges"><h2 class="display" id="badges">Badges</h2>
    <ul class="switches">${badges.map((badge) => html`<${Switch} key=${badge} name=${badge.replaceAll(" ", "-")}
      label=${`Show ${badge}`} on=${!hidden.includes(badge)} change=${move(badge)} />`)}</ul></section>`;
}

function Form({ me, member, draft }) {
  const { values, typed, problems, change } = draft;
  const text = (field) =>
    html`<${TextField} field=${field} text=${values[field.name]} wrong=${problems[field.name]}
      change=${(value) => change({ [field.name]: value })} />`;
  return html`<${Picture} member=${member} picture=${values.picture} wrong=${problems.picture} change=${change} />
    <div class="editor-pair">${text(FIRST)}${text(LAST)}</div>
    ${text(STATUS)}
    ${text(ABOUT)}
    <${Skills} skills=${values.skills} typed=${typed} wrong=${problems.skills} change=${change} />
    <div class="editor-pair">${text(CITY)}${text(GENDER)}</div>
    <ul class="switches"><${Switch} name="birthday" label="Show my birthday" on=${values.birthday}
      text=${`${birthday(me.dob.slice(5))}, without the year.`} change=${(on) => change({ birthday: on })} /></ul>
    <${Badges} badges=${me.badges} hidden=${values.hiddenBadges}
      change=${change} />`;
}

/** `[{busy, error, saved}, submit]`: saves, says what came of it, and leads to the first field with a problem. */
function useSaving(form, draft) {
  const [state, setState] = useState({ busy: false, error: null, saved: false });
  const submit = async (event) => {
    event.preventDefault();
    if (state.busy) return;
    setState({ busy: true, error: null, saved: false });
    try {
      const saved = await draft.save();
      setState({ busy: false, error: null, saved });
      if (!saved) form.current.querySelector("[aria-invalid=true]")?.focus();
    } catch (error) {
      setState({ busy: false, error: error.message, saved: false });
    }
  };
  useEffect(() => {
    if (draft.changed) setState((before) => ({ ...before, saved: false }));
  }, [draft.changed]);
  return [state, submit];
}

function Foot({ state: { busy, error, saved }, changed }) {
  return html`<div class="editor-foot">
    ${error && html`<p class="wrong" role="alert">${error} Nothing you typed is lost.</p>`}
    <div class="editor-buttons">
      <button type="submit" class="button" aria-disabled=${busy}>${busy ? "Saving …" : "Save"}</button>
      <p class="soft" role="status">${saved ? "Saved." : changed ? "You have unsaved changes." : ""}</p>
    </div></div>`;
}

/** The page. */
export default function ProfileEditor() {
  const me = useStore(session, (state) => state.me);
  return html`<div class="page-body editor">
    <header class="page-head"><${Title}>Your profile<//>
      ${me && html`<p class="soft">What others see of you. <${ProfileLink} member=${me}>View your profile<//></p>`}</header>
    ${me ? html`<${Editor} me=${me} />` : html`<${Skeleton} label="Loading your profile" />`}
  </div>`;
}

function Editor({ me }) {
  const { member, complete, error, reload } = useProfile(me);
  const form = useRef(null);
  const draft = useDraft(complete ? member : null, me);
  const [state, submit] = useSaving(form, draft);
  const leaving = useLeaving(draft.changed);
  if (!draft.values)
    return error
      ? html`<${Failed} error=${error} retry=${reload} />`
      : html`<${Skeleton} label="Loading your profile" />`;
  return html`<form class="editor-form" ref=${form} noValidate onSubmit=${submit}>
      <${Form} me=${me} member=${member} draft=${draft} />
      <${Foot} state=${state} changed=${draft.changed} />
    </form>
    <${UnsavedQuestion} ...${leaving} />`;
}
