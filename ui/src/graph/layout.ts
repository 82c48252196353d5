// Where everything stands: a column for each token, a row for each layer, tokens below and outputs on top; a latent or a
// direction that was traced stands in its layer. What shares a
// layer and a token stands side by side, in several lines where they are many.
import type { Item, Shown } from "./model";

export interface Band { at: number; size: number; label: string }
export interface Layout {
  x: Float32Array;
  y: Float32Array;
  /** Half the width of what is drawn; points are as wide as they are high. */
  half: Float32Array;
  /** Room from one point to the next: how much of a name can be written below it. */
  step: number;
  columns: (Band & { position: number })[];
  rows: (Band & { layer: number })[];
  width: number;
  height: number;
}

const [NARROW, ROOMY] = [15, 84];
const PILL = 92;
const GAP = 16;
/** Width by height of the window, about. */
const SHAPE = 1.4;

const rowOf = (item: Item, layers: number): number => (item.kind === "token" ? -1 : Math.max(0, Math.min(layers, item.layer)));
export const isWide = (item: Item): boolean => item.kind === "group" || item.kind === "target";
const ORDER: Record<Item["kind"], number> = { group: 0, latent: 1, bias: 2, error: 3, token: 4, target: 5 };

/** Room for a line of a cell: names are written below points, supernodes and outputs are boxes. */
const lineRoom = (cell: Cell, shown: Shown, height: number): number => (cell.items.some((i) => isWide(shown.items[i])) ? Math.max(26, height) : height);

interface Cell { column: number; row: number; items: number[] }

function cellsOf(shown: Shown): Cell[] {
  const cells = new Map<number, Cell>();
  const layers = shown.answer.n_layers;
  shown.items.forEach((item, i) => {
    const [row, column] = [rowOf(item, layers), item.position];
    const key = row * 100_003 + column;
    const cell = cells.get(key) ?? { column, row, items: [] };
    cell.items.push(i);
    cells.set(key, cell);
  });
  for (const cell of cells.values())
    cell.items.sort((a, b) => ORDER[shown.items[a].kind] - ORDER[shown.items[b].kind] || (isWide(shown.items[a]) ? shown.items[b].influence - shown.items[a].influence : 0) || a - b);
  return [...cells.values()];
}

/** The lines of a cell, each at most `most` wide. */
function linesOf(cell: Cell, shown: Shown, step: number, most: number): { items: number[]; width: number }[] {
  const lines: { items: number[]; width: number }[] = [{ items: [], width: 0 }];
  for (const i of cell.items) {
    const width = isWide(shown.items[i]) ? PILL + 8 : step;
    let line = lines[lines.length - 1];
    if (line.items.length && line.width + width > most) lines.push((line = { items: [], width: 0 }));
    line.items.push(i);
    line.width += width;
  }
  return lines;
}

interface Wrapped { lines: { cell: Cell; lines: { items: number[]; width: number }[] }[]; widths: Map<number, number>; heights: Map<number, number>; shape: number }

