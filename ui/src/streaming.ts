// A stream that a page shows while it comes: begun, stopped, kept. What came last stays with its path, so that leaving the
// page and coming back, or saving the view, shows it again; leaving stops a stream that still runs.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, hold, isLive, stream, type Problem } from "./api";

export type Phase = "waiting" | "running" | "done" | "stopped";
export interface Streamed<T> { body: unknown; phase: Phase; value: T }

const kept = new Map<string, Streamed<unknown>>();
// Tokens come faster than a page need be drawn.
const PAUSE = 50;

/** `begin` gives the empty value; `take` changes it for an event. */
export function useStream<T, E>(path: string, begin: () => T, take: (value: T, event: E) => void) {
  const [, draw] = useState(0);
  const [error, setError] = useState<Problem | null>(null);
  const running = useRef<{ stop: AbortController; timer: number } | null>(null);
  const show = () => draw((n) => n + 1);
  const now = kept.get(path) as Streamed<T> | undefined;

  const finish = (phase: Phase | null) => {
    const shown = kept.get(path);
    if (running.current) clearInterval(running.current.timer);
    running.current = null;
    if (shown && phase) shown.phase = phase;
    show();
  };
  const stop = () => {
    running.current?.stop.abort();
    if (running.current) finish("stopped");
  };
  const start = (body: unknown) => {
    stop();
    setError(null);
    const own = { stop: new AbortController(), timer: window.setInterval(show, PAUSE) };
    running.current = own;
    const before = now;
    kept.set(path, { body, phase: "waiting", value: begin() });
    const value = kept.get(path) as Streamed<T>;
    const tell = (event: E) => {
      value.phase = "running";
      take(value.value, event);
    };
    stream(path, body, tell as (event: never) => void, own.stop.signal).then(
      () => running.current === own && finish("done"),
      (failed) => {
        if (running.current !== own || failed.name === "AbortError") return;
        // What was refused changes nothing that is shown.
        const refused = value.phase === "waiting";
        if (refused && before) kept.set(path, before);
        else if (refused) kept.delete(path);
        setError(failed instanceof ApiError ? failed.detail : { problem: String(failed.message ?? failed), cure: "Reload the page" });
        finish(refused ? null : "stopped");
      });
    show();
  };

  useEffect(() => {
    if (isLive()) return stop;
    ask<Streamed<T>>("POST", path, null).then((found) => { kept.set(path, found); show(); }, () => {});
  }, [path]);
  const ready = now && (now.phase === "done" || now.phase === "stopped");
  useEffect(() => (ready && isLive() ? hold(`POST ${path} null`, now) : undefined), [path, ready, now]);
  return { shown: now ?? null, error, setError, start, stop, busy: now?.phase === "waiting" || now?.phase === "running" };
}
