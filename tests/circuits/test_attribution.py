"""Edges are what interventions measure, rows add up, and choosing nodes changes none of them."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from microtome.circuits import attribution, targets
from microtome.circuits.attribution import LEFT_OUT, TracingConfig, trace, trace_local
from microtome.circuits.circuit_tracer_json import load_circuit_tracer_json, save_circuit_tracer_json
from microtome.circuits.early import best_depth
from microtome.circuits.graph import LATENT, TARGET, Graph
from microtome.circuits.intervene import NodeChange, intervene
from microtome.circuits.replacement import Local, ReplacementModel
from microtome.circuits.rows import Columns, RowMaker
from microtome.circuits.scores import influence
from microtome.circuits.transcoders import from_crosslayer
from microtome.dictionaries.crosslayer import CrosslayerTranscoder, EncoderLayer
from microtome.errors import ConfigError, ModelError
from microtome.models import LanguageModel
from tests.circuits.sets import TOKENS, dictionaries, model, transcoders
from tests.models.tiny_models import SPECS, char_tokenizer, tiny_hf

ALL = TracingConfig(max_nodes=10_000)


def local_of(name: str, *, reference: bool = False, **changes: object) -> Local:
    lm = model(name)
    return ReplacementModel(lm, transcoders(lm, **changes)).on(TOKENS, reference=reference)


def crosslayer(lm: object, *, seed: int = 0, point_in: str = "mlp_in") -> CrosslayerTranscoder:
    generator = torch.Generator().manual_seed(seed)

    def random(*shape: int) -> torch.Tensor:
        return 0.3 * torch.randn(shape, generator=generator).double()

    encoders = [EncoderLayer(random(20, 16), random(20), random(20).abs()) for _ in range(3)]
    decoders = [random(20, 3 - layer, 16) for layer in range(3)]
    return CrosslayerTranscoder(
        latents=20,
        encoder=lambda layer: encoders[layer],
        decoder=lambda layer, latents: decoders[layer] if latents is None else decoders[layer][latents],
        b_dec_LD=random(3, 16),
        W_skip_LDD=random(3, 16, 16),
        point_in=point_in,
    )


def assert_edges_are_effects(local: Local, graph: Graph, *, every: int) -> None:
    """Doubling what a source contributes, with everything frozen, changes every target by its edge."""
    matrix = graph.dense().double()
    checked = 0
    for source in range(0, len(graph), every):
        name = graph.node_id(source)
        if name.startswith("Y") or name in ("B_own", f"B_{LEFT_OUT}"):
            continue
        found = intervene(local, graph, [NodeChange(node=name, factor=2.0)], "frozen")
        change = found.changed_N - found.value_N
        assert not bool(change[graph.row].isnan().any())
        scale = float(matrix[graph.row].abs().max())
        assert float((change[graph.row] - matrix[graph.row, source]).abs().max()) < 1e-5 * scale, name
        checked += 1
    assert checked > 10


@pytest.mark.parametrize("name", SPECS)
def test_every_edge_is_the_measured_effect_and_rows_add_up(name: str) -> None:
    local = local_of(name)
    graph = trace_local(local, config=ALL)
    assert int((graph.nodes.kind == LATENT).sum()) == local.n_active
    assert bool(graph.row[graph.nodes.kind == LATENT].all())
    sums = torch.zeros(len(graph), dtype=torch.float64)
    sums.index_add_(0, graph.target_E.long(), graph.weight_E.double())
    torch.testing.assert_close(sums[graph.row], graph.pre_activation[graph.row].double(), rtol=1e-4, atol=1e-4)
    assert float(graph.residual[graph.row].max()) < 1e-5
    assert_edges_are_effects(local, graph, every=3)


def other_targets(local: Local) -> list[targets.Aim]:
    """Targets of every kind that is no logit, in one graph."""
    vector = torch.randn(16, generator=torch.Generator().manual_seed(0))
    aims = [
        *targets.latent(local, 2, 5, 3),
        *targets.latent(local, 1, 2, 7),
        *targets.direction(local, 1, 3, vector),
        *targets.direction(local, local.frozen.n_layers, 4, vector),
        *targets.logit_difference(local, 4, 9),
        *targets.logit_difference(local, 4, 9, position=3),
        *targets.logits(local, [6], position=2),
    ]
    return [replace(aim, target=replace(aim.target, weight=1 / len(aims))) for aim in aims]


@pytest.mark.parametrize("name", ["llama", "gpt_neox_parallel", "gemma3"])
def test_edges_into_latents_directions_and_differences(name: str, tmp_path: Path) -> None:
    local = local_of(name)
    graph = trace_local(local, aims=other_targets, config=ALL)
    measured = intervene(local, graph, [NodeChange(node="T1", factor=1.0)], "frozen")
    torch.testing.assert_close(measured.value_N[-7:], graph.pre_activation[-7:].double(), rtol=1e-5, atol=1e-5)
    assert_edges_are_effects(local, graph, every=4)
    assert graph.nodes.layer[graph.nodes.kind == TARGET].tolist() == [2, 1, 1, 3, 3, 3, 3]
    save_circuit_tracer_json(graph, tmp_path / "theirs.json", node_share=1.0, edge_share=1.0)
    back = load_circuit_tracer_json(tmp_path / "theirs.json").graph
    assert back.nodes.layer[-7:].tolist() == graph.nodes.layer[-7:].tolist()
    # How a target comes about is kept in the file.
    graph.save(tmp_path / "graph.json")
    loaded = Graph.load(tmp_path / "graph.json")
    again = intervene(local, loaded, [NodeChange(node="T1", factor=1.0)], "frozen")
    assert torch.equal(again.value_N[graph.row], measured.value_N[graph.row])


@pytest.mark.parametrize("name", ["llama", "gpt_neox_parallel", "gemma2"])
@pytest.mark.parametrize("sparsifier", ["relu", "jumprelu", "batchtopk"])
def test_edges_of_other_sparsifiers_and_without_skip(name: str, sparsifier: str) -> None:
    local = local_of(name, kind="transcoder", sparsifier=sparsifier)
    assert_edges_are_effects(local, trace_local(local, config=ALL), every=7)


@pytest.mark.parametrize(
    ("name", "reads"),
    [("gpt2", "mlp_in"), ("gpt_neox_parallel", "mlp_in"), ("gemma3", "mlp_in"), ("gemma3", "resid_mid")],
)
def test_edges_of_a_crosslayer_transcoder(name: str, reads: str) -> None:
    lm = model(name)
    local = ReplacementModel(lm, from_crosslayer(lm, crosslayer(lm, point_in=reads))).on(TOKENS)
    (read,) = lm.capture(TOKENS, f"1.{reads}").values()
    torch.testing.assert_close(local.frozen.mlp_in[1], read[0])
    graph = trace_local(local, config=ALL)
    assert float(graph.residual[graph.row].max()) < 1e-5
    assert_edges_are_effects(local, graph, every=5)


@pytest.mark.parametrize("name", SPECS)
def test_matrices_and_scales_equal_autograd(name: str) -> None:
    fast, reference = local_of(name), local_of(name, reference=True)
    assert fast.transport.exact_layers == []
    one, other = (trace_local(local, config=ALL).dense() for local in (fast, reference))
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("name", SPECS)
def test_sources_carried_forwards_make_the_same_edges(name: str, depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    local = local_of(name)
    found = []
    for layers in (0, depth):
        monkeypatch.setattr(attribution, "best_depth", lambda *_, layers=layers: layers)
        found.append(trace_local(local, config=TracingConfig(max_nodes=10_000, batch=16)).dense())
    torch.testing.assert_close(*found, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["gpt2", "gpt_neox_parallel", "gemma3"])
def test_crosslayer_sources_carried_forwards(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lm = model(name)
    local = ReplacementModel(lm, from_crosslayer(lm, crosslayer(lm))).on(TOKENS)
    found = []
    for layers in (0, 1, 2):
        monkeypatch.setattr(attribution, "best_depth", lambda *_, layers=layers: layers)
        found.append(trace_local(local, config=ALL).dense())
    torch.testing.assert_close(found[1], found[0], rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(found[2], found[0], rtol=1e-5, atol=1e-7)


def test_how_many_layers_are_carried_forwards() -> None:
    local = local_of("llama")
    columns = Columns(local)
    depths = [best_depth(local, columns, targets) for targets in (1, 100, 10_000)]
    # Nothing is won for one target, and the last layer's sources meet only the targets above it.
    assert depths[0] == 0 < depths[2] < local.frozen.n_layers and depths == sorted(depths)
    assert best_depth(local_of("llama", reference=True), columns, 10_000) == 0


@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize("name", ["llama", "gpt_neox_parallel"])
def test_a_chosen_graph_has_the_edges_of_the_whole_one(name: str, batch: int) -> None:
    local = local_of(name)
    whole = trace_local(local, config=ALL)
    part = trace_local(local, config=TracingConfig(max_nodes=25, batch=batch))
    assert int((part.nodes.kind == LATENT).sum()) == 25
    everything, chosen = whole.dense(), part.dense()
    names = [name for name in part.ids if name != f"B_{LEFT_OUT}"]
    here = torch.tensor([part.number(name) for name in names])
    there = torch.tensor([whole.number(name) for name in names])
    torch.testing.assert_close(
        chosen[here][:, here][part.row[here]], everything[there][:, there][part.row[here]], rtol=1e-4, atol=1e-6
    )
    # What is left out is summed, so that rows still add up.
    torch.testing.assert_close(chosen.sum(1)[part.row], part.pre_activation[part.row], rtol=1e-4, atol=1e-4)


def test_chosen_latents_have_the_most_influence() -> None:
    local = local_of("llama")
    whole = trace_local(local, config=ALL)
    shares = whole.dense().double().abs()
    shares[:, [number for number, name in enumerate(whole.ids) if name.startswith("B_")]] = 0.0
    shares /= shares.sum(1, keepdim=True).clamp(min=1e-300)
    inverse = torch.linalg.inv(torch.eye(len(whole)) - shares) - torch.eye(len(whole))
    reached = whole.weights @ inverse
    latents = reached[whole.nodes.kind == LATENT]
    one_round = trace_local(local, config=TracingConfig(max_nodes=5, batch=1))
    best = {whole.node_id(int(number)) for number in latents.topk(20).indices}
    assert {name for name in one_round.ids if name.startswith("L")} <= best


@pytest.mark.parametrize("max_nodes", [10_000, 200, 30])
def test_only_latents_with_influence_are_chosen(max_nodes: int) -> None:
    local = local_of("llama")
    here = trace_local(local, aims=lambda one: targets.latent(one, 1, 2, 3), config=TracingConfig(max_nodes=max_nodes))
    latent = here.nodes.kind == LATENT
    assert bool((here.nodes.layer[latent] == 0).all()) and bool((here.nodes.position[latent] <= 2).all())
    assert 0 < int(latent.sum()) < 30 < local.n_active and LEFT_OUT not in here.bias_names
    assert float(here.residual[here.row].max()) < 1e-5
    # Nothing is before the first layer, and the last layer reaches the last logits from the last position only.
    none = trace_local(local, aims=lambda one: targets.latent(one, 0, 1, 3), config=TracingConfig(max_nodes=max_nodes))
    assert not bool((none.nodes.kind == LATENT).any()) and float(none.residual[none.row].max()) < 1e-5


def test_choosing_stops_where_influence_ends() -> None:
    local = local_of("llama")
    found = trace_local(local, config=TracingConfig(max_nodes=local.n_active - 1))
    latent = found.nodes.kind == LATENT
    assert bool((influence(found)[latent] > 0).all()) and int(latent.sum()) < local.n_active - 1
    assert bool((found.nodes.position[latent & (found.nodes.layer == 2)] == local.n_tokens - 1).all())
    assert LEFT_OUT not in found.bias_names and float(found.residual[found.row].max()) < 1e-5


def test_targets() -> None:
    lm = model("llama", tokenizer=char_tokenizer())
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    logits = local.logits_V
    likely = targets.likely_logits(local)
    chance = logits.softmax(0)
    assert len(likely) == 10 or sum(float(chance[aim.target.token]) for aim in likely) >= 0.95
    graph = trace_local(local, aims=lambda one: targets.logits(one, [4, 9]), config=ALL)
    centred = logits - logits.mean()
    assert graph.pre_activation[-2:].tolist() == pytest.approx([float(centred[4]), float(centred[9])], rel=1e-5)
    assert sum(target.weight for target in graph.targets) == pytest.approx(1.0)
    graph = trace_local(local, aims=lambda one: targets.logit_difference(one, 4, 9), config=ALL)
    assert float(graph.pre_activation[-1]) == pytest.approx(float(logits[4] - logits[9]), rel=1e-5)
    active = local.active[2]
    position, latent = int(active.position_N[-1]), int(active.latent_N[-1])
    graph = trace_local(local, aims=lambda one: targets.latent(one, 2, position, latent), config=ALL)
    assert float(graph.pre_activation[-1]) == pytest.approx(float(active.value_N[-1]), rel=1e-5)
    vector = torch.randn(16, generator=torch.Generator().manual_seed(0)).double()
    graph = trace_local(local, aims=lambda one: targets.direction(one, 1, 3, vector), config=ALL)
    assert float(graph.pre_activation[-1]) == pytest.approx(float(local.frozen.mlp_in[1][3] @ vector), rel=1e-5)
    assert int(graph.nodes.kind[-1]) == TARGET and graph.node_id(len(graph) - 1) == "Y0"


@pytest.mark.parametrize("name", ["llama", "gemma2"])
def test_logits_after_another_token_are_those_of_a_prompt_that_ends_there(name: str) -> None:
    lm = model(name)
    replacement = ReplacementModel(lm, transcoders(lm))
    local, short = replacement.on(TOKENS), replacement.on(TOKENS[:, :4])
    for make in (
        targets.likely_logits,
        lambda one, **where: targets.logits(one, [4, 9], **where),
        lambda one, **where: targets.logit_difference(one, 4, 9, **where),
    ):
        for position in (3, -4):
            there = trace_local(local, aims=lambda one: make(one, position=position), config=ALL)  # noqa: B023
            ends = trace_local(short, aims=make, config=ALL)
            # Beside what the short prompt has, there are errors and tokens after its end, which matter to nothing.
            same = torch.tensor([there.number(name) for name in ends.ids])
            matrix = there.dense()
            assert int(matrix.count_nonzero()) == int(matrix[same][:, same].count_nonzero())
            assert [(a.token, a.label) for a in there.targets] == [(a.token, a.label) for a in ends.targets]
            for one, other in zip(there.targets, ends.targets, strict=True):
                assert one.weight == pytest.approx(other.weight, rel=1e-6)
            torch.testing.assert_close(matrix[same][:, same], ends.dense(), rtol=1e-4, atol=1e-6)
            assert bool((there.nodes.position[there.nodes.kind == TARGET] == 3).all())


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda one: targets.logits(one, []), "got no token to trace"),
        (lambda one: targets.logits(one, [999]), r"got token 999, expected 0 to 60"),
        (lambda one: targets.latent(one, 9, 0, 0), r"got layer 9, expected 0 to 2"),
        (lambda one: targets.latent(one, 0, 7, 0), r"got position 7, expected -7 to 6"),
        (lambda one: targets.latent(one, 0, -8, 0), r"got position -8, expected -7 to 6"),
        (lambda one: targets.likely_logits(one, position=7), r"got position 7, expected -7 to 6"),
        (lambda one: targets.logit_difference(one, 4, 9, position=-8), r"got position -8, expected -7 to 6"),
        (lambda one: targets.latent(one, 0, 0, 24), r"got latent 24, expected 0 to 23"),
        (lambda one: targets.direction(one, 0, 0, torch.ones(3)), r"got a direction of shape \(3,\)"),
        (lambda one: [], "got nothing to trace"),
    ],
)
def test_targets_that_do_not_exist(make: object, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        trace_local(local_of("llama"), aims=make)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SPECS)
def test_a_special_first_token_is_a_constant_of_the_model(name: str) -> None:
    """Its sources are carried forwards, and by the reference as all others are; and other targets may lie there."""
    lm = model(name, tokenizer=char_tokenizer())
    prompt = torch.cat([torch.tensor([[lm.bos_id]]), TOKENS], 1)
    replacement = ReplacementModel(lm, transcoders(lm))
    local, reference = replacement.on(prompt), replacement.on(prompt, reference=True)
    assert local.constant_first and best_depth(local, Columns(local), local.n_active) > 0
    assert RowMaker(local, Columns(local))._first is not None
    assert RowMaker(reference, Columns(reference))._first is None
    graph = trace_local(local, config=ALL)
    assert not bool((graph.nodes.position[graph.nodes.kind == LATENT] == 0).any())
    assert "first.0" in graph.bias_names
    assert "E0_P0" not in graph.ids
    assert float(graph.residual[graph.row].max()) < 1e-5
    assert_edges_are_effects(local, graph, every=5)
    plain = trace_local(reference, config=ALL)
    assert graph.ids == plain.ids
    torch.testing.assert_close(graph.dense(), plain.dense(), rtol=1e-4, atol=1e-6)
    vector = torch.randn(16, generator=torch.Generator().manual_seed(0)).double()
    there = trace_local(local, aims=lambda one: targets.direction(one, lm.n_layers - 1, 0, vector), config=ALL)
    assert float(there.residual[there.row].max()) < 1e-5


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(1, 20), st.integers(1, 12))
def test_batches_are_cut_where_positions_begin(positions: list[int], batch: int, worth: int) -> None:
    position_N = torch.tensor(sorted(positions))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attribution, "_WORTH_BATCH", worth)
        parts = list(attribution.batches(torch.arange(len(position_N)), position_N, batch))
    assert torch.equal(torch.cat(parts), torch.arange(len(position_N)))
    assert all(0 < len(part) <= batch for part in parts)
    for part, following in itertools.pairwise(parts):
        within = int(position_N[part[-1]]) == int(position_N[following[0]])
        assert len(part) >= min(batch, worth) and (len(part) == batch or not within)


def test_prompts_that_cannot_be_traced() -> None:
    lm = model("llama", tokenizer=char_tokenizer())
    replacement = ReplacementModel(lm, transcoders(lm))
    with pytest.raises(ConfigError, match=r"one prompt of at least 2 tokens"):
        trace(replacement, TOKENS[:, :1])
    with pytest.raises(ConfigError, match=r"got tokens of shape \(2, 7\), expected one prompt"):
        trace(replacement, TOKENS.repeat(2, 1))
    with pytest.raises(ModelError, match="got 70 tokens in a row, expected at most 64"):
        trace(replacement, TOKENS.repeat(1, 10))
    with pytest.raises(ConfigError, match="one prompt of at least 2 tokens"):
        trace(replacement, "")


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize(
    "weight", ["model.layers.1.mlp.down_proj.weight", "model.layers.1.self_attn.q_proj.weight", "lm_head.weight"]
)
def test_a_model_with_weights_that_are_not_finite(weight: str, value: float) -> None:
    hf = tiny_hf("llama")
    hf.get_parameter(weight).data[3, 4] = value
    text = rf"'{weight}' of a model holds values that are not finite\. Restore the model from a copy\.$"
    with pytest.raises(ModelError, match=text):
        lm = LanguageModel.wrap(hf, None, name="a model")
        ReplacementModel(lm, transcoders(lm))


def test_no_active_latent() -> None:
    lm = model("llama")
    placed = dictionaries(lm, sparsifier="jumprelu")
    for one in placed.values():
        one.dictionary.sparsifier.threshold.data.fill_(1e9)
    from microtome.circuits.transcoders import from_placed

    with pytest.raises(ConfigError, match="no latent of the transcoders fires"):
        trace(ReplacementModel(lm, from_placed(lm, placed)), TOKENS)


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(ConfigError, match="got max_nodes=0 and batch=256, expected at least 1"):
        TracingConfig(max_nodes=0)
