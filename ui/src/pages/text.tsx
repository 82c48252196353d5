// Text: which latents fire on what you type. A heat map of the strongest latents by token, and a bar for each latent.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, canStream, hold, isLive, query, runPath, type Problem } from "../api";
import { number, percent, whole } from "../format";
import { Bones, Empty, Panel, Problems, Segmented } from "../parts";
import { href, useParams } from "../router";
import { carriesLatent, sendToSteer } from "../steering";
import { Name, Token, nameOf, plain } from "../tokens";
import { densityColour, type PageProps } from "../types";

export interface Fired { latent: number; density: number | null; label: string | null; positions: number[]; values: number[] }
export interface TextAnswer { tokens: string[]; special: boolean[]; latents: Fired[] }

/** Activations on a text that is being typed: asked for after a short pause, older questions dropped. */
export function useText(run: string, dictionary: string, initial: string, latent: number | null, remember: (text: string) => void) {
  const [text, setText] = useState(initial);
  const [state, setState] = useState<{ answer: TextAnswer | null; error: Problem | null }>({ answer: null, error: null });
  const [busy, setBusy] = useState(false);
  const first = useRef(true);
  useEffect(() => {
    if (text.trim() === "") {
      setState({ answer: null, error: null });
      setBusy(false);
      if (!first.current) remember("");
      first.current = false;
      return;
    }
    const stop = new AbortController();
    let release = () => {};
    const path = query(runPath(run, "/text"), { dictionary });
    const body = latent === null ? { text } : { text, latent };
    const timer = setTimeout(() => {
      setBusy(true);
      ask<TextAnswer>("POST", path, body, stop.signal).then(
        (answer) => {
          if (stop.signal.aborted) return;
          release = hold(`POST ${path} ${JSON.stringify(body)}`, answer);
          setBusy(false);
          setState({ answer, error: null });
          remember(text);
        },
        (error) => {
          if (stop.signal.aborted || error.name === "AbortError") return;
          setBusy(false);
          setState((before) => ({ ...before, error: error instanceof ApiError ? error.detail : { problem: String(error), cure: "" } }));
        });
    }, first.current ? 0 : 110);
    first.current = false;
    return () => {
      clearTimeout(timer);
      stop.abort();
      release();
    };
  }, [text, run, dictionary, latent]);
  return { text, setText, ...state, busy };
}

type Pool = "max" | "mean" | "sum";
interface Row extends Fired { pooled: number; at: Map<number, number> }

function pooled(answer: TextAnswer, pool: Pool, chosen: number[], hideDense: boolean): Row[] {
  const read = answer.special.filter((special) => !special).length;
  const rows = answer.latents.filter((one) => !(hideDense && (one.density ?? 0) > 0.1)).map((one) => {
    const at = new Map(one.positions.map((position, i) => [position, one.values[i]]));
    const counted = chosen.length ? chosen.map((position) => at.get(position) ?? 0) : one.values;
    const sum = counted.reduce((a, b) => a + b, 0);
    const value = pool === "max" ? Math.max(0, ...counted) : pool === "sum" ? sum : sum / (chosen.length || read || 1);
    return { ...one, at, pooled: value };
  });
  return rows.filter((row) => row.pooled > 0).sort((a, b) => b.pooled - a.pooled);
}

