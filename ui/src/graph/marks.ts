// The shapes: latents are discs, errors diamonds, tokens squares, biases triangles, outputs and supernodes boxes with their
// name. How full of orange a latent is says how much of the outputs goes through it.
import { isWide, type Layout } from "./layout";
import type { Item } from "./model";
import { plain } from "../tokens";
import type { View } from "./scene";

/** The strips that keep layers and tokens in sight. */
export const [LEFT, BOTTOM] = [30, 26];

export interface Palette {
  bg: string; panel: string; sunk: string; ink: string; soft: string; faint: string; line: string; line2: string;
  strength: string; negative: string; dead: string; focus: string; sans: string; mono: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { bg: value("bg"), panel: value("panel"), sunk: value("sunk"), ink: value("ink"), soft: value("ink-2"), faint: value("ink-3"), line: value("line"), line2: value("line-2"), strength: value("strength"), negative: value("negative"), dead: value("dead"), focus: value("focus"), sans: value("sans"), mono: value("mono") };
}

export const radius = (item: Item, k: number, step: number): number => {
  const size = Math.min(7, Math.max(4.4, step * 0.27)) * Math.max(0.42, Math.min(1.7, Math.sqrt(k)));
  return item.kind === "error" || item.kind === "bias" ? size * 0.86 : size;
};

interface Where { x: number; y: number; half: number; k: number; step: number; most: number }

function outline(context: CanvasRenderingContext2D, kind: Item["kind"], x: number, y: number, r: number): void {
  context.beginPath();
  if (kind === "error") {
    context.moveTo(x, y - r * 1.2);
    context.lineTo(x + r * 1.2, y);
    context.lineTo(x, y + r * 1.2);
    context.lineTo(x - r * 1.2, y);
    context.closePath();
  } else if (kind === "bias") {
    context.moveTo(x, y - r * 1.1);
    context.lineTo(x + r * 1.1, y + r * 0.8);
    context.lineTo(x - r * 1.1, y + r * 0.8);
    context.closePath();
  } else if (kind === "token") context.roundRect(x - r, y - r, 2 * r, 2 * r, 2);
  else context.arc(x, y, r, 0, 2 * Math.PI);
}

export function drawItem(context: CanvasRenderingContext2D, palette: Palette, item: Item, where: Where): void {
  const { x, y, half, k, step, most } = where;
  if (isWide(item)) return drawBox(context, palette, item, x, y, half, k);
  const r = radius(item, k, step);
  const alpha = context.globalAlpha;
  outline(context, item.kind, x, y, r);
  context.fillStyle = item.kind === "error" || item.kind === "bias" ? palette.sunk : palette.panel;
  // Nothing below shines through, however faint the mark is.
  context.globalAlpha = Math.max(0.7, alpha);
  context.fill();
  context.globalAlpha = alpha;
  if (item.kind === "latent") {
    context.fillStyle = palette.strength;
    context.globalAlpha = alpha * (0.08 + 0.92 * Math.sqrt(Math.min(1, Math.max(0, item.influence) / most)));
    context.fill();
    context.globalAlpha = alpha;
  } else if (item.kind === "token") {
    context.fillStyle = palette.soft;
    context.fill();
  } else if (item.kind === "error") {
    context.fillStyle = palette.dead;
    context.globalAlpha = alpha * 0.55;
    context.fill();
    context.globalAlpha = alpha;
  }
  context.strokeStyle = item.kind === "error" ? palette.faint : palette.soft;
  context.lineWidth = r < 4 ? 0.7 : 1.1;
  context.stroke();
}

