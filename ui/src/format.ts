// Numbers as people read them: a fixed number of significant digits, a true minus sign, thousands apart.

export function number(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text: string;
  if (size !== 0 && size < 1e-4) text = value.toExponential(1);
  else if (size >= 10 ** digits) text = Math.round(value).toLocaleString("en-US");
  else text = value.toPrecision(digits).replace(/\.?0+$/, "") || "0";
  if (size !== 0 && size >= 1e-4 && size < 10 ** digits && Number.isInteger(value)) text = value.toLocaleString("en-US");
  return text.replace("-", "−");
}

/** With a fixed number of decimals, so that a column of them lines up. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace("-", "−");
}

export const whole = (value: number | null | undefined): string => fixed(value, 0);

export function percent(share: number | null | undefined, digits = 2): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  if (share === 0) return "0\u00a0%";
  const value = share * 100;
  if (Math.abs(value) < 0.001) return `${value.toExponential(0)}\u00a0%`.replaceAll("-", "−");
  return `${value >= 99.95 ? "100" : Number(value.toPrecision(digits)).toString()}\u00a0%`.replace("-", "−");
}

export function amount(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value >= 1e9) return `${Number((value / 1e9).toPrecision(3))} B`;
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return whole(value);
}

const RATES = new Set(["dead_fraction", "dense_fraction"]);

/** A metric by its key: shares as percentages, sizes with two decimals, the rest with four. */
export function metric(key: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (RATES.has(key)) return percent(value, 3);
  if (key === "l0" || key === "l1") return fixed(value, Math.abs(value) >= 1000 ? 0 : 2);
  return fixed(value, 4);
}
