"""One layer's neurons taken apart: a dictionary of `mlp_act`, looked at whole and by latent. Writes RUN/neurons.html.

`python examples/neurons_of_one_layer.py RUN` runs offline on `tiny`. On another model: `--model gemma-3-270m --site
9.mlp_act --text news.csv --column 2+3`. Run it again with `--prompt` and `--latent` to try texts of your own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

import microtome
from microtome.console import print_latent, print_metrics
from microtome.evaluation.storage import load_evaluation
from microtome.latents import LatentStore, build_stores
from microtome.report import GLOSSARY, Part, write_sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="its folder; one that was trained and described is looked at as it is")
    for name, default in (("model", "tiny"), ("text", "builtin:python-docs"), ("site", "1.mlp_act"), ("column", None)):
        parser.add_argument(f"--{name}", default=default)
    for name, number in (("latents", 1024), ("tokens", 60_000), ("latent", None)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--prompt", default="The first thing to know is that for every door there is a key.")
    asked = parser.parse_args()
    if not (asked.run / "run.json").is_file():
        config = microtome.TrainingConfig(
            model=asked.model, text=asked.text, column=asked.column, sites=(asked.site,), latents=(asked.latents,),
            l0s=(16.0,), tokens=asked.tokens, eval_tokens=10_000, eval_loss_tokens=4_000,
        )  # fmt: skip
        microtome.train(config, asked.run)
        build_stores(asked.run, tokens=asked.tokens)
    plots, store = microtome.plots(asked.run), LatentStore.open(asked.run)
    metrics, terminal = load_evaluation(asked.run, store.name)[0], Console(width=120)
    # What of the loss comes back with the neurons reconstructed, beside zeroing them and setting them to their mean.
    print_metrics(terminal, {store.name: metrics})
    rare = store.overview()["rare_direction"]
    print(f"{rare['rare']} rare latents, {rare['share']:.0%} of them within cosine 0.9 of their mean direction")

    # One latent whole: top contexts, direct logits through the output weights, and a text that can be edited.
    found = store.on(asked.prompt)
    (best,) = store.table(sort="interesting", among=found["latents"], limit=1)["rows"]
    chosen = best["latent"] if asked.latent is None else asked.latent
    print_latent(terminal, store[chosen], per_band=6)
    shaded = found.shaded(chosen)
    print(f"on your text: {[(token, round(value, 2)) for token, value in zip(shaded.tokens, shaded.values) if value]}")

    losses = {key: metrics.values.get(key) for key in GLOSSARY if key.startswith("ce_")}
    parts = [Part(title="What the model loses, in nats per token", shown=[losses]), Part(shown=plots.density())]
    parts += [Part(shown=plots.rare_direction()), Part(title="Top contexts and direct logits", shown=store[chosen])]
    parts += [Part(title="Your text", shown=[shaded, found], note="Edit it: --prompt; or live: microtome serve RUN.")]
    print("opens with the network off:", write_sheet(asked.run / "neurons.html", f"Neurons of {store.name}", parts))


if __name__ == "__main__":
    main()
