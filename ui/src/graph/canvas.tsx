// The window on the graph: pointer, wheel and keys become a view and a choice of items.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { number, percent } from "../format";
import { Icon } from "../parts";
import { Chip } from "../tokens";
import { arrange, neighbour } from "./layout";
import { described, isOutput, type Shown } from "./model";
import { Scene, type View } from "./scene";

interface Props {
  shown: Shown;
  view: View | null;
  onView: (view: View | null) => void;
  pins: string[];
  onPin: (ids: string[]) => void;
  found: number[] | null;
  changed: Map<number, number>;
  /** Pointed at in a list beside. */
  pointed: string | null;
}

const MOVED = 4;

export function GraphCanvas({ shown, view, onView, pins, onPin, found, changed, pointed }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [one, two, top] = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)];
  const scene = useRef<Scene | null>(null);
  const [tip, setTip] = useState<{ item: number; x: number; y: number } | null>(null);
  const [said, setSaid] = useState("");
  const [frame, setFrame] = useState<[number, number, number, number] | null>(null);
  const layout = useMemo(() => arrange(shown), [shown]);
  const tell = useRef(onView);
  tell.current = onView;

  useLayoutEffect(() => {
    const made = new Scene(box.current!, [one.current!, two.current!], top.current!);
    scene.current = made;
    made.onView = (now) => tell.current(made.isFitted ? null : now);
    made.resize();
    const sizes = new ResizeObserver(() => made.resize());
    sizes.observe(box.current!);
    const themes = new MutationObserver(() => made.recolour());
    themes.observe(box.current!.closest(".mt")!, { attributes: true, attributeFilter: ["data-theme"] });
    // The theme is set on the page after this is first drawn.
    const once = requestAnimationFrame(() => made.recolour());
    // Where an item is drawn, for tests: a canvas has no elements to look for.
    Object.assign(box.current!, { placeOf: (id: string) => made.placeOf(id) });
    return () => {
      cancelAnimationFrame(once);
      sizes.disconnect();
      themes.disconnect();
      made.close();
    };
  }, []);
  useLayoutEffect(() => {
    const made = scene.current!;
    made.resize();
    made.show(shown, layout);
    setTip(null);
  }, [shown, layout]);
  // The view of the URL, when it is another than the one that is looked at.
  useLayoutEffect(() => {
    const made = scene.current!;
    // The URL rounds.
    const same = view && Math.abs(view.x - made.view.x) < 0.1 && Math.abs(view.y - made.view.y) < 0.1 && Math.abs(view.k / made.view.k - 1) < 0.02;
    if (view && !same) made.look(view, false);
    else if (!view && !made.isFitted) made.fit(false);
  }, [view?.x, view?.y, view?.k]);
  const pinned = useMemo(() => new Set(pins.map((id) => shown.of.get(id)).filter((i): i is number => i !== undefined)), [shown, pins.join()]);
  useEffect(() => scene.current!.mark({ pins: pinned, found: found && new Set(found), changed }), [pinned, found, changed, shown]);
  useEffect(() => scene.current!.point(pointed === null ? -1 : shown.of.get(pointed) ?? -1), [pointed, shown]);

  const choose = (item: number, several: boolean) => {
    const id = shown.items[item].id;
    if (several) onPin(pins.includes(id) ? pins.filter((one) => one !== id) : [...pins, id]);
    else onPin(pins.length === 1 && pins[0] === id ? [] : [id]);
  };
  usePointer(box, scene, { choose, setTip, setFrame, clear: () => pins.length && onPin([]), add: (found) => onPin([...new Set([...pins, ...found.map((i) => shown.items[i].id)])]) });

  const keys = (event: KeyboardEvent) => {
    const made = scene.current!;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrows: Record<string, [number, number]> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (event.key in arrows) {
      if (event.shiftKey) made.pan(-60 * arrows[event.key][0], -60 * arrows[event.key][1]);
      else if (shown.items.length) {
        const start = made.focused >= 0 ? made.focused : [...pinned][0] ?? shown.items.findIndex((item) => item.kind === "target");
        made.focused = made.focused < 0 && !pinned.size ? Math.max(0, start) : neighbour(layout, Math.max(0, start), ...arrows[event.key]);
        made.reveal(made.focused);
        made.invalidate();
        const item = shown.items[made.focused];
        setSaid(`${item.name}, ${described(item, shown.answer, ", ")}`);
        setTip({ item: made.focused, x: made.place(made.focused)[0], y: made.place(made.focused)[1] });
      }
    } else if (event.key === "Enter" || event.key === " ") {
      if (made.focused < 0) return;
      choose(made.focused, event.shiftKey);
    } else if (event.key === "+" || event.key === "=") made.zoom(1.3);
    else if (event.key === "-") made.zoom(1 / 1.3);
    else if (event.key === "0") fit();
    else if (event.key === "Escape") {
      made.focused = -1;
      setTip(null);
      onPin([]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const fit = () => {
    scene.current!.fit(false);
    onView(null);
  };
  const leave = () => {
    scene.current!.focused = -1;
    scene.current!.invalidate();
    setTip(null);
  };
  return (
    <div class="g-box" ref={box} tabIndex={0} role="application" aria-label="Graph: arrows move from node to node, Enter pins" onKeyDown={keys} onBlur={leave}>
      <canvas ref={one} class="g-edges" aria-hidden="true" />
      <canvas ref={two} class="g-edges" aria-hidden="true" />
      <canvas ref={top} class="g-top" aria-hidden="true" />
      {frame && <div class="g-frame" style={{ left: `${Math.min(frame[0], frame[2])}px`, top: `${Math.min(frame[1], frame[3])}px`, width: `${Math.abs(frame[2] - frame[0])}px`, height: `${Math.abs(frame[3] - frame[1])}px` }} />}
      {tip && shown.items[tip.item] && <Card shown={shown} item={tip.item} x={tip.x} y={tip.y} width={box.current?.clientWidth ?? 600} />}
      <span class="g-said" aria-live="polite">{said}</span>
      <div class="g-zoom" role="group" aria-label="Zoom">
        <button class="btn quiet" onClick={() => scene.current!.zoom(1.4)} aria-label="Larger" data-tip="Larger  (key +)"><Icon path="M8 3v10M3 8h10" /></button>
        <button class="btn quiet" onClick={() => scene.current!.zoom(1 / 1.4)} aria-label="Smaller" data-tip="Smaller  (key −)"><Icon path="M3 8h10" /></button>
        <button class="btn quiet" onClick={fit} aria-label="All of it" data-tip="All of it  (key 0)"><Icon path="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" /></button>
      </div>
    </div>
  );
}

function Card({ shown, item: i, x, y, width }: { shown: Shown; item: number; x: number; y: number; width: number }) {
  const item = shown.items[i];
  const node = shown.answer.nodes[item.members[0]];
  const token = node.position >= 0 && item.kind !== "token" && !isOutput(item, shown.answer) ? shown.answer.tokens[node.position] : null;
  return (
    <div class="g-tip" style={{ top: `${y + 16}px`, ...(x > width / 2 ? { right: `${width - x + 10}px` } : { left: `${x + 10}px` }) }}>
      <b><bdi>{item.name}</bdi></b>
      <span>{described(item, shown.answer, " · ")}{token !== null && item.kind !== "group" ? <> · <Chip text={token} /></> : ""}</span>
      <span class="num">{item.kind === "group" ? `${item.members.length} nodes` : item.kind === "latent" ? `activation ${number(node.activation, 3)}` : item.kind === "error" ? `norm ${number(node.activation, 3)}` : ""}{item.kind === "latent" || item.kind === "error" || item.kind === "group" ? ` · influence ${percent(item.influence, 2)}` : ""}</span>
    </div>
  );
}

interface Handlers {
  choose: (item: number, several: boolean) => void;
  clear: () => void;
  add: (items: number[]) => void;
  setTip: (tip: { item: number; x: number; y: number } | null) => void;
  setFrame: (frame: [number, number, number, number] | null) => void;
}

/** Drag moves, the wheel and two fingers zoom, a click pins, with Shift it adds; Shift and drag takes all in a frame. */
function usePointer(box: { current: HTMLDivElement | null }, scene: { current: Scene | null }, handlers: Handlers): void {
  const now = useRef(handlers);
  now.current = handlers;
  useEffect(() => {
    const element = box.current!;
    const touches = new Map<number, [number, number]>();
    let from: [number, number] | null = null;
    let [dragged, framing] = [false, false];
    const at = (event: MouseEvent): [number, number] => {
      const rect = element.getBoundingClientRect();
      return [event.clientX - rect.left, event.clientY - rect.top];
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target as Element).closest("button")) return;
      touches.set(event.pointerId, at(event));
      element.setPointerCapture(event.pointerId);
      from = at(event);
      [dragged, framing] = [false, event.shiftKey];
    };
    const move = (event: PointerEvent) => {
      const made = scene.current!, point = at(event);
      const last = touches.get(event.pointerId);
      if (!last) {
        const item = (event.target as Element).closest("button") ? -1 : made.at(...point);
        made.point(item);
        element.style.cursor = item >= 0 ? "pointer" : "";
        now.current.setTip(item >= 0 ? { item, x: point[0], y: point[1] } : null);
        return;
      }
      if (!dragged && from && Math.hypot(point[0] - from[0], point[1] - from[1]) < MOVED) return;
      dragged = true;
      now.current.setTip(null);
      if (framing) now.current.setFrame([from![0], from![1], ...point]);
      else if (touches.size === 2) {
        const other = [...touches].find(([id]) => id !== event.pointerId)![1];
        const spread = (p: [number, number]) => Math.max(1, Math.hypot(p[0] - other[0], p[1] - other[1]));
        made.zoom(spread(point) / spread(last), (point[0] + other[0]) / 2, (point[1] + other[1]) / 2);
      } else {
        element.style.cursor = "grabbing";
        made.pan(point[0] - last[0], point[1] - last[1]);
      }
      touches.set(event.pointerId, point);
    };
    const up = (event: PointerEvent) => {
      if (!touches.delete(event.pointerId)) return;
      const made = scene.current!, point = at(event);
      element.style.cursor = "";
      if (framing && dragged) now.current.add(made.within(from![0], from![1], ...point));
      else if (!dragged) {
        const item = made.at(...point);
        if (item >= 0) now.current.choose(item, event.shiftKey);
        else if (!event.shiftKey) now.current.clear();
      }
      now.current.setFrame(null);
      framing = false;
    };
    const out = () => {
      scene.current!.point(-1);
      now.current.setTip(null);
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      if (event.shiftKey && !event.ctrlKey) scene.current!.pan(-(event.deltaX || event.deltaY) * lines, 0);
      else scene.current!.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), ...at(event));
    };
    const listeners: [string, (event: never) => void][] = [["pointerdown", down], ["pointermove", move], ["pointerup", up], ["pointercancel", up], ["pointerleave", out]];
    for (const [name, listener] of listeners) element.addEventListener(name, listener as EventListener);
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      for (const [name, listener] of listeners) element.removeEventListener(name, listener as EventListener);
      element.removeEventListener("wheel", wheel);
    };
  }, []);
}
