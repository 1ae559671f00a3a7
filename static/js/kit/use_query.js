// A hook for a field that searches: what stands in it, and some time after the last letter what is looked for.
import { useEffect, useRef, useState } from "./ui.js";

const DELAY = 250;

/** `[text, query, change]`; an empty text takes effect at once. */
export function useQuery() {
  const [text, setText] = useState("");
  const [query, setQuery] = useState("");
  const timer = useRef(null);
  const change = (value) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery(value.trim()), value.trim() ? DELAY : 0);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return [text, query, change];
}
