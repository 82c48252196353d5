// Overview: how good are the run's dictionaries, how often do their latents fire, how did training go.
import { useApi, runPath, query } from "../api";
import { Histogram, Lines, Points, type Line } from "../charts";
import { amount, fixed, metric, percent, short, whole } from "../format";
import { Await, Bones, Empty, Panel, Problems, Tile } from "../parts";
import { useParams } from "../router";
import { CLASSES, SERIES, densityColour, type Bins, type Curves, type Density, type Measured, type PageProps, type RunOverview } from "../types";

const SHOWN = ["fvu", "l0", "ce_recovered", "kl_recovered", "dead_fraction", "dense_fraction"];
const NAMES: Record<string, string> = { fvu: "FVU", l0: "L0", ce_recovered: "CE recovered", kl_recovered: "KL recovered", dead_fraction: "Dead", dense_fraction: "Dense" };

export const interval = (key: string, ends?: [number, number]): string => (ends ? `${metric(key, ends[0])} – ${metric(key, ends[1])}` : "");

export function Overview({ run, dictionary, listing }: PageProps) {
  const training = run.status === "training";
  const answer = useApi<RunOverview>(runPath(run.id), { every: training ? 3000 : null });
  const curves = useApi<Curves>(query(runPath(run.id, "/curves"), { dictionary: dictionary.name }), { every: training ? 2000 : null });
  const [, setParams] = useParams();
  return (
    <Await answer={answer} lines={10}>
      {(data) => {
        const shown = data.dictionaries.find((one) => one.name === dictionary.name) ?? data.dictionaries[0];
        const config = (data.facts.config ?? {}) as Record<string, unknown>;
        const total = Number(config.tokens ?? 0);
        const live = data.status === "training", stopped = data.status === "stopped";
        return (
          <>
            <div>
              <div class="row"><h1>{run.id}</h1>{live && <span class="badge"><i class="live" />training</span>}{stopped && <span class="badge">stopped</span>}</div>
              <p class="soft">
                {[config.model, shown.site_in === shown.site_out ? shown.site_out : `${shown.site_in} → ${shown.site_out}`, shown.kind.replaceAll("_", " "), `${whole(shown.latents)} latents`, `${amount(data.tokens_done)} tokens`].filter(Boolean).join(" · ")}
              </p>
              {(live || stopped) && total > 0 && (
                <div style={{ marginTop: "10px" }}>
                  <div class="progress" role="progressbar" aria-valuenow={Math.round((100 * data.tokens_done) / total)} aria-label="Training"><i style={{ width: `${Math.min(100, (100 * data.tokens_done) / total)}%` }} /></div>
                  <p class="small faint num" style={{ marginTop: "4px" }}>{whole(data.tokens_done)} of {whole(total)} tokens{stopped && <>, no process trains it. Go on with <code>microtome train --resume --out {run.id}</code></>}</p>
                </div>
              )}
            </div>
            {shown.error && <Problems error={shown.error} />}
            {shown.evaluation ? (
              <div>
                <div class="tiles" role="group" aria-label={`Metrics of ${shown.name}`}>
                  {SHOWN.filter((key) => key in shown.evaluation!.values).map((key) => (
                    <Tile k={NAMES[key]} v={metric(key, shown.evaluation!.values[key])} i={interval(key, shown.evaluation!.intervals[key]) || shown.evaluation!.undefined[key]} tip={listing.glossary[key]} />
                  ))}
                </div>
                <p class="small faint num" style={{ marginTop: "6px" }}>Measured on {measuredOn(shown)}.</p>
              </div>
            ) : (
              !shown.error && <div class="panel"><Empty title="Not measured yet" short>{live ? "Metrics appear when training ends; the curves below are live." : stopped ? "Metrics appear when training has ended." : <>Measure it with <code>microtome evaluate {run.id}</code></>}</Empty></div>
            )}
            {data.dictionaries.length > 1 && <Dictionaries data={data} shown={shown} pick={(name) => setParams({ run: run.id, dictionary: name }, false)} />}
            {shown.density && (
              <div class={shown.cosine ? "grid g2" : "grid"}>
                <DensityPanel density={shown.density} />
                {shown.cosine && <CosinePanel cosine={shown.cosine} height={shown.density.rare_direction ? 256 : 214} />}
              </div>
            )}
            <CurvesPanel answer={curves.data} problem={curves.error} />
            {shown.evaluation && <AllMetrics shown={shown} glossary={listing.glossary} />}
            <Panel title="What was run"><Facts facts={data.facts} shown={shown} /></Panel>
          </>
        );
      }}
    </Await>
  );
}

