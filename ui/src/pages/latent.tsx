// Latent: everything known of one. When it fires (examples from the strongest to nearly), how often and how strongly,
// what it does to the output, which others are like it, and what you call it.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, ApiError, canStream, isLive, runPath, useApi, query, type Problem } from "../api";
import { Histogram, SignedBar } from "../charts";
import { amount, number, percent, short, whole } from "../format";
import { Await, Empty, Panel, Problems, Segmented, Tile } from "../parts";
import { go, href, useParams } from "../router";
import { sendToSteer } from "../steering";
import { useNarrow } from "../table";
import { Chip, Name, Tokens, nameOf } from "../tokens";
import type { PageProps } from "../types";
import { NoStore } from "./latents";
import { useText } from "./text";

interface Example { band: string; activation: number; tokens: string[]; activations: number[]; peak: number; document: number; document_id?: string; offset: number; before_cut: boolean; after_cut: boolean; margin?: number | null }
interface Logit { token_id: number; token: string; value: number }
interface Label { text: string; score: number | null; how: string }
export interface Latent {
  latent: number; count: number; density: number; max: number; mean: number;
  histogram: { edges: number[]; counts: number[] };
  examples: Example[];
  top_logits: Logit[]; bottom_logits: Logit[];
  neighbours: { latent: number; cosine: number; label?: string | null }[];
  coactive: { latent: number; score: number; count: number; label?: string | null }[];
  token_statistics: { token_id: number; token: string; count: number; precision: number; recall: number }[];
  label: Label | null; candidates?: Label[];
  user_label: { text: string; note: string; when: string } | null;
  decoder: { strongest: { index: number; value: number }[]; weakest: { index: number; value: number }[]; histogram: { edges: number[]; counts: number[] } };
  tokens_seen: number;
}

export const latentPath = (run: string, dictionary: string, latent: number): string => query(runPath(run, `/latents/${latent}`), { dictionary });

export function LatentPage(props: PageProps) {
  const { run, dictionary } = props;
  const [params] = useParams();
  const index = Number(params.latent ?? 0);
  const answer = useApi<Latent>(dictionary.store ? latentPath(run.id, dictionary.name, index) : null);
  const to = (latent: number) => href("latent", { run: run.id, dictionary: dictionary.name, latent, lines: params.lines });
  const step = (by: number) => index + by >= 0 && index + by < dictionary.latents && go(to(index + by));
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isLive() || event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest?.("input, textarea, select, .v-body")) return;
      if (event.key === "ArrowLeft") step(-1);
      else if (event.key === "ArrowRight") step(1);
      else if (event.key === "e") {
        event.preventDefault();
        document.querySelector<HTMLElement>(".label-edit")?.focus();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  if (!dictionary.store) return <><h1>Latent {index}</h1><NoStore {...props} /></>;
  return (
    <Await answer={answer} lines={12}>
      {(latent) => (
        <>
          <div class="row end" style={{ flexWrap: "nowrap", alignItems: "flex-start" }}>
            <div class="grow"><Naming {...props} latent={latent} saved={answer.reload} /></div>
            {isLive() && (
              <div class="row" style={{ flexWrap: "nowrap", gap: "4px" }}>
                {canStream() && <a class="btn" href={sendToSteer(run.id, dictionary.name, index)} data-tip="Write with this latent changed">Steer</a>}
                <button class="btn" disabled={index <= 0} onClick={() => step(-1)} aria-label="Previous latent" data-tip="Previous latent  (key ←)">←</button>
                <button class="btn" disabled={index >= dictionary.latents - 1} onClick={() => step(1)} aria-label="Next latent" data-tip="Next latent  (key →)">→</button>
              </div>
            )}
          </div>
          <div class="tiles four">
            <Tile k="Density" v={percent(latent.density)} i={latent.density > 0.1 ? "dense" : latent.density === 0 ? "dead" : latent.density < 1e-4 ? "rare" : "of tokens"} tip="Share of tokens it fires on" />
            <Tile k="Fired on" v={amount(latent.count)} i={latent.tokens_seen ? `of ${amount(latent.tokens_seen)} tokens` : "tokens"} />
            <Tile k="Strongest" v={number(latent.max)} />
            <Tile k="Mean" v={number(latent.mean)} i="where it fires" />
          </div>
          <div class="latent">
            <div class="stack numbers">
              <Strengths latent={latent} />
              <Logits latent={latent} />
            </div>
            <div class="stack told">
              {isLive() && <TryText {...props} latent={latent} />}
              <Examples latent={latent} />
            </div>
            <div class="stack others">
              <TokenStatistics latent={latent} />
              <Others title="Similar direction" note="decoder cosine" empty="No neighbours kept" rows={latent.neighbours.map((one) => ({ ...one, value: one.cosine, text: number(one.cosine, 3) }))} to={to} />
              <Others title="Fires together with" note="shared tokens, Jaccard index" empty="It fires alone" rows={latent.coactive.map((one) => ({ ...one, value: one.score, text: number(one.score, 3), tip: `${whole(one.count)} tokens` }))} to={to} />
              <Decoder latent={latent} />
            </div>
          </div>
        </>
      )}
    </Await>
  );
}

