// The frame around every page: which run and dictionary, the pages, theme, saving, and the keys.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isLive, useApi } from "./api";
import { save } from "./export";
import { PAGES } from "./pages";
import { Bones, Empty, Icon, Problems, Select, Tooltip } from "./parts";
import { current, go, href, useRoute } from "./router";
import { takesLatent } from "./steering";
import type { Listing, PageProps } from "./types";

export const Mark = () => (
  <svg viewBox="0 0 20 20" aria-hidden="true">
    <path d="M2 6.2 10 2l8 4.2-8 4.2z" fill="var(--strength)" />
    <path d="m2 10.2 8 4.2 8-4.2M2 14 l8 4.2 8-4.2" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" opacity="0.55" />
  </svg>
);

type Theme = "light" | "dark";

function useTheme(): [Theme, () => void] {
  const system = (): Theme => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const remembered = (): Theme | null => {
    try {
      return localStorage.getItem("microtome-theme") as Theme | null;
    } catch {
      return null; // storage is closed to files and to strict browsers
    }
  };
  const [theme, setTheme] = useState<Theme>(() => remembered() ?? ((document.documentElement.dataset.theme as Theme) || system()));
  // Before the next painting: an effect after it would show one picture in the former colours.
  useLayoutEffect(() => {
    document.body.classList.add("mt");
    document.body.dataset.theme = theme;
  }, [theme]);
  return [theme, () => {
    const next = theme === "dark" ? "light" : "dark";
    setTheme(next);
    try {
      localStorage.setItem("microtome-theme", next);
    } catch {
      // as above: the choice then lasts as long as the page
    }
  }];
}

const typing = (event: KeyboardEvent): boolean =>
  event.ctrlKey || event.metaKey || event.altKey || !!(event.target as Element).closest?.("input, textarea, select, [contenteditable]");

