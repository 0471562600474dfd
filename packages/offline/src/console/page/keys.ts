import { useEffect, useRef } from "preact/hooks";

type Bindings = Record<string, (event: KeyboardEvent) => void>;

/** Where the browser has a meaning of its own for a key. */
const isHandledByBrowser = ({ target, key }: KeyboardEvent) =>
  target instanceof HTMLElement &&
  (target.closest("dialog") !== null ||
    (key === "Enter" && /^(BUTTON|A|SUMMARY)$/.test(target.tagName)));

const isTyping = ({ target }: KeyboardEvent) =>
  target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

/** Binds keys by their names. In a field they are typed, and Escape leaves it. */
export function useKeys(bindings: Bindings): void {
  const current = useRef(bindings);
  current.current = bindings;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isHandledByBrowser(event)) return;
      if (isTyping(event)) {
        if (event.key === "Escape") (event.target as HTMLElement).blur();
        return;
      }
      const binding = current.current[event.key];
      if (!binding) return;
      event.preventDefault();
      binding(event);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
