// Steer: choose latents, say how strongly, and read what the model then writes, beside what it writes without the changes
// and with a random change of the same size. The whole setting is in the URL; the model is needed only to write.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, canStream, isLive, query, runPath, useApi, type Problem } from "../api";
import { Continuations, nothingWritten, speed, takeWritten, type WriteEvent, type Written } from "../continuations";
import { Dose, place } from "../dose";
import { number, percent } from "../format";
import { Empty, Field, Panel, Problems, Select } from "../parts";
import { current, href, useParams } from "../router";
import { KINDS, readChanges, remember, remembered, typed, withLatent, type Change } from "../steering";
import { useStream } from "../streaming";
import { Chip, Name, nameOf, plain } from "../tokens";
import type { Entry, PageProps } from "../types";
import type { TextAnswer } from "./text";

interface Known { dictionary: string; latent: number; label: string | null; max: number | null }
interface State { loaded: boolean; model: string | null; latents: Known[] }
interface Preset { changes: Change[]; prompt: string; generation: Record<string, number | boolean> }
type Set = (changed: Record<string, string | number | null | undefined>) => void;

const SETTINGS: { key: string; label: string; start: string; tip: string; width: string }[] = [
  { key: "tokens", label: "tokens", start: "40", tip: "New tokens, at most", width: "48px" },
  { key: "temperature", label: "temperature", start: "0", tip: "0: always the likeliest token", width: "42px" },
  { key: "top_p", label: "top p", start: "1", tip: "Drawn from the likeliest tokens that hold this share", width: "42px" },
  { key: "frequency_penalty", label: "penalty", start: "0", tip: "Taken from a token's logit for each earlier use", width: "42px" },
  { key: "samples", label: "samples", start: "1", tip: "Continuations of each kind", width: "38px" },
  { key: "seed", label: "seed", start: "0", tip: "Of the draw, the same for every column, and of the random directions", width: "48px" },
];

function requested(params: Record<string, string>, changes: Change[]) {
  const generation: Record<string, unknown> = Object.fromEntries(SETTINGS.map(({ key, start }) => [key, typed(params[key] ?? start)]));
  if (params.chat === "1") generation.chat = true;
  return { changes, prompt: params.prompt ?? "", generation, control: params.control !== "0" };
}

/** The parameters of the URL, and a way to set them that waits for a pause: a slider that is drawn along sets hundreds, and
 * browsers refuse to have the address changed that often. */
function useSettings(): [Record<string, string>, Set] {
  const [params, setParams] = useParams();
  const pending = useRef<Parameters<Set>[0]>({});
  const timer = useRef(0);
  const [, draw] = useState(0);
  const seen = useRef("");
  useEffect(() => () => clearTimeout(timer.current), []);
  // Another address, such as a link that was followed, is not to be mixed with what was typed just before.
  if (seen.current !== JSON.stringify(params)) {
    seen.current = JSON.stringify(params);
    pending.current = {};
    clearTimeout(timer.current);
  }
  const now = { ...params };
  for (const [key, value] of Object.entries(pending.current)) {
    if (value === null || value === undefined || value === "") delete now[key];
    else now[key] = String(value);
  }
  return [now, (changed) => {
    Object.assign(pending.current, changed);
    draw((n) => n + 1);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      const chosen = pending.current;
      pending.current = {};
      setParams(chosen);
      seen.current = JSON.stringify(current().params);
    }, 150);
  }];
}

export function SteerPage(props: PageProps) {
  const { run } = props;
  const [params, set] = useSettings();
  useEffect(() => {
    const before = remembered(run.id);
    if (isLive() && before && !params.prompt && !params.changes) set({ ...before, dictionary: params.dictionary });
  }, [run.id]);
  useEffect(() => { if (params.prompt || params.changes) remember(run.id, params); });
  const changes = readChanges(params.changes);
  if (!canStream() && isLive()) return <div class="panel"><Empty title="Not in a notebook">Steering writes as it goes, which needs the app: <code>microtome serve</code>.</Empty></div>;
  return (
    <>
      {changes === null && <Problems error={{ problem: "The changes in the address cannot be read", cure: "Choose the latents again" }} />}
      <Bench {...props} params={params} set={set} changes={changes ?? []} />
    </>
  );
}