/** What the metrics were measured on: how many tokens of which text. */
function measuredOn(shown: Measured): string {
  const { facts } = shown.evaluation!;
  const text = (facts.text ?? {}) as Record<string, string>;
  return `${amount(Number(facts.tokens ?? 0))} tokens${text.name ? ` of ${text.name}` : ""}${text.part && text.part !== "all" ? `, ${text.part}` : ""}`;
}

function Dictionaries({ data, shown, pick }: { data: RunOverview; shown: Measured; pick: (name: string) => void }) {
  const colour = (name: string) => SERIES[data.dictionaries.findIndex((one) => one.name === name) % SERIES.length];
  const points = data.dictionaries.filter((one) => one.evaluation?.values.fvu != null).map((one) => {
    const ends = one.evaluation!.intervals.fvu;
    return { name: one.name, x: one.evaluation!.values.l0!, y: one.evaluation!.values.fvu!, low: ends?.[0], high: ends?.[1], colour: colour(one.name), on: one.name === shown.name };
  });
  const keys = SHOWN.filter((key) => data.dictionaries.some((one) => one.evaluation && key in one.evaluation.values));
  return (
    <div class="side even">
      <Panel title="Dictionaries of this run" note="Choose one">
        <div class="scroll">
          <table class="t pad">
            <thead><tr><th>name</th>{keys.map((key) => <th class="r">{NAMES[key]}</th>)}</tr></thead>
            <tbody>
              {data.dictionaries.map((one) => (
                <tr class="pick" aria-selected={one.name === shown.name} onClick={() => pick(one.name)}>
                  <td class="fit"><a href="#" onClick={(event) => { event.preventDefault(); pick(one.name); }} style={{ textDecoration: "none" }}><span class="swatch" style={{ background: colour(one.name), marginRight: "8px" }} />{one.name}</a></td>
                  {keys.map((key) => <td class="r num fit">{metric(key, one.evaluation?.values[key])}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel title="Sparsity and error">
        {points.length ? <Points points={points} label="FVU against L0 of every dictionary" xTitle="L0" yTitle="FVU" onPick={pick} height={Math.max(190, 60 + data.dictionaries.length * 33)} /> : <Empty title="Nothing measured yet" short />}
      </Panel>
    </div>
  );
}

function DensityPanel({ density }: { density: Density }) {
  const rare = density.rare_direction;
  return (
    <Panel title="How often latents fire" note={`${whole(density.latents)} latents on ${amount(density.tokens)} tokens ${density.source === "store" ? "read for the latent store" : "of the evaluation"}`}>
      <Histogram edges={density.edges.map((e) => 10 ** e)} logX xTick={(v) => percent(v, 1)} sets={[{ name: "latents", counts: density.counts, colour: densityColour }]} label="Latents by the share of tokens they fire on" xTitle="share of tokens a latent fires on" />
      <div class="legend" style={{ marginTop: "8px", paddingLeft: "44px" }}>
        {CLASSES.map((one) => (
          <span data-tip={{ dead: "never fired here", rare: `below ${percent(density.rare_below)}`, normal: "between rare and dense", dense: `above ${percent(density.dense_above)}` }[one.name]}>
            <span class="swatch" style={{ background: one.colour }} />{one.name} <b class="num">{whole(density.classes[one.name])}</b>
          </span>
        ))}
      </div>
      {rare && (
        <p class="small soft num" style={{ marginTop: "8px", paddingLeft: "44px" }} data-tip="Rare latents whose encoders point one way are one latent many times">
          {rare.rare === 0 ? "No latent is rare, so they have no common direction." : <><b>{percent(rare.share)}</b> of {whole(rare.rare)} rare latents have an encoder within cosine {rare.within} of their common direction; on average {fixed(rare.mean_cosine, 2)}.</>}
        </p>
      )}
    </Panel>
  );
}

/** `height`: as tall as the panel beside it. */
function CosinePanel({ cosine, height }: { cosine: Bins; height: number }) {
  const first = Math.max(0, cosine.counts.findIndex((count) => count > 0) - 1);
  return (
    <Panel title="How well tokens are reconstructed" note="by token">
      <Histogram edges={cosine.edges.slice(first)} sets={[{ name: "tokens", counts: cosine.counts.slice(first), colour: "var(--s0)" }]} label="Tokens by the cosine of activation and reconstruction" xTitle="cosine of activation and reconstruction" height={height} />
    </Panel>
  );
}

function CurvesPanel({ answer, problem }: { answer: Curves | null; problem: { problem: string; cure: string } | null }) {
  if (problem && !answer) return <Problems error={problem} />;
  if (!answer) return <Panel title="Training"><Bones /></Panel>;
  if (!answer.lines) return <Panel title="Training"><Empty title="No curves" short>Training has not logged a step yet.</Empty></Panel>;
  const series = (key: string, name: string, colour: string, dots = false): Line => ({ name, ...answer.series[key], colour, dots });
  const loss = answer.series.loss;
  const target: Line = { name: "target", x: loss.x.length ? [loss.x[0], loss.x[loss.x.length - 1]] : [], y: [answer.target_l0, answer.target_l0], colour: "var(--ink-3)", dashed: true };
  const charts: { title: string; lines: Line[]; log?: boolean }[] = [
    { title: "FVU", log: true, lines: [series("batch_fvu", "batch", "var(--s0)"), series("held_out.fvu", "held-out", "var(--s1)", true)] },
    { title: "L0", lines: [target, series("batch_l0", "batch", "var(--s0)"), series("held_out.l0", "held-out", "var(--s1)", true)] },
    { title: "Loss", log: true, lines: [series("loss", "loss", "var(--s0)")] },
    { title: "Dead latents", lines: [series("dead", "share", "var(--s0)")] },
    { title: "Cosine", lines: [series("held_out.cosine", "held-out", "var(--s1)")] },
    { title: "Learning rate", lines: [series("lr", "rate", "var(--s0)")] },
  ];
  return (
    <Panel title="Training" note={answer.status === "training" ? <span class="row" style={{ gap: "6px" }}><i class="live" />live</span> : `${whole(answer.lines)} logged steps`}>
      <div class="grid g3" style={{ columnGap: "28px" }}>
        {charts.filter((chart) => chart.lines.some((line) => line.x.length && !line.dashed)).map((chart) => (
          <div><h3 style={{ marginBottom: "4px" }}>{chart.title}</h3><Lines lines={chart.lines} log={chart.log} label={`${chart.title} over training`} height={170} /></div>
        ))}
      </div>
    </Panel>
  );
}

function AllMetrics({ shown, glossary }: { shown: Measured; glossary: Record<string, string> }) {
  const { values, intervals } = shown.evaluation!;
  const order = Object.keys(glossary).filter((key) => key in values);
  return (
    <Panel title="All metrics" note={`${measuredOn(shown)} · 95 % intervals by bootstrap over contexts`}>
      <div class="scroll">
        <table class="t">
          <thead><tr><th>metric</th><th class="r">value</th><th class="r">95 % interval</th><th>meaning</th></tr></thead>
          <tbody>
            {order.map((key) => (
              <tr>
                <td class="fit"><code>{key}</code></td>
                <td class="r num fit"><b style={{ fontWeight: 560 }}>{metric(key, values[key])}</b></td>
                <td class="r num fit soft">{interval(key, intervals[key]) || "–"}</td>
                <td class="soft">{glossary[key]}{values[key] === null && shown.evaluation!.undefined[key] ? ` Undefined: ${shown.evaluation!.undefined[key]}.` : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Facts({ facts, shown }: { facts: Record<string, unknown>; shown: Measured }) {
  const config = (facts.config ?? {}) as Record<string, unknown>;
  const optimiser = (config.optimiser ?? {}) as Record<string, unknown>;
  const flat = (value: unknown): string => Array.isArray(value) ? value.map(flat).join(", ") : typeof value === "number" ? (Number.isInteger(value) && value >= 10_000 ? whole(value) : short(value, 6)) : value === null || value === undefined || value === "" ? "–" : String(value);
  const first: [string, unknown][] = [["model", config.model], ["text", String(config.text ?? "–").split(",").map((p) => p.split("/").pop()).join(", ")], ["tokens", config.tokens], ["seed", config.seed], ["sparsifier", shown.sparsifier], ["learning rate", optimiser.lr], ["computed in", facts.dtype], ["microtome", facts.microtome]];
  const rest = Object.entries({ ...config, ...Object.fromEntries(Object.entries(optimiser).map(([k, v]) => [`optimiser.${k}`, v])) }).filter(([key, value]) => key !== "optimiser" && flat(value) !== "–" && !(typeof value === "string" && value.includes("/")));
  return (
    <>
      <dl class="dl">{first.filter(([, v]) => v !== undefined && v !== null).map(([key, value]) => <><dt>{key}</dt><dd class="num">{flat(value)}</dd></>)}</dl>
      <details style={{ marginTop: "14px" }}>
        <summary>Every setting</summary>
        <dl class="dl">{rest.sort().map(([key, value]) => <><dt><code>{key}</code></dt><dd class="num">{flat(value)}</dd></>)}</dl>
      </details>
    </>
  );
}