export function TextPage(props: PageProps) {
  const { run, dictionary } = props;
  const [params, setParams] = useParams();
  const { text, setText, answer, error, busy } = useText(run.id, dictionary.name, params.text ?? "", null, (value) => setParams({ text: value.length <= 6000 ? value : null }));
  const pool = (params.pool ?? "max") as Pool;
  const hideDense = params.dense !== "show";
  const count = Number(params.n ?? 24);
  const chosen = (params.tokens ?? "").split(",").filter(Boolean).map(Number).filter((i) => i < (answer?.tokens.length ?? 0));
  const pick = (position: number) => setParams({ tokens: (chosen.includes(position) ? chosen.filter((i) => i !== position) : [...chosen, position].sort((a, b) => a - b)).join(",") });
  const rows = answer ? pooled(answer, pool, chosen, hideDense) : [];
  const hidden = answer ? answer.latents.filter((one) => (one.density ?? 0) > 0.1).length : 0;
  return (
    <>
      <div class="row end"><h1>Text</h1><span class="soft small num" role="status">{busy ? "reading…" : answer ? `${whole(answer.tokens.length)} tokens · ${whole(answer.latents.length)} latents fire` : ""}</span></div>
      {isLive() && <textarea class="field" rows={4} aria-label="Your text" placeholder="Type or paste text: the latents that fire on it appear as you go" value={text} spellcheck={false} onInput={(event) => { setText(event.currentTarget.value); if (params.tokens) setParams({ tokens: null }); }} />}
      {error && <Problems error={error} />}
      {!text && <div class="panel"><Empty title="No text yet">Every token is read by {String(run.model)}, and {dictionary.name} says which of its latents fire. Text stays on this machine.</Empty></div>}
      {text && !answer && !error && <Panel><Bones lines={6} /></Panel>}
      {answer && text && (
        <>
          <div class="row">
            <Segmented label="Order latents by" value={pool} options={[{ value: "max", label: "Strongest" }, { value: "mean", label: "Mean" }, { value: "sum", label: "Sum" }]} onChange={(value) => setParams({ pool: value === "max" ? null : value })} />
            <Segmented label="Latents shown" value={String(count)} options={["12", "24", "48", "96"].map((n) => ({ value: n, label: n }))} onChange={(n) => setParams({ n: n === "24" ? null : n })} />
            <label class="check"><input type="checkbox" checked={hideDense} onChange={(event) => setParams({ dense: event.currentTarget.checked ? null : "show" })} />hide dense latents{hidden > 0 && <span class="faint num">({hidden})</span>}</label>
            {chosen.length > 0 && <button class="btn quiet" onClick={() => setParams({ tokens: null })}>{chosen.length} token{chosen.length > 1 ? "s" : ""} chosen · clear</button>}
          </div>
          <Reading answer={answer} rows={rows} chosen={chosen} pick={pick} />
          {rows.length === 0 ? <div class="panel"><Empty title="No latent fires" short>{hideDense && hidden ? "All that fire are dense, and dense ones are hidden." : "Not on these tokens."}</Empty></div> : (
            <>
              <Heat {...props} text={text} answer={answer} rows={rows.slice(0, count)} chosen={chosen} pick={pick} />
              <Bars {...props} rows={rows} count={count} pool={pool} chosen={chosen.length} />
            </>
          )}
        </>
      )}
    </>
  );
}

/** The text itself, each token shaded by its strongest latent among those shown. */
function Reading({ answer, rows, chosen, pick }: { answer: TextAnswer; rows: Row[]; chosen: number[]; pick: (position: number) => void }) {
  const best = answer.tokens.map((_, position) => rows.reduce<{ value: number; latent: number } | null>((found, row) => {
    const value = row.at.get(position) ?? 0;
    return value > (found?.value ?? 0) ? { value, latent: row.latent } : found;
  }, null));
  const most = Math.max(1e-12, ...best.map((one) => one?.value ?? 0));
  return (
    <Panel title="The text" note="shaded by the strongest latent; click tokens to sort by them">
      <div style={{ lineHeight: 1.85, overflowWrap: "anywhere", maxHeight: "240px", overflowY: "auto", whiteSpace: "pre-wrap" }}>
        {answer.tokens.map((text, i) => <Token text={text} value={best[i]?.value ?? 0} scale={most} breaks picked={chosen.includes(i)} onPick={answer.special[i] ? undefined : () => pick(i)} tip={answer.special[i] ? "special token, not counted" : best[i] ? `latent ${best[i]!.latent}: ${number(best[i]!.value)}` : "nothing shown fires"} />)}
      </div>
    </Panel>
  );
}

