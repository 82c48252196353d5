"""Every training loss against dense autograd on all parameters, for every kind and sparsifier."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from microtome.dictionaries import KINDS, SPARSIFIERS, Dictionary, DictionaryConfig
from microtome.dictionaries.sparsifiers import BatchTopK
from microtome.training import losses

D_IN, D_OUT, F, K, B = 7, 5, 31, 4, 40
VARIANCE = 6.5
CASES = list(itertools.product(KINDS, SPARSIFIERS))


def make(kind: str, sparsifier: str, matryoshka: tuple[int, ...] = ()) -> Dictionary:
    torch.manual_seed(0)
    d_out = D_IN if kind == "sae" else D_OUT
    shape = DictionaryConfig(
        kind=kind, sparsifier=sparsifier, d_in=D_IN, d_out=d_out, latents=F, l0=K, matryoshka=matryoshka
    )
    d = Dictionary(shape).double()
    with torch.no_grad():
        for parameter in d.parameters():
            parameter.copy_(torch.randn_like(parameter))
        d.normalise_rows()
        if sparsifier == "jumprelu":
            d.sparsifier.threshold.copy_(torch.rand(F) + 0.3)
    return d


def batch(d: Dictionary) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(B, D_IN, generator=generator, dtype=torch.float64)
    y = x if d.config.kind == "sae" else torch.randn(B, D_OUT, generator=generator, dtype=torch.float64)
    return x, y


def plain_z(d: Dictionary, x: Tensor) -> Tensor:
    return (x - d.b_dec_in) @ d.W_enc.T + d.b_enc


def plain_codes(d: Dictionary, x: Tensor) -> Tensor:
    z = plain_z(d, x)
    name = d.config.sparsifier
    if name == "topk":
        return torch.relu(z) * torch.zeros_like(z).scatter_(1, z.topk(K, dim=1).indices, 1.0)
    if name == "batchtopk":
        return torch.relu(z) * (z >= z.flatten().topk(K * B).values[-1])
    if name == "gated":
        return (z > 0) * torch.relu(d.sparsifier.r_mag.exp() * (z - d.b_enc) + d.sparsifier.b_mag)
    if name == "jumprelu":
        return _straight_through_jumprelu(z, d.sparsifier.threshold, d.sparsifier.width)
    return torch.relu(z)


def _straight_through_jumprelu(z: Tensor, theta: Tensor, width: float) -> Tensor:
    # The stated rule written as ordinary autograd: value z·1[z>θ], gradient to z inside the step, −θ/ε near it to θ.
    near = ((z - theta).abs() < width / 2).to(z).detach()
    surrogate = -(theta.detach() / width) * near * theta
    return z * (z > theta) + surrogate - surrogate.detach()


def plain_prediction(d: Dictionary, x: Tensor, codes: Tensor) -> Tensor:
    out = codes @ d.W_dec + d.b_dec
    return out if d.W_skip is None else out + x @ d.W_skip.T


def gradients(d: Dictionary) -> dict[str, Tensor]:
    return {name: p.grad.clone() for name, p in d.named_parameters() if p.grad is not None}


def assert_same_gradients(a: Dictionary, b: Dictionary) -> None:
    ours, theirs = gradients(a), gradients(b)
    zero = {name: torch.zeros_like(p) for name, p in a.named_parameters()}
    for name in zero:
        torch.testing.assert_close(ours.get(name, zero[name]), theirs.get(name, zero[name]), msg=name)


def modes(sparsifier: str) -> list[bool]:
    return [False] if sparsifier in ("topk", "batchtopk") else [False, True]


@pytest.mark.parametrize(("kind", "sparsifier", "dense"), [(k, s, dense) for k, s in CASES for dense in modes(s)])
def test_reconstruction_loss_and_gradients(kind: str, sparsifier: str, dense: bool) -> None:
    ours, plain = make(kind, sparsifier), make(kind, sparsifier)
    x, y = batch(ours)
    out = losses.forward_training(ours, x, dense=dense)
    (loss,), error = losses.reconstruction_losses(ours, out, x, y, VARIANCE)
    loss.backward()
    plain_error = plain_prediction(plain, x, plain_codes(plain, x)) - y
    expected = plain_error.square().sum(1).mean() / VARIANCE
    expected.backward()
    torch.testing.assert_close(error, plain_error.detach())
    torch.testing.assert_close(loss, expected)
    assert_same_gradients(ours, plain)


@pytest.mark.parametrize(("sparsifier", "dense"), [(s, dense) for s in SPARSIFIERS for dense in modes(s)])
def test_matryoshka_prefixes(sparsifier: str, dense: bool) -> None:
    sizes = (5, 12)
    ours, plain = make("skip_transcoder", sparsifier, sizes), make("skip_transcoder", sparsifier, sizes)
    x, y = batch(ours)
    out = losses.forward_training(ours, x, dense=dense)
    parts, _ = losses.reconstruction_losses(ours, out, x, y, VARIANCE)
    total = sum(parts)
    total.backward()
    codes = plain_codes(plain, x)
    expected = sum(
        (y - (codes[:, :n] @ plain.W_dec[:n] + plain.b_dec + x @ plain.W_skip.T)).square().sum(1).mean() / VARIANCE
        for n in (*sizes, F)
    )
    expected.backward()
    torch.testing.assert_close(total, expected)
    assert_same_gradients(ours, plain)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k_aux", [2, 100])
def test_auxk_trains_encoder_and_decoder_and_leaves_the_residual_alone(kind: str, k_aux: int) -> None:
    ours, plain = make(kind, "topk"), make(kind, "topk")
    x, y = batch(ours)
    dead = torch.tensor([1, 4, 9, 20, 30])
    out = losses.forward_training(ours, x, dense=False)
    rows = losses.DeadLatents.of(ours, dead)
    _, error = losses.reconstruction_losses(ours, out, x, y, VARIANCE)
    loss = losses.auxk_loss(ours, rows, x, -error, k_aux)
    loss.backward()
    rows.add_gradients_to(ours)

    residual = (y - plain_prediction(plain, x, plain_codes(plain, x))).detach()
    z = (x - plain.b_dec_in.detach()) @ plain.W_enc.T + plain.b_enc
    only_dead = torch.full_like(z, -torch.inf)
    only_dead[:, dead] = z[:, dead]
    chosen = torch.zeros_like(z).scatter_(1, only_dead.topk(min(k_aux, len(dead)), dim=1).indices, 1.0)
    prediction = (torch.relu(z) * chosen) @ plain.W_dec
    expected = (residual - prediction).square().sum() / (residual - residual.mean(0)).square().sum()
    expected.backward()

    torch.testing.assert_close(loss, expected)
    assert_same_gradients(ours, plain)
    found = gradients(ours)
    alive = [i for i in range(F) if i not in dead.tolist()]
    for name in ("W_enc", "W_dec", "b_enc"):
        assert float(found[name][dead].abs().sum()) > 0, name
        assert float(found[name][alive].abs().sum()) == 0, name
    assert "b_dec" not in found or float(found["b_dec"].abs().sum()) == 0


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_l1_weighs_codes_by_their_decoder_norms(kind: str, dense: bool) -> None:
    ours, plain = make(kind, "relu"), make(kind, "relu")
    for d in (ours, plain):
        with torch.no_grad():
            d.W_dec.mul_(torch.linspace(0.5, 2.0, F)[:, None])
    x, _ = batch(ours)
    out = losses.forward_training(ours, x, dense=dense)
    loss = losses.sparsity_l1(ours, out.values, out.pairs)
    loss.backward()
    codes = plain_codes(plain, x)
    expected = (codes * plain.W_dec.norm(dim=1)).sum(1).mean() / ours.config.d_out**0.5
    expected.backward()
    torch.testing.assert_close(loss, expected)
    assert_same_gradients(ours, plain)


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_gate_reconstruction_detaches_the_decoder(kind: str, dense: bool) -> None:
    ours, plain = make(kind, "gated"), make(kind, "gated")
    x, y = batch(ours)
    out = losses.forward_training(ours, x, dense=dense)
    loss = losses.gate_reconstruction_loss(ours, x, y, torch.relu(out.z), out.pairs, VARIANCE)
    loss.backward()
    prediction = torch.relu(plain_z(plain, x)) @ plain.W_dec.detach() + plain.b_dec.detach()
    if plain.W_skip is not None:
        prediction = prediction + x @ plain.W_skip.T.detach()
    expected = (y - prediction).square().sum(1).mean() / VARIANCE
    expected.backward()
    torch.testing.assert_close(loss, expected)
    assert_same_gradients(ours, plain)
    assert float(gradients(ours).get("W_dec", torch.zeros(1)).abs().sum()) == 0


@pytest.mark.parametrize("dense", [False, True])
def test_l0_of_jumprelu_and_its_pull(dense: bool) -> None:
    ours = make("sae", "jumprelu")
    x, _ = batch(ours)
    out = losses.forward_training(ours, x, dense=dense)
    l0 = losses.l0_of_steps(ours, out.z, out.pairs)
    l0.backward()
    z, theta = plain_z(ours, x).detach(), ours.sparsifier.threshold.detach()
    torch.testing.assert_close(l0.detach(), (z > theta).double().sum(1).mean())
    near = ((z - theta).abs() < ours.sparsifier.width / 2).double()
    torch.testing.assert_close(ours.sparsifier.threshold.grad, -near.sum(0) / ours.sparsifier.width / B)


@pytest.mark.parametrize("sparsifier", SPARSIFIERS)
@pytest.mark.parametrize("kind", KINDS)
def test_dead_latents_are_pulled_to_where_they_fire(kind: str, sparsifier: str) -> None:
    ours, plain = make(kind, sparsifier), make(kind, sparsifier)
    cut = 0.0 if sparsifier == "jumprelu" else 0.7
    x, _ = batch(ours)
    dead = torch.tensor([0, 3, 17])
    rows = losses.DeadLatents.of(ours, dead)
    loss = losses.dead_pre_activation_loss(ours, rows, x, cut)
    loss.backward()
    rows.add_gradients_to(ours)
    z = (x - plain.b_dec_in.detach()) @ plain.W_enc.T + plain.b_enc
    level = plain.sparsifier.threshold.detach() if sparsifier == "jumprelu" else cut
    gap = torch.relu(level - z) * plain.W_dec.detach().norm(dim=1)
    expected = gap[:, dead].sum(1).mean() / ours.config.d_out**0.5
    expected.backward()
    torch.testing.assert_close(loss, expected)
    assert_same_gradients(ours, plain)


def test_the_training_rule_of_batchtopk_is_over_the_batch() -> None:
    d = make("sae", "batchtopk")
    x, _ = batch(d)
    out = losses.forward_training(d, x, dense=False)
    assert isinstance(d.sparsifier, BatchTopK)
    assert out.pairs is not None
    assert len(out.pairs) == K * B
    assert len(set(out.pairs.offsets.diff().tolist())) > 1


def test_auxk_of_a_single_token_teaches_nothing_and_breaks_nothing() -> None:
    d = make("sae", "topk")
    x, _ = batch(d)
    rows = losses.DeadLatents.of(d, torch.tensor([1, 2]))
    loss = losses.auxk_loss(d, rows, x[:1], torch.randn(1, D_IN, dtype=torch.float64), 2)
    loss.backward()
    rows.add_gradients_to(d)
    assert loss.item() == 0.0
    assert all(bool(torch.isfinite(g).all()) for g in gradients(d).values())
