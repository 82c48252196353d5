"""Read and change activations of a stock language model, also while it generates.

Runs offline on `tiny`: `python examples/capture_and_edit.py`. The same lines work on any model `microtome sites` opens.
"""

from __future__ import annotations

import torch
from torch import Tensor

from microtome import LanguageModel

PROMPT = "The with statement is used to"


def main() -> None:
    model = LanguageModel.load("tiny")
    tokens = model.encode(PROMPT)

    # Capture runs no layer past the deepest site.
    captured = model.capture(tokens, "0-2.mlp_out")
    for site, value_BTD in captured.items():
        print(f"{site}: shape {tuple(value_BTD.shape)}, mean norm {float(value_BTD.norm(dim=-1).mean()):.3f}")

    # An edit is a function of the activation; contexts nest, and are gone when the block ends.
    def zero(value_BTD: Tensor) -> Tensor:
        return torch.zeros_like(value_BTD)

    clean = model.logits(tokens)
    with model.edit({"1.mlp_out": zero}), model.record("2.resid_post") as recorded:
        ablated = model.logits(tokens)
    (after_BTD,) = recorded.values()
    print(f"2.resid_post under the edit: mean norm {float(after_BTD.norm(dim=-1).mean()):.3f}")
    divergence = torch.nn.functional.kl_div(
        ablated.log_softmax(-1), clean.log_softmax(-1), log_target=True, reduction="none"
    ).sum(-1)
    print(f"KL from the clean model at the last token: {float(divergence[0, -1]):.3f} nats")
    assert torch.equal(model.logits(tokens), clean)

    # The same edit applies to every token that is generated, with the model's own KV cache.
    print(f"clean:   {PROMPT + model.generate(PROMPT, max_new_tokens=20)!r}")
    with model.edit({"1.mlp_out": zero}):
        print(f"ablated: {PROMPT + model.generate(PROMPT, max_new_tokens=20)!r}")


if __name__ == "__main__":
    main()
