// Beside the graph: what is pinned, where it gets its input from and what it feeds, and what its latent means; and, with
// nothing pinned, the graph as a whole.
import { useState } from "preact/hooks";
import { isLive, useApi } from "../api";
import { SignedBar } from "../charts";
import { amount, number, percent, whole } from "../format";
import { Await, Empty, Panel } from "../parts";
import { href } from "../router";
import { Chip, nameOf, plain } from "../tokens";
import { ExampleLine, Logits, latentPath, type Latent } from "../pages/latent";
import type { Entry, RunListed } from "../types";
import { ChangeNodes } from "./intervene";
import { edgesOf, groupId, described, isOutput, kindName, nodeName, place, type Item, type Shown, type Supernode } from "./model";

export interface Choices {
  pins: string[];
  onPin: (ids: string[]) => void;
  onPoint: (id: string | null) => void;
  groups: Supernode[];
  setGroups: (groups: Supernode[], pins?: string[]) => void;
  /** Shows the members of an automatic supernode one by one. */
  open: (name: string) => void;
}

export function Pinned({ shown, choices, run }: { shown: Shown; choices: Choices; run: RunListed | null }) {
  const items = [...new Set(choices.pins.map((id) => shown.of.get(id)).filter((i): i is number => i !== undefined))];
  const gone = choices.pins.filter((id) => !shown.of.has(id));
  if (items.length === 0) return gone.length ? <Panel><Empty title="Not in sight" short>{gone.length === 1 ? `${gone[0]} is` : `${gone.length} pinned nodes are`} below the thresholds.</Empty></Panel> : null;
  if (items.length > 1) return <Several shown={shown} items={items} choices={choices} />;
  const item = shown.items[items[0]];
  return (
    <>
      <Panel>
        {item.kind === "group" ? <GroupHead shown={shown} item={item} choices={choices} /> : <NodeHead shown={shown} item={item} choices={choices} />}
        <Ends shown={shown} item={items[0]} choices={choices} />
      </Panel>
      {item.kind === "latent" && <LatentCard shown={shown} item={item} run={run} />}
    </>
  );
}

function Head({ kind, title, where, choices }: { kind: string; title: preact.ComponentChildren; where: preact.ComponentChildren; choices: Choices }) {
  return (
    <div class="g-head">
      <div style={{ minWidth: 0 }}>
        <h2 style={{ overflowWrap: "anywhere" }}>{title}</h2>
        <p class="small soft row" style={{ gap: "6px", marginTop: "3px" }}><span class="badge">{kind}</span>{where}</p>
      </div>
      {isLive() && <button class="btn quiet" aria-label="Unpin" data-tip="Unpin  (key Esc)" onClick={() => choices.onPin([])}>×</button>}
    </div>
  );
}

function Facts({ facts }: { facts: [string, string, string?][] }) {
  return <div class="g-facts">{facts.map(([key, value, tip]) => <div key={key} data-tip={tip}><span>{key}</span><b class="num">{value}</b></div>)}</div>;
}

function NodeHead({ shown, item, choices }: { shown: Shown; item: Item; choices: Choices }) {
  const { answer } = shown;
  const node = answer.nodes[item.members[0]];
  const token = node.position >= 0 && !isOutput(node, answer) ? answer.tokens[node.position] : undefined;
  const target = answer.targets.find((one) => one.id === node.id);
  const facts: [string, string, string?][] = [];
  if (node.kind === "latent") facts.push(["Activation", number(node.activation, 4)]);
  if (node.kind === "error") facts.push(["Norm", number(node.activation, 4), "Length of what the dictionary misses here"]);
  if (target) facts.push(target.probability === null ? ["Value", number(node.activation, 4)] : ["Probability", percent(target.probability, 3)]);
  else facts.push(["Influence", percent(node.influence, 3), "How much of the outputs goes through it, by all paths"]);
  if (node.residual !== null) facts.push(["Residual", node.residual < 1e-3 ? node.residual.toExponential(0).replace("-", "−") : percent(node.residual, 2), "What its inputs leave unexplained of its pre-activation: rounding, when all is right"]);
  return (
    <>
      <Head choices={choices} kind={kindName(item, answer)} title={node.kind === "token" ? <Chip text={token ?? ""} /> : <bdi>{nodeName(node, answer)}</bdi>}
        where={<>{!isOutput(node, answer) && <span>{place(item, answer)}</span>}{token !== undefined && node.kind !== "token" && <Chip text={token} />}<code class="faint" style={{ overflowWrap: "anywhere" }}>{node.id}</code></>} />
      <Facts facts={facts} />
      {node.kind === "latent" && isLive() && <ChangeNodes nodes={[node]} />}
    </>
  );
}

