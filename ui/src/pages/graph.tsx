// Graph: which latents of which layers lead from a prompt to its next token, and what happens when some are taken away.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isLive, query, useApi } from "../api";
import { fixed, percent, whole } from "../format";
import { GraphCanvas } from "../graph/canvas";
import { Intervention, useEffectOf } from "../graph/intervene";
import { find, isOutput, kindName, place, readGroups, show, writeGroups, type GraphAnswer, type GraphListed, type Item, type Shown } from "../graph/model";
import { Pinned, Shape, type Choices } from "../graph/panel";
import type { View } from "../graph/scene";
import { Await, Bones, Empty, Panel, Problems } from "../parts";
import { href, useParams } from "../router";
import { Chip, Token } from "../tokens";
import type { PageProps, RunListed } from "../types";

/** Shares of influence kept when the URL does not say. */
const [NODES, EDGES] = [0.8, 0.98];
const CROWD = 24;

export function GraphPage({ run }: Partial<PageProps>) {
  const [params] = useParams();
  const name = params.graph;
  return name ? <OneGraph key={`${params.run} ${name}`} name={name} run={params.file === "1" ? null : run ?? null} /> : <Index run={run ?? null} />;
}

function Index({ run }: { run: RunListed | null }) {
  const answer = useApi<GraphListed[]>(query("/api/graphs", { run: run?.id }), { every: 10_000 });
  return (
    <>
      <h1>Graphs</h1>
      <Await answer={answer} lines={6}>
        {(graphs) => graphs.length === 0 ? (
          <div class="panel"><Empty title="No graphs yet">A graph shows which latents lead from a prompt to its next token. Make one with <code>microtome trace</code>: what lies in {run ? <code>{run.path ? `${run.path}/graphs` : "graphs"}</code> : "the folder of graphs"} appears here by itself.</Empty></div>
        ) : <div class="g-index">{graphs.map((one) => <Listed key={`${one.run} ${one.name}`} one={one} />)}</div>}
      </Await>
    </>
  );
}

function Listed({ one }: { one: GraphListed }) {
  if (one.error) return <div class="panel"><h2 class="cut"><bdi>{one.name}</bdi></h2><div style={{ marginTop: "10px" }}><Problems error={one.error} /></div></div>;
  return (
    <a class="panel g-card" href={href("graph", { run: one.run, file: one.run === null ? 1 : null, graph: one.name })}>
      <h2 class="cut"><bdi>{one.name}</bdi></h2>
      <p class="g-prompt"><Token text={one.prompt} scale={1} /></p>
      <div class="g-facts">
        <div><span>Nodes</span><b class="num">{whole(one.nodes)}</b></div>
        <div><span>Edges</span><b class="num">{whole(one.edges)}</b></div>
        <div data-tip="Share of the influence on the outputs that comes through latents rather than errors"><span>Replacement</span><b class="num">{fixed(one.scores.replacement, 2)}</b></div>
        <div data-tip="Share of all inputs of nodes that comes from latents and tokens rather than errors"><span>Completeness</span><b class="num">{fixed(one.scores.completeness, 2)}</b></div>
      </div>
      <p class="small faint">{one.model}</p>
    </a>
  );
}

const readView = (text: string | undefined): View | null => {
  const [x, y, k] = (text ?? "").split("_").map(Number);
  return text && [x, y, k].every(Number.isFinite) && k > 0 ? { x, y, k } : null;
};
const share = (text: string | undefined, usual: number): number => (text !== undefined && Number(text) >= 0 && Number(text) <= 1 ? Number(text) : usual);

