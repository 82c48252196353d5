// What happens when latents of the graph are ablated or clamped: the changes, the regime, and the logits before and after.
import { useState } from "preact/hooks";
import { isLive, useApi } from "../api";
import { SignedBar } from "../charts";
import { number, percent, short } from "../format";
import { Bones, Empty, Field, Panel, Problems, Segmented, Select } from "../parts";
import { useParams } from "../router";
import { Chip } from "../tokens";
import { nodeName, type GraphAnswer, type GraphNode, type Shown } from "./model";

export interface Change { id: string; factor?: number; value?: number }
export interface Effect {
  logits: { token_id: number; token: string; before: number; after: number }[];
  nodes: { id: string; before: number; after: number }[];
}

const REGIMES = [
  { value: "frozen", label: "All frozen: direct effects" },
  { value: "frozen_attention", label: "Attention frozen" },
  { value: "free", label: "Nothing frozen" },
];

export const writeChanges = (changes: Change[]): string =>
  changes.map((one) => `${encodeURIComponent(one.id)}${one.factor !== undefined ? `*${one.factor}` : `=${one.value}`}`).join(",");

export function readChanges(text: string | undefined): Change[] {
  return (text ?? "").split(",").flatMap((part): Change[] => {
    const found = /^(.+)([*=])(-?[\d.]+(?:e-?\d+)?)$/i.exec(part);
    if (!found || !Number.isFinite(Number(found[3]))) return [];
    let id = found[1];
    try {
      id = decodeURIComponent(id);
    } catch {
      // as it stands, then
    }
    return [found[2] === "*" ? { id, factor: Number(found[3]) } : { id, value: Number(found[3]) }];
  });
}

const saying = (change: Change): string => (change.factor === 0 ? "ablated" : change.factor !== undefined ? `× ${short(change.factor)}` : `set to ${short(change.value!)}`);

/** The state of the interventions, which lives in the URL. */
export function useChanges(): [Change[], (changes: Change[]) => void] {
  const [params, setParams] = useParams();
  return [readChanges(params.do), (changes) => setParams({ do: writeChanges(changes), ran: null })];
}

/** The choice for one latent, or for all latents of a supernode. */
export function ChangeNodes({ nodes }: { nodes: GraphNode[] }) {
  const [changes, setChanges] = useChanges();
  const ids = new Set(nodes.map((one) => one.id));
  const mine = changes.find((one) => ids.has(one.id));
  const mode = !mine ? "leave" : mine.factor === 0 ? "ablate" : mine.factor !== undefined ? "scale" : "clamp";
  const put = (change: Omit<Change, "id"> | null) => setChanges([...changes.filter((one) => !ids.has(one.id)), ...(change ? nodes.map((one) => ({ id: one.id, ...change })) : [])]);
  const choose = (chosen: string) => put(chosen === "ablate" ? { factor: 0 } : chosen === "scale" ? { factor: 2 } : chosen === "clamp" ? { value: Number(nodes[0].activation.toPrecision(4)) } : null);
  const type = (text: string) => {
    const value = Number(text.replace("−", "-"));
    if (text.trim() && Number.isFinite(value)) put(mode === "scale" ? { factor: value } : { value });
  };
  return (
    <div class="row" style={{ gap: "8px" }}>
      <Segmented label="Change" value={mode} options={[{ value: "leave", label: "Leave" }, { value: "ablate", label: "Ablate" }, { value: "scale", label: "Scale" }, { value: "clamp", label: "Clamp" }]} onChange={choose} />
      {(mode === "scale" || mode === "clamp") && <Field key={mode} label={mode === "scale" ? "Factor" : "Value"} type="number" width="76px" value={String(mine!.factor ?? mine!.value)} onChange={type} />}
    </div>
  );
}

export function useEffectOf(run: string | null, name: string): { effect: Effect | null; answer: ReturnType<typeof useApi<Effect>>; asked: boolean } {
  const [params] = useParams();
  const changes = readChanges(params.do);
  const asked = params.ran === "1" && changes.length > 0;
  const body = { run, name, changes, regime: params.regime ?? "frozen_attention" };
  const answer = useApi<Effect>(asked ? "/api/graph/intervene" : null, { body });
  return { effect: asked && !answer.error ? answer.data : null, answer, asked };
}