function Bench({ set: put, ...props }: PageProps & { params: Record<string, string>; set: Set; changes: Change[] }) {
  const { run, params, changes } = props;
  const chosen = changes.filter((one) => one.latent !== undefined).map((one) => `${one.dictionary}:${one.latent}`);
  const state = useApi<State>(query(runPath(run.id, "/steer"), { latents: [...new Set(chosen)].sort().join(",") }));
  const writing = useStream<Written, WriteEvent>(runPath(run.id, "/steer"), nothingWritten, takeWritten);
  const [other, setOther] = useState<Problem | null>(null);
  const error = writing.error ?? other;
  const body = requested(params, changes);
  const model = state.data?.model ?? String(run.model);
  const begin = () => { setOther(null); writing.start(body); };
  // What is being corrected is not wrong any more, as far as anyone knows.
  const set: Set = (changed) => { writing.setError(null); setOther(null); put(changed); };
  const change = (next: Change[]) => set({ changes: next.length ? JSON.stringify(next) : null });
  const { shown } = writing;
  const stale = isLive() && shown && !writing.busy && JSON.stringify(shown.body) !== JSON.stringify(body);
  const told = !shown ? ""
    : shown.phase === "waiting" ? (state.data?.loaded ? "waiting for the model…" : `loading ${model}…`)
    : shown.phase === "running" ? `writing: ${shown.value.count} of ${shown.value.tokens} tokens`
    : `${shown.phase === "stopped" ? "stopped after " : ""}${speed(shown.value)}${stale ? ", with other settings" : ""}`;
  useEffect(() => { if (shown?.phase === "running" && !state.data?.loaded) state.reload(); }, [shown?.phase]);
  const at = (where: string) => error?.where === where && <div style={{ marginTop: "8px" }}><Problems error={error} /></div>;
  const known = (where?: string) => !!where && (["changes", "prompt", "generation"].includes(where) || Number(where.split(".")[1]) < changes.length);
  return (
    <>
      <div class="row end"><h1>Steer</h1><span class="soft small num" role="status">{told}</span></div>
      <div class="steer">
        <Panel title="Changes" note={isLive() ? "in this order, at the same time" : ""}>
          {isLive() && <Choose {...props} add={(latent, dictionary) => change(withLatent(changes, latent, dictionary))} />}
          {changes.length === 0 && <Empty title="Nothing is changed yet" short>{isLive() ? "Look for a latent above, or send one here from its page or from a text." : ""}</Empty>}
          {changes.map((one, i) => (
            <div>
              <ChangeRow {...props} one={one} known={state.data?.latents.find((k) => k.latent === one.latent && k.dictionary === one.dictionary)}
                change={(next) => change(next === null ? changes.filter((_, j) => j !== i) : changes.map((old, j) => (j === i ? next : old)))} />
              {at(`changes.${i}`)}
            </div>
          ))}
          {at("changes")}
          {isLive() && <Whole {...props} change={change} />}
        </Panel>
        <Panel title="Prompt" note={isLive() ? <label class="check small"><input type="checkbox" checked={params.chat === "1"} onChange={(event) => set({ chat: event.currentTarget.checked ? "1" : null })} />as a chat message</label> : ""}>
          <textarea class="field" rows={4} aria-label="Prompt" placeholder="Text to be continued" value={params.prompt ?? ""} readOnly={!isLive()} spellcheck={false} onInput={(event) => set({ prompt: event.currentTarget.value })}
            onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) begin(); }} />
          {at("prompt")}
          {isLive() && <Firing {...props} add={(latent, dictionary) => change(withLatent(changes, latent, dictionary))} />}
          <Settings params={params} set={set} />
          {at("generation")}
          {isLive() && (
            <div class="row" style={{ marginTop: "14px" }}>
              {writing.busy ? <button class="btn main" onClick={writing.stop}>Stop</button> : <button class="btn main" onClick={begin} data-tip="Key Ctrl Enter in the prompt">Generate</button>}
              <label class="check"><input type="checkbox" checked={body.control} onChange={(event) => set({ control: event.currentTarget.checked ? null : "0" })} />with a random control</label>
              <span class="grow" />
              <Presets {...props} set={set} body={body} tell={(problem) => { writing.setError(null); setOther(problem); }} />
            </div>
          )}
          {error && !known(error.where) && <div style={{ marginTop: "10px" }}><Problems error={error.where ? { ...error, problem: `${place(error.where)}: ${error.problem}` } : error} /></div>}
        </Panel>
      </div>
      {shown && shown.value.conditions.length > 0 && <Continuations written={shown.value} running={writing.busy} />}
      {(isLive() || changes.length > 0) && <Dose path={runPath(run.id, "/dose")} body={body} strengths={params.factors ?? "0, 0.5, 1, 2, 4"} setStrengths={(factors) => set({ factors })} tellWhere={() => setOther(null)} />}
    </>
  );
}

