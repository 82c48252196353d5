"""What an intervention does to the model on text: how far its predictions move, and what that costs.

Cross entropy and KL are those of evaluation, by its code, so `replace` gives evaluation's `ce_replaced`. Beside them
the same figures of matched-norm controls tell "it did something" from "it did something specific": moving an activation
by as much in any direction costs something.

Legend of suffixes: C contexts, R replicates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from microtome.errors import ConfigError
from microtome.evaluation import EvaluationConfig
from microtome.evaluation.bootstrap import Replicates, interval
from microtome.evaluation.on_model import LossBatch, batch_of, contexts_for
from microtome.interventions.intervention import Intervention

if TYPE_CHECKING:
    from microtome.text import Blocks


def effect_on_text(
    intervention: Intervention,
    blocks: Blocks,
    *,
    controls: int = 0,
    control_from: str = "random",
    config: EvaluationConfig | None = None,
) -> dict[str, Any]:
    """Losses on `blocks` without and with the intervention, in nats, with 95 % intervals over contexts.

    `{"tokens", "ce_clean", "edited": {"ce", "ce_change", "kl", "intervals"}, "controls": [the same for each seed]}`;
    with controls also `p`, the rank of the edit's KL among them: (1 + controls with a KL at least as large) / (1 + n).
    Positions are counted as in evaluation. Raises ConfigError for no blocks.
    """
    config = config or EvaluationConfig()
    blocks = blocks.take(np.arange(contexts_for(blocks, config.loss_tokens)))
    if not len(blocks):
        raise ConfigError("got no text to measure on, expected at least one context", cure="Raise loss_tokens")
    conditions = [intervention, *(intervention.control(seed, control_from) for seed in range(controls))]
    sums: list[dict[str, list[np.ndarray]]] = [{"ce": [], "kl": []} for _ in conditions]
    counted, clean = [], []
    size = config.loss_contexts_at_once(blocks.tokens.shape[1])
    for first in range(0, len(blocks), size):
        tokens_CT, keep_CT = batch_of(blocks, first, size)
        batch = LossBatch(intervention.lm, tokens_CT, keep_CT, lambda n: None)
        counted.append(batch.n)
        clean.append(batch.ce_clean)
        for condition, sum_of in zip(conditions, sums):
            with condition.open():
                found = batch.changed({})
            for key, values in sum_of.items():
                values.append(found[key])
    n_C, clean_C = np.concatenate(counted), np.concatenate(clean)
    weights_RC = Replicates(config.replicates, seed=config.seed).weights(len(n_C))
    rows: list[dict[str, Any]] = []
    for sum_of in sums:
        # Few contexts: a replicate may have drawn none of them.
        with np.errstate(invalid="ignore"):
            parts = _per_token(sum_of, clean_C, n_C, weights_RC)
        rows.append(
            {key: float(value_R[0]) for key, value_R in parts.items()}
            | {"intervals": {key: interval(value_R) for key, value_R in parts.items()}}
        )
    result = {
        "tokens": int(n_C.sum()),
        "contexts": len(n_C),
        "ce_clean": float(clean_C.sum() / n_C.sum()),
        "edited": rows[0],
        "controls": rows[1:],
    }
    if controls:
        result["p"] = rank_p(rows[0]["kl"], [row["kl"] for row in rows[1:]])
    return result


def _per_token(
    sum_of: dict[str, list[np.ndarray]], clean_C: np.ndarray, n_C: np.ndarray, weights_RC: np.ndarray
) -> dict[str, np.ndarray]:
    n_R = weights_RC @ n_C
    ce_C, kl_C = np.concatenate(sum_of["ce"]), np.concatenate(sum_of["kl"])
    return {
        "ce": weights_RC @ ce_C / n_R,
        "ce_change": weights_RC @ ce_C / n_R - weights_RC @ clean_C / n_R,
        "kl": weights_RC @ kl_C / n_R,
    }


def rank_p(value: float, controls: list[float]) -> float:
    """The chance of a value this large among its controls if it were one of them: (1 + #{c ≥ value}) / (1 + n).

    19 controls are the fewest with which it can be 0.05.
    """
    return (1 + sum(control >= value for control in controls)) / (1 + len(controls))
