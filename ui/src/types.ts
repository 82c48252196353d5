// What the server says, as types.
import type { Problem } from "./api";

export interface Entry {
  name: string;
  kind: string;
  sparsifier: string;
  site_in: string;
  site_out: string;
  latents: number;
  l0: number;
  saved: boolean;
  evaluated: boolean;
  store: boolean;
  checkpoints: number[];
}
export interface RunListed { id: string; path: string; status?: string; model?: string; dictionaries: Entry[]; error?: Problem }
export interface Listing { version: string; runs: RunListed[]; glossary: Record<string, string> }
export interface Evaluation {
  values: Record<string, number | null>;
  intervals: Record<string, [number, number]>;
  undefined: Record<string, string>;
  facts: Record<string, unknown>;
}
/** How often latents fire, as the latent store counted it or else the evaluation. Of a store: the share of rare latents
 * whose encoder lies within a cosine of their common direction. */
export interface Density {
  source: "store" | "evaluation";
  rare_direction?: { rare: number; share: number; mean_cosine: number; within: number };
  edges: number[];
  counts: number[];
  classes: Record<string, number>;
  rare_below: number;
  dense_above: number;
  tokens: number;
  latents: number;
}
export interface Bins { edges: number[]; counts: number[] }
export interface Measured extends Entry { evaluation: Evaluation | null; error?: Problem; density?: Density; cosine?: Bins }
export interface RunOverview { id: string; status?: string; tokens_done: number; facts: Record<string, unknown>; dictionaries: Measured[] }
export interface Curves { dictionary: string; status?: string; tokens: number | null; target_l0: number; lines: number; series: Record<string, { x: number[]; y: number[] }> }
export interface PageProps { run: RunListed; dictionary: Entry; listing: Listing }

export const SERIES = ["var(--s0)", "var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)", "var(--s5)"];
export const CLASSES = [
  { name: "dead", colour: "var(--dead)" },
  { name: "rare", colour: "var(--rare)" },
  { name: "normal", colour: "var(--normal)" },
  { name: "dense", colour: "var(--dense)" },
];
export const densityColour = (density: number): string =>
  density <= 0 ? "var(--dead)" : density < 1e-4 ? "var(--rare)" : density > 0.1 ? "var(--dense)" : "var(--normal)";
