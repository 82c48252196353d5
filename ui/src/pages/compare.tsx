// Compare: two dictionaries (of any runs, finished or at a checkpoint) by their metrics and by which latents they share.
import { runPath, useApi, query } from "../api";
import { Histogram, Intervals } from "../charts";
import { fixed, metric, percent, whole } from "../format";
import { Await, Empty, Panel, Select, Segmented } from "../parts";
import { href, useParams } from "../router";
import { VirtualTable } from "../table";
import { Name } from "../tokens";
import type { Curves, Listing, Measured, PageProps, RunOverview } from "../types";

interface Side { run: string; dictionary: string; step: string }
interface Half { latents: number; counts: number[]; median: number; above: Record<string, number> }
interface Summary { edges: number[]; left: Half; right: Half; mutual: number }
interface Pair { left: number; right: number; cosine: number; mutual: boolean; left_label: string | null; right_label: string | null }

// In an address: no checkpoint, where one would be taken otherwise.
const FINISHED = "finished";
const COLOURS = { left: "var(--s0)", right: "var(--s1)" };

function chosen(params: Record<string, string>, side: "left" | "right", listing: Listing, fallback: Side): Side {
  const run = params[`${side}_run`] ?? fallback.run;
  const known = listing.runs.find((one) => one.id === run);
  const dictionary = params[`${side}_dictionary`] ?? (run === fallback.run ? fallback.dictionary : (known?.dictionaries[0]?.name ?? ""));
  const usual = run === fallback.run && dictionary === fallback.dictionary ? fallback.step : "";
  const step = params[`${side}_step`] ?? usual;
  return { run, dictionary, step: step === FINISHED ? "" : step };
}

export function Compare({ run, dictionary, listing }: PageProps) {
  const [params, setParams] = useParams();
  const all = listing.runs.flatMap((one) => one.dictionaries.map((d) => ({ run: one.id, dictionary: d.name, step: "" })));
  const here = { run: run.id, dictionary: dictionary.name, step: "" };
  const others = all.filter((one) => one.run !== run.id || one.dictionary !== dictionary.name);
  // Where nothing else is shown, a checkpoint is what the finished dictionary can be compared with.
  const steps = dictionary.checkpoints;
  const earlier = steps.length ? { ...here, step: String(steps[0]) } : here;
  const other = others.find((one) => one.run === run.id) ?? others[0] ?? earlier;
  const sides = { left: chosen(params, "left", listing, here), right: chosen(params, "right", listing, other) };
  const asked = Object.fromEntries((["left", "right"] as const).flatMap((s) => Object.entries(sides[s]).map(([k, v]) => [`${s}_${k}`, v])));
  const same = (["run", "dictionary", "step"] as const).every((part) => sides.left[part] === sides.right[part]);
  const picker = (side: "left" | "right") => {
    const now = sides[side];
    const entry = listing.runs.find((one) => one.id === now.run)?.dictionaries.find((d) => d.name === now.dictionary);
    return (
      <div class="row">
        <span class="swatch" style={{ background: COLOURS[side], width: "11px", height: "11px" }} />
        {listing.runs.length > 1 && <span class="soft small cut" style={{ maxWidth: "160px" }}>{now.run}</span>}
        <Select label={`${side === "left" ? "Left" : "Right"} dictionary`} value={`${now.run}\n${now.dictionary}`}
          options={listing.runs.flatMap((one) => one.dictionaries.map((d) => ({ value: `${one.id}\n${d.name}`, label: d.name, group: one.id })))}
          onChange={(value) => { const [r, d] = value.split("\n"); setParams({ [`${side}_run`]: r, [`${side}_dictionary`]: d, [`${side}_step`]: null }, false); }} />
        {entry && entry.checkpoints.length > 0 && (
          <Select label="Checkpoint" value={now.step || FINISHED} options={[{ value: FINISHED, label: "finished" }, ...entry.checkpoints.map((step) => ({ value: String(step), label: `step ${step}` }))]} onChange={(value) => setParams({ [`${side}_step`]: value }, false)} />
        )}
      </div>
    );
  };
  return (
    <>
      <div class="row end"><h1>Compare</h1></div>
      <div class="panel"><div class="grid g2">{picker("left")}{picker("right")}</div></div>
      {same ? (
        <div class="panel">
          {others.length || steps.length
            ? <Empty title="Both sides are the same">Choose another dictionary or checkpoint on one side.</Empty>
            : <Empty title="There is nothing to compare with">This server shows one dictionary, and no checkpoint of it is kept. Start it with another run too: <code>microtome serve {run.path || run.id} OTHER</code></Empty>}
        </div>
      ) : (
        <>
          <MetricsBeside sides={sides} glossary={listing.glossary} />
          <Matches asked={asked} sides={sides} />
        </>
      )}
    </>
  );
}

