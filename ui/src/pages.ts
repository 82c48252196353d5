// The pages, in the order of their tabs. A new page is a row here and a component beside the others.
import type { ComponentType } from "preact";
import { Compare } from "./pages/compare";
import { GraphPage } from "./pages/graph";
import { LatentPage } from "./pages/latent";
import { Latents } from "./pages/latents";
import { Overview } from "./pages/overview";
import { SteerPage } from "./pages/steer";
import { TextPage } from "./pages/text";
import type { PageProps } from "./types";

interface PageRow {
  id: string;
  title: string;
  tip: string;
  component: ComponentType<PageProps>;
  /** Reached from another page; that page's tab is lit. */
  hidden?: boolean;
  within?: string;
  /** Stays mounted when another dictionary is chosen. */
  keepsDictionary?: boolean;
  /** Has something to show where no run is served. */
  withoutRun?: boolean;
}

export const PAGES: PageRow[] = [
  { id: "overview", title: "Overview", tip: "Metrics and training", component: Overview, keepsDictionary: true },
  { id: "latents", title: "Latents", tip: "All latents: sort, filter, search", component: Latents },
  { id: "latent", title: "Latent", tip: "One latent", component: LatentPage, hidden: true, within: "latents" },
  { id: "text", title: "Text", tip: "Which latents fire on your text", component: TextPage },
  { id: "steer", title: "Steer", tip: "Write with latents changed", component: SteerPage, keepsDictionary: true },
  { id: "compare", title: "Compare", tip: "Two dictionaries side by side", component: Compare, keepsDictionary: true },
  { id: "graph", title: "Graph", tip: "What leads from a prompt to its next token", component: GraphPage as ComponentType<PageProps>, keepsDictionary: true, withoutRun: true },
];