function Settings({ params, set }: { params: Record<string, string>; set: Set }) {
  const put = (key: string, text: string) => {
    // Several samples at temperature 0 would all be the same.
    const drawn = key === "samples" && Number(text) > 1 && Number(params.temperature ?? 0) === 0;
    // An empty field is not at its start again while it is being typed in.
    set({ [key]: text || " ", ...(drawn ? { temperature: "1" } : {}) });
  };
  return (
    <div class="row settings">
      {SETTINGS.map(({ key, label, start, tip, width }) => (
        <label class="setting" data-tip={tip}>{label}
          {isLive() ? <input class="field num" style={{ width }} inputMode="decimal" aria-label={label} value={(params[key] ?? start).trim()} spellcheck={false} autocomplete="off" onInput={(event) => put(key, event.currentTarget.value)} /> : <b class="num">{params[key] ?? start}</b>}
        </label>
      ))}
    </div>
  );
}

interface Found { total: number; rows: { latent: number; label: string | null; top_token: string | null; density: number; max: number }[] }

/** Look for latents by label or number. */
function Choose({ run, dictionary, add }: PageProps & { add: (latent: number, dictionary: string) => void }) {
  const [text, setText] = useState("");
  const wanted = text.trim();
  const direct = /^\d+$/.test(wanted) && Number(wanted) < dictionary.latents ? Number(wanted) : null;
  const found = useApi<Found>(wanted && direct === null && dictionary.store ? query(runPath(run.id, "/latents"), { dictionary: dictionary.name, label: wanted, sort: "interesting", limit: 8 }) : null);
  const rows = direct !== null ? [{ latent: direct, label: null, top_token: null, density: null }] : wanted ? (found.data?.rows ?? []) : [];
  const take = (latent: number) => { add(latent, dictionary.name); setText(""); };
  return (
    <div class="choose" onKeyDown={(event) => { if (event.key === "Enter" && rows.length) take(rows[0].latent); }}>
      <Field label="Latent" placeholder={dictionary.store ? "Add a latent: part of its label, or its number" : "Add a latent: its number"} value={text} width="100%" onChange={setText} delay={150} />
      {wanted !== "" && (
        <div class="choices" role="listbox" aria-label="Latents found">
          {rows.map((row) => (
            <button role="option" onClick={() => take(row.latent)}>
              <b class="num">{row.latent}</b><span class="cut grow">{row.label ? <Name text={row.label} /> : row.top_token ? <Chip text={row.top_token} /> : <span class="faint">of {dictionary.name}</span>}</span>
              {row.density !== null && <span class="num faint small">{percent(row.density)}</span>}
            </button>
          ))}
          {found.error && <Problems error={found.error} />}
          {rows.length === 0 && !found.loading && !found.error && <span class="faint small">{/^\d+$/.test(wanted) ? `${dictionary.name} has the latents 0 to ${dictionary.latents - 1}` : dictionary.store ? "No label has this" : "Labels need the latent store; give a number"}</span>}
        </div>
      )}
    </div>
  );
}

