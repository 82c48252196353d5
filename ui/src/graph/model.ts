// A graph as the page shows it: nodes, or supernodes in their place, with the edges between them summed.
import { nameOf, plain } from "../tokens";

export type Kind = "latent" | "error" | "token" | "bias" | "target";
export interface GraphNode {
  id: string; kind: Kind; layer: number; position: number; index: number;
  activation: number; influence: number; residual: number | null; label: string | null; dictionary: string | null;
}
export interface Supernode { name: string; nodes: string[] }
export interface GraphAnswer {
  name: string; prompt: string; tokens: string[]; model: string; n_layers: number;
  targets: { id: string; label: string; probability: number | null }[];
  scores: { replacement: number | null; completeness: number | null };
  /** Of what the thresholds keep: all else counts as errors. */
  kept_scores?: { replacement: number | null; completeness: number | null };
  total: { nodes: number; edges: number };
  left_out?: { nodes: number; edges: number };
  nodes: GraphNode[];
  edges: [number, number, number][];
  supernodes: Supernode[];
}
export interface GraphListed {
  run: string | null; name: string; model: string; prompt: string; nodes: number; edges: number;
  scores: { replacement: number | null; completeness: number | null };
  error?: { problem: string; cure: string };
}

/** What is drawn in one place: a node, or the members of a supernode. */
export interface Item {
  id: string;
  kind: Kind | "group";
  layer: number;
  position: number;
  influence: number;
  /** Its name in full, invisible characters shown. */
  name: string;
  members: number[];
  automatic: boolean;
}

/** Edges by item: those of item `i` are `edges[start[i]] … edges[start[i + 1] - 1]`, strongest first. */
export interface Incident { start: Int32Array; edges: Int32Array }

export interface Shown {
  answer: GraphAnswer;
  items: Item[];
  /** The number of the item that shows an id: an item's own or a member's. */
  of: Map<string, number>;
  source: Int32Array;
  target: Int32Array;
  weight: Float32Array;
  inputs: Incident;
  outputs: Incident;
  /** Edge numbers from the strongest to the weakest. */
  order: Int32Array;
}

const KINDS: Record<Item["kind"], string> = { latent: "latent", error: "error", token: "token", bias: "bias", target: "output", group: "supernode" };

export function nodeName(node: GraphNode, answer: GraphAnswer): string {
  if (node.label && node.kind !== "token") return nameOf(node.label);
  if (node.kind === "token") return plain(answer.tokens[node.position] ?? "");
  if (node.kind === "latent") return `${node.layer} / ${node.index}`;
  if (node.kind === "error") return `error ${node.layer}`;
  if (node.kind === "target") return nameOf(answer.targets.find((one) => one.id === node.id)?.label ?? node.id);
  return nameOf(node.id.replace(/^B_/, "").replace(/_P\d+$/, ""));
}

type Placed = Pick<Item, "kind" | "layer" | "position">;

/** Logits are what the model puts out; a latent or a direction that was traced lies in a layer. */
export const isOutput = (item: Placed, answer: GraphAnswer): boolean => item.kind === "target" && item.layer >= answer.n_layers;

export const kindName = (item: Placed, answer: GraphAnswer): string => (item.kind === "target" && !isOutput(item, answer) ? "target" : KINDS[item.kind]);

export function place(item: Placed, answer: GraphAnswer): string {
  if (isOutput(item, answer)) return "output";
  if (item.kind === "token") return `token ${item.position}`;
  return item.position < 0 ? `layer ${item.layer}` : `layer ${item.layer}, token ${item.position}`;
}

/** Its kind and its place, of which an output has one word. */
export const described = (item: Placed, answer: GraphAnswer, between: string): string =>
  [...new Set([kindName(item, answer), place(item, answer)])].join(between);

/** Supernodes as they stand in the URL: names are escaped, so "," and ";" are free to separate. */
export const writeGroups = (groups: Supernode[]): string =>
  groups.map((one) => [one.name, ...one.nodes].map(encodeURIComponent).join(",")).join(";");

export function readGroups(text: string | undefined): Supernode[] {
  return (text ?? "").split(";").filter(Boolean).map((part) => {
    const [name, ...nodes] = part.split(",").map((piece) => {
      try {
        return decodeURIComponent(piece);
      } catch {
        return piece;
      }
    });
    return { name, nodes };
  });
}

export const groupId = (name: string, automatic: boolean): string => `${automatic ? "A" : "G"}:${name}`;

