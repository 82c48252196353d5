// Charts drawn as SVG at the width they get: lines, histograms, points, intervals. No library: five shapes, one look.
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { amount, number, short } from "./format";

function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(560);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(160, entry.contentRect.width)));
    watch.observe(ref.current!);
    return () => watch.disconnect();
  }, []);
  return [ref, width];
}

interface Scale {
  (value: number): number;
  ticks: number[];
}

function linear(low: number, high: number, from: number, to: number, count = 4): Scale {
  const span = high - low || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw)!;
  const ticks: number[] = [];
  for (let t = Math.ceil(low / step - 1e-9) * step; t <= high + step * 1e-9; t += step) ticks.push(Number(t.toPrecision(12)));
  return Object.assign((value: number) => from + ((value - low) / span) * (to - from), { ticks });
}

function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const many = b - a > 2.2;
  const ticks: number[] = [];
  for (let power = Math.floor(a); power <= Math.ceil(b); power += 1)
    for (const m of many ? [1] : [1, 2, 5]) {
      const t = m * 10 ** power;
      if (t >= low * 0.999 && t <= high * 1.001) ticks.push(t);
    }
  // Within less than a decade round numbers of a linear axis tell more.
  const shown = ticks.length > 2 ? ticks : linear(low, high, 0, 1, 3).ticks.filter((t) => t > 0);
  return Object.assign((value: number) => from + ((Math.log10(Math.max(value, 1e-12)) - a) / (b - a || 1)) * (to - from), { ticks: shown });
}

const tick = (value: number): string => (Math.abs(value) >= 1e4 ? amount(value) : short(value));

/** Of labels that would touch, every second, third, … is left out. */
function apart(scale: Scale, room: number): number[] {
  const { ticks } = scale;
  if (ticks.length < 2) return ticks;
  const every = Math.ceil(room / Math.abs(scale(ticks[1]) - scale(ticks[0])));
  return ticks.filter((_, i) => (ticks.length - 1 - i) % every === 0);
}

interface FrameProps {
  width: number;
  height: number;
  y: Scale;
  x?: Scale;
  xTick?: (value: number) => string;
  yTick?: (value: number) => string;
  xTitle?: string;
  left?: number;
  label: string;
  children?: ComponentChildren;
  onMove?: (x: number) => void;
  onLeave?: () => void;
}

const [TOP, BOTTOM] = [10, 34];

function Frame({ width, height, y, x, xTick = tick, yTick = tick, xTitle, left = 44, label, children, onMove, onLeave }: FrameProps) {
  return (
    <svg class="chart" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}
      onPointerMove={(event) => onMove?.(((event.clientX - event.currentTarget.getBoundingClientRect().left) * width) / event.currentTarget.getBoundingClientRect().width)}
      onPointerLeave={onLeave}>
      {y.ticks.map((t) => (
        <g>
          <line class="axis" x1={left} x2={width} y1={y(t)} y2={y(t)} />
          <text x={left - 8} y={y(t) + 4} text-anchor="end">{yTick(t)}</text>
        </g>
      ))}
      <line class="base" x1={left} x2={width} y1={height - BOTTOM} y2={height - BOTTOM} />
      {x && apart(x, 52).map((t) => <text x={Math.min(x(t), width - 12)} y={height - BOTTOM + 15} text-anchor="middle">{xTick(t)}</text>)}
      {xTitle && <text class="title" x={(left + width) / 2} y={height - 2} text-anchor="middle">{xTitle}</text>}
      {children}
    </svg>
  );
}

export interface Line {
  name: string;
  x: number[];
  y: number[];
  colour: string;
  dots?: boolean;
  dashed?: boolean;
}

