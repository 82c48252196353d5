"""Says which model something was made from, so that a dictionary is never applied to another one.

A name is not enough: a folder can be overwritten and a Hub revision can move. The fingerprint is a hash over a few
values of every parameter, which is cheap on a model of any size and differs after any training.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import torch
from torch import nn

__all__ = ["fingerprint"]

_SAMPLES = 64
# Settings that change what the same weights compute.
_SETTINGS = (
    "model_type",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "hidden_act",
    "hidden_activation",
    "activation_function",
    "rms_norm_eps",
    "layer_norm_eps",
    "layer_norm_epsilon",
    "rope_parameters",
    "sliding_window",
    "layer_types",
    "use_parallel_residual",
    "attn_logit_softcapping",
    "final_logit_softcapping",
)


def fingerprint(hf: nn.Module) -> str:
    """16 hex digits that differ between models; the same for one model loaded in float32 or bfloat16."""
    digest = hashlib.sha256()
    config: Any = getattr(hf, "config", None)
    settings = {key: getattr(config, key, None) for key in _SETTINGS}
    digest.update(json.dumps(settings, sort_keys=True, default=str).encode())
    for name, parameter in sorted(hf.named_parameters()):
        digest.update(f"{name}{tuple(parameter.shape)}".encode())
        flat = parameter.detach().reshape(-1)
        # An odd stride visits every column of a matrix instead of one over and over.
        stride = max(1, flat.numel() // _SAMPLES) | 1
        sample = flat[::stride][: 2 * _SAMPLES].to(device="cpu", dtype=torch.bfloat16)
        digest.update(sample.view(torch.int16).numpy().tobytes())
    return digest.hexdigest()[:16]