function ChangeRow({ run, one, known, change }: PageProps & { one: Change; known?: Known; change: (next: Change | null) => void }) {
  const kind = KINDS.find((row) => row.value === one.kind);
  const live = isLive();
  const turn = (value: string) => {
    const next = KINDS.find((row) => row.value === value)!;
    const unit = next.units.some((u) => u.value === one.unit) ? one.unit : next.units[0]?.value;
    const { value: _, unit: __, ...rest } = one;
    change({ ...rest, kind: value, ...(next.start === null ? {} : { value: kind?.start == null ? next.start : one.value }), ...(unit ? { unit } : {}) });
  };
  const amount = Number(one.value);
  const several = run.dictionaries.length > 1;
  return (
    <div class="change">
      <div class="row" style={{ gap: "8px", flexWrap: "nowrap" }}>
        {one.kind === "replace" || !kind ? <span class="grow">{one.kind === "replace" ? <>replace the site by <b>{one.dictionary}</b></> : one.kind}</span> : (
          <>
            {live ? <Select label="What is done" value={one.kind} options={KINDS} onChange={turn} /> : <span>{kind.label}</span>}
            <a class="num" href={live ? href("latent", { run: run.id, dictionary: one.dictionary, latent: one.latent }) : undefined} data-tip={`${one.dictionary ?? ""}${known?.max ? `\nmaximum activation ${number(known.max)}` : ""}`}><b>{one.latent}</b></a>
            <span class="soft cut grow" data-tip={known?.label ? nameOf(known.label) : undefined}>{known?.label ? <Name text={known.label} /> : several ? <span class="faint small">{one.dictionary}</span> : ""}</span>
          </>
        )}
        {live && <button class="btn quiet" aria-label={`Take ${one.kind} ${one.latent ?? ""} away`} data-tip="Take it away" onClick={() => change(null)}>×</button>}
      </div>
      {kind && kind.start !== null && (
        <div class="row amount">
          {live && <input type="range" min={-20} max={20} step={0.5} value={Number.isFinite(amount) ? amount : 0} aria-label={`Strength of latent ${one.latent}, slider`} onInput={(event) => change({ ...one, value: Number(event.currentTarget.value) })} />}
          {live ? <input class="field num" inputMode="decimal" aria-label={`Strength of latent ${one.latent}`} value={String(one.value ?? "")} spellcheck={false} autocomplete="off" onInput={(event) => change({ ...one, value: amountTyped(event.currentTarget.value) })} /> : <b class="num">{String(one.value)}</b>}
          {kind.units.length > 0 ? (live ? <Select label="Unit" value={one.unit || kind.units[0].value} options={kind.units} onChange={(unit) => change({ ...one, unit })} /> : <span>{kind.units.find((u) => u.value === (one.unit || kind.units[0].value))?.label}</span>) : <span class="soft">times its activation</span>}
        </div>
      )}
      {one.when && <span class="badge" style={{ marginTop: "4px" }}>{moment(one)}</span>}
    </div>
  );
}

/** While a number is being typed, "2." and "-" stay what they are. */
const amountTyped = (text: string): number | string => (/\.$|\.\d*0$|^-?0\d/.test(text) ? text : typed(text));

