"""A sparse autoencoder from nothing: trained on texts, measured, its latents looked at. Writes RUN/walk_through.html.

`python examples/walk_through_news.py RUN` runs offline on `tiny`; the package holds no news, so it reads Python's own
documentation. On news: `--model gemma-3-270m --site 9.mlp_out --text news.csv --column 2+3 --latents 2048`.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

import microtome
from microtome.evaluation.storage import load_evaluation
from microtome.latents import LatentStore, build_stores
from microtome.markup import readable
from microtome.report import GLOSSARY, Part, write_sheet
from microtome.text import is_held_out, open_text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="its folder; one that was trained and described is looked at as it is")
    for name, default in (("model", "tiny"), ("text", "builtin:python-docs"), ("column", None), ("site", "2.mlp_out")):
        parser.add_argument(f"--{name}", default=default)
    for name, number in (("latents", 512), ("tokens", 60_000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    asked = parser.parse_args()
    if not (asked.run / "run.json").is_file():
        config = microtome.TrainingConfig(
            model=asked.model, text=asked.text, column=asked.column, sites=(asked.site,), latents=(asked.latents,),
            l0s=(16.0,), tokens=asked.tokens, eval_tokens=10_000, eval_loss_tokens=4_000,
        )  # fmt: skip
        microtome.train(config, asked.run)
        build_stores(asked.run, tokens=asked.tokens)
    plots, store = microtome.plots(asked.run), LatentStore.open(asked.run)
    config, values = plots.run.facts["config"], load_evaluation(asked.run, store.name)[0].values
    metrics = [{"key": key, "value": values.get(key), "meaning": GLOSSARY[key]} for key in GLOSSARY]
    print(*(f"{key:29} {values[key]:.3f}" for key in GLOSSARY if values.get(key) is not None), sep="\n")

    # Texts that it was not trained on, and the latents that stand out in each.
    lm, rows = microtome.LanguageModel.load(config["model"], dtype=plots.run.facts["dtype"]), []
    documents = open_text(config["text"], column=config["column"]).documents()
    unseen = (one.text for one in documents if is_held_out(one.text, config["held_out"]))
    for text in (" ".join(one.split())[:300] for one in islice(unseen, 6)):
        found = store.on(text, lm)
        chosen = [one["latent"] for one in found["pooled"] if store[one["latent"]].density < 0.1][:4]
        rows.append({"text": text, "latents": [f"{one} {readable(found.names.get(one, ''))[:50]}" for one in chosen]})
        print(f"\n{text[:110]}", *rows[-1]["latents"], sep="\n    ")

    parts = [Part(shown=plots.curves()), Part(title="Metrics on held-out text", shown=metrics)]
    parts += [Part(shown=one) for one in (plots.usage(), plots.density(), plots.reconstruction(lm), plots.decoder())]
    parts.append(Part(title="What stands out in texts that it was not trained on", shown=rows))
    parts.append(Part(shown=plots.on_text(text, lm), note="The last of these texts, token by token."))
    parts.append(Part(title="Its strongest latents", shown=[store[latent] for latent in chosen]))
    print("\nopens with the network off:", write_sheet(asked.run / "walk_through.html", "A walk through", parts))


if __name__ == "__main__":
    main()
