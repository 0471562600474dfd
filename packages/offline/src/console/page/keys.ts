import { useEffect, useRef } from "preact/hooks";

type Bindings = Record<string, (event: KeyboardEvent) => void>;

/** Returns whether the browser handles the key itself, in a dialog or on a focused link or button. */
const isHandledByBrowser = ({ target, key }: KeyboardEvent) =>
  target instanceof HTMLElement &&
  (target.closest("dialog") !== null ||
    (key === "Enter" && /^(BUTTON|A|SUMMARY)$/.test(target.tagName)));

const isTyping = ({ target }: KeyboardEvent) =>
  target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

/**
 * Binds functions to keys, by `KeyboardEvent.key`. In an input, keys type text, and Escape leaves it.
 */
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
