"""Triton kernels equal the reference: on an NVIDIA GPU where there is one, else in Triton's interpreter."""

from __future__ import annotations

import os

import pytest
import torch
from torch import Tensor

from microtome.errors import ConfigError
from microtome.kernels import AdamStep, PreActivations, backends, decode_pairs, encode_pairs, reference

HAS_GPU = torch.cuda.is_available()
DEVICE = "cuda" if HAS_GPU else "cpu"
if not HAS_GPU:
    # Read when Triton and the kernels are first imported, and now and then later.
    os.environ["TRITON_INTERPRET"] = "1"
pytest.importorskip("triton")
from microtome.kernels import gpu  # noqa: E402

if not HAS_GPU:
    del os.environ["TRITON_INTERPRET"]


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    if not HAS_GPU:
        monkeypatch.setenv("TRITON_INTERPRET", "1")


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(dtype).to(DEVICE)


def indices(n: int, below: int, seed: int = 0) -> Tensor:
    return torch.randint(below, (n,), generator=torch.Generator().manual_seed(seed)).to(DEVICE)


def bags(n_bags: int, n_pairs: int, seed: int = 0) -> Tensor:
    cuts = indices(max(n_bags - 1, 0), n_pairs + 1, seed).sort().values
    return torch.cat([cuts.new_tensor([0]), cuts, cuts.new_tensor([n_pairs])])


def close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5, equal_nan=True)


@pytest.mark.parametrize(
    ("n_bags", "width", "n_rows", "n_pairs"),
    [(1, 1, 1, 1), (7, 5, 13, 30), (9, 1030, 6, 40), (4, 3, 5, 0), (0, 3, 5, 0)],
)
def test_sums_and_dots(n_bags: int, width: int, n_rows: int, n_pairs: int) -> None:
    rows, index_N, weight_N = draw(n_rows, width), indices(n_pairs, n_rows), draw(n_pairs, seed=1)
    if n_pairs > 5:
        rows[2, 0], rows[3, 0] = torch.nan, torch.inf
    offsets = bags(n_bags, n_pairs) if n_bags else index_N.new_zeros(1)
    close(gpu.sum_rows(rows, index_N, weight_N, offsets), reference.sum_rows(rows, index_N, weight_N, offsets))
    target = draw(offsets.numel() - 1, width, seed=4)
    errors = [module.decode_error(rows, index_N, weight_N, offsets, target) for module in (gpu, reference)]
    for ours, theirs in zip(*errors, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-4, equal_nan=True)
    other_N = indices(n_pairs, n_rows, seed=3)
    close(gpu.dot_pairs(rows, index_N, rows, other_N), reference.dot_pairs(rows, index_N, rows, other_N))


@pytest.mark.parametrize("n_pairs", [0, 1, 200])
def test_group_by_latent(n_pairs: int) -> None:
    latent_N = indices(n_pairs, 37)
    for ours, theirs in zip(gpu.group_by_latent(latent_N, 37), reference.group_by_latent(latent_N, 37), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("n_tokens", "n_latents", "k"), [(3, 1, 1), (5, 33, 7), (2, 300, 300), (3, 100, 64), (4, 70, 9), (0, 5, 2)]
)
@pytest.mark.parametrize("longest", [16384, 32])
def test_topk_rows(
    n_tokens: int, n_latents: int, k: int, dtype: torch.dtype, longest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "_LONGEST", longest)  # the short one cuts rows into pieces
    z_BF = draw(n_tokens, n_latents, dtype=dtype) - 0.3
    if n_tokens > 2 and n_latents > 30:
        z_BF[0, 3], z_BF[1, 4], z_BF[1, 5], z_BF[2] = torch.nan, torch.inf, -torch.inf, 1.0
    ours, theirs = gpu.topk_rows(z_BF, k), reference.topk_rows(z_BF, k)
    assert bool((ours.diff(dim=1) > 0).all())
    assert not n_tokens or int(ours.max()) < n_latents
    values = (z_BF.float().gather(1, latent_BK).sort(dim=1).values for latent_BK in (ours, theirs))
    torch.testing.assert_close(*values, rtol=0, atol=0, equal_nan=True)
    if n_tokens > 2 and n_latents > 30:
        assert ours[2].tolist() == list(range(k))  # of equal values the first


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("n_tokens", "n_latents"), [(1, 1), (5, 33), (3, 1030), (0, 5), (4, 0)])
@pytest.mark.parametrize("room", [None, 0, 7, 10_000])
@pytest.mark.parametrize("each", [False, True])
def test_rows_above(n_tokens: int, n_latents: int, dtype: torch.dtype, room: int | None, each: bool) -> None:
    z_BF = draw(n_tokens, n_latents, dtype=dtype)
    if n_tokens > 2 and n_latents > 30:
        z_BF[0, 3], z_BF[1, 4], z_BF[1, 5], z_BF[2] = torch.nan, torch.inf, -torch.inf, -9.0
        z_BF[0, 7] = -torch.nan
    level = draw(n_latents, seed=1) if each else 0.5
    (ours_N, ours), (theirs_N, theirs) = (module.rows_above(z_BF, level, room) for module in (gpu, reference))
    assert torch.equal(ours, theirs)
    n_pairs = int(ours[-1])
    assert torch.equal(ours_N[:n_pairs], theirs_N[:n_pairs])
    assert len(ours_N) == len(theirs_N) == (n_pairs if room is None else room)
    assert not len(ours_N) or not n_latents or int(ours_N.max()) < n_latents


