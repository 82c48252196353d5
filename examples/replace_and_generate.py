"""Train a transcoder on one layer, put it in the MLP's place, generate, and see where one of its latents fires.

Runs offline on `tiny`: `python examples/replace_and_generate.py [RUN]`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch
from rich.console import Console
from rich.text import Text

from microtome import LanguageModel, TrainingConfig, train
from microtome.interventions import Bench, GenerationConfig, effect_on_text, generate_text, replace
from microtome.markup import readable

PROMPT = "The with statement is used to wrap the execution of a block"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp()) / "run"
    lm = LanguageModel.load("tiny")
    config = TrainingConfig(
        model="tiny",
        text="builtin:python-docs",
        sites=("2.mlp_out",),
        kinds=("transcoder",),
        latents=(512,),
        l0s=(16.0,),
        tokens=30_000,
        batch_tokens=512,
        eval_tokens=3_000,
        eval_loss_tokens=1_500,
    )
    bench = Bench.open(train(config, folder, model=lm).path, lm=lm)

    replaced = bench.intervene([replace()])
    found = effect_on_text(replaced, bench.text(2_000))
    print(f"cross entropy {found['ce_clean']:.3f}, with the transcoder in the MLP's place {found['edited']['ce']:.3f}")
    for name, intervention in (("the model", None), ("with the transcoder", replaced)):
        print(f"{name}: {generate_text(lm, PROMPT, intervention, GenerationConfig(tokens=30))[0].text!r}")

    # The latent that fires most strongly on the prompt, and the prompt shaded by it.
    (place,) = bench.placed.values()
    tokens = lm.encode(PROMPT)
    (x_BTD,) = lm.capture(tokens, [place.site_in]).values()
    codes_TF = place.dictionary.encode(x_BTD[0].float()).dense()[1:]  # without BOS
    latent = int(codes_TF.amax(0).argmax())
    shades = (codes_TF[:, latent] / codes_TF[:, latent].max() * 200).to(torch.int64).tolist()
    line = Text(f"latent {latent}: ")
    for token, shade in zip(tokens[0, 1:].tolist(), shades):
        line.append(readable(lm.tokenizer.decode([token])), style=f"on rgb({shade},0,0)")
    Console().print(line)


if __name__ == "__main__":
    main()