function OneGraph({ name, run }: { name: string; run: RunListed | null }) {
  const [params, setParams] = useParams();
  const answer = useApi<GraphAnswer>(query("/api/graph", { run: run?.id, name, node_share: share(params.nodes, NODES), edge_share: share(params.edges, EDGES) }));
  // A crowd of supernodes hides more than it shows: then they wait to be asked for.
  const automatic = params.auto === undefined ? (answer.data?.supernodes.length ?? 0) <= CROWD : params.auto !== "0";
  const off = useMemo(() => new Set(readGroups(params.off).map((one) => one.name)), [params.off]);
  const groups = useMemo(() => readGroups(params.groups), [params.groups]);
  const shown = useMemo(() => answer.data && show(answer.data, groups, automatic ? answer.data.supernodes.filter((one) => !off.has(one.name)) : []), [answer.data, groups, automatic, off]);
  const back = <a class="btn quiet" href={isLive() ? href("graph", { run: params.run }) : undefined}>← All graphs</a>;
  if (!shown) {
    if (answer.error) return <><div class="row">{back}<h1><bdi>{name}</bdi></h1></div><Problems error={answer.error} retry={answer.reload} /></>;
    return <><h1><bdi>{name}</bdi></h1><div class="g-main"><div class="panel g-window"><Bones lines={9} /></div><Panel><Bones lines={7} /></Panel></div></>;
  }
  return (
    <>
      {answer.error && <Problems error={answer.error} retry={answer.reload} />}
      <Explorer {...{ shown, run, name, params, setParams, groups, loading: answer.loading, off, automatic }} back={back} />
    </>
  );
}

interface ExplorerProps {
  shown: Shown; run: RunListed | null; name: string; loading: boolean; groups: { name: string; nodes: string[] }[];
  off: Set<string>; automatic: boolean; back: preact.ComponentChildren;
  params: Record<string, string>; setParams: ReturnType<typeof useParams>[1];
}

function Explorer({ shown, run, name, loading, groups, off, automatic, back, params, setParams }: ExplorerProps) {
  const { answer } = shown;
  const [pointed, setPointed] = useState<string | null>(null);
  const [searched, setSearched] = useState("");
  const pins = useMemo(() => readGroups(params.pins).map((one) => one.name), [params.pins]);
  const onPin = (ids: string[]) => setParams({ pins: ids.map(encodeURIComponent).join(";") });
  const found = useMemo(() => (searched.trim() ? find(shown, searched) : null), [shown, searched]);
  const result = useEffectOf(run?.id ?? null, name);
  const changed = useMemo(() => {
    const map = new Map<number, number>();
    for (const one of result.effect?.nodes ?? []) {
      const item = shown.of.get(one.id);
      if (item !== undefined && Math.abs(one.after - one.before) > 0.02 * Math.abs(one.before)) map.set(item, one.after - one.before);
    }
    return map;
  }, [result.effect, shown]);
  const choices: Choices = {
    pins, onPin, onPoint: setPointed, groups,
    setGroups: (next, chosen) => setParams({ groups: writeGroups(next), ...(chosen ? { pins: chosen.map(encodeURIComponent).join(";") } : {}) }),
    open: (one) => setParams({ off: [...off, one].map(encodeURIComponent).join(";"), pins: answer.supernodes.find((each) => each.name === one)?.nodes.map(encodeURIComponent).join(";") }),
  };
  const view = useMemo(() => readView(params.view), [params.view]);
  const onView = (now: View | null) => setParams({ view: now && `${now.x.toFixed(1)}_${now.y.toFixed(1)}_${now.k.toFixed(3)}` });
  const tokens = useMemo(() => new Map(shown.answer.nodes.filter((one) => one.kind === "token").map((one) => [one.position, one.id])), [shown]);
  return (
    <div class="g-page">
      <div class="row end" style={{ flexWrap: "nowrap", alignItems: "flex-start" }}>
        <div class="grow">
          <h1 class="cut"><bdi>{answer.name}</bdi></h1>
          <div class="g-prompt" aria-label="Prompt">
            {answer.tokens.map((text, i) => <Token key={i} text={text} scale={1} tip={`token ${i}`} picked={pins.includes(tokens.get(i) ?? "")} onPick={tokens.has(i) ? () => onPin([tokens.get(i)!]) : undefined} />)}
          </div>
        </div>
        {isLive() && back}
      </div>
      <div class="g-tools">
        <Search shown={shown} found={found} onText={setSearched} onPin={(id) => onPin([id])} onPoint={setPointed} />
        <Threshold label="Nodes" tip="Keeps the nodes that carry this share of the influence on the outputs" low={0.3} value={share(params.nodes, NODES)} onChange={(value) => setParams({ nodes: value === NODES ? null : value })} />
        <Threshold label="Edges" tip="Keeps the edges that carry this share of it" low={0.5} value={share(params.edges, EDGES)} onChange={(value) => setParams({ edges: value === EDGES ? null : value })} />
        {answer.supernodes.length > 0 && (
          <label class="check"><input type="checkbox" checked={automatic} onChange={(event) => setParams({ auto: event.currentTarget.checked ? 1 : 0, off: null })} />Automatic supernodes</label>
        )}
        <span class="grow" />
        <span class="small soft num" role="status">{loading ? "pruning…" : `${whole(answer.nodes.length)} of ${whole(answer.total.nodes)} nodes · ${whole(answer.edges.length)} of ${whole(answer.total.edges)} edges`}</span>
      </div>
      {answer.left_out && (answer.left_out.nodes > 0 || answer.left_out.edges > 0) && <p class="small soft">More than a page can show: the weakest {answer.left_out.nodes ? `${whole(answer.left_out.nodes)} nodes and ` : ""}{whole(answer.left_out.edges)} edges are left out.</p>}
      <div class="g-main">
        <div class="g-window">
          {answer.nodes.length === 0 ? <Empty title="Nothing left">Raise the thresholds.</Empty> : <GraphCanvas {...{ shown, view, onView, pins, onPin, found, changed, pointed }} />}
          <Legend shown={shown} />
        </div>
        <aside class="g-side stack" aria-label="Details">
          <Pinned shown={shown} choices={choices} run={run} />
          <Intervention shown={shown} result={result} onPoint={setPointed} onPin={(id) => onPin([id])} />
          {pins.length === 0 && <Whole shown={shown} choices={choices} />}
        </aside>
      </div>
    </div>
  );
}

