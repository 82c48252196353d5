// What the page Steer and those that send latents to it share: changes as they stand in the URL, and the last settings of
// each run, so that a latent that is sent joins those chosen before.
import { go, href } from "./router";

/** As the server and a preset file have it; `value` may be what was typed, which the server then refuses in its words. */
export interface Change {
  kind: string;
  latent?: number;
  value?: number | string;
  unit?: string;
  dictionary?: string;
  when?: { clock?: string; start?: number; stop?: number | null; scale?: number[][]; fires?: { latent: number; dictionary?: string; above?: number }; specials?: boolean };
}

export const KINDS: { value: string; label: string; units: { value: string; label: string }[]; start: number | null }[] = [
  { value: "add", label: "add", units: [{ value: "max", label: "× its maximum" }, { value: "norm", label: "× residual norm" }, { value: "activation", label: "activation" }], start: 4 },
  { value: "clamp", label: "clamp to", units: [{ value: "max", label: "× its maximum" }, { value: "activation", label: "activation" }], start: 4 },
  { value: "min_clamp", label: "at least", units: [{ value: "max", label: "× its maximum" }, { value: "activation", label: "activation" }], start: 1 },
  { value: "scale", label: "multiply by", units: [], start: 2 },
  { value: "ablate", label: "ablate", units: [], start: null },
  { value: "project_out", label: "project out", units: [], start: null },
];

const chosen = (latent: number, dictionary: string): Change => ({ kind: "add", latent, value: 4, unit: "max", dictionary });

/** The changes in a URL; null when they cannot be read. */
export function readChanges(text: string | undefined): Change[] | null {
  if (!text) return [];
  try {
    const found = JSON.parse(text);
    return Array.isArray(found) && found.every((one) => one && typeof one === "object") ? found : null;
  } catch {
    return null;
  }
}

export function withLatent(changes: Change[], latent: number, dictionary: string): Change[] {
  const known = changes.some((one) => one.latent === latent && one.dictionary === dictionary);
  return known ? changes : [...changes, chosen(latent, dictionary)];
}

const last = new Map<string, Record<string, string>>();
export const remember = (run: string, params: Record<string, string>): void => void last.set(run, params);
export const remembered = (run: string): Record<string, string> | undefined => last.get(run);

/** The view Steer with this latent beside those chosen before; `prompt` where there is none yet. */
export function sendToSteer(run: string, dictionary: string, latent: number, prompt = ""): string {
  const before = last.get(run) ?? {};
  const changes = withLatent(readChanges(before.changes) ?? [], latent, dictionary);
  return href("steer", { ...before, prompt: before.prompt || prompt.slice(0, 3000), run, dictionary, changes: JSON.stringify(changes) });
}

// A type of our own, so that only what takes a latent answers to one that is dragged.
const DRAGGED = "application/x-microtome-steer";

/** What makes an element a latent that can be dragged to whatever has `takesLatent`. */
export const carriesLatent = (to: () => string) => ({
  draggable: true,
  onDragStart: (event: DragEvent) => {
    event.dataTransfer?.setData(DRAGGED, to());
    document.body.dataset.carrying = "latent";
  },
  onDragEnd: () => void delete document.body.dataset.carrying,
});

/** What makes an element the place where a dragged latent is let go: the view it goes to opens. */
export const takesLatent = {
  "data-takes": "latent",
  onDragOver: (event: DragEvent) => event.dataTransfer?.types.includes(DRAGGED) && event.preventDefault(),
  onDrop: (event: DragEvent) => {
    const to = event.dataTransfer?.getData(DRAGGED);
    if (!to) return;
    event.preventDefault();
    delete document.body.dataset.carrying;
    go(to);
  },
};

/** A number as it was typed, or the text itself where it is none. */
export function typed(text: string): number | string {
  const value = Number(text.trim().replace("−", "-").replace(",", "."));
  return text.trim() !== "" && Number.isFinite(value) ? value : text;
}