function GroupHead({ shown, item, choices }: { shown: Shown; item: Item; choices: Choices }) {
  const nodes = item.members.map((i) => shown.answer.nodes[i]);
  const latents = nodes.filter((one) => one.kind === "latent");
  const mine = choices.groups.find((one) => groupId(one.name, false) === item.id);
  const ids = nodes.map((one) => one.id);
  const rename = (name: string) => name && mine && !choices.groups.some((one) => one.name === name) && choices.setGroups(choices.groups.map((one) => (one === mine ? { ...one, name } : one)), [groupId(name, false)]);
  return (
    <>
      <Head choices={choices} kind={item.automatic ? "automatic supernode" : "supernode"} where={<span>{nodes.length} nodes</span>}
        title={mine && isLive() ? <NameField label="Name of the supernode" value={mine.name} onName={rename} /> : <bdi>{item.name}</bdi>} />
      <Facts facts={[["Influence", percent(item.influence, 3), "Its members' together"], ["Latents", whole(latents.length)]]} />
      <details open={nodes.length <= 8} style={{ marginBottom: "10px" }}>
        <summary>Members</summary>
        <ul class="g-changes">{nodes.map((one) => <li key={one.id}><bdi class="cut">{nodeName(one, shown.answer)}</bdi><span class="small faint">{place(one, shown.answer)}</span></li>)}</ul>
      </details>
      {isLive() && (
        <div class="row" style={{ gap: "8px" }}>
          <button class="btn" onClick={() => (item.automatic ? choices.open(item.id.slice(2)) : choices.setGroups(choices.groups.filter((one) => one !== mine), ids))}>Ungroup</button>
          {latents.length > 0 && <ChangeNodes nodes={latents} />}
        </div>
      )}
    </>
  );
}

function NameField({ label, value, onName }: { label: string; value: string; onName: (name: string) => void }) {
  const [text, setText] = useState(value);
  const keep = () => (text.trim() && text.trim() !== value ? onName(text.trim()) : setText(value));
  return <input class="label-edit" aria-label={label} value={text} spellcheck={false} maxLength={80} onInput={(event) => setText(event.currentTarget.value)} onBlur={keep} onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()} />;
}

function Several({ shown, items, choices }: { shown: Shown; items: number[]; choices: Choices }) {
  const [name, setName] = useState("");
  const number = (n: number): string => (choices.groups.some((one) => one.name === `Group ${n}`) ? number(n + 1) : `Group ${n}`);
  const suggestion = number(1);
  const group = () => {
    const chosen = name.trim() || suggestion;
    const ids = items.flatMap((i) => shown.items[i].members.map((m) => shown.answer.nodes[m].id));
    const taken = new Set(ids);
    const others = choices.groups.map((one) => ({ ...one, nodes: one.nodes.filter((id) => !taken.has(id)) })).filter((one) => one.nodes.length && one.name !== chosen);
    choices.setGroups([...others, { name: chosen, nodes: ids }], [groupId(chosen, false)]);
  };
  return (
    <Panel title={`${items.length} pinned`} note={isLive() && <button class="link" onClick={() => choices.onPin([])}>Unpin all</button>}>
      <ul class="g-changes">
        {items.slice(0, 30).map((i) => {
          const item = shown.items[i];
          return (
            <li key={item.id} onPointerEnter={() => choices.onPoint(item.id)} onPointerLeave={() => choices.onPoint(null)}>
              <button class="link cut" onClick={() => choices.onPin([item.id])}><bdi>{item.name}</bdi></button>
              <span class="small faint">{place(item, shown.answer)}</span>
              {isLive() && <button class="link faint" aria-label={`Unpin ${item.id}`} onClick={() => choices.onPin(choices.pins.filter((id) => shown.of.get(id) !== i))}>×</button>}
            </li>
          );
        })}
      </ul>
      {items.length > 30 && <p class="small faint">and {items.length - 30} more</p>}
      {isLive() && (
        <form class="row" style={{ marginTop: "12px", gap: "8px", flexWrap: "nowrap" }} onSubmit={(event) => { event.preventDefault(); group(); }}>
          <input class="field grow" aria-label="Name of the supernode" placeholder={suggestion} maxLength={80} value={name} onInput={(event) => setName(event.currentTarget.value)} />
          <button class="btn main" type="submit">Group</button>
        </form>
      )}
    </Panel>
  );
}

const FEW = 12;