/** A share that follows the hand: the graph is asked for anew a moment after each move, not only at the end. */
function Threshold({ label, tip, low, value, onChange }: { label: string; tip: string; low: number; value: number; onChange: (value: number) => void }) {
  const [now, setNow] = useState(value);
  const timer = useRef(0);
  const last = useRef(value);
  useEffect(() => setNow(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = (next: number) => {
    setNow(next);
    last.current = next;
    if (timer.current) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      onChange(last.current);
    }, 120);
  };
  return (
    <label class="g-range" data-tip={isLive() ? tip : `${tip}. Fixed in a saved page`}>
      <span>{label}</span>
      <input type="range" min={low} max={1} step={0.005} value={now} disabled={!isLive()} aria-label={`Share of the influence of ${label.toLowerCase()}`} onInput={(event) => move(Number(event.currentTarget.value))} />
      <b class="num">{percent(now, 3)}</b>
    </label>
  );
}

function Search({ shown, found, onText, onPin, onPoint }: { shown: Shown; found: number[] | null; onText: (text: string) => void; onPin: (id: string) => void; onPoint: (id: string | null) => void }) {
  const [text, setText] = useState("");
  const [on, setOn] = useState(-1);
  const [open, setOpen] = useState(false);
  const type = (value: string) => {
    setText(value);
    setOn(-1);
    setOpen(true);
    onText(value);
  };
  const take = (item: Item) => {
    onPin(item.id);
    onPoint(null);
    setOpen(false);
  };
  const rows = (found ?? []).slice(0, 12);
  const keys = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = Math.max(0, Math.min(rows.length - 1, on + (event.key === "ArrowDown" ? 1 : -1)));
      setOn(next);
      onPoint(rows.length ? shown.items[rows[next]].id : null);
    } else if (event.key === "Enter" && rows.length) take(shown.items[rows[Math.max(0, on)]]);
    else if (event.key === "Escape") {
      type("");
      onPoint(null);
      (event.currentTarget as HTMLElement).blur();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="g-search">
      <input class="field" type="text" role="combobox" aria-expanded={open && rows.length > 0} aria-controls="g-found" aria-label="Search nodes" placeholder="Label, number, token" value={text} spellcheck={false} autocomplete="off"
        onInput={(event) => type(event.currentTarget.value)} onKeyDown={keys} onFocus={() => setOpen(true)} onBlur={() => setTimeout(() => setOpen(false), 150)} />
      {open && found !== null && (
        <div class="g-results" id="g-found" role="listbox" aria-label="Found">
          {rows.map((i, n) => {
            const item = shown.items[i];
            return (
              <button key={item.id} role="option" aria-selected={n === on} onPointerDown={(event) => event.preventDefault()} onClick={() => take(item)} onPointerEnter={() => onPoint(item.id)} onPointerLeave={() => onPoint(null)}>
                <Shape kind={item.kind} /><bdi class="cut grow">{item.name}</bdi><span class="small faint">{place(item, shown.answer)}</span>
              </button>
            );
          })}
          {rows.length === 0 ? <p class="small faint">Nothing here is called that.</p> : found.length > rows.length && <p class="small faint num">{found.length === 200 ? "200 or more" : found.length} found</p>}
        </div>
      )}
    </div>
  );
}