function Heat({ run, dictionary, text, answer, rows, chosen, pick }: PageProps & { text: string; answer: TextAnswer; rows: Row[]; chosen: number[]; pick: (position: number) => void }) {
  // Beyond this many columns a table is slow and nobody reads it; the bars below count every token.
  const columns = answer.tokens.map((_, i) => i).filter((i) => !answer.special[i]).slice(0, 300);
  return (
    <Panel title="Latents by token" note={`${columns.length === 300 ? "the first 300 tokens; " : ""}each row on its own scale${canStream() ? "; drag a latent onto Steer to write with it" : ""}`}>
      <div class="heat" tabIndex={0} aria-label="Heat map of latents by token">
        <table>
          <thead><tr><th><span class="small faint">latent</span></th>{columns.map((i) => <th><button aria-pressed={chosen.includes(i)} aria-label={`Sort by token ${plain(answer.tokens[i])}`} onClick={() => pick(i)}>{plain(answer.tokens[i])}</button></th>)}</tr></thead>
          <tbody>
            {rows.map((row) => {
              const most = Math.max(...row.values);
              return (
                <tr>
                  <th scope="row" data-tip={row.label ? nameOf(row.label) : undefined} {...(canStream() ? carriesLatent(() => sendToSteer(run.id, dictionary.name, row.latent, text)) : {})}>
                    <div class="row" style={{ flexWrap: "nowrap", gap: "8px" }}>
                      <span class="swatch" style={{ background: densityColour(row.density ?? 1e-3) }} />
                      <a class="num" href={isLive() ? href("latent", { run: run.id, dictionary: dictionary.name, latent: row.latent }) : undefined}>{row.latent}</a>
                      <span class="soft small cut grow"><Name text={row.label ?? ""} /></span>
                      {canStream() && <a class="send small" href={sendToSteer(run.id, dictionary.name, row.latent, text)} data-tip="Write with this latent changed" aria-label={`Steer latent ${row.latent}`}>steer</a>}
                    </div>
                  </th>
                  {columns.map((i) => {
                    const value = row.at.get(i) ?? 0;
                    return <td class="cell" style={value > 0 ? { "--s": (0.12 + (0.88 * value) / most).toFixed(3) } : undefined} data-tip={value > 0 ? `${plain(answer.tokens[i])}\nlatent ${row.latent}: ${number(value)}` : undefined} />;
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

const POOLED: Record<Pool, string> = { max: "strongest", mean: "mean", sum: "sum" };

function Bars({ run, dictionary, rows, count, pool, chosen }: PageProps & { rows: Row[]; count: number; pool: Pool; chosen: number }) {
  const mean = rows.reduce((sum, row) => sum + row.pooled, 0) / rows.length;
  const sigma = Math.sqrt(rows.reduce((sum, row) => sum + (row.pooled - mean) ** 2, 0) / rows.length);
  const line = mean + sigma;
  const most = Math.max(rows[0].pooled, line);
  const above = rows.filter((row) => row.pooled > line).length;
  return (
    <Panel title="What stands out" note={<>{POOLED[pool]} activation{chosen ? " on the chosen tokens" : ""} · {above} of {rows.length} above mean + σ = <span class="num">{number(line)}</span></>}>
      <div class="bars" style={{ position: "relative" }}>
        {rows.slice(0, count).map((row) => (
          <div style={{ gridTemplateColumns: "250px 1fr 58px" }}>
            <span class="cut" data-tip={row.label ? nameOf(row.label) : undefined}><a class="num" href={isLive() ? href("latent", { run: run.id, dictionary: dictionary.name, latent: row.latent }) : undefined}>{row.latent}</a> <span class="soft small"><Name text={row.label ?? ""} /></span></span>
            <span class="track" data-tip={`${number(row.pooled)}${row.density === null ? "" : `\nfires on ${percent(row.density)} of tokens`}`}>
              <i style={{ left: 0, width: `${(100 * row.pooled) / most}%`, background: row.pooled > line ? "var(--strength)" : "var(--strength-soft)" }} />
              <i style={{ left: `${(100 * line) / most}%`, width: 0, top: "-7px", bottom: "-7px", borderRadius: 0, borderLeft: "1.5px dashed var(--ink-3)" }} />
            </span>
            <span class="r num">{number(row.pooled, 3)}</span>
          </div>
        ))}
      </div>
      <div class="legend" style={{ marginTop: "10px" }}><span><i style={{ borderLeft: "1.5px dashed var(--ink-3)", height: "12px" }} />mean + σ over all latents that fire</span></div>
    </Panel>
  );
}
