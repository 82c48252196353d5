// A table of any length: only the rows in sight exist, and only the parts around them are asked for.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, hold, type Problem, query } from "./api";
import { Empty, Problems } from "./parts";
import { go } from "./router";

export interface Column<Row> {
  key: string;
  title: string;
  width: string;
  right?: boolean;
  /** What the server sorts by; without it the column cannot be sorted. */
  sort?: string;
  tip?: string;
  /** Left out where the window is narrow. */
  wide?: boolean;
  cell: (row: Row) => ComponentChildren;
}

interface Props<Row> {
  label: string;
  path: string;
  params: Record<string, string | number | boolean | null | undefined>;
  columns: Column<Row>[];
  href: (row: Row) => string;
  sort: string;
  descending: boolean;
  onSort: (sort: string, descending: boolean) => void;
  /** Called with each part that came: how many rows there are, and the rest of the answer. */
  onTotal?: (total: number, answer: object) => void;
  empty: ComponentChildren;
  height?: string;
  first?: number;
  onFirst?: (row: number) => void;
  minWidth?: number;
}

const [ROW, CHUNK] = [34, 100];
// A row that is a link (so that it opens in a new tab too) is still a row to those who hear the table.
const AS_ROW = { role: "row" } as object;

export function useNarrow(): boolean {
  const [query] = useState(() => matchMedia("(max-width: 980px)"));
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const update = () => setNarrow(query.matches);
    query.addEventListener("change", update);
    return () => query.removeEventListener("change", update);
  }, []);
  return narrow;
}