/** Held-out measurements logged nearest to a step stand in for an evaluation of a checkpoint. */
function atStep(curves: Curves | null): Record<string, number | null> {
  const found: Record<string, number | null> = {};
  for (const key of ["fvu", "l0", "cosine", "dense_fraction"]) {
    const ys = curves?.series[`held_out.${key}`]?.y;
    if (ys?.length) found[key] = ys[ys.length - 1];
  }
  return found;
}

function useSide(side: Side) {
  const answer = useApi<RunOverview>(runPath(side.run));
  const curves = useApi<Curves>(side.step ? query(runPath(side.run, "/curves"), { dictionary: side.dictionary, step: side.step }) : null);
  const found: Measured | undefined = answer.data?.dictionaries.find((d) => d.name === side.dictionary);
  return side.step
    ? { answer, values: atStep(curves.data), intervals: {} as Record<string, [number, number]>, measured: !!curves.data }
    : { answer, values: found?.evaluation?.values ?? {}, intervals: found?.evaluation?.intervals ?? {}, measured: !!found?.evaluation };
}

function MetricsBeside({ sides, glossary }: { sides: { left: Side; right: Side }; glossary: Record<string, string> }) {
  const left = useSide(sides.left), right = useSide(sides.right);
  const keys = Object.keys(glossary).filter((key) => key in left.values || key in right.values);
  return (
    <Panel title="Metrics side by side" note={sides.left.step || sides.right.step ? "Of a checkpoint: the held-out measurement logged at that step" : "95 % intervals"}>
      <Await answer={left.answer}>
        {() => keys.length === 0 ? <Empty title="Nothing measured" short>Neither dictionary has been evaluated.</Empty> : (
          <div class="scroll">
            <table class="t">
              <thead><tr><th>metric</th><th class="r">left</th><th class="r">right</th><th class="r">difference</th><th></th></tr></thead>
              <tbody>
                {keys.map((key) => {
                  const [a, b] = [left.values[key] ?? null, right.values[key] ?? null];
                  const [ia, ib] = [left.intervals[key], right.intervals[key]];
                  const apart = ia && ib && (ia[1] < ib[0] || ib[1] < ia[0]);
                  const show = (v: number | null, i?: [number, number]) => <span data-tip={i ? `${metric(key, i[0])} – ${metric(key, i[1])}` : undefined}>{metric(key, v)}</span>;
                  return (
                    <tr>
                      <td data-tip={glossary[key]}><code>{key}</code></td>
                      <td class="r num">{show(a, ia)}</td>
                      <td class="r num">{show(b, ib)}</td>
                      <td class="r num" style={{ fontWeight: apart ? 600 : 400, color: apart ? "var(--ink)" : "var(--ink-3)" }} data-tip={apart ? "The intervals do not overlap" : ia && ib ? "The intervals overlap" : undefined}>
                        {a === null || b === null ? "–" : `${b > a ? "+" : ""}${metric(key, b - a)}`}
                      </td>
                      <td class="fit" style={{ verticalAlign: "middle" }}><Intervals rows={[{ value: a, ends: ia, colour: COLOURS.left }, { value: b, ends: ib, colour: COLOURS.right }]} width={170} /></td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
      </Await>
    </Panel>
  );
}

function Matches({ asked, sides }: { asked: Record<string, string>; sides: { left: Side; right: Side } }) {
  const [params, setParams] = useParams();
  const summary = useApi<Summary>(query("/api/compare", asked));
  const ascending = params.order === "least";
  const open = (side: Side, latent: number) => href("latent", { run: side.run, dictionary: side.dictionary, latent });
  return (
    <Panel title="Matched latents" note="each latent's nearest on the other side, by decoder cosine">
      <Await answer={summary}>
        {(data) => (
          <div class="stack">
            <div class="grid g2 late">
              <Histogram edges={data.edges} label="Latents by the cosine of their best match" xTitle="cosine of the best match" height={230}
                sets={[{ name: "left", counts: data.left.counts, colour: "color-mix(in srgb, var(--s0) 70%, transparent)" }, { name: "right", counts: data.right.counts, colour: COLOURS.right, outline: true }]} />
              <table class="t" style={{ alignSelf: "start" }}>
                <thead><tr><th>share with a match at</th><th class="r">≥ 0.5</th><th class="r">≥ 0.7</th><th class="r">≥ 0.9</th><th class="r">median</th></tr></thead>
                <tbody>
                  {(["left", "right"] as const).map((side) => (
                    <tr>
                      <td><span class="swatch" style={{ background: COLOURS[side], marginRight: "8px" }} />{side} <span class="faint num">{whole(data[side].latents)} latents</span></td>
                      {["0.5", "0.7", "0.9"].map((level) => <td class="r num">{percent(data[side].above[level], 3)}</td>)}
                      <td class="r num">{fixed(data[side].median, 3)}</td>
                    </tr>
                  ))}
                  <tr><td>each other's nearest</td><td class="r num" colSpan={4}>{whole(data.mutual)} pairs</td></tr>
                </tbody>
              </table>
            </div>
            <div class="row">
              <Segmented label="Order" value={ascending ? "least" : "most"} options={[{ value: "most", label: "Most alike" }, { value: "least", label: "Least alike" }]} onChange={(value) => setParams({ order: value === "most" ? null : value })} />
              <label class="check"><input type="checkbox" checked={params.mutual === "1"} onChange={(event) => setParams({ mutual: event.currentTarget.checked ? 1 : null })} />each other's nearest only</label>
            </div>
            <VirtualTable<Pair> label="Matched latents" path="/api/compare/pairs" params={{ ...asked, descending: !ascending, mutual: params.mutual === "1" || null }} sort="cosine" descending={!ascending} height="374px" minWidth={620}
              onSort={(_, descending) => setParams({ order: descending ? null : "least" })} href={(row) => open(sides.left, row.left)} empty="No pair is each other's nearest."
              columns={[
                { key: "left", title: "left", width: "80px", right: true, cell: (row) => row.left },
                { key: "left_label", title: "label", width: "minmax(80px, 1fr)", cell: (row) => row.left_label ? <Name text={row.left_label} /> : <span class="faint">–</span> },
                { key: "cosine", title: "cosine", width: "80px", right: true, sort: "cosine", cell: (row) => fixed(row.cosine, 3) },
                { key: "bar", title: "", width: "90px", cell: (row) => <span class="meter"><i style={{ width: `${Math.max(0, row.cosine) * 100}%`, background: row.mutual ? "var(--strength)" : "var(--dead)" }} /></span> },
                { key: "right", title: "right", width: "80px", right: true, cell: (row) => row.right },
                { key: "right_label", title: "label", width: "minmax(80px, 1fr)", cell: (row) => row.right_label ? <Name text={row.right_label} /> : <span class="faint">–</span> },
              ]} />
          </div>
        )}
      </Await>
    </Panel>
  );
}
