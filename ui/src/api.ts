// Where answers come from: the server, a saved file, or a notebook's kernel. Components ask `useApi` and do not know.
// Whatever the mounted components hold is what a saved file has to hold.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface Problem {
  problem: string;
  cure: string;
  /** Which part of what was sent is meant. */
  where?: string;
}

export interface Transport {
  readonly live: boolean;
  ask(method: "GET" | "POST", path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Server-sent events, each given to `tell`; missing where there is no server. */
  stream?(path: string, body: unknown, tell: (event: never) => void, signal: AbortSignal): Promise<void>;
}

export class ApiError extends Error {
  constructor(readonly detail: Problem) {
    super(detail.problem);
  }
}

export class HttpTransport implements Transport {
  readonly live = true;

  private async fetch(method: "GET" | "POST", path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    try {
      const init: RequestInit = { method, signal };
      if (method === "POST") {
        init.body = JSON.stringify(body);
        init.headers = { "content-type": "application/json" };
      }
      return await fetch(path, init);
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
      throw new ApiError({ problem: "The server does not answer", cure: "See whether 'microtome serve' is still running" });
    }
  }

  async ask(method: "GET" | "POST", path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const response = await this.fetch(method, path, body, signal);
    let value: { error?: Problem } | null = null;
    try {
      value = await response.json();
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
    }
    if (value === null) throw new ApiError({ problem: "The server's answer is not readable", cure: "Reload the page" });
    if (!response.ok) throw new ApiError(value.error ?? { problem: `The server answered ${response.status}`, cure: "" });
    return value;
  }

  async stream(path: string, body: unknown, tell: (event: never) => void, signal: AbortSignal): Promise<void> {
    const response = await this.fetch("POST", path, body, signal);
    if (!response.ok || !response.body) {
      const answer = (await response.json().catch(() => null)) as { error?: Problem } | null;
      throw new ApiError(answer?.error ?? { problem: `The server answered ${response.status}`, cure: "" });
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", ended = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const events = (rest + value).split("\n\n");
        rest = events.pop()!;
        for (const event of events) {
          const found = JSON.parse(event.replace(/^data: /, ""));
          if (found.event === "error") throw new ApiError(found.error);
          ended = found.event === "end";
          tell(found as never);
        }
      }
    } catch (error) {
      if (error instanceof ApiError || (error as Error).name === "AbortError") throw error;
    }
    if (!ended) throw new ApiError({ problem: "The server broke off", cure: "See the terminal it was started from" });
  }
}

export type Saved = Record<string, unknown>;

export class SavedTransport implements Transport {
  readonly live = false;

  constructor(private readonly answers: Saved) {}

  async ask(method: "GET" | "POST", path: string, body: unknown): Promise<unknown> {
    const found = this.answers[keyOf(method, path, body)];
    if (found !== undefined) return found;
    throw new ApiError({ problem: "This saved page does not hold that", cure: "Open the run with 'microtome serve'" });
  }
}

let transport: Transport = new HttpTransport();
export const useTransport = (chosen: Transport): void => void (transport = chosen);
export const isLive = (): boolean => transport.live;
/** Whether text can be generated here: in a page of a server, not in a saved file or a notebook. */
export const canStream = (): boolean => transport.stream !== undefined;
export const stream = (path: string, body: unknown, tell: (event: never) => void, signal: AbortSignal): Promise<void> => transport.stream!(path, body, tell, signal);

const keyOf = (method: string, path: string, body: unknown): string =>
  method === "POST" ? `${method} ${path} ${JSON.stringify(body)}` : `${method} ${path}`;

// What is on the screen now, counted, because two components may ask for the same.
const shown = new Map<string, { value: unknown; count: number }>();

export function hold(key: string, value: unknown): () => void {
  const entry = shown.get(key) ?? { value, count: 0 };
  entry.value = value;
  entry.count += 1;
  shown.set(key, entry);
  return () => {
    entry.count -= 1;
    if (entry.count === 0) shown.delete(key);
  };
}

export const held = (): Saved => Object.fromEntries([...shown].map(([key, entry]) => [key, entry.value]));

const ahead = new Map<string, Promise<unknown>>();

/** Ask for what a page will want, before there is a page: the first who asks for it takes this answer. */
export function askAhead(path: string): void {
  const answer = transport.ask("GET", path, undefined);
  answer.catch(() => {}); // told to whoever takes it
  ahead.set(keyOf("GET", path, undefined), answer);
}

export async function ask<T>(method: "GET" | "POST", path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const key = keyOf(method, path, body);
  const early = ahead.get(key);
  if (early) {
    ahead.delete(key);
    return (await early) as T;
  }
  return (await transport.ask(method, path, body, signal)) as T;
}

export interface Answer<T> {
  data: T | null;
  error: Problem | null;
  loading: boolean;
  reload: () => void;
}

/** The answer to a question, asked again when it changes; `null` asks nothing. While the next answer is awaited, the
 * last one stays. `every` (ms) asks again and again. */
export function useApi<T>(path: string | null, options: { body?: unknown; every?: number | null } = {}): Answer<T> {
  const method = options.body === undefined ? "GET" : "POST";
  const key = path === null ? null : keyOf(method, path, options.body);
  const [state, setState] = useState<{ key: string | null; data: T | null; error: Problem | null }>({ key: null, data: null, error: null });
  const [again, setAgain] = useState(0);
  const body = useRef(options.body);
  body.current = options.body;
  // Not after the frame is painted, as an effect would: a page that opens asks twice, one after the other.
  useLayoutEffect(() => {
    if (key === null || path === null) {
      setState({ key: null, data: null, error: null });
      return;
    }
    const stop = new AbortController();
    let release = () => {};
    ask<T>(method, path, body.current, stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        release = hold(key, data);
        setState({ key, data, error: null });
      },
      (error) => {
        if (stop.signal.aborted || error.name === "AbortError") return;
        const detail = error instanceof ApiError ? error.detail : { problem: String(error.message ?? error), cure: "Reload the page" };
        setState((before) => ({ key, data: before.key === key ? before.data : null, error: detail }));
      },
    );
    return () => {
      stop.abort();
      release();
    };
  }, [key, again]);
  useEffect(() => {
    if (!options.every || !isLive() || key === null) return;
    const timer = setInterval(() => document.visibilityState === "visible" && setAgain((n) => n + 1), options.every);
    return () => clearInterval(timer);
  }, [key, options.every]);
  return { data: key === null ? null : state.data, error: state.error, loading: key !== null && state.key !== key, reload: () => setAgain((n) => n + 1) };
}

export function query(path: string, params: Record<string, string | number | boolean | null | undefined>): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === null || value === undefined || value === "") continue;
    parts.set(key, typeof value === "boolean" ? (value ? "1" : "0") : String(value));
  }
  const text = parts.toString();
  return text ? `${path}?${text}` : path;
}

export const runPath = (run: string, rest = ""): string => `/api/runs/${encodeURIComponent(run)}${rest}`;