function group(name: string, members: number[], answer: GraphAnswer, automatic: boolean): Item {
  const nodes = members.map((i) => answer.nodes[i]);
  const influence = nodes.reduce((sum, one) => sum + one.influence, 0);
  const first = nodes.reduce((best, one) => (one.influence > best.influence ? one : best));
  return { id: groupId(name, automatic), kind: "group", layer: first.layer, position: first.position, influence, name: nameOf(name), members, automatic };
}

function incident(ends: Int32Array, order: Int32Array, items: number): Incident {
  const start = new Int32Array(items + 1);
  for (const end of ends) start[end + 1] += 1;
  for (let i = 0; i < items; i += 1) start[i + 1] += start[i];
  const next = start.slice();
  const edges = new Int32Array(ends.length);
  for (const edge of order) edges[next[ends[edge]]++] = edge;
  return { start, edges };
}

/** The items of an answer: supernodes by hand come first, a node belongs to the first that names it. */
export function show(answer: GraphAnswer, byHand: Supernode[], automatic: Supernode[]): Shown {
  const number = new Map(answer.nodes.map((node, i) => [node.id, i]));
  const itemOf = new Int32Array(answer.nodes.length).fill(-1);
  const items: Item[] = [];
  const of = new Map<string, number>();
  for (const [list, auto] of [[byHand, false], [automatic, true]] as const)
    for (const one of list) {
      const members = [...new Set(one.nodes.map((id) => number.get(id)))].filter((i): i is number => i !== undefined && itemOf[i] < 0);
      if (members.length === 0 || (auto && members.length < 2) || of.has(groupId(one.name, auto))) continue;
      for (const i of members) itemOf[i] = items.length;
      of.set(groupId(one.name, auto), items.length);
      items.push(group(one.name, members, answer, auto));
    }
  answer.nodes.forEach((node, i) => {
    if (itemOf[i] < 0) {
      itemOf[i] = items.length;
      items.push({ id: node.id, kind: node.kind, layer: node.layer, position: node.position, influence: node.influence, name: nodeName(node, answer), members: [i], automatic: false });
    }
    of.set(node.id, itemOf[i]);
  });
  const grouped = items.length < answer.nodes.length;
  const sums = new Map<number, number>();
  const between: [number, number, number][] = grouped ? [] : answer.edges;
  if (grouped) {
    for (const [source, target, weight] of answer.edges) {
      const [from, to] = [itemOf[source], itemOf[target]];
      if (from !== to) sums.set(from * items.length + to, (sums.get(from * items.length + to) ?? 0) + weight);
    }
    for (const [key, weight] of sums) between.push([Math.floor(key / items.length), key % items.length, weight]);
  }
  const source = Int32Array.from(between, (edge) => (grouped ? edge[0] : itemOf[edge[0]]));
  const target = Int32Array.from(between, (edge) => (grouped ? edge[1] : itemOf[edge[1]]));
  const weight = Float32Array.from(between, (edge) => edge[2]);
  const order = Int32Array.from(between.keys()).sort((a, b) => Math.abs(weight[b]) - Math.abs(weight[a]));
  return { answer, items, of, source, target, weight, order, inputs: incident(target, order, items.length), outputs: incident(source, order, items.length) };
}

export const edgesOf = (incident: Incident, item: number): Int32Array => incident.edges.subarray(incident.start[item], incident.start[item + 1]);

/** Items whose name, id or token holds the text; the most influential first. */
export function find(shown: Shown, text: string, most = 200): number[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const { answer } = shown;
  const holds = (value: string) => value.toLowerCase().includes(wanted);
  const found = shown.items.map((_, i) => i).filter((i) => {
    const item = shown.items[i];
    if (holds(item.name) || holds(item.id)) return true;
    return item.members.some((m) => {
      const node = answer.nodes[m];
      return (item.kind === "group" && (holds(node.id) || holds(node.label ?? ""))) || (node.kind === "latent" && String(node.index) === wanted) ||
        (node.position >= 0 && node.kind !== "target" && holds(answer.tokens[node.position] ?? ""));
    });
  });
  // Whose own name it is stands before those that are merely at that token.
  const own = (i: number) => (holds(shown.items[i].name) || holds(shown.items[i].id) ? 1 : 0);
  return found.sort((a, b) => own(b) - own(a) || shown.items[b].influence - shown.items[a].influence).slice(0, most);
}