export function App({ savedAt }: { savedAt?: string }) {
  const route = useRoute();
  const listing = useApi<Listing>("/api/runs", { every: 5000 });
  const [theme, toggleTheme] = useTheme();
  const [problem, setProblem] = useState("");
  const help = useRef<HTMLDialogElement>(null);
  const noRun = listing.data?.runs.length === 0 && !route.params.run;
  const pages = PAGES.filter((one) => !noRun || one.withoutRun);
  const page = pages.find((one) => one.id === route.page) ?? (noRun ? pages[0] : undefined);

  const run = listing.data?.runs.find((one) => one.id === route.params.run) ?? (route.params.run ? undefined : listing.data?.runs[0]);
  const dictionary = run?.dictionaries.find((one) => one.name === route.params.dictionary) ?? (route.params.dictionary ? undefined : run?.dictionaries[0]);
  const title = [page?.title ?? "microtome", route.params.latent, dictionary?.name, run?.id].filter(Boolean).join(" · ");
  useEffect(() => void (document.title = `${title} · microtome`), [title]);
  const saveView = () => save(title, theme).then(() => setProblem(""), (error: Error) => setProblem(error.message));

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (typing(event)) return;
      const chosen = pages.filter((one) => !one.hidden)[Number(event.key) - 1];
      const { run: r, dictionary: d } = current().params;
      if (chosen) go(href(chosen.id, { run: r, dictionary: d }));
      else if (event.key === "t") toggleTheme();
      else if (event.key === "s" && isLive()) void saveView();
      else if (event.key === "?") help.current?.showModal();
      else if (event.key === "/") {
        const field = document.querySelector<HTMLElement>(".page input.field, .page textarea.field");
        field?.focus();
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  const body = () => {
    if (listing.error && !listing.data) return <Problems error={listing.error} retry={listing.reload} />;
    if (!listing.data) return <Bones lines={8} />;
    if (noRun && page) return <page.component key={page.id} {...({ listing: listing.data } as PageProps)} />;
    if (!page) return <Empty title={`There is no page “${route.page}”`}>Choose one above.</Empty>;
    if (!run) return <Problems error={{ problem: `This server does not show a run “${route.params.run}”`, cure: "Choose one above" }} />;
    if (run.error) return <Problems error={run.error} retry={listing.reload} />;
    if (!dictionary) return <Problems error={{ problem: `The run has no dictionary “${route.params.dictionary ?? ""}”`, cure: "Choose one above" }} />;
    const Page = page.component;
    return <Page key={`${page.id} ${page.keepsDictionary ? "" : `${run.id} ${dictionary.name}`}`} {...{ run, dictionary, listing: listing.data }} />;
  };
  const runs = listing.data?.runs ?? [];
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the page</a>
      {savedAt && <div class="saved-note">Saved from microtome on {savedAt.slice(0, 10)}. It holds this view only; the model is not attached.</div>}
      <header class="top">
        <div class="bar">
          <a class="brand" href={isLive() ? href("overview", { run: run?.id }) : undefined}><Mark />microtome</a>
          {isLive() ? (
            <nav class="tabs" aria-label="Pages">
              {pages.filter((one) => !one.hidden).map((one, i) => (
                <a {...(one.id === "steer" ? takesLatent : {})} href={href(one.id, { run: run?.id, dictionary: dictionary?.name })} aria-current={page && (one.id === page.id || page.within === one.id) ? "page" : undefined} data-tip={`${one.tip}  (key ${i + 1})`}>{one.title}</a>
              ))}
            </nav>
          ) : <nav class="tabs" aria-label="Pages"><a aria-current="page">{page?.title}</a></nav>}
          <div class="where">
            {isLive() && runs.length > 1 && <Select label="Run" value={run?.id ?? ""} options={runs.map((one) => ({ value: one.id, label: one.id }))} onChange={(value) => go(href(page?.hidden ? (page.within ?? "overview") : route.page, { run: value }))} />}
            {isLive() && run && run.dictionaries.length > 1 && <Select label="Dictionary" value={dictionary?.name ?? ""} options={run.dictionaries.map((one) => ({ value: one.name, label: one.name }))} onChange={(value) => go(href(page?.hidden ? (page.within ?? "overview") : route.page, { run: run.id, dictionary: value }))} />}
            {(!isLive() || (runs.length === 1 && run?.dictionaries.length === 1)) && dictionary && <span class="badge cut">{run?.id} · {dictionary.name}</span>}
          </div>
          <div class="actions">
            {isLive() && <button class="btn quiet" onClick={saveView} data-tip="Save this view as one HTML file  (key s)" aria-label="Save this view as one HTML file"><Icon path="M8 2v8m0 0 3-3m-3 3L5 7M2.5 11v2.5h11V11" /></button>}
            <button class="btn quiet" onClick={toggleTheme} data-tip="Dark or light  (key t)" aria-label="Dark or light"><Icon path={theme === "dark" ? "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1m0 12v1M1 8h1m12 0h1M3 3l.7.7m8.6 8.6.7.7M3 13l.7-.7m8.6-8.6L13 3" : "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z"} /></button>
            {isLive() && <button class="btn quiet" onClick={() => help.current?.showModal()} data-tip="Keys  (key ?)" aria-label="Keys"><Icon path="M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4M8 11.6v.1M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z" /></button>}
          </div>
        </div>
      </header>
      <main class="page" id="main" tabIndex={-1} style={{ outline: "none" }}>
        {problem && <Problems error={{ problem: `The view could not be saved: ${problem}`, cure: "See whether the server still runs" }} />}
        {body()}
      </main>
      <dialog class="mt" data-theme={theme} ref={help} onClick={(event) => event.target === help.current && help.current?.close()}>
        <h2>Keys</h2>
        <dl class="dl">
          {([["1 … 9", "Pages"], ["/", "To the search or text field"], ["↑ ↓ PgUp PgDn", "Move in a table"], ["Enter", "Open the row"], ["← →", "Previous, next latent"], ["e", "Edit the label of a latent"], ["↑ ↓ ← → Enter", "Move through a graph and pin, with Shift several"], ["+ − 0", "Zoom a graph, all of it"], ["s", "Save this view as one HTML file"], ["t", "Dark or light"], ["Esc", "Close"]] as const).map(([key, what]) => (
            <><dt><span class="kbd">{key}</span></dt><dd>{what}</dd></>
          ))}
        </dl>
        <div class="row" style={{ marginTop: "16px" }}><button class="btn" onClick={() => help.current?.close()}>Close</button></div>
      </dialog>
      <Tooltip />
    </>
  );
}
