// Where the reader is: a page and its parameters, all of it in the part of the URL behind "#", so that every view can be
// bookmarked, sent, and restored, by the server's page and by a saved file alike.
import { useEffect, useState } from "preact/hooks";

export interface Route {
  page: string;
  params: Record<string, string>;
}

export function parse(hash: string): Route {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  let page = "overview";
  try {
    page = decodeURIComponent(path) || "overview";
  } catch {
    page = path;
  }
  return { page, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function href(page: string, params: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== null && value !== undefined && value !== "") query.set(key, String(value));
  const text = query.toString();
  return `#/${page}${text ? `?${text}` : ""}`;
}

let savedRoute: string | null = null;
const listeners = new Set<() => void>();

/** In a saved file and in a notebook the address is not ours: the route lives here. */
export function detach(route: string): void {
  savedRoute = route;
}

export const current = (): Route => parse(savedRoute ?? location.hash);

/** Go to a view. `replace` for what a reader would not want to step back through, such as typing. */
export function go(to: string, replace = false): void {
  if (savedRoute !== null) savedRoute = to;
  else if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  listeners.forEach((listener) => listener());
}

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const update = () => setRoute(current());
    listeners.add(update);
    addEventListener("hashchange", update);
    addEventListener("popstate", update);
    return () => {
      listeners.delete(update);
      removeEventListener("hashchange", update);
      removeEventListener("popstate", update);
    };
  }, []);
  return route;
}

/** The value of a parameter and a way to set some of them, keeping the others. */
export function useParams(): [Record<string, string>, (changed: Record<string, string | number | null | undefined>, replace?: boolean) => void] {
  const route = useRoute();
  return [route.params, (changed, replace = true) => {
    const now = current();
    go(href(now.page, { ...now.params, ...changed }), replace);
  }];
}
