// The same pages inside a notebook: questions go to the kernel instead of a server, and the notebook's own styles stay
// outside of a shadow root.
import { render } from "preact";
import { ApiError, useApi, useTransport, type Problem, type Transport } from "./api";
import { PAGES } from "./pages";
import { Bones, Problems, Tooltip } from "./parts";
import { detach, go, useRoute } from "./router";
import css from "./styles.css?inline";
import type { Listing } from "./types";

interface Model {
  get(name: string): unknown;
  send(content: unknown): void;
  on(event: string, callback: (content: never) => void): void;
  off(event: string, callback: (content: never) => void): void;
}

class KernelTransport implements Transport {
  readonly live = true;
  private next = 0;
  private readonly waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>();

  constructor(private readonly model: Model) {
    model.on("msg:custom", ((message: { id: number; value?: unknown; error?: Problem }) => {
      const found = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) found?.failed(new ApiError(message.error));
      else found?.done(message.value);
    }) as never);
  }

  ask(method: "GET" | "POST", path: string, body: unknown): Promise<unknown> {
    const id = (this.next += 1);
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      this.model.send({ id, method, path, body });
    });
  }
}

function Embedded() {
  const route = useRoute();
  const listing = useApi<Listing>("/api/runs");
  const run = listing.data?.runs[0];
  const dictionary = run?.dictionaries.find((one) => one.name === route.params.dictionary) ?? run?.dictionaries[0];
  const Page = PAGES.find((one) => one.id === route.page)?.component;
  if (listing.error) return <Problems error={listing.error} />;
  if (!listing.data || !run || !dictionary || !Page) return <Bones />;
  return <Page key={JSON.stringify(route.params.latent ?? "")} {...{ run, dictionary, listing: listing.data }} />;
}

/** The static output beside the widget is for notebooks without a kernel. */
function hideStatic(identifier: string): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-microtome-static]"))
    if (one.dataset.microtomeStatic === identifier) (one.closest<HTMLElement>(".jp-OutputArea-child") ?? one).style.display = "none";
}

export default {
  render({ model, el }: { model: Model; el: HTMLElement }): () => void {
    useTransport(new KernelTransport(model));
    detach(String(model.get("route")));
    // JupyterLab says which theme it has; the system may have the other.
    const light = document.body.dataset.jpThemeLight;
    const dark = light === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : light === "false";
    hideStatic(String(model.get("static")));
    const root = el.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = css;
    const box = document.createElement("div");
    box.className = "mt";
    box.dataset.theme = dark ? "dark" : "light";
    box.style.background = "var(--bg)";
    root.append(style, box);
    // A link inside goes to a view of the widget, not of the notebook.
    box.addEventListener("click", (event) => {
      const link = (event.target as Element).closest?.("a[href^='#/']");
      if (!link) return;
      event.preventDefault();
      const to = link.getAttribute("href")!;
      go(to);
    });
    render(<><main class="page" style={{ padding: "16px" }}><Embedded /></main><Tooltip /></>, box);
    return () => render(null, box);
  },
};
