// A view as one HTML file: the page's own script and style, and the answers it shows. It opens with the network off, and
// a policy inside it allows that one script and nothing else.
import { held, isLive } from "./api";
import { current, href } from "./router";

const text = async (path: string): Promise<string> => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} cannot be read`);
  return response.text();
};

async function allowed(script: string): Promise<string> {
  // Digests need a secure context; 127.0.0.1 is one, a plain http name is not.
  if (!globalThis.crypto?.subtle) return "'unsafe-inline'";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

const escape = (value: string): string => value.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

export async function page(title: string, theme: string): Promise<string> {
  const [script, style] = await Promise.all([text("/static/app.js"), text("/static/app.css")]);
  const route = current();
  const saved = { route: href(route.page, route.params), answers: held(), when: new Date().toISOString() };
  // Where the run lies on this disk is nobody else's business. Inside a script element only "<" could end it.
  const data = JSON.stringify(saved, (key, value) => (key === "path" ? "" : value)).replace(/</g, "\\u003c");
  const policy = `default-src 'none'; script-src ${await allowed(script)}; style-src 'unsafe-inline'; img-src data:; font-src data:`;
  return [
    `<!doctype html><html lang="en" data-theme="${escape(theme)}"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title>`,
    `<style>${style}</style></head><body><div id="app"></div>`,
    `<script type="application/json" id="saved">${data}</script>`,
    `<script>${script}</script></body></html>`,
  ].join("\n");
}

export async function save(title: string, theme: string): Promise<void> {
  if (!isLive()) return;
  const blob = new Blob([await page(title, theme)], { type: "text/html" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${title.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^-|-$/g, "")}.html`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
