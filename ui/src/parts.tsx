// The small pieces every page is made of: states, panels, selects, tiles, tooltips.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Problem } from "./api";
import { isLive } from "./api";

export function Panel(props: { title?: ComponentChildren; note?: ComponentChildren; children: ComponentChildren; id?: string }) {
  return (
    <section class="panel" id={props.id}>
      {(props.title || props.note) && (
        <header>
          <h2>{props.title}</h2>
          {props.note && <span class="small">{props.note}</span>}
        </header>
      )}
      {props.children}
    </section>
  );
}

export function Problems({ error, retry }: { error: Problem; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <b>{sentence(error.problem)}</b> {error.cure && sentence(error.cure)}
      {retry && isLive() && <div><button class="btn" onClick={retry}>Try again</button></div>}
    </div>
  );
}

const sentence = (text: string): string => (text ? text[0].toUpperCase() + text.slice(1).replace(/\.?$/, ".") : "");

export function Empty({ title, children, short }: { title: string; children?: ComponentChildren; short?: boolean }) {
  return (
    <div class={short ? "state short" : "state"}>
      {short ? <h3>{title}</h3> : <h2>{title}</h2>}
      {children && <p>{children}</p>}
    </div>
  );
}

export function Bones({ lines = 4 }: { lines?: number }) {
  return (
    <div class="bones" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => <i style={{ width: `${92 - ((i * 37) % 46)}%` }} />)}
    </div>
  );
}

/** An answer, or what stands in its place: bones while it loads, the problem when it failed. */
export function Await<T>({ answer, lines, children }: { answer: Answer<T>; lines?: number; children: (data: T) => ComponentChildren }) {
  if (answer.error && answer.data === null) return <Problems error={answer.error} retry={answer.reload} />;
  if (answer.data === null) return <Bones lines={lines} />;
  return (
    <>
      {answer.error && <Problems error={answer.error} retry={answer.reload} />}
      {children(answer.data)}
    </>
  );
}

export function Select(props: { label: string; value: string; options: { value: string; label: string; group?: string }[]; onChange: (value: string) => void }) {
  const groups = [...new Set(props.options.map((option) => option.group ?? ""))];
  const list = (group: string) =>
    props.options.filter((o) => (o.group ?? "") === group).map((o) => <option value={o.value} selected={o.value === props.value}>{o.label}</option>);
  return (
    <label class="select" data-tip={props.label}>
      <select aria-label={props.label} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {groups.map((group) => (group ? <optgroup label={group}>{list(group)}</optgroup> : list(group)))}
      </select>
    </label>
  );
}

export function Segmented(props: { label: string; value: string; options: { value: string; label: string; n?: string; colour?: string }[]; onChange: (value: string) => void }) {
  return (
    <div class="seg" role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button aria-pressed={option.value === props.value} onClick={() => props.onChange(option.value)}>
          {option.colour && <span class="swatch" style={{ background: option.colour }} />}
          {option.label}
          {option.n !== undefined && <span class="n num">{option.n}</span>}
        </button>
      ))}
    </div>
  );
}

/** A text field whose value lives elsewhere; tells of changes once the typing pauses. */
export function Field(props: { label: string; value: string; placeholder?: string; width?: string; type?: "text" | "number"; delay?: number; onChange: (value: string) => void }) {
  const [text, setText] = useState(props.value);
  const timer = useRef(0);
  useEffect(() => setText(props.value), [props.value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => props.onChange(value), props.delay ?? 250);
  };
  return (
    <input class="field" type="text" inputMode={props.type === "number" ? "decimal" : "text"} aria-label={props.label} placeholder={props.placeholder ?? props.label} value={text}
      style={{ width: props.width }} spellcheck={false} autocomplete="off" onInput={(event) => change(event.currentTarget.value)} />
  );
}

export function Tile({ k, v, i, tip }: { k: string; v: string; i?: string; tip?: string }) {
  return (
    <div class="tile" data-tip={tip}>
      <div class="k">{k}</div>
      <div class="v num">{v}</div>
      <div class="i num">{i || "\u00a0"}</div>
    </div>
  );
}

/** One tooltip for the page: whatever the pointer or the focus is on that carries `data-tip`. */
export function Tooltip() {
  const [tip, setTip] = useState<{ text: string; x: number; y: number } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const show = (event: Event) => {
      // Inside a notebook the page lives in a shadow root: the path knows what the target is.
      const target = (event.composedPath()[0] as Element | null)?.closest?.("[data-tip]");
      if (!target) return setTip(null);
      const rect = target.getBoundingClientRect();
      setTip({ text: target.getAttribute("data-tip")!, x: rect.left + rect.width / 2, y: rect.top });
    };
    const hide = () => setTip(null);
    document.addEventListener("pointerover", show);
    document.addEventListener("focusin", hide);
    addEventListener("scroll", hide, true);
    return () => {
      document.removeEventListener("pointerover", show);
      document.removeEventListener("focusin", hide);
      removeEventListener("scroll", hide, true);
    };
  }, []);
  useEffect(() => {
    if (!tip || !box.current) return;
    const { width, height } = box.current.getBoundingClientRect();
    box.current.style.left = `${Math.max(6, Math.min(innerWidth - width - 6, tip.x - width / 2))}px`;
    box.current.style.top = `${tip.y - height - 6 < 4 ? tip.y + 24 : tip.y - height - 6}px`;
  }, [tip]);
  return tip ? <div class="tip" ref={box} role="tooltip">{tip.text}</div> : null;
}

export const Icon = ({ path }: { path: string }) => (
  <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d={path} /></svg>
);
