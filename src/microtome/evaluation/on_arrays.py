"""Evaluation of a dictionary on activations given as arrays: everything that needs no language model."""

from __future__ import annotations

import torch

from microtome.activations import INPUT, TARGET, ArrayActivations
from microtome.dictionaries.dictionary import Dictionary
from microtome.evaluation.metrics import Metrics, ReconstructionMetrics
from microtome.evaluation.on_model import EvaluationConfig

# Rows that stand for one context when intervals are bootstrapped: neighbouring rows are seldom independent.
_ROWS_PER_CONTEXT = 128
_ROWS_PER_BATCH = 4096


@torch.no_grad()
def evaluate_on_arrays(dictionary: Dictionary, source: ArrayActivations, config: EvaluationConfig) -> Metrics:
    """Metrics on every row of `source`, raw activations in, the deployed rule. Losses are not among them."""
    meter = ReconstructionMetrics(dictionary.config.latents, replicates=config.replicates, seed=config.seed)
    contexts = 0
    for window in source.in_order():
        x_ND = window.columns[INPUT]
        y_ND = window.columns.get(TARGET, x_ND)
        for first in range(0, len(x_ND), _ROWS_PER_BATCH):
            part = slice(first, first + _ROWS_PER_BATCH)
            x, y = x_ND[part].float().to(dictionary.W_enc.device), y_ND[part].float()
            codes = dictionary.encode(x)
            context_N = torch.arange(len(x)) // _ROWS_PER_CONTEXT
            meter.update(y, dictionary.decode(codes, x), codes, context_N)
            contexts += int(context_N[-1]) + 1
    metrics = meter.result()
    metrics.facts["contexts"] = contexts
    return metrics