export function VirtualTable<Row>(props: Props<Row>) {
  const narrow = useNarrow();
  const columns = props.columns.filter((column) => !(narrow && column.wide));
  const key = query(props.path, props.params);
  const [state, setState] = useState<{ key: string; total: number | null; chunks: Map<number, Row[]>; error: Problem | null }>(
    { key, total: null, chunks: new Map(), error: null });
  const [top, setTop] = useState((props.first ?? 0) * ROW);
  const [tall, setTall] = useState(600);
  const [on, setOn] = useState(-1);
  const [attempt, setAttempt] = useState(0);
  const body = useRef<HTMLDivElement>(null);
  const asked = useRef(new Map<number, AbortController>());
  const held = useRef<(() => void)[]>([]);
  const settle = useRef(0);

  useEffect(() => {
    asked.current.forEach((stop) => stop.abort());
    asked.current = new Map();
    held.current.forEach((release) => release());
    held.current = [];
    setOn(-1);
    setState((before) => (before.key === key ? { ...before, chunks: new Map(), error: null } : { key, total: null, chunks: new Map(), error: null }));
  }, [key, attempt]);
  useEffect(() => () => {
    held.current.forEach((release) => release());
    clearTimeout(settle.current);
  }, []);

  const ready = state.key === key;
  const total = ready ? state.total : null;
  const from = Math.max(0, Math.floor(top / ROW) - 6);
  const until = Math.min(total ?? CHUNK, Math.ceil((top + tall) / ROW) + 6);
  const wanted = ready ? Array.from({ length: Math.max(1, Math.ceil(until / CHUNK) - Math.floor(from / CHUNK)) }, (_, i) => Math.floor(from / CHUNK) + i) : [];
  useEffect(() => {
    for (const chunk of wanted) {
      if (state.chunks.has(chunk) || asked.current.has(chunk) || state.error) continue;
      const path = query(props.path, { ...props.params, offset: chunk * CHUNK, limit: CHUNK });
      const stop = new AbortController();
      asked.current.set(chunk, stop);
      ask<{ total: number; rows: Row[] }>("GET", path, undefined, stop.signal).then(
        (answer) => {
          if (stop.signal.aborted) return;
          held.current.push(hold(`GET ${path}`, answer));
          setState((before) => before.key !== key ? before : { ...before, total: answer.total, chunks: new Map(before.chunks).set(chunk, answer.rows) });
          props.onTotal?.(answer.total, answer);
        },
        (error) => {
          if (stop.signal.aborted || error.name === "AbortError") return;
          asked.current.delete(chunk);
          setState((before) => ({ ...before, error: error instanceof ApiError ? error.detail : { problem: String(error), cure: "" } }));
        });
    }
  });
  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setTall(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  // Where the reader was: the URL says, once the table is long enough to scroll there.
  const placed = useRef(false);
  useLayoutEffect(() => {
    if (placed.current || !body.current || total === null) return;
    placed.current = true;
    if (props.first) body.current.scrollTop = props.first * ROW;
  }, [total]);
  const scrolled = () => {
    // The last scrolling may be told of when the page is gone.
    if (!body.current) return;
    const now = body.current.scrollTop;
    setTop(now);
    clearTimeout(settle.current);
    settle.current = window.setTimeout(() => props.onFirst?.(Math.round(now / ROW)), 250);
  };

  const rowAt = (index: number): Row | undefined => state.chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK];
  const move = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(tall / ROW) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 };
    if (event.key === "Enter" && on >= 0) {
      const row = rowAt(on);
      if (row) go(props.href(row));
      return;
    }
    const step = steps[event.key];
    if (step === undefined || !total) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.max(0, Math.min(total - 1, on < 0 ? Math.floor(top / ROW) + (Math.abs(step) > 1 ? step : 0) : on + step));
    setOn(next);
    const element = body.current!;
    if (next * ROW < element.scrollTop) element.scrollTop = next * ROW;
    if ((next + 1) * ROW > element.scrollTop + element.clientHeight) element.scrollTop = (next + 1) * ROW - element.clientHeight;
  };
  const widths = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };
  const rows = [];
  if (total !== null)
    for (let index = from; index < until; index += 1) {
      const row = rowAt(index);
      const style = { ...widths, top: `${index * ROW}px` };
      rows.push(row ? (
        <a key={index} class={index === on ? "v-row on" : "v-row"} id={`row-${index}`} href={props.href(row)} style={style} tabIndex={-1} {...AS_ROW} aria-rowindex={index + 2}>
          {columns.map((column) => <span role="gridcell" class={column.right ? "r num" : ""}>{column.cell(row)}</span>)}
        </a>
      ) : <div key={index} class="v-row" style={style}><span class="bones"><i style={{ width: "60px" }} /></span></div>);
    }
  if (ready && state.error) return <Problems error={state.error} retry={() => setAttempt((n) => n + 1)} />;
  return (
    <div class="v-table" role="grid" aria-label={props.label} aria-rowcount={total ?? -1} style={{ overflowX: props.minWidth ? "auto" : undefined }}>
      <div style={{ minWidth: props.minWidth ? `${props.minWidth}px` : undefined }}>
        <div class="v-head" style={widths} role="row">
          {columns.map((column) => {
            const active = column.sort !== undefined && column.sort === props.sort;
            return (
              <span role="columnheader" class={column.right ? "r" : ""} data-tip={column.tip} aria-sort={active ? (props.descending ? "descending" : "ascending") : undefined}>
                {column.sort ? (
                  <button onClick={() => props.onSort(column.sort!, active ? !props.descending : true)}>
                    {column.title}{active ? (props.descending ? " ↓" : " ↑") : ""}
                  </button>
                ) : column.title}
              </span>
            );
          })}
        </div>
        <div class="v-body" ref={body} tabIndex={0} onScroll={scrolled} onKeyDown={move} style={{ height: props.height ?? "min(640px, calc(100vh - 300px))", minHeight: "272px" }} aria-activedescendant={on >= 0 ? `row-${on}` : undefined}>
          <div style={{ height: `${(total ?? 8) * ROW}px` }}>{rows}</div>
          {total === 0 && <div style={{ position: "absolute", inset: 0 }}><Empty title="Nothing found" short>{props.empty}</Empty></div>}
        </div>
      </div>
    </div>
  );
}
