// What a profile card knows: the profile of a member, loaded again when something happened between the two.
import { useEffect, useRef } from "../kit/ui.js";
import { rememberMember } from "../kit/member_names.js";
import { useMember } from "../kit/profiles.js";
import { useAsk } from "../kit/use_ask.js";

/** `{member, complete, error, reload}`: the member as they are now, and whether that is the whole profile. */
export function useProfile(known) {
  const { data, error, reload } = useAsk("profile:get", { userId: known.id });
  const profile = data?.profile;
  useEffect(() => {
    if (profile) rememberMember(profile);
  }, [profile]);
  const member = useMember(profile ?? known);
  const met = useRef(member.met);
  useEffect(() => {
    if (member.met === met.current) return;
    met.current = member.met;
    reload();
  }, [member.met]);
  return { member, complete: Boolean(member.relation && member.skills), error, reload };
}
