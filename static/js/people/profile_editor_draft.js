// What is typed in the profile editor: the fields that differ from the stored profile, and saving them.
import { useState } from "../kit/ui.js";
import { askOnce } from "../kit/socket.js";
import { takeOwnProfile } from "../kit/session.js";
import { takeMember } from "../kit/profiles.js";
import { FIELDS, tooLong } from "./profile_editor_fields.js";
import { addSkills } from "./profile_editor_skills.js";

const TEXTS = new Set(FIELDS.map(({ name }) => name));

/** The profile as the editor has it: texts that are not there are empty. */
function storedValues(profile, me) {
  const texts = Object.fromEntries([...TEXTS].map((name) => [name, profile[name] ?? ""]));
  return {
    ...texts,
    skills: profile.skills,
    hiddenBadges: me.hiddenBadges ?? [],
    birthday: profile.birthday !== undefined,
    picture: profile.avatar ? { url: profile.avatar } : null,
  };
}

const asStored = (value) => (typeof value === "string" ? value.trim() : value);
const isSame = (one, other) => JSON.stringify(asStored(one)) === JSON.stringify(asStored(other));

/** The payload for some edits; an empty field is null, which clears it. */
function payloadOf(edits) {
  const { picture, ...fields } = edits;
  const entries = Object.entries(fields).map(([name, value]) => [name, TEXTS.has(name) ? value.trim() || null : value]);
  return { ...Object.fromEntries(entries), ...(picture !== undefined && { avatarId: picture?.mediaId ?? null }) };
}

/** What is wrong with the values, by field. */
function problemsOf(values, typed) {
  const found = FIELDS.map(({ name, most }) => [name, tooLong(values[name], most)]);
  return Object.fromEntries([...found, ["skills", addSkills(values.skills, typed).wrong]].filter(([, wrong]) => wrong));
}

/**
 * `{values, typed, problems, changed, change, save}`. Only what was changed here is sent; everything else follows the
 * stored profile. `typed` is the beginning of a skill. `save()` resolves with whether it was saved, and rejects with a
 * RequestError that belongs to no field.
 */
export function useDraft(profile, me) {
  const [edits, setEdits] = useState({});
  const [typed, setTyped] = useState("");
  const [refused, setRefused] = useState({});
  const stored = profile && me ? storedValues(profile, me) : null;
  const changes = Object.fromEntries(Object.entries(edits).filter(([name, value]) => !isSame(value, stored?.[name])));

  const change = ({ typed: text, ...values }) => {
    if (text !== undefined) setTyped(text);
    setEdits((before) => ({ ...before, ...values }));
    setRefused((before) => ({ ...before, ...Object.fromEntries(Object.keys(values).map((name) => [name, null])) }));
  };

  const values = stored && { ...stored, ...edits };
  const save = async () => {
    const { skills } = addSkills(values.skills, typed);
    const sent = isSame(skills, stored.skills) ? changes : { ...changes, skills };
    const problems = problemsOf(values, typed);
    if (Object.keys(problems).length) return false;
    try {
      const answer = await askOnce("profile:update", payloadOf(sent));
      takeMember(answer.profile);
      takeOwnProfile(answer.profile);
      setTyped("");
      // What was typed while this was being sent is still to be saved.
      setEdits((now) => Object.fromEntries(Object.entries(now).filter(([name]) => now[name] !== edits[name])));
      return true;
    } catch (error) {
      const field = error.details?.field?.split(/[.[]/)[0];
      const name = field === "avatarId" ? "picture" : field;
      if (!values || !(name in values)) throw error;
      setRefused({ [name]: error.message });
      return false;
    }
  };
  const problems = values ? { ...refused, ...problemsOf(values, "") } : {};
  return { values, typed, problems, changed: Object.keys(changes).length > 0 || Boolean(typed.trim()), change, save };
}
