"""Which latents fire on a text of your own: token by token, and over all of it.

`python examples/latents_on_text.py RUN`, with a run whose latents were described: `microtome latents RUN`, or
`examples/describe_latents.py RUN`, which makes a small one on `tiny`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from microtome import LanguageModel
from microtome.latents import LatentStore, on_text, placed
from microtome.markup import readable
from microtome.runs import Run

TEXT = "def first(values, default=None):\n    return values[0] if values else default\n"


def main() -> None:
    folder = Path(sys.argv[1])
    run = Run.open(folder)
    name = run.names[0]
    lm = LanguageModel.load(run.facts["config"]["model"], dtype=run.facts["dtype"])

    found = on_text(lm, placed(run, name, lm), TEXT)
    names = {row["latent"]: row["label"] for row in LatentStore.open(folder, name).rows(found["latents"])}

    print("over the whole text, the strongest first:")
    for one in found["pooled"][:8]:
        label = names[one["latent"]]
        print(
            f"  latent {one['latent']:4d}  max {one['max']:6.2f}  mean {one['mean']:5.2f}  on {one['tokens']:2d} tokens"
            f"  {readable(label['text']) if label else ''}"
        )

    print("token by token, the three strongest:")
    for token, special, codes in zip(found["tokens"], found["special"], found["codes"]):
        strongest = sorted(codes, key=lambda pair: -pair[1])[:3]
        fired = "  ".join(f"{found['latents'][index]}={value:.2f}" for index, value in strongest)
        print(f"  {readable(token):>12}  {fired or ('(left out: a special token)' if special else '')}")


if __name__ == "__main__":
    main()