function drawBox(context: CanvasRenderingContext2D, palette: Palette, item: Item, x: number, y: number, half: number, k: number): void {
  const h = 10 * Math.min(1.25, Math.max(0.7, k));
  const alpha = context.globalAlpha;
  context.beginPath();
  context.roundRect(x - half, y - h, 2 * half, 2 * h, item.kind === "group" ? h : 4);
  context.globalAlpha = Math.max(0.7, alpha);
  context.fillStyle = item.kind === "group" ? palette.panel : palette.ink;
  if (item.kind === "target") context.globalAlpha = alpha;
  context.fill();
  context.globalAlpha = alpha;
  if (item.kind === "group") {
    context.strokeStyle = palette.ink;
    context.lineWidth = item.automatic ? 1 : 1.6;
    context.setLineDash(item.automatic ? [4, 3] : []);
    context.stroke();
    context.setLineDash([]);
  }
  if (half < 16) return;
  const size = Math.max(9, Math.min(13, 11.5 * k));
  context.font = `${item.kind === "group" ? 550 : 500} ${size}px ${palette.sans}`;
  context.fillStyle = item.kind === "group" ? palette.ink : palette.bg;
  const count = item.kind === "group" ? ` ${item.members.length}` : "";
  centred(context, shorten(item.name, (2 * half - 14) / (size * 0.56) - count.length) + count, x, y + 0.5);
}

export function drawName(context: CanvasRenderingContext2D, palette: Palette, item: Item, x: number, y: number, k: number, step: number): void {
  const size = 10.5;
  const text = shorten(item.name, (step * k - 6) / (size * (item.kind === "token" ? 0.62 : 0.54)));
  if (!text) return;
  context.font = `${item.kind === "latent" ? 450 : 400} ${size}px ${item.kind === "token" ? palette.mono : palette.sans}`;
  const at = y + radius(item, k, step) + 9;
  // A halo keeps names readable on top of edges.
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = palette.panel;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.direction = "ltr";
  context.strokeText(text, x, at);
  context.fillStyle = item.kind === "latent" || item.kind === "token" ? palette.ink : palette.faint;
  context.fillText(text, x, at);
}

function centred(context: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.direction = "ltr";
  context.fillText(text, x, y);
}

export const shorten = (text: string, most: number): string => {
  const letters = [...text];
  if (letters.length <= most) return text;
  return most < 2 ? "" : `${letters.slice(0, Math.max(1, Math.floor(most) - 1)).join("").trimEnd()}…`;
};

/** Strips with the layers and the tokens, which stay in sight wherever the view is. */
export function axes(context: CanvasRenderingContext2D, palette: Palette, layout: Layout, view: View, width: number, height: number): void {
  context.fillStyle = palette.panel;
  context.globalAlpha = 0.93;
  context.fillRect(0, 0, LEFT, height);
  context.fillRect(0, height - BOTTOM, width, BOTTOM);
  context.globalAlpha = 1;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(LEFT + 0.5, 0);
  context.lineTo(LEFT + 0.5, height - BOTTOM + 0.5);
  context.lineTo(width, height - BOTTOM + 0.5);
  context.stroke();
  context.fillStyle = palette.faint;
  context.font = `400 11px ${palette.sans}`;
  let last = Infinity;
  for (const row of layout.rows) {
    const y = (row.at - view.y) * view.k + height / 2;
    if (y < 10 || y > height - BOTTOM - 8 || Math.abs(last - y) < 13) continue;
    centred(context, row.label, LEFT / 2, y);
    last = y;
  }
  context.save();
  context.beginPath();
  context.rect(LEFT + 1, height - BOTTOM, width, BOTTOM);
  context.clip();
  context.font = `400 12px ${palette.mono}`;
  context.fillStyle = palette.soft;
  let until = LEFT;
  for (const column of layout.columns) {
    const x = (column.at - view.x) * view.k + width / 2;
    if (x < LEFT - 40 || x > width + 40) continue;
    const room = (column.size + 12) * view.k;
    const text = shorten(column.position < 0 ? column.label : plain(column.label), room / 7.3);
    const half = (context.measureText(text).width + 8) / 2;
    if (!text || x - half < until) continue;
    centred(context, text, x, height - BOTTOM / 2);
    until = x + half;
  }
  context.restore();
}