/** Curves over tokens; the pointer shows the values nearest to it. */
export function Lines({ lines, log, label, height = 200, xTitle = "tokens", xForm = amount }: { lines: Line[]; log?: boolean; label: string; height?: number; xTitle?: string; xForm?: (value: number) => string }) {
  const [ref, width] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const all = lines.filter((line) => line.x.length > 0);
  const xs = all.flatMap((l) => [l.x[0], l.x[l.x.length - 1]]);
  let ys = all.flatMap((l) => l.y).filter((v) => Number.isFinite(v) && (!log || v > 0));
  if (ys.length === 0) ys = [0, 1];
  let low = ys.reduce((a, b) => Math.min(a, b)), high = ys.reduce((a, b) => Math.max(a, b));
  if (log) [low, high] = [low * 0.92, high * 1.08];
  else [low, high] = [low >= 0 && low < high * 0.6 ? 0 : low, high === low ? low + 1 : high + (high - low) * 0.05];
  const y = (log ? logarithmic : linear)(low, high, height - BOTTOM, TOP);
  const x = linear(Math.min(0, ...xs), xs.length ? Math.max(...xs) : 1, 44, width - 8, width > 420 ? 5 : 3);
  const value = at === null ? null : all.filter((l) => !l.dashed).map((line) => {
    let best = 0;
    for (let i = 1; i < line.x.length; i += 1) if (Math.abs(x(line.x[i]) - at) < Math.abs(x(line.x[best]) - at)) best = i;
    return { line, i: best };
  });
  return (
    <div ref={ref}>
      <Frame {...{ width, height, x, y, label }} xTick={xForm} xTitle={xTitle} onMove={setAt} onLeave={() => setAt(null)}>
        {all.map((line) => {
          const points = line.x.map((v, i) => `${x(v).toFixed(1)},${y(line.y[i]).toFixed(1)}`);
          return line.dots ? (
            <g>{line.x.map((v, i) => <circle cx={x(v)} cy={y(line.y[i])} r={2.6} fill={line.colour} />)}</g>
          ) : (
            <polyline points={points.join(" ")} fill="none" stroke={line.colour} stroke-width={1.6} stroke-linejoin="round" stroke-dasharray={line.dashed ? "4 4" : undefined} />
          );
        })}
        {value?.map(({ line, i }) => <circle cx={x(line.x[i])} cy={y(line.y[i])} r={4} fill={line.colour} stroke="var(--panel)" stroke-width={1.5} />)}
      </Frame>
      <div class="legend" style={{ paddingLeft: "44px", minHeight: "18px" }}>
        {all.map((line) => {
          const now = value?.find((v) => v.line === line);
          return (
            <span>
              <span class="swatch" style={{ background: line.colour, borderRadius: line.dots ? "50%" : "2px", height: line.dots ? "8px" : "3px" }} />
              {line.name}{now && <b class="num">{number(line.y[now.i])}</b>}
            </span>
          );
        })}
        {value && value[0] && <span class="num faint">at {xForm(value[0].line.x[value[0].i])}</span>}
      </div>
    </div>
  );
}

interface BarsProps {
  edges: number[];
  sets: { name: string; counts: number[]; colour: string | ((centre: number) => string); outline?: boolean }[];
  label: string;
  xTitle: string;
  xTick?: (value: number) => string;
  height?: number;
  logX?: boolean;
  marks?: { at: number; label: string }[];
}

/** A histogram of one or two sets over the same edges. `logX`: the edges are spaced evenly on a logarithmic axis. */
export function Histogram({ edges, sets, label, xTitle, xTick, height = 190, logX, marks = [] }: BarsProps) {
  const [ref, width] = useWidth();
  const most = Math.max(1, ...sets.flatMap((set) => set.counts));
  const y = linear(0, most, height - BOTTOM, TOP, 3);
  const x = (logX ? logarithmic : linear)(edges[0], edges[edges.length - 1], 44, width - 2, width > 420 ? 6 : 4);
  return (
    <div ref={ref}>
      <Frame {...{ width, height, x, y, label, xTitle, xTick }}>
        {marks.map((mark) => (
          <g>
            <line class="base" x1={x(mark.at)} x2={x(mark.at)} y1={TOP} y2={height - BOTTOM} stroke-dasharray="2 3" />
            <text x={x(mark.at) + 4} y={TOP + 8}>{mark.label}</text>
          </g>
        ))}
        {sets.map((set) =>
          set.counts.map((count, i) => {
            if (!count) return null;
            const [a, b] = [x(edges[i]), x(edges[i + 1])];
            const colour = typeof set.colour === "string" ? set.colour : set.colour((edges[i] + edges[i + 1]) / 2);
            const tall = Math.max(1.5, height - BOTTOM - y(count));
            const form = xTick ?? tick;
            return (
              <rect x={a + 0.5} width={Math.max(1, b - a - 1)} y={height - BOTTOM - tall} height={tall} rx={1}
                fill={set.outline ? "none" : colour} stroke={set.outline ? colour : "none"} stroke-width={1.4}
                data-tip={`${set.name ? `${set.name}: ` : ""}${count.toLocaleString("en-US")}\n${form(edges[i])} to ${form(edges[i + 1])}`} />
            );
          }),
        )}
      </Frame>
    </div>
  );
}

