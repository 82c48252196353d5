// Continuations of one prompt beside each other: the model as it is, steered, and with a random change of the same size.
import { number, percent } from "./format";
import { Panel } from "./parts";
import { Token, plain } from "./tokens";

interface Piece { text: string; token: string; log_p: number; top: [string, number][] }
export interface Written { conditions: string[]; samples: Record<string, { pieces: Piece[]; ended: boolean }[]>; tokens: number; count: number; seconds: number | null }
export type WriteEvent =
  | { event: "start"; conditions: string[]; samples: number; tokens: number }
  | { event: "token"; condition: string; sample: number; ended: boolean; piece?: string; whole?: string; token: string; log_p: number; top: [string, number][] }
  | { event: "end"; texts: Record<string, string[]>; written: number; seconds: number };

export const nothingWritten = (): Written => ({ conditions: [], samples: {}, tokens: 0, count: 0, seconds: null });

export function takeWritten(value: Written, event: WriteEvent): void {
  if (event.event === "start") {
    value.conditions = event.conditions;
    value.tokens = event.tokens * event.samples * event.conditions.length;
    for (const name of event.conditions) value.samples[name] = Array.from({ length: event.samples }, () => ({ pieces: [], ended: false }));
  } else if (event.event === "token") {
    const sample = value.samples[event.condition][event.sample];
    if (event.whole !== undefined) sample.pieces.forEach((piece) => (piece.text = ""));
    sample.pieces.push({ text: event.whole ?? event.piece ?? "", token: event.token, log_p: event.log_p, top: event.top });
    sample.ended = event.ended;
    value.count += 1;
  } else {
    value.seconds = event.seconds;
    // The last word is the server's: a character cut short at the end is part of it.
    for (const [name, texts] of Object.entries(event.texts))
      texts.forEach((text, i) => {
        const { pieces } = value.samples[name][i];
        const shown = pieces.map((piece) => piece.text).join("");
        if (pieces.length && text !== shown) pieces[pieces.length - 1].text += text.startsWith(shown) ? text.slice(shown.length) : "";
      });
  }
}

const HEADS: Record<string, { title: string; tip: string; colour: string }> = {
  default: { title: "As it is", tip: "The model without any change", colour: "var(--line-2)" },
  steered: { title: "Steered", tip: "With the changes", colour: "var(--strength)" },
  control: { title: "Random control", tip: "The same amount written in random directions: what a change of this size does whatever it means", colour: "var(--ink-3)" },
};

export function Continuations({ written, running }: { written: Written; running: boolean }) {
  const first = written.conditions[0];
  const rows = first ? written.samples[first].length : 0;
  return (
    <div class="beside" style={{ "--n": written.conditions.length }}>
      {written.conditions.map((name) => (
        <Panel title={<span class="row" style={{ gap: "8px" }} data-tip={HEADS[name]?.tip}><span class="swatch" style={{ background: HEADS[name]?.colour }} />{HEADS[name]?.title ?? name}</span>}>
          {Array.from({ length: rows }, (_, i) => <Sample {...{ written, name, first, running }} i={i} />)}
        </Panel>
      ))}
    </div>
  );
}

function Sample({ written, name, first, i, running }: { written: Written; name: string; first: string; i: number; running: boolean }) {
  const { pieces, ended } = written.samples[name][i];
  const base = name === first ? [] : written.samples[first][i].pieces;
  let common = 0;
  while (common < pieces.length && common < base.length && pieces[common].token === base[common].token) common += 1;
  const tip = (piece: Piece) => [`${plain(piece.token)}  ${percent(Math.exp(piece.log_p), 3)}`, ...piece.top.filter(([text]) => text !== piece.token).slice(0, 3).map(([text, p]) => `${plain(text)}  ${percent(p, 3)}`)].join("\n");
  const show = (piece: Piece) => piece.text !== "" && <Token text={piece.text} scale={1} breaks tip={tip(piece)} />;
  const same = common > 0 && common === pieces.length && common === base.length && !running;
  return (
    <div class="continuation" data-condition={name} aria-busy={running}>
      {common > 0 && <span class="same" data-tip={same ? undefined : "as without the changes"}>{pieces.slice(0, common).map(show)}</span>}
      {pieces.slice(common).map(show)}
      {ended ? <span class="faint small" data-tip="The model ended here"> ■</span> : running && <span class="live" style={{ display: "inline-block", marginLeft: "3px" }} />}
      {same && <div class="faint small">the same as without the changes</div>}
    </div>
  );
}

export const speed = (written: Written): string => (written.seconds ? `${written.count} tokens in ${number(written.seconds, 2)} s` : `${written.count} tokens`);
