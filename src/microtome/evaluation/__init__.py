"""Metrics of dictionaries: each defined once, streamed in float64, with bootstrap intervals."""

from microtome.evaluation.metrics import LossMetrics, Metrics, ReconstructionMetrics
from microtome.evaluation.on_arrays import evaluate_on_arrays
from microtome.evaluation.on_model import (
    EvaluationConfig,
    Placed,
    evaluate_on_model,
    planned_contexts,
    replacement_edits,
)

__all__ = [
    "EvaluationConfig",
    "LossMetrics",
    "Metrics",
    "Placed",
    "ReconstructionMetrics",
    "evaluate_on_arrays",
    "evaluate_on_model",
    "planned_contexts",
    "replacement_edits",
]
