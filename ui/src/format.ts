// Numbers as people read them: a fixed number of significant digits, a true minus sign, thousands apart.

export function number(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-4) return value.toExponential(1).replaceAll("-", "−");
  if (size >= 10 ** digits - 0.5) return Math.round(value).toLocaleString("en-US").replace("-", "−");
  return (size >= 1000 ? Number(value.toPrecision(digits)).toLocaleString("en-US") : value.toPrecision(digits)).replace("-", "−");
}

/** As short as it can be, for axes and settings. */
export const short = (value: number, digits = 4): string => {
  const text = number(value, digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
};

/** With a fixed number of decimals, so that a column of them lines up. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace("-", "−");
}

export const whole = (value: number | null | undefined): string => fixed(value, 0);

export function percent(share: number | null | undefined, digits = 2): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const value = share * 100, size = Math.abs(value);
  const text = size === 0 ? "0" : size < 0.001 ? value.toExponential(0) : size >= 10 ** digits - 0.5 ? value.toFixed(0) : value.toPrecision(digits);
  return `${text}\u00a0%`.replaceAll("-", "−");
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
  if (RATES.has(key)) return `${fixed(value * 100, 2)}\u00a0%`;
  if (key === "l0" || key === "l1") return fixed(value, Math.abs(value) >= 1000 ? 0 : 2);
  return fixed(value, 4);
}
