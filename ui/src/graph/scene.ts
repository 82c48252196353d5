// The drawing. Edges lie on a bitmap larger than the window, made in slices of a few milliseconds and only moved while the
// view moves; nodes, names and the edges of what is pointed at are drawn anew in each frame above it.
import { edgesOf, type Shown } from "./model";
import { type Layout } from "./layout";
import { axes, BOTTOM, drawItem, drawName, LEFT, radius, readPalette, type Palette } from "./marks";

export interface View { x: number; y: number; k: number }
/** What is marked: pinned items, found ones, and changes of activation after an intervention. */
export interface Marks { pins: Set<number>; found: Set<number> | null; changed: Map<number, number> }

const [SLICE_MS, MARGIN, LEVELS] = [7, 0.3, 10];
const REST_MS = 110;
const [SMALLEST, LARGEST] = [0.05, 12];

export class Scene {
  view: View = { x: 0, y: 0, k: 1 };
  hovered = -1;
  focused = -1;
  onView: (view: View) => void = () => {};
  private shown!: Shown;
  private layout!: Layout;
  private palette!: Palette;
  private marks: Marks = { pins: new Set(), found: null, changed: new Map() };
  private readonly top: CanvasRenderingContext2D;
  private back: HTMLCanvasElement;
  private front: HTMLCanvasElement;
  private drawnAt: View | null = null;
  private width = 0;
  private height = 0;
  private ratio = 1;
  private frame = 0;
  private rest = 0;
  private making: Iterator<void> | null = null;
  private makingAt: View = { x: 0, y: 0, k: 1 };
  private bucket = new Uint8Array();
  private byBucket = new Int32Array();
  private fitted = true;

  constructor(private readonly box: HTMLElement, bitmaps: [HTMLCanvasElement, HTMLCanvasElement], private readonly canvas: HTMLCanvasElement) {
    [this.front, this.back] = bitmaps;
    // What is being drawn for the first time has no place yet; it is shown when it is done.
    for (const bitmap of bitmaps) bitmap.style.visibility = "hidden";
    this.top = canvas.getContext("2d")!;
    this.recolour();
  }

  show(shown: Shown, layout: Layout): void {
    this.shown = shown;
    this.layout = layout;
    this.hovered = this.focused = -1;
    this.sortEdges();
    if (this.fitted) this.fit(false);
    this.remake();
  }

  mark(marks: Marks): void {
    this.marks = marks;
    this.invalidate();
  }

  recolour(): void {
    this.palette = readPalette(this.box);
    if (this.shown) this.remake();
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.box;
    if (clientWidth === this.width && clientHeight === this.height) return;
    [this.width, this.height] = [clientWidth, clientHeight];
    this.ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.round(this.width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    if (!this.shown) return;
    if (this.fitted) this.fit(false);
    this.remake();
  }

  /** Everything in sight. */
  fit(tell = true): void {
    if (!this.layout || !this.width) return;
    const [w, h] = [this.width - LEFT - 36, this.height - BOTTOM - 44];
    const k = Math.max(SMALLEST, Math.min(1.35, w / Math.max(1, this.layout.width), h / Math.max(1, this.layout.height)));
    this.look({ x: this.layout.width / 2 - LEFT / 2 / k, y: this.layout.height / 2 + (BOTTOM - 6) / 2 / k, k }, tell);
    this.fitted = true;
  }

  look(view: View, tell = true): void {
    this.view = { ...view, k: Math.max(SMALLEST, Math.min(LARGEST, view.k)) };
    this.fitted = false;
    this.invalidate();
    clearTimeout(this.rest);
    if (!this.width) return;
    this.rest = window.setTimeout(() => {
      this.remake();
      if (tell) this.onView(this.view);
    }, REST_MS);
  }

  get isFitted(): boolean {
    return this.fitted;
  }

  /** Larger by `factor`, with the point (x, y) of the box staying where it is. */
  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const k = Math.max(SMALLEST, Math.min(LARGEST, this.view.k * factor));
    const [dx, dy] = [x - this.width / 2, y - this.height / 2];
    this.look({ k, x: this.view.x + dx / this.view.k - dx / k, y: this.view.y + dy / this.view.k - dy / k });
  }

  pan(dx: number, dy: number): void {
    this.look({ ...this.view, x: this.view.x - dx / this.view.k, y: this.view.y - dy / this.view.k });
  }

  /** Moves as little as needed to have an item in sight. */
  reveal(item: number): void {
    const [x, y] = this.place(item);
    const [dx, dy] = [x < LEFT + 40 ? LEFT + 60 - x : x > this.width - 40 ? this.width - 60 - x : 0, y < 30 ? 50 - y : y > this.height - BOTTOM - 30 ? this.height - BOTTOM - 50 - y : 0];
    if (dx || dy) this.pan(dx, dy);
  }

  place(item: number): [number, number] {
    return [(this.layout.x[item] - this.view.x) * this.view.k + this.width / 2, (this.layout.y[item] - this.view.y) * this.view.k + this.height / 2];
  }

