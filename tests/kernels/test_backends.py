"""Compiled kernels equal the reference: every operation, odd shapes, empty and unsorted input, any thread count."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from microtome.errors import ConfigError
from microtome.kernels import (
    SELECTIONS,
    AdamStep,
    PreActivations,
    Workspace,
    backends,
    cpu,
    decode_pairs,
    encode_pairs,
    integers,
    pre_activations,
    reference,
)
from microtome.kernels.cpu import choices
from tests.kernels.problems import close, draw, problem

SHAPES = [(1, 1, 1, 1), (7, 5, 13, 3), (64, 31, 257, 9), (33, 100, 1000, 64), (5, 17, 40, 40)]


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def bags(n_bags: int, n_rows: int, n_pairs: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Indices in any order, some twice; bags of any size, some empty, the first and the last too."""
    generator = torch.Generator().manual_seed(seed)
    index_N = torch.randint(n_rows, (n_pairs,), generator=generator)
    cuts = torch.randint(n_pairs + 1, (max(n_bags - 1, 0),), generator=generator).sort().values
    offsets = torch.cat([torch.tensor([0]), cuts, torch.tensor([n_pairs])])
    return index_N, draw(n_pairs, seed=seed), offsets


@pytest.mark.parametrize(("n_bags", "width", "n_rows", "n_pairs"), [*SHAPES, (4, 3, 5, 0), (50, 6, 10, 3)])
def test_sum_rows(n_bags: int, width: int, n_rows: int, n_pairs: int, threads: int) -> None:
    rows, (index_N, weight_N, offsets) = draw(n_rows, width), bags(n_bags, n_rows, n_pairs)
    close(cpu.sum_rows(rows, index_N, weight_N, offsets), reference.sum_rows(rows, index_N, weight_N, offsets))


@pytest.mark.parametrize(("n_bags", "width", "n_rows", "n_pairs"), [*SHAPES, (4, 3, 5, 0), (50, 6, 10, 3)])
def test_decode_error(n_bags: int, width: int, n_rows: int, n_pairs: int, threads: int) -> None:
    rows, (index_N, weight_N, offsets) = draw(n_rows, width), bags(n_bags, n_rows, n_pairs)
    weight_N[::3] = 0
    target = draw(n_bags, width, seed=5)
    ours = cpu.decode_error(rows, index_N, weight_N, offsets, target)
    theirs = reference.decode_error(rows, index_N, weight_N, offsets, target)
    close(ours[0], theirs[0])
    # A slope is a sum over the width of products of sums over the pairs.
    torch.testing.assert_close(
        ours[1], theirs[1], rtol=1e-5, atol=1e-5 * (1 + float(theirs[0].abs().max())) * width**0.5
    )


@pytest.mark.parametrize(("n_left", "width", "n_right", "n_pairs"), [*SHAPES, (4, 3, 5, 0)])
def test_dot_pairs(n_left: int, width: int, n_right: int, n_pairs: int, threads: int) -> None:
    left, right = draw(n_left, width), draw(n_right, width, seed=1)
    left_N, right_N = bags(1, n_left, n_pairs)[0], bags(1, n_right, n_pairs, seed=2)[0]
    close(cpu.dot_pairs(left, left_N, right, right_N), reference.dot_pairs(left, left_N, right, right_N))


@pytest.mark.parametrize("n_pairs", [0, 1, 1000])
def test_group_by_latent(n_pairs: int) -> None:
    latent_N = bags(1, 37, n_pairs)[0]
    for ours, theirs in zip(cpu.group_by_latent(latent_N, 37), reference.group_by_latent(latent_N, 37), strict=True):
        assert torch.equal(ours, theirs)


def topk_codes(z_BF: Tensor, latent_BK: Tensor) -> Tensor:
    return torch.zeros_like(z_BF).scatter(1, latent_BK, z_BF.gather(1, latent_BK).clamp(min=0.0))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**16), st.integers(0, 9), st.integers(1, 300), st.data())
def test_topk_rows(seed: int, n_tokens: int, n_latents: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n_latents))
    dtype = data.draw(st.sampled_from([torch.float32, torch.bfloat16]))
    z_BF = draw(n_tokens, n_latents, seed=seed, dtype=dtype) + data.draw(st.sampled_from([0.0, -2.0, 3.0]))
    ours, theirs = cpu.topk_rows(z_BF, k), reference.topk_rows(z_BF, k)
    assert bool((ours.diff(dim=1) > 0).all())  # ascending, so none twice
    a, b = topk_codes(z_BF, ours), topk_codes(z_BF, theirs)
    assert torch.equal(a.sort(dim=1).values, b.sort(dim=1).values)  # ties may fall to either


