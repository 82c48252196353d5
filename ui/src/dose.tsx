// Dose and response: what the clean model makes of the text that is written as the strengths grow.
import { Lines } from "./charts";
import { number, percent, short } from "./format";
import { Panel, Problems } from "./parts";
import { isLive, type Problem } from "./api";
import { typed } from "./steering";
import { useStream } from "./streaming";
import { Visible } from "./tokens";

interface Mean { strength: number; condition: string; n: number; perplexity: number; activation: number; repeated_4: number }
interface Row { strength: number; condition: string; sample: number; text: string; perplexity: number | null }
interface Curve { total: number; rows: Row[]; summary: Mean[] }
type DoseEvent = { event: "start"; rows: number } | { event: "token" } | ({ event: "row"; summary: Mean[] } & Row) | { event: "end"; summary: Mean[] };

function take(value: Curve, event: DoseEvent): void {
  if (event.event === "start") value.total = event.rows;
  else if (event.event === "row") {
    const { strength, condition, sample, text, perplexity } = event;
    value.rows.push({ strength, condition, sample, text, perplexity });
  }
  if (event.event === "row" || event.event === "end") value.summary = event.summary;
}

const NAMES: Record<string, { name: string; colour: string }> = {
  steered: { name: "steered", colour: "var(--strength)" },
  control: { name: "random control", colour: "var(--ink-3)" },
};

export function Dose({ path, body, strengths, setStrengths, tellWhere }: { path: string; body: unknown; strengths: string; setStrengths: (text: string) => void; tellWhere: (problem: Problem | null) => void }) {
  const dose = useStream<Curve, DoseEvent>(path, () => ({ total: 0, rows: [], summary: [] }), take);
  const value = dose.shown?.value;
  const asked = { ...(body as object), strengths: strengths.split(/[;,\s]+/).filter(Boolean).map(typed) };
  const elsewhere = dose.error?.where && dose.error.where !== "strengths";
  const begin = () => { tellWhere(null); dose.start(asked); };
  const line = (key: "perplexity" | "activation" | "repeated_4") =>
    Object.entries(NAMES).map(([condition, { name, colour }]) => {
      const points = (value?.summary ?? []).filter((mean) => mean.condition === condition).sort((a, b) => a.strength - b.strength);
      return { name, colour, x: points.map((mean) => mean.strength), y: points.map((mean) => mean[key]) };
    });
  const doses = [...new Set((value?.summary ?? []).map((mean) => mean.strength))].sort((a, b) => a - b);
  const conditions = Object.keys(NAMES).filter((name) => value?.rows.some((row) => row.condition === name));
  const stale = !dose.busy && dose.shown && isLive() && JSON.stringify(dose.shown.body) !== JSON.stringify(asked);
  return (
    <Panel title="Dose and response" note={value ? (dose.busy ? `${value.rows.length} of ${value.total || "…"}` : dose.shown?.phase === "stopped" ? "stopped" : stale ? "made with other settings" : "") : "what the clean model makes of the text as the strengths grow"}>
      {isLive() && (
        <div class="row">
          <label class="setting grow">factors on the strengths<input class="field" aria-label="Factors on the strengths" value={strengths} spellcheck={false} autocomplete="off" onInput={(event) => { dose.setError(null); setStrengths(event.currentTarget.value); }} /></label>
          {dose.busy ? <button class="btn" onClick={dose.stop}>Stop</button> : <button class="btn" onClick={begin}>Draw the curve</button>}
        </div>
      )}
      {dose.error && <div style={{ marginTop: "10px" }}><Problems error={elsewhere ? { ...dose.error, problem: `${place(dose.error.where!)}: ${dose.error.problem}` } : dose.error} /></div>}
      {value && value.summary.length > 0 && (
        <>
          <div class="three">
            {([["perplexity", "Perplexity", "of the text under the clean model; lower is more like its own", true], ["activation", "Activation", "of the steered latents, as the clean model reads the text", false], ["repeated_4", "Repetition", "share of 4-grams that occurred before; text in a circle has a low perplexity", false]] as const).map(([key, title, tip, log]) => (
              <div>
                <h3 data-tip={tip}>{title}</h3>
                <Lines lines={line(key)} log={log} label={`${title} by strength`} height={180} xTitle="factor" xForm={short} />
              </div>
            ))}
          </div>
          <div class="scroll" style={{ marginTop: "14px" }}>
            <table class="t doses">
              <thead><tr><th class="r">factor</th>{conditions.map((name) => <><th class="r" data-tip="Perplexity under the clean model; share of repeated 4-grams">perplexity</th><th>{NAMES[name].name}</th></>)}</tr></thead>
              <tbody>
                {doses.map((strength) => (
                  <tr>
                    <td class="r num">{short(strength)}</td>
                    {conditions.map((name) => {
                      const mean = value.summary.find((one) => one.strength === strength && one.condition === name);
                      const row = value.rows.find((one) => one.strength === strength && one.condition === name);
                      return <><td class="r num" data-tip={mean ? `${percent(mean.repeated_4)} repeated` : undefined}>{mean ? number(mean.perplexity, 3) : ""}</td><td class="mono">{row && <Visible text={row.text} />}</td></>;
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Panel>
  );
}

export function place(where: string): string {
  const [part, index] = where.split(".");
  return index === undefined ? ({ changes: "The changes", prompt: "The prompt", generation: "The settings", strengths: "The factors" }[part] ?? part) : `Change ${Number(index) + 1}`;
}
