"""How strongly latents fire: histograms of activation with their densities, of latents drawn at random.

`python examples/histograms_of_latents.py RUN`, with a run whose latents were described: `microtome latents RUN`, or
`examples/describe_latents.py RUN`, which makes a small one on `tiny`. Writes RUN/histograms.html.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import microtome
from microtome.latents import LatentStore
from microtome.markup import readable
from microtome.report import Part, write_sheet

KEYS = ("latent", "density", "count", "max", "mean")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--dictionary", help="its name; the first of the run where it is left out")
    parser.add_argument("--latents", type=int, nargs="*", help="these instead of random ones")
    parser.add_argument("--n", type=int, default=12, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=0, help="draws others")
    options = parser.parse_args()

    plots = microtome.plots(options.run)
    name = options.dictionary or plots.run.names[0]
    store = LatentStore.open(options.run, name)
    figure = plots.activations(options.latents, n=options.n, seed=options.seed, name=name)

    # The figure's traces are called by their latents.
    rows = store.rows(int(trace.name) for trace in figure.data)
    names = store.names(row["latent"] for row in rows)
    shown = [{**{key: row[key] for key in KEYS}, "label": readable(names.get(row["latent"], ""))} for row in rows]
    print(f"{'latent':>6} {'density':>9} {'tokens':>7} {'max':>7} {'mean':>7}  label")
    for row in shown:
        print("{latent:6d} {density:9.3%} {count:7,d} {max:7.2f} {mean:7.2f}  {label}".format(**row))
    page = write_sheet(
        options.run / "histograms.html",
        f"Latents of {name}",
        [
            Part(shown=figure, note="Only tokens on which the latent fires; an octave is eight bars."),
            Part(shown=plots.usage(name)),
            Part(title="The numbers", shown=shown),
        ],
        note=f"{len(rows)} of {store.n_latents:,} latents, counted on {store.tokens:,} tokens.",
    )
    print(f"opens with the network off: {page}")


if __name__ == "__main__":
    main()