export function Intervention({ shown, result, onPoint, onPin }: { shown: Shown; result: ReturnType<typeof useEffectOf>; onPoint: (id: string | null) => void; onPin: (id: string) => void }) {
  const [params, setParams] = useParams();
  const [changes, setChanges] = useChanges();
  const { answer, asked, effect } = result;
  if (!changes.length) return null;
  const names = new Map(shown.answer.nodes.map((one) => [one.id, one]));
  const named = (id: string) => (names.has(id) ? nodeName(names.get(id)!, shown.answer) : id);
  return (
    <Panel title="Intervention" note={isLive() && <button class="link" onClick={() => setChanges([])}>Undo all</button>}>
      <ul class="g-changes">
        {changes.map((one) => (
          <li key={one.id} onPointerEnter={() => onPoint(one.id)} onPointerLeave={() => onPoint(null)}>
            <button class="link cut" onClick={() => onPin(one.id)}><bdi>{named(one.id)}</bdi></button>
            <span class="soft small num">{saying(one)}</span>
            {isLive() && <button class="link faint" aria-label={`Leave ${one.id} as it is`} onClick={() => setChanges(changes.filter((other) => other.id !== one.id))}>×</button>}
          </li>
        ))}
      </ul>
      {isLive() && (
        <div class="row" style={{ marginTop: "12px", gap: "8px" }}>
          <Select label="What the rest of the model does" value={params.regime ?? "frozen_attention"} options={REGIMES} onChange={(regime) => setParams({ regime: regime === "frozen_attention" ? null : regime, ran: null })} />
          <button class="btn main" disabled={asked && answer.loading} onClick={() => (asked ? answer.reload() : setParams({ ran: 1 }))}>{asked && answer.loading ? "Running…" : "See the logits"}</button>
        </div>
      )}
      {asked && answer.error && <div style={{ marginTop: "12px" }}><Problems error={answer.error} /></div>}
      {asked && answer.loading && !answer.error && <div style={{ marginTop: "12px" }}><Bones lines={5} /></div>}
      {effect && <Logits effect={effect} />}
      {effect && <Others effect={effect} changed={new Set(changes.map((one) => one.id))} answer={shown.answer} named={named} onPoint={onPoint} onPin={onPin} />}
    </Panel>
  );
}

function Logits({ effect }: { effect: Effect }) {
  const rows = [...effect.logits].sort((a, b) => Math.max(b.before, b.after) - Math.max(a.before, a.after));
  const most = Math.max(1e-9, ...rows.map((one) => Math.max(one.before, one.after)));
  return (
    <table class="t g-logits" style={{ marginTop: "14px" }}>
      <thead><tr><th>next token</th><th class="r">before</th><th class="r">after</th><th /></tr></thead>
      <tbody>
        {rows.map((one) => (
          <tr key={one.token_id}>
            <td style={{ maxWidth: "110px" }}><Chip text={one.token} /></td>
            <td class="r num soft">{percent(one.before, 3)}</td>
            <td class="r num" style={{ fontWeight: 560, color: one.after > one.before * 1.02 ? "var(--strength-ink)" : one.after < one.before * 0.98 ? "var(--negative-ink)" : undefined }}>{percent(one.after, 3)}</td>
            <td style={{ width: "34%" }}>
              <span class="g-two" aria-hidden="true">
                <i style={{ width: `${(100 * one.before) / most}%`, background: "var(--line-2)" }} />
                <i style={{ width: `${(100 * one.after) / most}%`, background: one.after >= one.before ? "var(--strength)" : "var(--negative)" }} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Others({ effect, changed, answer, named, onPoint, onPin }: { effect: Effect; changed: Set<string>; answer: GraphAnswer; named: (id: string) => string; onPoint: (id: string | null) => void; onPin: (id: string) => void }) {
  const [all, setAll] = useState(false);
  const here = new Set(answer.nodes.map((one) => one.id));
  const rows = effect.nodes.filter((one) => here.has(one.id) && !changed.has(one.id) && one.after !== one.before).sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  const most = Math.abs(rows[0]?.after - rows[0]?.before) || 1;
  return (
    <div style={{ marginTop: "16px" }}>
      <div class="band"><h3>Other latents</h3><span class="small">activation, after less before</span></div>
      {rows.length === 0 ? <Empty title="None changed" short /> : (
        <div class="bars g-list">
          {rows.slice(0, all ? 200 : 8).map((one) => (
            <button key={one.id} onClick={() => onPin(one.id)} onPointerEnter={() => onPoint(one.id)} onPointerLeave={() => onPoint(null)} data-tip={`${number(one.before)} → ${number(one.after)}`}>
              <span class="cut"><bdi>{named(one.id)}</bdi></span>
              <SignedBar value={one.after - one.before} most={most} both />
              <span class="r num">{number(one.after - one.before, 3)}</span>
            </button>
          ))}
        </div>
      )}
      {rows.length > 8 && <button class="link small" onClick={() => setAll(!all)}>{all ? "Fewer" : `All ${rows.length}`}</button>}
    </div>
  );
}