export function arrange(shown: Shown): Layout {
  const { answer, items } = shown;
  const cells = cellsOf(shown);
  const positions = new Map<number, number>();
  // How many points a column would have side by side, were there room.
  for (const cell of cells) {
    const points = cell.items.reduce((sum, i) => sum + (isWide(items[i]) ? 2 : 1), 0);
    positions.set(cell.column, Math.max(positions.get(cell.column) ?? 0, points));
  }
  for (let p = 0; p < answer.tokens.length; p += 1) if (!positions.has(p)) positions.set(p, 0);
  const order = [...positions.keys()].sort((a, b) => a - b);
  const natural = order.reduce((sum, p) => sum + Math.max(1, positions.get(p)!), 0);
  const step = Math.max(NARROW, Math.min(ROOMY, 1150 / natural));
  const lineHeight = step >= 40 ? 36 : Math.max(15, step * 0.9);
  const wrapped = (most: number): Wrapped => {
    const lines = cells.map((cell) => ({ cell, lines: linesOf(cell, shown, step, Math.max(most, PILL + 8)) }));
    const widths = new Map<number, number>(order.map((p) => [p, positions.get(p) ? (order.length > 40 ? 24 : 52) : 16]));
    const heights = new Map<number, number>();
    for (const { cell, lines: found } of lines) {
      widths.set(cell.column, Math.max(widths.get(cell.column)!, ...found.map((line) => line.width)));
      heights.set(cell.row, Math.max(heights.get(cell.row) ?? 0, found.length * lineRoom(cell, shown, lineHeight)));
    }
    const sum = (sizes: Map<number, number>) => [...sizes.values()].reduce((all, size) => all + size + GAP, 0);
    return { lines, widths, heights, shape: sum(widths) / Math.max(1, sum(heights)) };
  };
  // Lines as long as give the whole the shape of a screen.
  const off = (one: Wrapped) => Math.abs(Math.log(one.shape / SHAPE));
  const { lines, widths, heights, shape } = [4, 6, 8, 11, 15, 22, 40].map((count) => wrapped(count * step)).reduce((best, one) => (off(one) < off(best) ? one : best));
  // What is still too flat gets its layers further apart.
  const gap = GAP + Math.max(0, Math.min(60, ((shape / SHAPE - 1) * [...heights.values()].reduce((all, size) => all + size + GAP, 0)) / (answer.n_layers + 2)));
  const columns: Layout["columns"] = [];
  let x = 0;
  for (const position of order) {
    const size = widths.get(position)!;
    columns.push({ position, at: x + size / 2, size, label: position < 0 ? "bias" : answer.tokens[position] ?? "" });
    x += size + GAP;
  }
  const rows: Layout["rows"] = [];
  let y = 0;
  for (let layer = answer.n_layers; layer >= -1; layer -= 1) {
    const label = layer === answer.n_layers ? "out" : layer < 0 ? "in" : String(layer);
    const size = heights.get(layer) ?? 8;
    rows.push({ layer, at: y + size / 2, size, label });
    y += size + (layer === answer.n_layers || layer === 0 ? Math.max(26, gap) : heights.has(layer) ? gap : 4);
  }
  const columnAt = new Map(columns.map((one) => [one.position, one.at]));
  const rowAt = new Map(rows.map((one) => [one.layer, one]));
  const layout: Layout = { x: new Float32Array(items.length), y: new Float32Array(items.length), half: new Float32Array(items.length), step, columns, rows, width: Math.max(0, x - GAP), height: Math.max(0, y - GAP) };
  for (const { cell, lines: found } of lines) {
    const row = rowAt.get(cell.row)!;
    const each = lineRoom(cell, shown, lineHeight);
    found.forEach((line, n) => {
      let left = columnAt.get(cell.column)! - line.width / 2;
      for (const i of line.items) {
        const width = isWide(items[i]) ? PILL + 8 : step;
        layout.x[i] = left + width / 2;
        layout.y[i] = row.at + (n - (found.length - 1) / 2) * each;
        layout.half[i] = isWide(items[i]) ? PILL / 2 : 0;
        left += width;
      }
    });
  }
  return layout;
}

/** The item next to `from` in a direction, by the distance along it and twice the distance across. */
export function neighbour(layout: Layout, from: number, dx: number, dy: number): number {
  let [best, least] = [from, Infinity];
  for (let i = 0; i < layout.x.length; i += 1) {
    const [ahead, across] = [(layout.x[i] - layout.x[from]) * dx + (layout.y[i] - layout.y[from]) * dy, Math.abs((layout.x[i] - layout.x[from]) * dy) + Math.abs((layout.y[i] - layout.y[from]) * dx)];
    const distance = ahead + 2.5 * across;
    if (i !== from && ahead > 0.5 && distance < least) [best, least] = [i, distance];
  }
  return best;
}
