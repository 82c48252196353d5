"""The rules by which the latents of a report are chosen, and how its examples are stored."""

from __future__ import annotations

import numpy as np
import pytest

from microtome.errors import ConfigError
from microtome.evaluation.examples import Example, choose_latents


def test_example_json_round_trip() -> None:
    example = Example((" a", "\n"), (0.0, 1.25), 1, "doc", 7)
    assert Example.from_json(example.to_json()) == example
    assert example.value == 1.25
    with pytest.raises(ValueError, match="1 tokens with 2 values"):
        Example.from_json({**example.to_json(), "tokens": ["a"]})
    with pytest.raises(ValueError, match="the peak at 2"):
        Example.from_json({**example.to_json(), "peak": 2})


def test_choose_latents() -> None:
    counts = [0, 5, 9, 1, 0, 7, 3, 9, 2, 4]
    assert choose_latents(counts, 10, 2) == {
        "most_frequent": [2, 7],
        "median": [9, 1],
        "least_frequent": [3, 8],
        "dead": [0, 4],
    }


def test_choose_latents_never_takes_one_twice() -> None:
    generator = np.random.default_rng(0)
    for n_latents in range(30):
        counts = generator.integers(0, 4, n_latents)
        groups = choose_latents(counts, 10, 4)
        chosen = [latent for group in groups.values() for latent in group]
        assert len(chosen) == len(set(chosen))
        fired = int((counts > 0).sum())
        sizes = [len(groups[name]) for name in ("most_frequent", "least_frequent", "median")]
        assert sizes == [min(fired, 4), min(max(fired - 4, 0), 4), min(max(fired - 8, 0), 4)]
        assert all(counts[latent] == 0 for latent in groups["dead"])
        assert groups == choose_latents(list(counts), 10, 4)


def test_choose_latents_refuses_impossible_counts() -> None:
    with pytest.raises(ConfigError, match="got counts from 1 to 5 on 4 tokens"):
        choose_latents([1, 5], 4, 2)
    with pytest.raises(ConfigError, match="got -1 latents to choose, expected 0 or more"):
        choose_latents([1], 4, -1)
