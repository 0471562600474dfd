import { useEffect, useState } from "preact/hooks";

/** What is shown: a view, and what is open in it. It is in the address, so that a reload has it again. */
export interface Route {
  view: string;
  open?: string | undefined;
}

const readRoute = (): Route => {
  const [view = "", open] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { view: view || "requests", open };
};

export function navigate({ view, open }: Route): void {
  const parts = [view, open].filter((part) => part !== undefined);
  location.hash = parts.map(encodeURIComponent).join("/");
  // The browser's own event comes later, and the next key may be faster.
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const listener = () => setRoute(readRoute());
    window.addEventListener("hashchange", listener);
    return () => window.removeEventListener("hashchange", listener);
  }, []);
  return route;
}
