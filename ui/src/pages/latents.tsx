// Latents: all of them in one table, however many; sorted, filtered and searched by the server.
import { useState } from "preact/hooks";
import { runPath } from "../api";
import { amount, number, percent, whole } from "../format";
import { Empty, Field, Segmented, Select } from "../parts";
import { href, useParams } from "../router";
import { VirtualTable } from "../table";
import { Chip, Name, nameOf } from "../tokens";
import { CLASSES, densityColour, type PageProps } from "../types";

export interface LatentRow { latent: number; count: number; density: number; max: number; mean: number; label: string | null; top_token: string | null; by_user: boolean; cosine?: number }

// A density above 0, and the classes' edges, as the filter's bounds.
const PRESETS: Record<string, { from?: number; to?: number }> = { all: {}, dead: { to: 0 }, rare: { from: 1e-12, to: 1e-4 }, normal: { from: 1e-4, to: 0.1 }, dense: { from: 0.1 } };
const SORTS = [
  { value: "interesting", label: "Interesting first" }, { value: "density", label: "By density" }, { value: "max", label: "By strongest" },
  { value: "mean", label: "By mean" }, { value: "latent", label: "By number" },
];

/** How many rows there are, and of what: the nearest to a latent are so many at most. */
function counted(found: { total: number; nearest?: number } | null, latents: number, near: string | undefined): string {
  if (found === null) return "";
  if (!near || found.nearest === undefined) return `${whole(found.total)} of ${whole(latents)}`;
  const nearest = `the ${whole(found.nearest)} nearest to latent ${near}`;
  return `${found.total === found.nearest ? "" : `${whole(found.total)} of `}${nearest}, of ${whole(latents)}`;
}

export function NoStore({ run, dictionary }: PageProps) {
  return (
    <div class="panel">
      <Empty title="The latents have not been looked at yet">
        One pass over text finds when each of the {whole(dictionary.latents)} latents fires. Run <code>microtome latents {run.path} --text TEXT</code>, then come back: this page finds it by itself.
      </Empty>
    </div>
  );
}

/** The share of tokens on a logarithmic bar: one token in a million is empty, every token is full. */
export const DensityBar = ({ density }: { density: number }) => (
  <span class="meter" data-tip={`${percent(density, 3)} of tokens`}>
    <i style={{ width: `${density > 0 ? Math.max(3, (100 * (Math.log10(density) + 6)) / 6) : 0}%`, background: densityColour(density) }} />
  </span>
);

export function Latents(props: PageProps) {
  const { run, dictionary } = props;
  const [params, setParams] = useParams();
  const [found, setFound] = useState<{ total: number; nearest?: number } | null>(null);
  const usual = params.near ? "cosine" : "interesting";
  const sort = params.sort ?? usual;
  const descending = params.order !== "up";
  const preset = params.show ?? "all";
  const bounds = PRESETS[preset] ?? {};
  const asked = {
    dictionary: dictionary.name, sort, descending, token: params.token, label: params.label, near: params.near,
    density_from: bounds.from, density_to: bounds.to, strength_from: params.strength_from, strength_to: params.strength_to,
  };
  if (!dictionary.store) return <><h1>Latents</h1><NoStore {...props} /></>;
  const filtered = params.token || params.label || params.near || preset !== "all" || params.strength_from || params.strength_to;
  return (
    <>
      <div class="row end">
        <h1>Latents</h1>
        <span class="soft num" role="status">{counted(found, dictionary.latents, params.near)}</span>
      </div>
      <div class="row">
        <Field label="Search labels" value={params.label ?? ""} width="200px" onChange={(label) => setParams({ label, row: null })} />
        <Field label="Fires on token" value={params.token ?? ""} width="150px" onChange={(token) => setParams({ token, row: null })} />
        <Field label="Nearest to latent" type="number" value={params.near ?? ""} width="150px" onChange={(near) => setParams({ near, sort: null, order: null, row: null })} />
        <Segmented label="Density" value={preset} options={[{ value: "all", label: "All" }, ...CLASSES.map((one) => ({ value: one.name, label: one.name, colour: one.colour }))]} onChange={(show) => setParams({ show: show === "all" ? null : show, row: null })} />
        <Field label="Strongest above" type="number" value={params.strength_from ?? ""} width="140px" onChange={(strength_from) => setParams({ strength_from, row: null })} />
        <Select label="Order" value={sort} options={params.near ? [{ value: "cosine", label: "Nearest first" }, ...SORTS] : SORTS} onChange={(value) => setParams({ sort: value === usual ? null : value, order: null, row: null })} />
        {filtered && <button class="btn quiet" onClick={() => setParams({ token: null, label: null, near: null, ...(params.near ? { sort: null, order: null } : {}), show: null, strength_from: null, strength_to: null, row: null })}>Clear</button>}
      </div>
      <VirtualTable<LatentRow>
        label="Latents" path={runPath(run.id, "/latents")} params={asked} sort={sort} descending={descending} onTotal={(total, answer) => setFound({ ...answer, total })} minWidth={680}
        onSort={(by, down) => setParams({ sort: by, order: down ? null : "up", row: null })}
        first={Number(params.row ?? 0)} onFirst={(row) => setParams({ row: row || null })}
        href={(row) => href("latent", { run: run.id, dictionary: dictionary.name, latent: row.latent })}
        empty="No latent fits the filter."
        columns={[
          { key: "latent", title: "latent", width: "72px", right: true, sort: "latent", cell: (row) => <b style={{ fontWeight: 560 }}>{row.latent}</b> },
          { key: "label", title: "label", width: "minmax(120px, 1fr)", cell: (row) => row.label ? <span data-tip={nameOf(row.label)} style={row.by_user ? { fontWeight: 560 } : undefined}><Name text={row.label} /></span> : <span class="faint">–</span> },
          { key: "top_token", title: "top token", width: "110px", tip: "The token it fires on most", cell: (row) => (row.top_token === null || row.top_token === undefined ? <span class="faint">–</span> : <Chip text={row.top_token} />) },
          ...(params.near ? [{ key: "cosine", title: "cosine", width: "82px", right: true, sort: "cosine", tip: "of the decoder directions", cell: (row: LatentRow) => number(row.cosine, 3) }] : []),
          { key: "density", title: "density", width: "78px", right: true, sort: "density", tip: "Share of tokens it fires on", cell: (row) => percent(row.density) },
          { key: "bar", title: "", width: "88px", wide: true, cell: (row) => <DensityBar density={row.density} /> },
          { key: "count", title: "tokens", width: "74px", wide: true, right: true, sort: "count", tip: "Tokens it fired on", cell: (row) => amount(row.count) },
          { key: "max", title: "strongest", width: "82px", right: true, sort: "max", cell: (row) => number(row.max) },
          { key: "mean", title: "mean", width: "74px", right: true, sort: "mean", tip: "Mean where it fires", cell: (row) => number(row.mean) },
        ]}
      />
    </>
  );
}