function Ends({ shown, item, choices }: { shown: Shown; item: number; choices: Choices }) {
  const inputs = edgesOf(shown.inputs, item), outputs = edgesOf(shown.outputs, item);
  return (
    <div class="g-ends">
      {shown.items[item].kind !== "token" && <End title="Inputs" none="None of its inputs is strong enough to be shown." shown={shown} edges={inputs} ends={shown.source} choices={choices} />}
      {shown.items[item].kind !== "target" && <End title="Outputs" none="Nothing shown gets enough from it." shown={shown} edges={outputs} ends={shown.target} choices={choices} />}
    </div>
  );
}

function End({ title, none, shown, edges, ends, choices }: { title: string; none: string; shown: Shown; edges: Int32Array; ends: Int32Array; choices: Choices }) {
  const [all, setAll] = useState(false);
  const most = edges.length ? Math.abs(shown.weight[edges[0]]) : 1;
  return (
    <section aria-label={title}>
      <div class="band"><h3>{title}</h3><span class="small num">{whole(edges.length)}</span></div>
      {edges.length === 0 ? <p class="small faint">{none}</p> : (
        <div class="bars g-list">
          {[...edges.subarray(0, all ? 300 : FEW)].map((e) => {
            const other = shown.items[ends[e]];
            return (
              <button key={e} onClick={() => choices.onPin([other.id])} onPointerEnter={() => choices.onPoint(other.id)} onPointerLeave={() => choices.onPoint(null)} data-tip={described(other, shown.answer, ", ")}>
                <span class="cut"><Shape kind={other.kind} /><bdi>{other.name}</bdi> {other.position >= 0 && (other.kind === "latent" || other.kind === "error") && <span class="faint small">{plain(shown.answer.tokens[other.position] ?? "")}</span>}</span>
                <SignedBar value={shown.weight[e]} most={most} />
                <span class="r num">{number(shown.weight[e], 3)}</span>
              </button>
            );
          })}
        </div>
      )}
      {edges.length > FEW && <button class="link small" onClick={() => setAll(!all)}>{all ? "Fewer" : edges.length > 300 ? "The strongest 300" : `All ${edges.length}`}</button>}
    </section>
  );
}

/** The same shapes as in the graph. */
export function Shape({ kind }: { kind: Item["kind"] }) {
  const paths: Record<Item["kind"], preact.ComponentChildren> = {
    latent: <circle cx="5" cy="5" r="3.6" fill="var(--strength-soft)" stroke="var(--ink-2)" />,
    error: <path d="M5 .8 9.2 5 5 9.2.8 5z" fill="var(--dead)" fill-opacity="0.55" stroke="var(--ink-3)" />,
    token: <rect x="1.4" y="1.4" width="7.2" height="7.2" rx="1.5" fill="var(--ink-2)" />,
    bias: <path d="M5 1.2 9 8.4H1z" fill="none" stroke="var(--ink-2)" />,
    target: <rect x="0.5" y="2" width="9" height="6" rx="1.5" fill="var(--ink)" />,
    group: <rect x="0.7" y="2" width="8.6" height="6" rx="3" fill="none" stroke="var(--ink)" />,
  };
  return <svg class="g-shape" viewBox="0 0 10 10" aria-hidden="true">{paths[kind]}</svg>;
}

function LatentCard({ shown, item, run }: { shown: Shown; item: Item; run: RunListed | null }) {
  const node = shown.answer.nodes[item.members[0]];
  const entry: Entry | undefined = run?.dictionaries.find((one) => one.name === node.dictionary);
  const latent = useApi<Latent>(run && entry?.store ? latentPath(run.id, entry.name, node.index) : null);
  if (!run) return null;
  if (!entry?.store)
    return <Panel title="What it means"><p class="soft small">{entry ? <>No text has been read for {entry.name} yet: run <code>microtome latents {run.path || run.id} --text TEXT</code></> : node.dictionary ? `Its dictionary ${node.dictionary} is not in this run.` : "The graph does not say which dictionary it is from."}</p></Panel>;
  const link = href("latent", { run: run.id, dictionary: entry.name, latent: node.index });
  return (
    <Await answer={latent} lines={7}>
      {(found) => (
        <>
          <Panel title="When it fires" note={isLive() ? <a href={link}>Latent {node.index}</a> : `latent ${node.index}`}>
            <p class="small soft num" style={{ marginBottom: "6px" }}>
              on {percent(found.density, 2)} of {amount(found.tokens_seen)} tokens, at most {number(found.max, 3)}; here {number(node.activation, 3)}
              {found.label && <> · labelled “<bdi>{nameOf(found.label.text)}</bdi>”</>}
            </p>
            {found.examples.length === 0 ? <Empty title="No examples" short>It did not fire on the text that was read.</Empty> : found.examples.filter((one) => one.band === "top").slice(0, 6).map((example) => <ExampleLine example={example} latent={found} one />)}
          </Panel>
          <Logits latent={found} />
        </>
      )}
    </Await>
  );
}
