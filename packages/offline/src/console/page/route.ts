import { useEffect, useState } from "preact/hooks";

/** The shown view and the id of its open item. It is in the URL's hash, so that it survives a reload. */
export interface Route {
  view: string;
  open?: string | undefined;
}

const readRoute = (): Route => {
  const [view = "", open] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { view: view || "requests", open };
};

/** Shows a view, and opens an item in it. */
export function navigate({ view, open }: Route): void {
  const parts = [view, open].filter((part) => part !== undefined);
  location.hash = parts.map(encodeURIComponent).join("/");
  // The browser's own event is asynchronous, and the next key can be pressed before it.
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Returns the route, and renders again when it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const listener = () => setRoute(readRoute());
    window.addEventListener("hashchange", listener);
    return () => window.removeEventListener("hashchange", listener);
  }, []);
  return route;
}