@pytest.mark.parametrize("k", [1, 3, 8])
def test_topk_of_equal_values_takes_the_first(k: int) -> None:
    assert cpu.topk_rows(torch.ones(3, 8), k).tolist() == [list(range(k))] * 3


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**16), st.integers(0, 9), st.integers(1, 200), st.data())
def test_rows_above(seed: int, n_tokens: int, n_latents: int, data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from([torch.float32, torch.bfloat16]))
    z_BF = draw(n_tokens, n_latents, seed=seed, dtype=dtype)
    mean = data.draw(st.sampled_from([-1.5, -0.0, 0.0, 1.0, torch.inf, -torch.inf]))
    level: float | Tensor = mean
    if data.draw(st.booleans()):
        level = draw(n_latents, seed=seed + 1) + mean
    if z_BF.numel():
        special = torch.tensor([torch.nan, -torch.nan, torch.inf, -torch.inf, 0.0, -0.0]).to(dtype)
        where = torch.randint(z_BF.numel(), (6,), generator=torch.Generator().manual_seed(seed))
        z_BF.view(-1)[where] = special
    for ours, theirs in zip(cpu.rows_above(z_BF, level), reference.rows_above(z_BF.double(), level), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("along", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (37, 19), (300, 64)])
def test_squared_norms(shape: tuple[int, int], along: bool, threads: int) -> None:
    grad, weight = draw(*shape), torch.nn.functional.normalize(draw(*shape, seed=1), dim=1)
    other = weight if along else None
    torch.testing.assert_close(
        cpu.squared_norms(grad, other), reference.squared_norms(grad, other), rtol=1e-5, atol=1e-9
    )


@pytest.mark.parametrize("unit_rows", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (37, 19), (300, 64)])
def test_adam_rows(shape: tuple[int, int], unit_rows: bool, threads: int) -> None:
    state = [
        torch.nn.functional.normalize(draw(*shape), dim=1),
        draw(*shape, seed=1) * 0.1,
        draw(*shape, seed=2).square(),
    ]
    ours, theirs = [t.clone() for t in state], [t.clone() for t in state]
    for step in (1, 2, 3):
        grad = draw(*shape, seed=10 + step)
        for module, tensors in ((cpu, ours), (reference, theirs)):
            numbers = AdamStep(step, rate=1e-2, beta1=0.9, beta2=0.999, scale=0.7)
            module.adam_rows(tensors[0], grad, tensors[1], tensors[2], numbers, unit_rows=unit_rows)
    for a, b in zip(ours, theirs, strict=True):
        close(a, b)