export interface Point {
  name: string;
  x: number;
  y: number;
  low?: number;
  high?: number;
  colour: string;
  on?: boolean;
}

/** Points with an interval in y, such as FVU against L0. */
export function Points({ points, label, xTitle, yTitle, height = 220, onPick }: { points: Point[]; label: string; xTitle: string; yTitle: string; height?: number; onPick?: (name: string) => void }) {
  const [ref, width] = useWidth();
  const xs = points.map((p) => p.x), ys = points.flatMap((p) => [p.low ?? p.y, p.high ?? p.y]);
  const padded = (values: number[]): [number, number] => {
    const [a, b] = [Math.min(...values), Math.max(...values)];
    const gap = (b - a) * 0.18 || Math.abs(b) * 0.2 || 1;
    return [Math.max(0, a - gap), b + gap];
  };
  const x = linear(...padded(xs), 44, width - 8), y = linear(...padded(ys), height - BOTTOM, TOP);
  return (
    <div ref={ref}>
      <Frame {...{ width, height, x, y, label, xTitle }}>
        <text class="title" x={50} y={TOP + 2}>{yTitle}</text>
        {points.map((p) => (
          <g data-tip={`${p.name}\n${xTitle} ${number(p.x)}, ${yTitle} ${number(p.y)}`} onClick={() => onPick?.(p.name)} style={{ cursor: onPick ? "pointer" : undefined }}>
            {p.low !== undefined && <line x1={x(p.x)} x2={x(p.x)} y1={y(p.low)} y2={y(p.high!)} stroke={p.colour} stroke-width={1.5} />}
            <circle cx={x(p.x)} cy={y(p.y)} r={p.on ? 7 : 5} fill={p.colour} stroke={p.on ? "var(--ink)" : "var(--panel)"} stroke-width={1.5} />
          </g>
        ))}
      </Frame>
    </div>
  );
}

/** Values with their intervals on one small common axis. */
export function Intervals({ rows, width = 150 }: { rows: { value: number | null; ends?: [number, number]; colour: string }[]; width?: number }) {
  const all = rows.flatMap((r) => [...(r.ends ?? []), ...(r.value === null ? [] : [r.value])]);
  if (all.length === 0) return null;
  let [a, b] = [Math.min(...all), Math.max(...all)];
  if (b === a) [a, b] = [a - 1, b + 1];
  const x = (v: number) => 6 + ((v - a) / (b - a)) * (width - 12);
  const height = 6 + rows.length * 7;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" style={{ display: "block" }}>
      {rows.map((row, i) => {
        const y = 6 + i * 7;
        return row.value === null ? null : (
          <g stroke={row.colour} fill={row.colour}>
            {row.ends && <line x1={x(row.ends[0])} x2={x(row.ends[1])} y1={y} y2={y} stroke-width={2} stroke-linecap="round" opacity={0.55} />}
            <circle cx={x(row.value)} cy={y} r={3} stroke="none" />
          </g>
        );
      })}
    </svg>
  );
}

/** Signed values as bars from the middle, or from the left when all are of one sign. */
export function SignedBar({ value, most, both }: { value: number; most: number; both?: boolean }) {
  const share = most > 0 ? Math.min(1, Math.abs(value) / most) * (both ? 50 : 100) : 0;
  const left = both ? (value < 0 ? 50 - share : 50) : 0;
  return <span class="track"><i style={{ left: `${left}%`, width: `${share}%`, background: value < 0 ? "var(--negative)" : "var(--strength)" }} /></span>;
}