function Naming({ run, dictionary, latent, saved }: PageProps & { latent: Latent; saved: () => void }) {
  const mine = latent.user_label;
  const [text, setText] = useState(mine?.text ?? "");
  const [note, setNote] = useState(mine?.note ?? "");
  const [state, setState] = useState<{ error?: Problem; done?: boolean }>({});
  const [open, setOpen] = useState(false);
  const [tried, setTried] = useState(false);
  useEffect(() => {
    setText(mine?.text ?? "");
    setNote(mine?.note ?? "");
    setState({});
  }, [latent.latent, mine?.when]);
  const changed = text !== (mine?.text ?? "") || note !== (mine?.note ?? "");
  const keep = () =>
    ask("POST", query(runPath(run.id, `/latents/${latent.latent}/label`), { dictionary: dictionary.name }), { text, note }).then(
      () => { setState({ done: true }); saved(); },
      (error) => setState({ error: error instanceof ApiError ? error.detail : { problem: String(error), cure: "" } }));
  const candidates = latent.candidates ?? (latent.label ? [latent.label] : []);
  return (
    <div>
      <h1 class="row" style={{ gap: "4px 14px" }}>
        <span class="num">Latent {latent.latent}</span>
        {isLive() ? (
          <input class="label-edit" style={{ flex: "1 1 220px", width: "auto", minWidth: "0", fontWeight: 450 }} aria-label="Your label" value={text} spellcheck={false} placeholder={latent.label ? nameOf(latent.label.text) : "Name it"}
            onInput={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") void keep(); if (event.key === "Escape") { setText(mine?.text ?? ""); event.currentTarget.blur(); } }} />
        ) : <span style={{ fontWeight: 450 }}><Name text={mine?.text || latent.label?.text || "–"} /></span>}
      </h1>
      <div class="row small soft" style={{ gap: "4px 14px", alignItems: "baseline" }}>
        {latent.label && <span>Automatic: <Name text={latent.label.text} />{latent.label.score !== null && <> · <b class="num" data-tip="Balanced accuracy on unseen text: 50 % is guessing">{percent(latent.label.score, 3)}</b></>} <span class="faint">({latent.label.how})</span></span>}
        {!latent.label && !mine && <span class="faint">No label yet</span>}
        {mine && <span class="faint">labelled by you on {mine.when.slice(0, 10)}</span>}
        {(isLive() || mine?.note) && <a href="#" onClick={(event) => { event.preventDefault(); setOpen(!open); }}>{mine?.note ? "Note" : "Add a note"}</a>}
        {candidates.length > 1 && <a href="#" role="button" aria-expanded={tried} onClick={(event) => { event.preventDefault(); setTried(!tried); }}>{candidates.length} labels tried</a>}
        {state.done && !changed && <span role="status" style={{ color: "var(--good)" }}>Saved</span>}
        {isLive() && changed && <button class="btn main" style={{ padding: "4px 9px" }} onClick={keep}>Save label</button>}
      </div>
      {tried && <Tried labels={candidates} />}
      {open && <textarea class="field" rows={2} aria-label="Your note" placeholder="A note for yourself" style={{ marginTop: "8px", fontFamily: "inherit" }} value={note} readOnly={!isLive()} onInput={(event) => setNote(event.currentTarget.value)} />}
      {state.error && <div style={{ marginTop: "8px" }}><Problems error={state.error} /></div>}
    </div>
  );
}

/** Every label that was made, with its score, below the line that asks for them: what is above stays where it is. */
const Tried = ({ labels }: { labels: Label[] }) => (
  <table class="t tried small">
    <tbody>{labels.map((one) => <tr><td class="r num fit">{one.score === null ? "–" : percent(one.score, 3)}</td><td class="fit soft">{one.how}</td><td><Name text={one.text} /></td></tr>)}</tbody>
  </table>
);

function Strengths({ latent }: { latent: Latent }) {
  // Where the window is narrow it stands beside the logits, and is as tall as they are.
  const height = useNarrow() ? 264 : 160;
  return (
    <Panel title="How strongly it fires">
      {latent.count > 0 ? <Histogram logX edges={latent.histogram.edges} sets={[{ name: "tokens", counts: latent.histogram.counts, colour: "var(--strength)" }]} label="Tokens by activation" xTitle="activation" height={height} /> : <Empty title="It never fired" short />}
    </Panel>
  );
}

function bandName(band: string, latent: Latent): string {
  if (band === "top") return "Strongest";
  if (band === "near_miss") return "Nearly fired";
  const octave = Number(band);
  const last = Math.max(...latent.examples.map((one) => Number(one.band)).filter(Number.isFinite));
  // Bands end at powers of two: the first reaches from the one below the maximum up to it.
  const low = 2 ** (Math.floor(Math.log2(latent.max)) - octave);
  const high = short(octave === 0 ? latent.max : 2 * low, 3);
  return octave === last && octave > 0 ? `below ${high}` : `${short(low, 3)} – ${high}`;
}

function Examples({ latent }: { latent: Latent }) {
  const [params, setParams] = useParams();
  const band = params.band ?? "all";
  const one = params.lines === "one";
  const bands = [...new Set(latent.examples.map((example) => example.band))].sort((a, b) => rank(a) - rank(b));
  const shown = bands.filter((name) => band === "all" || band === name);
  return (
    <Panel title="When it fires" note={<label class="check"><input type="checkbox" checked={one} onChange={(event) => setParams({ lines: event.currentTarget.checked ? "one" : null })} />one line each</label>}>
      {latent.examples.length === 0 ? <Empty title="No examples" short>It did not fire on the text that was read.</Empty> : (
        <>
          <div style={{ marginBottom: "14px", overflowX: "auto" }}>
            <Segmented label="Band" value={band} onChange={(value) => setParams({ band: value === "all" ? null : value })}
              options={[{ value: "all", label: "All" }, ...bands.map((name) => ({ value: name, label: name === "top" ? "Strongest" : name === "near_miss" ? "Nearly" : bandName(name, latent), n: String(latent.examples.filter((e) => e.band === name).length) }))]} />
          </div>
          {shown.map((name) => (
            <div>
              <div class="band"><h3>{bandName(name, latent)}</h3><span class="small">{name === "top" ? "the highest activations, each context once" : name === "near_miss" ? "silent, but close to firing at the marked token" : "drawn at random from this octave"}</span></div>
              {latent.examples.filter((example) => example.band === name).slice(0, band === "all" && name === "top" ? 12 : 100).map((example) => <ExampleLine example={example} latent={latent} one={one} />)}
            </div>
          ))}
        </>
      )}
    </Panel>
  );
}

const rank = (band: string): number => (band === "top" ? -1 : band === "near_miss" ? 99 : Number(band));

export function ExampleLine({ example, latent, one }: { example: Example; latent: Latent; one: boolean }) {
  const line = useRef<HTMLDivElement>(null);
  // On one line, the peak is what must be in sight.
  useEffect(() => {
    const peak = line.current?.querySelector<HTMLElement>(".peak");
    if (one && peak && line.current) line.current.scrollLeft = Math.max(0, peak.offsetLeft - line.current.offsetLeft - line.current.clientWidth * 0.6);
  }, [one, example]);
  const near = example.band === "near_miss";
  const source = `${example.document_id ?? `document ${example.document}`}, from character ${whole(example.offset)}`;
  return (
    <div class="example">
      <div class="a num" data-tip={near && example.margin != null ? `${number(-example.margin)} below firing` : "Activation at the marked token"} style={near ? { color: "var(--ink-3)" } : undefined}>{near ? (example.margin != null ? number(example.margin, 3) : "–") : number(example.activation, 3)}</div>
      <div style={{ minWidth: 0 }}>
        <div class={one ? "text one" : "text"} ref={line}>
          {example.before_cut && <span class="faint">… </span>}
          <Tokens tokens={example.tokens} values={example.activations} scale={latent.max} peak={example.peak} />
          {example.after_cut && <span class="faint"> …</span>}
        </div>
        {!one && <div class="from">{source}</div>}
      </div>
    </div>
  );
}

function TryText({ run, dictionary, latent }: PageProps & { latent: Latent }) {
  const [params, setParams] = useParams();
  const { text, setText, answer, error, busy } = useText(run.id, dictionary.name, params.text ?? "", latent.latent, (value) => setParams({ text: value.length <= 1500 ? value : null }));
  const row = answer?.latents.find((one) => one.latent === latent.latent);
  const values = new Array<number>(answer?.tokens.length ?? 0).fill(0);
  row?.positions.forEach((position, i) => (values[position] = row.values[i]));
  const strongest = Math.max(0, ...values);
  return (
    <Panel title="Try your own text" note={busy ? "reading…" : answer && text ? (strongest > 0 ? <>strongest here <b class="num" style={{ color: "var(--strength-ink)" }}>{number(strongest)}</b> · {percent(strongest / latent.max, 2)} of its maximum</> : "it does not fire here") : ""}>
      <textarea class="field" rows={2} aria-label="Your text" placeholder="Type: activations appear as you go" value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
      {error && <div style={{ marginTop: "10px" }}><Problems error={error} /></div>}
      {answer && text && <div class="example" style={{ display: "block", lineHeight: 1.8, marginTop: "8px", overflowWrap: "anywhere" }} aria-live="polite"><Tokens tokens={answer.tokens} values={values} scale={Math.max(latent.max, strongest)} breaks /></div>}
    </Panel>
  );
}

export function Logits({ latent }: { latent: Latent }) {
  const most = Math.max(1e-12, ...[...latent.top_logits, ...latent.bottom_logits].map((one) => Math.abs(one.value)));
  const list = (rows: Logit[]) => <div class="bars">{rows.map((one) => <div><span><Chip text={one.token} /></span><SignedBar value={one.value} most={most} /><span class="r num">{number(one.value, 3)}</span></div>)}</div>;
  if (!latent.top_logits.length && !latent.bottom_logits.length) return <Panel title="What it does to the output"><Empty title="No direct path" short>This site has none to the next token's logits.</Empty></Panel>;
  return (
    <Panel title="What it does to the output" note="direct logits">
      <div class="stack logits">
        <div><h3 class="soft" style={{ marginBottom: "4px" }}>Raises</h3>{list(latent.top_logits)}</div>
        <div><h3 class="soft" style={{ marginBottom: "4px" }}>Lowers</h3>{list(latent.bottom_logits)}</div>
      </div>
    </Panel>
  );
}

function TokenStatistics({ latent }: { latent: Latent }) {
  return (
    <Panel title="Which tokens it fires on">
      {latent.token_statistics.length === 0 ? <Empty title="None" short /> : (
        <table class="t">
          <thead><tr><th>token</th><th class="r">times</th><th class="r" data-tip="Share of this token's occurrences on which it fires">precision</th><th class="r" data-tip="Share of its firings that are on this token">recall</th></tr></thead>
          <tbody>{latent.token_statistics.map((one) => <tr><td style={{ maxWidth: "130px" }}><Chip text={one.token} /></td><td class="r num">{whole(one.count)}</td><td class="r num">{percent(one.precision, 2)}</td><td class="r num">{percent(one.recall, 2)}</td></tr>)}</tbody>
        </table>
      )}
    </Panel>
  );
}

function Others({ title, note, rows, to, empty }: { title: string; note: string; empty: string; rows: { latent: number; value: number; text: string; label?: string | null; tip?: string }[]; to: (latent: number) => string }) {
  return (
    <Panel title={title} note={note}>
      {rows.length === 0 ? <Empty title={empty} short /> : (
        <div class="bars">
          {rows.map((one) => (
            <div data-tip={one.tip}>
              <span class="cut"><a class="num" href={isLive() ? to(one.latent) : undefined}>{one.latent}</a>{one.label && <span class="soft small" data-tip={nameOf(one.label)}> <Name text={one.label} /></span>}</span>
              <SignedBar value={one.value} most={1} />
              <span class="r num">{one.text}</span>
            </div>
          ))}
        </div>
      )}
    </Panel>
  );
}

function Decoder({ latent }: { latent: Latent }) {
  const { strongest, weakest, histogram } = latent.decoder;
  const most = Math.max(1e-12, ...strongest.map((one) => Math.abs(one.value)));
  const list = (rows: { index: number; value: number }[]) => <div class="bars">{rows.map((one) => <div><span class="num faint">dim {one.index}</span><SignedBar value={one.value} most={most} both /><span class="r num">{number(one.value, 3)}</span></div>)}</div>;
  return (
    <Panel title="Decoder direction" note="coordinates">
      <Histogram edges={histogram.edges} sets={[{ name: "coordinates", counts: histogram.counts, colour: (centre) => (centre < 0 ? "var(--negative)" : "var(--strength)") }]} label="Coordinates of the decoder direction" xTitle="value of a coordinate" height={140} />
      <h3 class="soft" style={{ margin: "10px 0 4px" }}>Largest</h3>{list(strongest)}
      {weakest.length > 0 && <details style={{ marginTop: "8px" }}><summary>Smallest</summary>{list(weakest)}</details>}
    </Panel>
  );
}