@pytest.mark.parametrize("unit_rows", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (7, 19), (3, 1500), (0, 4)])
def test_norms_and_adam(shape: tuple[int, int], unit_rows: bool) -> None:
    weight = torch.nn.functional.normalize(draw(*shape), dim=1)
    state = [weight, draw(*shape, seed=1) * 0.1, draw(*shape, seed=2).square()]
    ours, theirs = [t.clone() for t in state], [t.clone() for t in state]
    # A number, or one in a GPU's own memory.
    for step, scale in ((1, 0.7), (2, torch.tensor(0.6, dtype=torch.float64))):
        grad = draw(*shape, seed=10 + step)
        along = weight if unit_rows else None
        # Of a single number nothing is left beside its own direction.
        torch.testing.assert_close(
            gpu.squared_norms(grad, along), reference.squared_norms(grad, along), rtol=1e-5, atol=1e-9
        )
        for module, tensors in ((gpu, ours), (reference, theirs)):
            numbers = AdamStep(step, rate=1e-2, beta1=0.9, beta2=0.999, scale=scale)
            module.adam_rows(tensors[0], grad, tensors[1], tensors[2], numbers, unit_rows=unit_rows)
    for a, b in zip(ours, theirs, strict=True):
        close(a, b)


@pytest.mark.parametrize("choice", ["topk", "above", "largest"])
def test_a_whole_pass(choice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = {"x": (9, 20), "b_in": (20,), "W_enc": (70, 20), "b_enc": (70,), "W_dec": (70, 23)}
    given = {name: draw(*shape, seed=i) for i, (name, shape) in enumerate(shapes.items())}
    z = PreActivations(given["x"] - given["b_in"], given["W_enc"], given["b_enc"])
    found = []
    for backend in ("reference", "gpu"):
        monkeypatch.setenv(backends.VARIABLE, backend)
        p = {name: tensor.clone().requires_grad_() for name, tensor in given.items()}
        pairs, values_N = getattr(z, choice)({"topk": 7, "above": draw(70, seed=9).abs(), "largest": 50}[choice])
        z_N = encode_pairs(values_N, p["x"], p["b_in"], p["W_enc"], p["b_enc"], pairs)
        prediction = decode_pairs(torch.relu(z_N), p["W_dec"], pairs)
        (prediction * draw(*prediction.shape, seed=5)).sum().backward()
        found.append([pairs.latent_N, pairs.offsets, values_N, prediction.detach(), *(t.grad for t in p.values())])
    for theirs, ours in zip(*found, strict=True):
        close(ours, theirs)


def test_without_a_gpu_it_must_be_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(backends.VARIABLE, "gpu")
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(ConfigError, match="got MICROTOME_KERNELS=gpu and tensors on the CPU, expected an NVIDIA GPU"):
        backends.backend_for(torch.zeros(2, 2), 4)