function moment({ when = {} }: Change): string {
  const unit = when.clock === "generated" ? "generated token" : "token";
  const parts = [
    when.clock === "generated" && !when.start && when.stop == null ? "generated tokens only" : when.start || when.stop != null ? `from ${unit} ${when.start ?? 0}${when.stop != null ? ` to ${when.stop - 1}` : ""}` : "",
    when.scale?.length ? `scaled over ${unit}s` : "",
    when.fires ? `where latent ${when.fires.latent} is above ${when.fires.above ?? 0}` : "",
    when.specials ? "special tokens too" : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** What concerns the changes as a whole: sparing the prompt, and replacing the site. */
function Whole({ dictionary, changes, change }: { dictionary: Entry; changes: Change[]; change: (next: Change[]) => void }) {
  const spared = changes.length > 0 && changes.every((one) => one.when?.clock === "generated");
  const spare = (wanted: boolean) => change(changes.map(({ when, ...one }) => {
    const { clock, ...rest } = when ?? {};
    const next = wanted ? { ...rest, clock: "generated" } : rest;
    return Object.keys(next).length ? { ...one, when: next } : one;
  }));
  const replaced = changes.some((one) => one.kind === "replace" && one.dictionary === dictionary.name);
  return (
    <div class="row" style={{ marginTop: "12px" }}>
      {changes.length > 0 && <label class="check" data-tip="Change generated tokens only"><input type="checkbox" checked={spared} onChange={(event) => spare(event.currentTarget.checked)} />leave the prompt alone</label>}
      <span class="grow" />
      {!replaced && <button class="btn quiet" data-tip={`${dictionary.site_out} becomes the reconstruction of ${dictionary.name}`} onClick={() => change([{ kind: "replace", dictionary: dictionary.name }, ...changes])}>Replace the site</button>}
    </div>
  );
}

/** The latents that fire most on the prompt, to be taken from there. */
function Firing({ run, dictionary, params, add }: PageProps & { params: Record<string, string>; add: (latent: number, dictionary: string) => void }) {
  const [asked, setAsked] = useState<{ prompt: string; dictionary: string } | null>(null);
  const prompt = params.prompt ?? "";
  const answer = useApi<TextAnswer>(asked ? query(runPath(run.id, "/text"), { dictionary: asked.dictionary }) : null, { body: { text: asked?.prompt ?? "" } });
  const current = asked?.prompt === prompt && asked.dictionary === dictionary.name;
  const rows = (answer.data?.latents ?? []).filter((one) => (one.density ?? 0) <= 0.1).map((one) => {
    const most = Math.max(...one.values);
    return { ...one, most, token: answer.data!.tokens[one.positions[one.values.indexOf(most)]] };
  }).sort((a, b) => b.most - a.most).slice(0, 12);
  return (
    <div class="firing">
      {!current && prompt !== "" && <button class="btn quiet" onClick={() => setAsked({ prompt, dictionary: dictionary.name })}>Which latents fire on it?</button>}
      {current && answer.loading && <span class="soft small">reading…</span>}
      {current && answer.error && <Problems error={answer.error} />}
      {current && answer.data && rows.length === 0 && <span class="soft small">none</span>}
      {current && answer.data && rows.map((one) => (
        <button class="take" onClick={() => add(one.latent, dictionary.name)} data-tip={`Steer latent ${one.latent}\n${one.label ? `${nameOf(one.label)}\n` : ""}strongest on ${plain(one.token)}: ${number(one.most)}`}>
          <b class="num">{one.latent}</b><span class="cut">{one.label ? <Name text={one.label} /> : plain(one.token)}</span>
        </button>
      ))}
    </div>
  );
}

function Presets({ run, body, tell, set }: PageProps & { set: Set; body: ReturnType<typeof requested>; tell: (problem: Problem | null) => void }) {
  const file = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState("");
  const failed = (error: unknown) => tell(error instanceof ApiError ? error.detail : { problem: String((error as Error).message), cure: "" });
  const during = (what: string, work: () => Promise<void>) => {
    tell(null);
    setBusy(what);
    void work().catch(failed).then(() => setBusy(""));
  };
  const keep = () => during("saving…", async () => {
    const { control: _, ...sent } = body;
    const preset = await ask<unknown>("POST", runPath(run.id, "/preset"), sent);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(preset, null, 1)], { type: "application/json" }));
    link.download = "steer.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
  const load = (chosen: File) => during("loading…", async () => {
    let plain_: unknown;
    try {
      plain_ = JSON.parse(await chosen.text());
    } catch {
      throw new ApiError({ problem: `'${chosen.name}' is not JSON`, cure: "Choose a preset that this page or --save-preset wrote" });
    }
    const preset = await ask<Preset>("POST", runPath(run.id, "/preset/open"), { preset: plain_, name: chosen.name });
    const settings = Object.fromEntries(SETTINGS.map(({ key }) => [key, String(preset.generation[key])]));
set({ changes: JSON.stringify(preset.changes), prompt: preset.prompt, ...settings, chat: preset.generation.chat ? "1" : null });
  });
  return (
    <>
      {busy && <span class="soft small" role="status">{busy}</span>}
      <button class="btn quiet" onClick={() => file.current?.click()} data-tip="Changes, prompt and settings from a file">Load preset</button>
      <button class="btn quiet" onClick={keep} data-tip="As a file that 'microtome generate --preset' takes">Save preset</button>
      <input ref={file} type="file" accept=".json,application/json" hidden aria-label="Preset file" onChange={(event) => {
        const chosen = event.currentTarget.files?.[0];
        event.currentTarget.value = "";
        if (chosen) load(chosen);
      }} />
    </>
  );
}