def test_adam_is_that_of_torch() -> None:
    weight = torch.nn.Parameter(draw(40, 12))
    plain = torch.nn.Parameter(weight.detach().clone())
    theirs = torch.optim.Adam([plain], lr=3e-3, betas=(0.9, 0.999))
    mean, square = torch.zeros_like(weight), torch.zeros_like(weight)
    for step in range(1, 6):
        plain.grad = draw(40, 12, seed=step)
        theirs.step()
        numbers = AdamStep(step, rate=3e-3, beta1=0.9, beta2=0.999)
        reference.adam_rows(weight.detach(), plain.grad, mean, square, numbers, unit_rows=False)
    close(weight.detach(), plain.detach())


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("choice", ["topk", "above", "largest"])
def test_a_whole_pass_on_either_backend(choice: str, selection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values, prediction and all gradients; and with several threads the same bytes as with one."""
    found = []
    before = torch.get_num_threads()
    given = problem()
    # Made once: the product is PyTorch's, whose last bits may change from call to call.
    z = PreActivations(given["x"] - given["b_in"], given["W_enc"], given["b_enc"], selection=selection)
    for backend, n_threads in (("reference", 1), ("cpu", 1), ("cpu", 2)):
        monkeypatch.setenv(backends.VARIABLE, backend)
        p = {name: tensor.clone().requires_grad_() for name, tensor in given.items()}
        argument = {"topk": 7, "above": draw(700, seed=9).abs(), "largest": 350}[choice]
        torch.set_num_threads(n_threads)
        pairs, values_N = getattr(z, choice)(argument)
        z_N = encode_pairs(values_N, p["x"], p["b_in"], p["W_enc"], p["b_enc"], pairs)
        prediction = decode_pairs(torch.relu(z_N), p["W_dec"], pairs)
        (prediction * draw(*prediction.shape, seed=5)).sum().backward()
        torch.set_num_threads(before)
        found.append([pairs.latent_N, pairs.offsets, values_N, prediction.detach(), *(t.grad for t in p.values())])
    for theirs, ours, in_parallel in zip(*found, strict=True):
        close(ours, theirs)
        assert torch.equal(ours, in_parallel)


@pytest.mark.parametrize("selection", ["bfloat16", "int8"])
@pytest.mark.parametrize("choice", ["topk", "above", "largest"])
def test_screening_chooses_what_full_precision_chooses(choice: str, selection: str) -> None:
    p = problem(700, 64, 1024)
    # As in a language model: one dimension is far larger than the others, one latent's weights are, and one is 0.
    p["x"][:, 5] *= 30
    p["W_enc"][:, 5] /= 30
    p["W_enc"][9] *= 4
    p["x"][:, 7] = 0
    exact, screened = (
        PreActivations(p["x"], p["W_enc"], p["b_enc"], selection=s, workspace=Workspace()) for s in ("exact", selection)
    )
    argument = {"topk": 32, "above": 1.9, "largest": 700 * 32}[choice]
    (pairs, values_N), (found, found_N) = getattr(exact, choice)(argument), getattr(screened, choice)(argument)
    mine, theirs = (q.dense(torch.ones(len(q))) for q in (found, pairs))
    assert float((mine - theirs).abs().sum()) / len(pairs) < 2e-4
    both = (mine * theirs).bool()
    close(found.dense(found_N)[both], pairs.dense(values_N)[both])


@pytest.mark.parametrize("selection", SELECTIONS)
def test_both_ends_come_from_one_product(selection: str) -> None:
    p = problem(700, 64, 1024)
    z = PreActivations(p["x"], p["W_enc"], p["b_enc"], selection=selection)
    exact = pre_activations(p["x"], p["W_enc"], p["b_enc"])
    for sign, (pairs, values_N) in zip((1, -1), z.ends(9), strict=True):
        found, expected = (
            values_N.view(700, 9).sort(1).values,
            (sign * (sign * exact).topk(9, dim=1).values).sort(1).values,
        )
        close(exact[pairs.token_N, pairs.latent_N], values_N)
        assert float((found - expected).abs().gt(1e-5).float().mean()) < (1e-9 if selection == "exact" else 2e-3)
    torch.testing.assert_close(z.topk(9)[1], z.ends(9)[0][1])


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("shift", [-30.0, 30.0])
def test_ends_of_rows_of_one_sign(shift: float, selection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(backends.VARIABLE, "cpu")
    p = problem(300, 64, 1024)
    z = PreActivations(p["x"], p["W_enc"], p["b_enc"] + shift, selection=selection)
    exact = pre_activations(p["x"], p["W_enc"], p["b_enc"] + shift)
    for largest, (pairs, values_N) in zip((True, False), z.ends(5), strict=True):
        expected = exact.topk(5, dim=1, largest=largest).values.sort(1).values
        found = values_N.view(300, 5).sort(1).values
        assert float((found - expected).abs().gt(1e-4).float().mean()) < (1e-9 if selection == "exact" else 0.1)
        close(exact[pairs.token_N, pairs.latent_N], values_N)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_values_below_a_second_level_may_be_rough(selection: str) -> None:
    p = problem(700, 64, 1024)
    lower = draw(1024, seed=9).abs() * 0.2 + 0.8
    z = PreActivations(p["x"], p["W_enc"], p["b_enc"], selection=selection)
    exact = pre_activations(p["x"], p["W_enc"], p["b_enc"])
    pairs, values_N = z.above(lower, exact_above=lower + 0.6)
    found = pairs.dense(values_N)
    high = exact > lower + 0.6
    close(found[high], exact[high])
    chosen, wanted = pairs.dense(torch.ones(len(pairs))).bool(), exact > lower
    assert int((chosen != wanted).sum()) <= (0 if selection == "exact" else 0.03 * int(wanted.sum()))
    assert float((found - exact)[chosen].abs().max()) < 0.08
    assert bool((found[chosen & ~high] <= (lower + 0.6).expand_as(exact)[chosen & ~high]).all())


@pytest.mark.parametrize("kept", [0, 3, 150, 200])
def test_pairs_of_zero_weight_add_nothing(kept: int) -> None:
    """Below and above the share at which they are dropped, and with gradients to their values all the same."""
    given = problem()
    pairs, values_N = PreActivations(given["x"], given["W_enc"], given["b_enc"]).above(1.0)
    values_N = values_N.clone()
    values_N[kept:] = 0
    p = {name: given[name].clone().requires_grad_() for name in ("W_dec",)} | {"values": values_N.requires_grad_()}
    prediction = decode_pairs(p["values"], p["W_dec"], pairs)
    weight = draw(*prediction.shape, seed=5)
    (prediction * weight).sum().backward()
    q = {name: tensor.detach().clone().requires_grad_() for name, tensor in p.items()}
    expected = pairs.dense(q["values"]) @ q["W_dec"]
    (expected * weight).sum().backward()
    close(prediction, expected)
    for name in p:
        close(p[name].grad, q[name].grad)


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("backend", ["reference", "cpu"])
@pytest.mark.parametrize("choice", ["topk", "above", "largest"])
def test_nan_and_infinity_are_seen_and_break_nothing(
    choice: str, backend: str, selection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(backends.VARIABLE, backend)
    p = problem()
    p["x"][3] = torch.nan
    p["x"][4, 0] = torch.inf
    z = PreActivations(p["x"], p["W_enc"], p["b_enc"], selection=selection)
    pairs, values_N = getattr(z, choice)({"topk": 7, "above": 0.5, "largest": 350}[choice])
    out = decode_pairs(torch.relu(values_N), p["W_dec"], pairs)
    assert bool(out[3].isnan().any())
    if choice != "largest":  # whose cut is over the batch, and lies among NaN and infinity here
        assert not bool(out[4].isfinite().all())
        assert bool(out[5].isfinite().all())


@pytest.mark.parametrize("shape", [(1, 1), (3, 640), (700, 33)])
def test_rows_as_integers(shape: tuple[int, int]) -> None:
    rows, factor_D = draw(*shape), draw(shape[1], seed=2).exp()
    if shape[0] > 2:
        rows[1] = 0
        rows[2, -1] = torch.nan
    (ours, scale), (theirs, expected) = cpu.quantise_rows(rows, factor_D), reference.quantise_rows(rows, factor_D)
    close(scale, expected)
    finite = expected.isfinite()
    assert bool((~finite == rows.isnan().any(1)).all())
    # A value halfway between two integers may go either way.
    assert int((ours.int() - theirs.int())[finite].abs().max()) <= 1
    error = ours * scale[:, None] - rows * factor_D
    assert bool((error.abs() <= 0.51 * scale[:, None])[finite].all())


@pytest.mark.parametrize("built_in", [True, False])
def test_integer_products_are_close_or_refused(built_in: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    p = problem(600, 64, 300)
    memory = torch.full((600, 300), 7, dtype=torch.int32)
    if not built_in:
        monkeypatch.setattr(integers, "exact_integers", lambda: False)
    product = integers.IntegerProduct(p["x"], p["W_enc"], p["b_enc"])
    assert product.finite
    seen = [(rows, part.values()) for rows, part in product.chunks(lambda n: memory[:n])]
    assert [rows for rows, _ in seen] == [slice(0, 512), slice(512, 600)]
    exact = pre_activations(p["x"], p["W_enc"], p["b_enc"])
    assert float((torch.cat([values for _, values in seen]) - exact).std() / exact.std()) < 0.015
    for name in ("x", "W_enc"):
        broken = {**p, name: p[name].clone()}
        broken[name][2, 3] = torch.inf
        assert not integers.IntegerProduct(broken["x"], broken["W_enc"], broken["b_enc"]).finite


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 40, 3), (300, 777, 48), (64, 50, 50)])
def test_choices_from_scaled_products(shape: tuple[int, int, int]) -> None:
    n_tokens, n_latents, k = shape
    generator = torch.Generator().manual_seed(0)
    product = reference.ScaledProduct(
        torch.randint(-(10**6), 10**6, (n_tokens, n_latents), generator=generator, dtype=torch.int32),
        draw(n_tokens, seed=1).abs() * 1e-4,
        draw(n_latents, seed=2).abs() * 1e-2,
        draw(n_latents, seed=3),
    )
    product.scale_B[0] = 0.0
    product.bias_F[n_latents // 2] = torch.nan
    product.bias_F[n_latents // 3] = -torch.inf
    z = product.values()
    ours, theirs = cpu.topk_scaled(product, k), reference.topk_scaled(product, k)
    values = [z.gather(1, latent_BK).nan_to_num(1e9).clamp(min=0.0).sort(1).values for latent_BK in (ours, theirs)]
    close(values[0], values[1])
    for level in (0.3, draw(n_latents, seed=4)):
        latent_N, offsets, value_N = cpu.above_scaled(product, level)
        expected = reference.above_scaled(product, level)
        # A value at the level may go either way by its last bit, which these do not have.
        assert torch.equal(latent_N, expected[0])
        assert torch.equal(offsets, expected[1])
        torch.testing.assert_close(value_N, expected[2], rtol=1e-5, atol=1e-6, equal_nan=True)


def test_small_problems_are_not_compiled_and_the_variable_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(backends.VARIABLE, raising=False)
    assert backends.backend_for(torch.zeros(2, 2), 4) is reference
    assert backends.backend_for(torch.zeros(2, 2), 2**30) is cpu
    assert backends.backend_for(torch.zeros(2, 2, dtype=torch.float64), 2**30) is reference
    assert backends.backend_for(torch.zeros(2, 2, dtype=torch.bfloat16), 2**30) is reference
    assert backends.backend_for(torch.zeros(2, 2, dtype=torch.bfloat16), 2**30, compares=True) is cpu
    monkeypatch.setenv(backends.VARIABLE, "reference")
    assert backends.backend_for(torch.zeros(2, 2), 2**30) is reference
    monkeypatch.setenv(backends.VARIABLE, "fast")
    with pytest.raises(ConfigError, match="got MICROTOME_KERNELS=fast, expected one of auto, reference, cpu, gpu"):
        backends.backend_for(torch.zeros(2, 2), 4)


def test_without_numba_the_reference_runs_and_it_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "microtome.kernels.cpu", None)
    monkeypatch.delattr("microtome.kernels.cpu")
    monkeypatch.delenv(backends.VARIABLE, raising=False)
    backends._numba.cache_clear()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert backends.backend_for(torch.zeros(2, 2), 2**30) is reference
            assert backends.backend_for(torch.zeros(2, 2), 2**30) is reference
        assert [str(w.message).split(" (")[0] for w in caught] == ["numba is not usable"]
    finally:
        backends._numba.cache_clear()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_topk_takes_nan_of_either_sign(sign: float, dtype: torch.dtype) -> None:
    z_BF = draw(5, 300, dtype=dtype)
    z_BF[2, 77] = torch.copysign(torch.tensor(torch.nan), torch.tensor(sign))
    assert 77 in cpu.topk_rows(z_BF, 3)[2].tolist()
    assert torch.equal(cpu.topk_rows(z_BF, 3)[3], reference.topk_rows(z_BF, 3)[3])


def test_the_first_use_leaves_the_threads_of_pytorch_alone() -> None:
    code = (
        "import torch; from microtome.kernels import backends\n"
        "torch.set_num_threads(1); k = backends.backend_for(torch.zeros(1), 2**30)\n"
        "k.topk_rows(torch.randn(8, 64), 3); assert torch.get_num_threads() == 1, torch.get_num_threads()\n"
        "torch.set_num_threads(3); k.topk_rows(torch.randn(8, 64), 3); assert torch.get_num_threads() == 3"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, backends.VARIABLE: "cpu"})


def test_compiling_works_where_no_cache_can_be_written(tmp_path: Path) -> None:
    code = (
        "import numba.core.caching as c\n"
        "def no(*a, **k): raise OSError('read-only')\n"
        "for name in ('InTreeCacheLocator', 'InTreeCacheLocatorFsAgnostic', 'UserWideCacheLocator'):\n"
        "    getattr(c, name).ensure_cache_path = no\n"
        "import torch; from microtome.kernels import backends, describe\n"
        "assert describe()['kernels'] == 'cpu'\n"
        "backends.backend_for(torch.zeros(1), 2**30).topk_rows(torch.randn(8, 64), 3)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, backends.VARIABLE: "cpu"})


def test_what_is_loaded_from_the_cache_sees_nan_as_what_was_compiled_did(tmp_path: Path) -> None:
    """Code that numba keeps is optimised once more than that which runs in the process that compiled it."""
    code = (
        "import torch; from microtome.kernels import cpu\n"
        "rows = torch.randn(2, 640, generator=torch.Generator().manual_seed(0)); rows[1, -1] = torch.nan\n"
        "scale = cpu.quantise_rows(rows, torch.ones(640))[1]\n"
        "assert scale.isnan().tolist() == [False, True], scale"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    for kept in (False, True):
        assert any(tmp_path.rglob("*_quantise_rows*.nbc")) is kept
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_importing_microtome_compiles_and_imports_no_numba() -> None:
    code = "import sys, microtome, microtome.training; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})


def test_levels_are_rounded_so_that_above_means_the_same() -> None:
    level = torch.tensor([0.1, 1 + 2**-9, -0.3, 0.0], dtype=torch.float64)
    rounded = choices._rounded_down(level, torch.bfloat16).double()
    assert bool((rounded <= level).all())
    assert np.allclose(rounded, level, rtol=2**-7)
