"""Exact choices by a screen that is proved: what they find is what the whole float32 product finds."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from microtome.kernels import PreActivations, backends, exact_choice, selection
from microtome.kernels.selection import ProvenPreActivations
from tests.kernels.problems import close, draw, problem


def exact_parts(tokens: int = 700) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens and latents of very different norms, latents that are twins, and tokens that no latent fires on."""
    p = problem(tokens, 256, 1024)
    x, W, b = p["x"], p["W_enc"], p["b_enc"]
    x[::50] *= 30
    W[:20] *= 5
    W[100:110] = W[200:210]
    x[7] = 0
    b[:] = b.clamp(max=0.0)
    return x, W, b


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("level", ["number", "per latent"])
def test_a_proven_choice_is_the_exact_one(level: str, alike: bool) -> None:
    x, W, b = exact_parts()
    parts = x[[row for row in range(700) if row % 50]] if alike else x, W, b
    ours, exact = ProvenPreActivations(*parts), PreActivations(*parts)
    high = 1.5 if level == "number" else draw(1024, seed=9).abs() + 1.0
    for (found, found_N), (pairs, values_N) in (
        (ours.topk(8), exact.topk(8)),
        (ours.topk(300), exact.topk(300)),
        (ours.above(high), exact.above(high)),
        (ours.above(high + 0.7), exact.above(high + 0.7)),
        (ours.above(0.5, exact_above=1.0), exact.above(0.5, exact_above=1.0)),
        (ours.largest(3000), exact.largest(3000)),
    ):
        # Twins have the same value: which of them is taken is anyone's choice.
        twin = torch.arange(1024)
        twin[200:210] = twin[100:110]
        a, b = (q.dense(v).relu() for q, v in ((found, found_N), (pairs, values_N)))
        assert int((b > 0).sum()) > 500
        sums = torch.zeros_like(a).index_add_(1, twin, a), torch.zeros_like(b).index_add_(1, twin, b)
        # Rounding of float32 beside norms of tokens and latents that are 30 and 5 times the usual.
        torch.testing.assert_close(*sums, rtol=1e-5, atol=2e-4)


def test_no_entry_is_above_its_bound() -> None:
    x, W, b = exact_parts()
    z = ProvenPreActivations(x, W, b)
    most = z._at_most.z_BF.double()
    most = most + 2**-8 * most.abs() + (z._more_2B.T @ z._more_2F).double()
    exact = x.double() @ W.double().T + b
    assert bool((exact <= most).all())
    # And the bound is worth something.
    assert float((most - exact)[1:7].median()) < 0.1 * float(exact[1:7].std())


def test_where_a_screen_does_not_pay_the_whole_product_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """One token far larger than the others, a bias that is not finite, and codes that are not sparse."""
    x, W, b = exact_parts()
    monkeypatch.setattr(ProvenPreActivations, "_dots", lambda *_: pytest.fail("candidates were looked at again"))
    broken = b.clone()
    broken[3] = torch.nan
    x_alike = torch.nn.functional.normalize(x[1:7].repeat(100, 1), dim=1)
    for parts, level in (((x, W, b), 3.0), ((x, W, broken), 3.0), ((x_alike, W, b), -10.0)):
        found, pairs = ProvenPreActivations(*parts).above(level)[0], PreActivations(*parts).above(level)[0]
        assert torch.equal(found.latent_N, pairs.latent_N)


def test_what_cannot_be_proved_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts among twins closer than bfloat16 can tell, and tokens that are not finite."""
    x, W, b = exact_parts()
    W[512:] = W[512:513] + 1e-5 * draw(512, 256, seed=3)
    x[3, 0], x[4, 0] = torch.nan, torch.inf
    again: list[int] = []
    rows = ProvenPreActivations._rows

    def counted(self: ProvenPreActivations, row_R: Tensor) -> PreActivations:
        again.extend(row_R.tolist())
        return rows(self, row_R)

    monkeypatch.setattr(ProvenPreActivations, "_rows", counted)
    _, found_N = ProvenPreActivations(x, W, b).topk(8)
    _, values_N = PreActivations(x, W, b).topk(8)
    assert {3, 4} < set(again) < set(range(700))
    usual = torch.tensor([row for row in range(700) if row not in (3, 4)])
    close(found_N.view(700, 8).sort(1).values[usual].relu(), values_N.view(700, 8).sort(1).values[usual].relu())
    assert bool(found_N.view(700, 8)[3].isnan().all()) and not bool(found_N.view(700, 8)[4].isfinite().all())


def test_the_way_to_an_exact_choice_depends_on_shapes_and_processor_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(backends.VARIABLE, "auto")
    x, W, b = exact_parts()
    for has_bfloat16 in (True, False):
        monkeypatch.setattr(selection, "multiplies_bfloat16", lambda has=has_bfloat16: has)
        assert isinstance(exact_choice(x, W, b), ProvenPreActivations) is has_bfloat16
    monkeypatch.setattr(selection, "multiplies_bfloat16", lambda: True)
    assert type(exact_choice(x[:100], W, b)) is PreActivations
    assert type(exact_choice(x[:, :64], W[:, :64], b)) is PreActivations
    monkeypatch.setenv(backends.VARIABLE, "reference")
    assert type(exact_choice(x, W, b)) is PreActivations