function Legend({ shown }: { shown: Shown }) {
  const kinds = (["latent", "error", "token", "bias", "target", "group"] as const).map((kind) => [kind, [...new Set(shown.items.filter((item) => item.kind === kind).map((item) => kindName(item, shown.answer)))]] as const).filter(([, names]) => names.length);
  return (
    <div class="legend g-legend">
      {kinds.map(([kind, names]) => <span key={kind}><Shape kind={kind} />{names.join(", ")}</span>)}
      <span><i style={{ width: "16px", height: "2.5px", borderRadius: "2px", background: "var(--strength)" }} />raises</span>
      <span><i style={{ width: "16px", height: "2.5px", borderRadius: "2px", background: "var(--negative)" }} />lowers</span>
      {isLive() && <span class="faint g-hint">Shift pins several</span>}
    </div>
  );
}

/** Nothing pinned: the outputs, the supernodes, and what matters most. */
function Whole({ shown, choices }: { shown: Shown; choices: Choices }) {
  const { answer, items } = shown;
  const groups = items.filter((item) => item.kind === "group").sort((a, b) => Number(a.automatic) - Number(b.automatic) || b.influence - a.influence);
  const strongest = items.filter((item) => item.kind === "latent").sort((a, b) => b.influence - a.influence).slice(0, 10);
  const outputs = answer.nodes.some((one) => isOutput(one, answer));
  const most = Math.max(1e-12, ...answer.targets.map((one) => one.probability ?? 0));
  const bar = (item: Item, value: number, top: number) => (
    <button key={item.id} onClick={() => choices.onPin([item.id])} onPointerEnter={() => choices.onPoint(item.id)} onPointerLeave={() => choices.onPoint(null)} data-tip={place(item, answer)}>
      <span class="cut"><Shape kind={item.kind} /><bdi>{item.name}</bdi></span>
      <span class="track"><i style={{ left: 0, width: `${(100 * value) / top}%`, background: "var(--strength)" }} /></span>
      <span class="r num">{percent(value, 2)}</span>
    </button>
  );
  return (
    <>
      <Panel title={outputs ? "Outputs" : "Targets"} note={outputs && "probability"}>
        <div class="g-facts">
          <div data-tip="Share of the influence on the outputs that comes through latents rather than errors"><span>Replacement</span><b class="num">{fixed(answer.scores.replacement, 3)}</b></div>
          <div data-tip="Share of all inputs of nodes that comes from latents and tokens rather than errors"><span>Completeness</span><b class="num">{fixed(answer.scores.completeness, 3)}</b></div>
          {answer.kept_scores && <div data-tip="Replacement when everything below the thresholds counts as an error"><span>Replacement, kept</span><b class="num">{fixed(answer.kept_scores.replacement, 3)}</b></div>}
          {answer.kept_scores && <div data-tip="Completeness when everything below the thresholds counts as an error"><span>Completeness, kept</span><b class="num">{fixed(answer.kept_scores.completeness, 3)}</b></div>}
        </div>
        <div class="bars g-list">
          {answer.targets.map((one) => {
            const item = shown.of.get(one.id);
            return (
              <button key={one.id} onClick={() => item !== undefined && choices.onPin([shown.items[item].id])} onPointerEnter={() => choices.onPoint(one.id)} onPointerLeave={() => choices.onPoint(null)}>
                <span class="cut"><Chip text={one.label} /></span>
                <span class="track"><i style={{ left: 0, width: `${(100 * (one.probability ?? 0)) / most}%`, background: "var(--strength)" }} /></span>
                <span class="r num">{one.probability === null ? "" : percent(one.probability, 3)}</span>
              </button>
            );
          })}
        </div>
      </Panel>
      {groups.length > 0 && <Panel title="Supernodes" note="influence"><div class="bars g-list">{groups.slice(0, 12).map((item) => bar(item, item.influence, Math.max(...groups.map((one) => one.influence), 1e-12)))}</div></Panel>}
      {strongest.length > 0 && <Panel title="Latents that matter most" note="influence"><div class="bars g-list">{strongest.map((item) => bar(item, item.influence, strongest[0].influence || 1))}</div></Panel>}
    </>
  );
}
