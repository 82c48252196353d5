"""Train a sparse autoencoder on a language model, print its metrics, and see what its latents fire on.

Runs offline on `tiny`, the small language model in the package: `python examples/train_on_a_model.py [RUN]`. For
another model change `model`, `sites`, `latents` and `tokens`; nothing else depends on the model.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from microtome import LanguageModel, TrainingConfig, train
from microtome.evaluation.storage import METRIC_KEYS, load_evaluation
from microtome.report import write_report


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp()) / "run"
    model = LanguageModel.load("tiny")
    config = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("2.resid_post",),
        sparsifiers=("topk",),
        latents=(512,),
        l0s=(16.0,),
        tokens=30_000,
        batch_tokens=512,
        eval_tokens=3_000,
        eval_loss_tokens=1_500,
    )
    run = train(config, folder, model=model)

    metrics, examples = load_evaluation(run.path, "2.resid_post")
    for key in METRIC_KEYS:
        value = metrics.values[key]
        low, high = metrics.intervals.get(key, (value, value))
        print(f"{key:30} {value:8.4f}   [{low:.4f}, {high:.4f}]" if value is not None else f"{key:30} undefined")

    print("\nlatents around the median of how often they fire, with their strongest contexts:")
    for latent, contexts in list(examples["median"].items())[:4]:
        for example in contexts[:2]:
            peak = example.peak
            before, after = "".join(example.tokens[:peak]), "".join(example.tokens[peak + 1 :])
            print(f"  {latent:4d} {example.value:7.2f}  {before!r} >>{example.tokens[peak]!r}<< {after!r}")

    # A saved dictionary takes raw activations; nothing has to be known of training to use it.
    dictionary = run.dictionary("2.resid_post")
    tokens = model.encode("def add(a, b):\n    return a + b\n")
    (activations_BTD,) = model.capture(tokens, "2.resid_post").values()
    codes = dictionary.encode(activations_BTD[0, 1:])  # without BOS, which is never trained on
    print(f"\nlatents active on each token of a prompt: {codes.active_per_token.tolist()}")
    print(f"report: {write_report(run)}")


if __name__ == "__main__":
    main()
