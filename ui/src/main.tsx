// The start: the server's page, or a file that was saved from it.
import { render } from "preact";
import { App } from "./app";
import { SavedTransport, askAhead, useTransport } from "./api";
import { latentPath } from "./pages/latent";
import { current, detach } from "./router";
import { nameOf, plain } from "./tokens";
import "./styles.css";

const saved = document.getElementById("saved");
let savedAt: string | undefined;
if (saved) {
  const { route, answers, when } = JSON.parse(saved.textContent!);
  useTransport(new SavedTransport(answers));
  detach(route);
  savedAt = when;
} else {
  // Every page wants the list of runs, and a latent's address says all that is asked for: neither waits to be drawn.
  askAhead("/api/runs");
  const { page, params } = current();
  if (page === "latent" && params.run && params.dictionary && params.latent) askAhead(latentPath(params.run, params.dictionary, Number(params.latent)));
}
// For the test that holds this and the Python side's rendering of tokens and names equal.
Object.assign(window, { microtomePlain: plain, microtomeName: nameOf });
render(<App savedAt={savedAt} />, document.getElementById("app")!);
