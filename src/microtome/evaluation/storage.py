"""Where a dictionary's evaluation is kept in its run: three files that other tools can read too.

    RUN/evaluations/NAME.json            the metrics, as `--json` prints them
    RUN/evaluations/NAME.safetensors     the arrays per latent, and the histogram of cosines
    RUN/evaluations/NAME.examples.json   the strongest examples of the chosen latents, if there is a text to
    show

The metrics are written last, so that where they are, everything is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from microtome.artifacts import read_json, read_tensors, write_json, write_tensors
from microtome.errors import ArtifactError
from microtome.evaluation.examples import Example
from microtome.evaluation.metrics import COSINE_EDGES, Metrics

#: Every key that is a metric; whatever else stands in NAME.json is a fact about the measurement.
METRIC_KEYS = (
    "fvu",
    "explained_variance",
    "cosine",
    "l2_ratio",
    "relative_reconstruction_bias",
    "l0",
    "l1",
    "dead_fraction",
    "dense_fraction",
    "ce_clean",
    "ce_replaced",
    "ce_ablated",
    "ce_mean_ablated",
    "ce_recovered",
    "ce_recovered_from_mean",
    "kl",
    "kl_recovered",
)
#: Examples by group of `choose_latents`, then by latent.
Examples = dict[str, dict[int, list[Example]]]

_PER_LATENT = ("count", "mean", "max")


def evaluation_path(run_path: Path, name: str) -> Path:
    """Where the metrics of dictionary `name` are; the other two files lie beside it."""
    return Path(run_path) / "evaluations" / f"{name}.json"


def has_evaluation(run_path: Path, name: str) -> bool:
    """Whether dictionary `name` has been evaluated."""
    return evaluation_path(run_path, name).is_file()


def save_evaluation(
    run_path: Path,
    name: str,
    metrics: Metrics,
    examples: Mapping[str, Mapping[int, list[Example]]] | None,
) -> None:
    """Write the evaluation of dictionary `name`, in place of an earlier one; each file is replaced
    atomically.

    `examples` by group and latent, or None where there is no text. Raises `ArtifactError` when it cannot be
    written.
    """
    path = evaluation_path(run_path, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(
            f"'{path.parent}' could not be made ({error.strerror})",
            cure="Check the folder and its permissions",
        ) from error
    plain = {
        group: {str(latent): [example.to_json() for example in found] for latent, found in latents.items()}
        for group, latents in (examples or {}).items()
    }
    # Gone first and written last: where the metrics are, the other two files belong to them.
    path.unlink(missing_ok=True)
    write_tensors(
        _arrays_path(path),
        {key: torch.from_numpy(np.ascontiguousarray(a)) for key, a in metrics.arrays.items()},
    )
    write_json(_examples_path(path), plain)
    write_json(path, metrics.to_json())


def load_evaluation(run_path: Path, name: str) -> tuple[Metrics, Examples]:
    """The metrics and the examples of dictionary `name`; no groups where it was evaluated without a text.

    Raises `ArtifactError` naming the file that is missing, cut short or altered.
    """
    path = evaluation_path(run_path, name)
    metrics = _metrics_from(read_json(path), path)
    arrays_path = _arrays_path(path)
    metrics.arrays = {key: tensor.numpy() for key, tensor in read_tensors(arrays_path).items()}
    _check_arrays(metrics, arrays_path)
    return metrics, _examples_from(read_json(_examples_path(path)), _examples_path(path))


def _arrays_path(path: Path) -> Path:
    # Names hold dots, so a suffix is appended and never replaced.
    return path.parent / f"{path.name.removesuffix('.json')}.safetensors"


def _examples_path(path: Path) -> Path:
    return path.parent / f"{path.name.removesuffix('.json')}.examples.json"


def _metrics_from(flat: Any, path: Path) -> Metrics:
    try:
        facts = dict(flat)
        undefined = {str(key): str(why) for key, why in facts.pop("undefined").items()}
        intervals = {str(key): _interval(ends) for key, ends in facts.pop("intervals").items()}
        known = {*METRIC_KEYS, *undefined, *intervals}
        values = {key: _number(facts.pop(key)) for key in list(facts) if key in known}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, "the metrics of a dictionary", error) from None
    return Metrics(values=values, intervals=intervals, undefined=undefined, facts=facts)


def _number(value: Any) -> float | None:
    number = None if value is None else float(value)
    if number is not None and not math.isfinite(number):
        raise ValueError(f"{value} is not a finite number")
    return number


def _interval(ends: Any) -> tuple[float, float]:
    low, high = ends
    return float(low), float(high)


def _check_arrays(metrics: Metrics, path: Path) -> None:
    missing = [key for key in (*_PER_LATENT, "cosine_histogram") if key not in metrics.arrays]
    if missing:
        raise _damaged(path, "the arrays of an evaluation", f"{', '.join(missing)} missing")
    shapes = {metrics.arrays[key].shape for key in _PER_LATENT}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise _damaged(path, "the arrays of an evaluation", f"shapes {sorted(shapes)} for the same latents")
    if metrics.arrays["cosine_histogram"].shape != (len(COSINE_EDGES) - 1,):
        raise _damaged(
            path,
            "the arrays of an evaluation",
            f"a histogram of {metrics.arrays['cosine_histogram'].shape} bins",
        )


def _examples_from(plain: Any, path: Path) -> Examples:
    try:
        return {
            str(group): {int(latent): [Example.from_json(e) for e in found] for latent, found in latents.items()}
            for group, latents in plain.items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, "examples of latents", error) from None


def _damaged(path: Path, expected: str, why: object) -> ArtifactError:
    detail = f"{type(why).__name__}: {why}" if isinstance(why, Exception) else str(why)
    return ArtifactError(
        f"'{path}' does not hold {expected} ({detail}), it was cut short or altered",
        cure="Evaluate the dictionary again",
    )