  placeOf(id: string): [number, number] | null {
    const item = this.shown?.of.get(id);
    return item === undefined ? null : this.place(item);
  }

  /** The item at a point of the box, -1 for none. */
  at(x: number, y: number): number {
    let [best, least] = [-1, Infinity];
    for (let i = 0; i < this.shown.items.length; i += 1) {
      const [px, py] = this.place(i);
      const half = this.layout.half[i] * this.view.k;
      const reach = Math.max(7, radius(this.shown.items[i], this.view.k, this.layout.step) + 3);
      const [dx, dy] = [Math.max(0, Math.abs(px - x) - half), Math.abs(py - y)];
      const distance = Math.hypot(dx, dy);
      if (distance < reach && distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  within(x0: number, y0: number, x1: number, y1: number): number[] {
    return this.shown.items.map((_, i) => i).filter((i) => {
      const [x, y] = this.place(i);
      return x >= Math.min(x0, x1) && x <= Math.max(x0, x1) && y >= Math.min(y0, y1) && y <= Math.max(y0, y1);
    });
  }

  point(item: number): void {
    if (this.hovered === item) return;
    this.hovered = item;
    this.invalidate();
  }

  invalidate(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    this.making = null;
  }

  // Edges are stroked by bucket: a sign and a level of strength, so that thousands share one stroke.
  private sortEdges(): void {
    const { weight, order } = this.shown;
    this.bucket = new Uint8Array(weight.length);
    const most = order.length ? Math.abs(weight[order[Math.floor(order.length * 0.002)]]) || 1 : 1;
    for (let e = 0; e < weight.length; e += 1) {
      const level = Math.min(LEVELS - 1, Math.floor(Math.sqrt(Math.min(1, Math.abs(weight[e]) / most)) * LEVELS));
      this.bucket[e] = level * 2 + (weight[e] < 0 ? 1 : 0);
    }
    this.byBucket = this.shown.order.slice().sort((a, b) => this.bucket[b] - this.bucket[a]);
  }

  private style(context: CanvasRenderingContext2D, bucket: number, clear: boolean): void {
    const level = (Math.floor(bucket / 2) + 0.5) / LEVELS;
    context.strokeStyle = bucket % 2 ? this.palette.negative : this.palette.strength;
    // The more edges there are, the fainter the weak ones: what matters stays readable.
    const crowd = Math.min(1, Math.sqrt(1500 / Math.max(1, this.shown.weight.length)));
    context.globalAlpha = clear ? 0.35 + 0.6 * level : 0.012 + 0.13 * crowd + (0.3 + 0.7 * crowd) * (0.62 * level) ** (1 + 1.2 * (1 - crowd));
    context.lineWidth = (clear ? 0.9 : 0.6) + 2.9 * level * level * Math.max(0.55, Math.min(1.5, Math.sqrt(this.view.k)));
  }

  private line(context: CanvasRenderingContext2D, e: number, view: View, cx: number, cy: number): void {
    const [s, t] = [this.shown.source[e], this.shown.target[e]];
    const { x, y } = this.layout;
    const [x0, y0] = [(x[s] - view.x) * view.k + cx, (y[s] - view.y) * view.k + cy];
    const [x1, y1] = [(x[t] - view.x) * view.k + cx, (y[t] - view.y) * view.k + cy];
    context.moveTo(x0, y0);
    if (this.shown.weight.length > 8000) context.lineTo(x1, y1);
    else context.bezierCurveTo(x0, y0 - (y0 - y1) * 0.42, x1, y1 + (y0 - y1) * 0.42, x1, y1);
  }

  /** The bitmap anew, for the view as it is; the old one stays until this one is done. */
  private remake(): void {
    if (!this.width || !this.shown) return;
    this.makingAt = this.view;
    this.making = this.strokes();
    this.invalidate();
  }

  private *strokes(): Generator<void> {
    const [w, h] = [this.width * (1 + 2 * MARGIN), this.height * (1 + 2 * MARGIN)];
    const canvas = this.back;
    // The same size again would keep what is on it.
    canvas.width = Math.round(w * this.ratio);
    canvas.height = Math.round(h * this.ratio);
    canvas.style.width = `${w}px`;
    canvas.style.height = `${h}px`;
    const context = canvas.getContext("2d")!;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.lineCap = "round";
    // Strongest first, the weaker put below: one look at a half-made picture shows what matters.
    context.globalCompositeOperation = "destination-over";
    const { x, y } = this.layout;
    const view = this.makingAt;
    const [left, right, above, below] = [view.x - w / 2 / view.k, view.x + w / 2 / view.k, view.y - h / 2 / view.k, view.y + h / 2 / view.k];
    let [bucket, count] = [-1, 0];
    for (const e of this.byBucket) {
      const [s, t] = [this.shown.source[e], this.shown.target[e]];
      if ((x[s] < left && x[t] < left) || (x[s] > right && x[t] > right) || (y[s] < above && y[t] < above) || (y[s] > below && y[t] > below)) continue;
      if (this.bucket[e] !== bucket || count === 120) {
        if (count) {
          context.stroke();
          yield;
        }
        if (this.bucket[e] !== bucket) this.style(context, (bucket = this.bucket[e]), false);
        context.beginPath();
        count = 0;
      }
      this.line(context, e, view, w / 2, h / 2);
      count += 1;
    }
    if (count) context.stroke();
  }

  private advance(): void {
    if (!this.making) return;
    const until = performance.now() + SLICE_MS;
    while (performance.now() < until)
      if (this.making.next().done) {
        this.making = null;
        [this.front, this.back] = [this.back, this.front];
        this.front.style.visibility = "visible";
        this.back.style.visibility = "hidden";
        this.drawnAt = this.makingAt;
        break;
      }
    this.invalidate();
  }

  private draw(): void {
    this.frame = 0;
    if (!this.shown || !this.width) return;
    this.advance();
    if (this.drawnAt) {
      const at = this.drawnAt, scale = this.view.k / at.k;
      const [w, h] = [this.width * (1 + 2 * MARGIN), this.height * (1 + 2 * MARGIN)];
      const [cx, cy] = [(at.x - this.view.x) * this.view.k + this.width / 2, (at.y - this.view.y) * this.view.k + this.height / 2];
      this.front.style.transform = `translate(${cx - (w / 2) * scale}px, ${cy - (h / 2) * scale}px) scale(${scale})`;
    }
    const lit = this.lit();
    this.front.style.opacity = lit ? "0.22" : "1";
    const context = this.top;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (lit) this.drawEdges(context, lit.edges);
    this.drawItems(context, lit?.items ?? null);
    axes(context, this.palette, this.layout, this.view, this.width, this.height);
    this.canvas.dataset.frames = String(Number(this.canvas.dataset.frames ?? 0) + 1);
    if (!this.making) this.canvas.dataset.ready = "yes";
    else delete this.canvas.dataset.ready;
  }

  /** What is pointed at, or else pinned, with its edges and the items at their other ends. */
  private lit(): { edges: number[]; items: Set<number> } | null {
    const centres = this.hovered >= 0 ? [this.hovered] : this.focused >= 0 ? [this.focused] : [...this.marks.pins];
    if (!centres.length) return this.marks.found ? { edges: [], items: this.marks.found } : null;
    const edges: number[] = [];
    const items = new Set(centres);
    for (const centre of centres)
      for (const incident of [this.shown.inputs, this.shown.outputs])
        for (const e of edgesOf(incident, centre)) {
          edges.push(e);
          items.add(this.shown.source[e]);
          items.add(this.shown.target[e]);
        }
    return { edges, items };
  }

  private drawEdges(context: CanvasRenderingContext2D, edges: number[]): void {
    let bucket = -1;
    context.lineCap = "round";
    for (const e of edges.sort((a, b) => this.bucket[a] - this.bucket[b])) {
      if (this.bucket[e] !== bucket) {
        if (bucket >= 0) context.stroke();
        this.style(context, (bucket = this.bucket[e]), true);
        context.beginPath();
      }
      this.line(context, e, this.view, this.width / 2, this.height / 2);
    }
    if (bucket >= 0) context.stroke();
    context.globalAlpha = 1;
  }

  private drawItems(context: CanvasRenderingContext2D, lit: Set<number> | null): void {
    const { items } = this.shown;
    const most = items.reduce((largest, item) => (item.kind === "target" || item.kind === "group" ? largest : Math.max(largest, item.influence)), 1e-12);
    const names = this.layout.step * this.view.k >= 46;
    for (let i = 0; i < items.length; i += 1) {
      const [x, y] = this.place(i);
      const half = this.layout.half[i] * this.view.k;
      if (x < -half - 20 || x > this.width + half + 20 || y < -20 || y > this.height + 20) continue;
      context.globalAlpha = lit && !lit.has(i) ? 0.28 : 1;
      drawItem(context, this.palette, items[i], { x, y, half, k: this.view.k, step: this.layout.step, most });
      if (names && half === 0 && items[i].kind !== "error") drawName(context, this.palette, items[i], x, y, this.view.k, this.layout.step);
      this.drawRings(context, i, x, y, half);
    }
    context.globalAlpha = 1;
  }

  private drawRings(context: CanvasRenderingContext2D, i: number, x: number, y: number, half: number): void {
    const change = this.marks.changed.get(i);
    const rings: [string, number, number][] = [];
    if (change) rings.push([change < 0 ? this.palette.negative : this.palette.strength, 4.5, 2]);
    if (this.marks.pins.has(i)) rings.push([this.palette.ink, 3, 2]);
    if (this.focused === i) rings.push([this.palette.focus, 5, 2]);
    if (this.marks.found?.has(i)) rings.push([this.palette.focus, 4, 1.4]);
    for (const [colour, gap, width] of rings) {
      const r = (half ? 10 * Math.min(1.25, Math.max(0.7, this.view.k)) : radius(this.shown.items[i], this.view.k, this.layout.step)) + gap;
      context.globalAlpha = 1;
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.roundRect(x - half - (half ? gap : r), y - r, 2 * (half + (half ? gap : r)), 2 * r, r);
      context.stroke();
    }
  }
}
