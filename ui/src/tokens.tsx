// Text of tokens, faithful to the last character: always escaped (Preact sets text, never markup), the invisible made
// visible, and each token its own island of text direction. The twin of `microtome/markup.py`; a test holds them equal.
import type { ComponentChildren } from "preact";
import { number } from "./format";

const SHOWN: Record<string, string> = { " ": "·", "\n": "↵", "\t": "⇥", "\r": "␍", "\u00a0": "⍽" };
const INVISIBLE = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u;
const MARK = /^\p{M}$/u;

/** Pieces of a token: text as it is, or a mark that stands for something invisible. */
export function pieces(text: string): { text: string; mark: "" | "sign" | "code" }[] {
  if (text === "") return [{ text: "∅", mark: "sign" }];
  const found: { text: string; mark: "" | "sign" | "code" }[] = [];
  let first = true;
  for (const character of text) {
    if (character in SHOWN) found.push({ text: SHOWN[character], mark: "sign" });
    else if (INVISIBLE.test(character))
      found.push({ text: `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`, mark: "code" });
    else {
      // A combining mark with nothing to combine with would sit on the token before it.
      const shown = first && MARK.test(character) ? `◌${character}` : character;
      const last = found[found.length - 1];
      if (last && last.mark === "") last.text += shown;
      else found.push({ text: shown, mark: "" });
    }
    first = false;
  }
  return found;
}

export const plain = (text: string): string => pieces(text).map((piece) => piece.text).join("");

/** `wraps`: a line may break behind a mark, as in running text; a chip stays one line. */
export function Visible({ text, breaks = false, wraps = true }: { text: string; breaks?: boolean; wraps?: boolean }) {
  const parts: ComponentChildren[] = [];
  for (const piece of pieces(text)) {
    parts.push(piece.mark === "" ? piece.text : <span class={piece.mark === "code" ? "ws code" : "ws"}>{piece.text}</span>);
    // Indentation may break too: a run of marks is no word.
    if (piece.mark && wraps) parts.push(<wbr />);
    if (breaks && piece.text === "↵" && piece.mark) parts.push("\n");
  }
  return <>{parts}</>;
}

// Spaces of a name that nobody would see, or could count: at an end, beside another or beside a mark, or just inside
// quotation marks, where they belong to a token.
const UNSEEN = /(?<![^‘ \n\t\r\u00a0]) | (?![^’ \n\t\r\u00a0])/g;

/** Pieces of a name made by people or from tokens: a space between two words stays a space. */
function namePieces(text: string): ReturnType<typeof pieces> {
  const unseen = new Set([...text.matchAll(UNSEEN)].map((match) => match.index));
  const found: ReturnType<typeof pieces> = [];
  let word = "";
  const end = () => {
    if (word) found.push(...pieces(word));
    word = "";
  };
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] !== " " || unseen.has(i)) word += text[i];
    else {
      end();
      found.push({ text: " ", mark: "" });
    }
  }
  end();
  return found;
}

export const nameOf = (text: string): string => namePieces(text).map((piece) => piece.text).join("");

export const Name = ({ text }: { text: string }) => (
  <>{namePieces(text).map((piece) => (piece.mark ? <span class={piece.mark === "code" ? "ws code" : "ws named"}>{piece.text}</span> : piece.text))}</>
);

export const Chip = ({ text }: { text: string }) => (
  <span class="chip" data-tip={JSON.stringify(text)}><Visible text={text} wraps={false} /></span>
);

interface TokenProps {
  text: string;
  value?: number;
  scale: number;
  peak?: boolean;
  breaks?: boolean;
  tip?: string;
  picked?: boolean;
  onPick?: () => void;
}

/** A token shaded by the strength of an activation, relative to `scale`. */
export function Token({ text, value = 0, scale, peak, breaks, tip, picked, onPick }: TokenProps) {
  const strength = scale > 0 ? Math.min(1, Math.abs(value) / scale) : 0;
  // Half of the way up already reads as a third: the weak stay visible beside the strong.
  const shade = strength > 0 ? 0.1 + 0.9 * strength : 0;
  const names = ["tok", shade > 0 ? "lit" : "", value < 0 ? "neg" : "", peak ? "peak" : ""];
  if (onPick) names.push("pickable", picked ? "picked" : "");
  return (
    <span
      class={names.filter(Boolean).join(" ")}
      style={shade > 0 ? { "--s": shade.toFixed(3) } : undefined}
      data-tip={tip ?? (value !== 0 ? number(value) : undefined)}
      onClick={onPick}
    >
      <Visible text={text} breaks={breaks} />
    </span>
  );
}

/** A line of tokens, shaded. */
export function Tokens(props: { tokens: string[]; values: number[]; scale: number; peak?: number; breaks?: boolean }) {
  return (
    <>
      {props.tokens.map((text, i) => (
        <Token text={text} value={props.values[i]} scale={props.scale} peak={i === props.peak} breaks={props.breaks} />
      ))}
    </>
  );
}
