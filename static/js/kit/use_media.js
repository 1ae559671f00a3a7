// A hook for what the window is like: whether a media query matches.
import { useEffect, useState } from "./ui.js";

/** Whether a query, made with `matchMedia`, matches; the component renders again when that changes. */
export function useMedia(query) {
  const [matches, setMatches] = useState(query.matches);
  useEffect(() => {
    const onChange = () => setMatches(query.matches);
    onChange();
    query.addEventListener("change", onChange);
    return () => query.removeEventListener("change", onChange);
  }, [query]);
  return matches;
}
