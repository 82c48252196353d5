"""Label latents with a language model that runs here, and see whether its labels are worth anything.

`python examples/label_with_a_model.py RUN [EXPLAINER]`, with a run whose latents were described, such as
`examples/describe_latents.py RUN` makes. The explainer is `tiny` unless one is named, which runs offline and explains
nothing: its scores are chance, 0.50. Name a larger model, or use an endpoint
(`microtome latents RUN --explain 7 --explainer http://…/v1 --explainer-model NAME`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from microtome import LanguageModel
from microtome.latents import LatentStore
from microtome.latents.explainers import Local, detection_score, explain
from microtome.latents.store import store_names
from microtome.markup import readable

SHOWN = 4


def main() -> None:
    folder = Path(sys.argv[1])
    store = LatentStore.open(folder, store_names(folder)[0])
    explainer = Local(LanguageModel.load(sys.argv[2] if len(sys.argv) > 2 else "tiny"))

    # Before explaining: the labels made by rule, scored on the same held-out contexts by counting.
    chosen = [row["latent"] for row in store.table(sort="interesting", limit=4)["rows"]]
    rules = {latent: store[latent].label for latent in chosen}
    made = explain(store, chosen, explainer, shown=SHOWN)
    for latent, other in zip(chosen, [*chosen[1:], chosen[0]]):
        rule = rules[latent]
        print(f"latent {latent}")
        if rule is not None:
            by_model = detection_score(store, latent, rule.text, explainer)
            print(f"  by rule   {_two(rule.score)} by counting, {_two(by_model)} as judged: {readable(rule.text)}")
        print(f"  by model  {_two(made[latent].score)} as judged: {readable(made[latent].text)!r}")
        # The same judge, the same contexts, a label that is not its own.
        wrong = detection_score(store, latent, made[other].text, explainer)
        print(f"  control   {_two(wrong)} as judged, with the label of latent {other}")


def _two(score: float | None) -> str:
    return "none" if score is None else f"{score:.2f}"


if __name__ == "__main__":
    main()
