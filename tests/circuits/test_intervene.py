"""Three regimes of changing nodes, and the report on how faithful a graph is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from microtome.circuits import targets
from microtome.circuits.attribution import TracingConfig, trace_local
from microtome.circuits.faithfulness import faithfulness, predicted, strongest_groups
from microtome.circuits.graph import LATENT
from microtome.circuits.intervene import REGIMES, NodeChange, intervene, keeping_only, unchanged
from microtome.circuits.pruning import prune
from microtome.circuits.replacement import Local, ReplacementModel
from microtome.circuits.supernodes import find_supernodes
from microtome.circuits.targets import Aim
from microtome.circuits.transcoders import from_placed
from microtome.errors import ConfigError
from microtome.interventions import Intervention, When, clamp
from tests.circuits.sets import TOKENS, dictionaries, model, transcoders
from tests.models.tiny_models import SPECS

ALL = TracingConfig(max_nodes=10_000)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("name", SPECS)
def test_nothing_changed_is_the_model(name: str, regime: str) -> None:
    lm = model(name)
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    found = intervene(local, graph, [NodeChange(node=graph.node_id(0), factor=1.0)], regime)  # type: ignore[arg-type]
    for logits in (found.before_V, found.after_V):
        torch.testing.assert_close(logits, lm.logits(TOKENS)[0, -1], rtol=1e-5, atol=1e-5)
    assert lm.open_contexts == 0


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("name", SPECS)
def test_logits_are_computed_where_they_are_read(name: str, regime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of targets after an earlier token and of the last one, as if those of every token had been computed."""
    lm = model(name)
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, aims=lambda local: targets.logits(local, [4, 5], position=2), config=ALL)
    change = [NodeChange(node=graph.node_id(0), factor=0.5)]
    heads: list[int] = []
    head = lm.hf.get_output_embeddings()
    watching = head.register_forward_pre_hook(lambda _, given: heads.append(given[0].shape[1]))
    before = unchanged(local, graph, regime)  # type: ignore[arg-type]
    found = intervene(local, graph, change, regime, before=before)  # type: ignore[arg-type]
    assert heads == [2, 2]
    watching.remove()
    monkeypatch.setitem(intervene.__globals__, "only_at", lambda hf, positions: {})
    every = intervene(local, graph, change, regime)  # type: ignore[arg-type]
    for one, other in zip(vars(found).values(), vars(every).values(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6, equal_nan=True)
    assert int(found.changed_N[-2:].isfinite().sum()) == 2


def test_free_is_a_clamp_of_interventions() -> None:
    lm = model("gemma3", dtype=torch.float32)
    placed = dictionaries(lm, kind="transcoder", sparsifier="jumprelu")
    local = ReplacementModel(lm, from_placed(lm, placed)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    number = int((graph.nodes.kind == LATENT).nonzero()[4])
    layer, position, latent = (int(getattr(graph.nodes, what)[number]) for what in ("layer", "position", "index"))
    change = NodeChange(node=graph.node_id(number), value=2.5)
    found = intervene(local, graph, [change], "free")
    when = When(start=position, stop=position + 1)
    with Intervention(lm, {"one": placed[layer]}, [clamp(latent, 2.5, "one", when=when)]).open():
        expected = lm.logits(TOKENS)[0, -1]
    torch.testing.assert_close(found.after_V, expected, rtol=1e-5, atol=1e-5)
    assert not torch.allclose(expected, local.logits_V)


def test_frozen_attention_is_the_replacement_model() -> None:
    """With all latents kept the replacement model is the model; with none, what their absence leaves."""
    lm = model("llama")
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    everything = torch.ones(len(graph), dtype=torch.bool)
    torch.testing.assert_close(keeping_only(local, graph, everything), local.logits_V, rtol=1e-5, atol=1e-5)
    nothing = keeping_only(local, graph, ~everything)
    assert not torch.allclose(nothing, local.logits_V, atol=1e-2)


def test_direct_predictions_are_edges_and_total_ones_follow_paths() -> None:
    lm = model("llama")
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    source = 2
    direct, total = predicted(graph, [[graph.node_id(source)]])
    matrix = graph.dense().double()
    torch.testing.assert_close(direct[graph.row, 0], -matrix[graph.row, source])
    # By the inverse: Δ = A·s, s = −e + Δ/a on latents that are not held.
    latent = graph.nodes.kind == LATENT
    gain = torch.where(latent, 1 / graph.nodes.activation.double(), 0.0)
    gain[source] = 0.0
    inverse = torch.linalg.inv(torch.eye(len(graph)) - matrix * gain)
    torch.testing.assert_close(total[:, 0], inverse @ -matrix[:, source], rtol=1e-6, atol=1e-9)


def test_the_report() -> None:
    lm = model("llama")
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    influence = torch.rand(len(graph), generator=torch.Generator().manual_seed(0))
    group = [name for name in graph.ids if name.startswith("L")][:3]
    found = faithfulness(local, graph, influence, sources=4, groups=[group])
    assert len(found.ablated) == 5 and found.ablated[-1] == tuple(group)
    assert [(one.regime, one.ablated) for one in found.agreements[:3]] == [
        ("frozen", "latents"),
        ("frozen", "groups"),
        ("frozen_attention", "latents"),
    ]
    for frozen in found.agreements[:2]:
        assert frozen.error < 1e-5 and frozen.correlation > 0.99999
    assert found.curve[0].latents == 0
    assert found.curve[-1].kl == pytest.approx(0.0, abs=1e-6)
    assert found.to_json()["agreements"][0]["regime"] == "frozen"
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    "aims",
    [
        lambda local: targets.logit_difference(local, 4, 9),
        lambda local: targets.latent(local, 2, 6, 3),
        lambda local: targets.direction(local, 3, 6, torch.ones(16)),
    ],
)
def test_the_report_of_targets_that_are_no_logits(aims: Callable[[Local], list[Aim]]) -> None:
    lm = model("llama")
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, aims=aims, config=ALL)
    influence = torch.rand(len(graph), generator=torch.Generator().manual_seed(0))
    found = faithfulness(local, graph, influence, sources=4, regimes=["frozen"])
    assert found.agreements[0].target_error < 1e-5 and found.agreements[0].target_correlation > 0.99999


def test_what_was_not_measured_is_null_in_json() -> None:
    lm = model("llama")
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, aims=lambda one: targets.logit_difference(one, 4, 9), config=ALL)
    # As a graph from elsewhere, which does not say how its targets come about.
    graph = replace(graph, readings=None)
    found = faithfulness(local, graph, torch.ones(len(graph)), sources=2, regimes=["frozen"])
    (agreement,) = found.to_json()["agreements"]
    assert agreement["target_correlation"] is None and agreement["target_error"] is None
    assert agreement["correlation"] == found.agreements[0].correlation


def test_effects_of_a_part_are_in_proportion() -> None:
    lm = model("llama")
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    influence = torch.rand(len(graph), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    (frozen,) = faithfulness(local, graph, influence, sources=3, regimes=["frozen"], factor=0.5).agreements
    assert frozen.error < 1e-5 and frozen.target_error < 1e-5
    # A thousandth moves no latent across its threshold here, and hardly a norm.
    (small,) = faithfulness(local, graph, influence, sources=3, regimes=["frozen_attention"], factor=0.999).agreements
    assert small.correlation > 0.9
    with pytest.raises(ConfigError, match=r"got the factor 1\.0, expected a finite one other than 1"):
        faithfulness(local, graph, influence, factor=1.0)


def test_the_strongest_groups_are_those_of_the_pruned_graph() -> None:
    lm = model("llama")
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    pruned = prune(graph)
    latents = pruned.of_kind(LATENT).nonzero()[:, 0].tolist()
    named = [pruned.node_id(number) for number in latents]
    rows = {name: local.active[int(name[1])].decoder_UOD for name in named}
    decoder = {
        number: rows[name][(local.active[int(name[1])].latent_U == int(name.rsplit("_", 1)[1])).nonzero()[0, 0], 0]
        for number, name in zip(latents, named, strict=True)
    }
    groups = find_supernodes(pruned, decoder=decoder)
    assert strongest_groups(local, graph, at_most=2) == [group.nodes for group in groups[:2]] != []


def test_changes_that_cannot_be() -> None:
    lm = model()
    local = ReplacementModel(lm, transcoders(lm)).on(TOKENS)
    graph = trace_local(local, config=ALL)
    with pytest.raises(ConfigError, match="expected one of them, finite"):
        NodeChange(node="L0_P0_0")
    with pytest.raises(ConfigError, match="expected one of them, finite"):
        NodeChange(node="L0_P0_0", factor=float("nan"))
    with pytest.raises(ConfigError, match="the graph has no node 'L9_P9_9'"):
        intervene(local, graph, [NodeChange(node="L9_P9_9", factor=0.0)], "frozen")
    with pytest.raises(ConfigError, match="got the regime 'loose', expected one of frozen"):
        intervene(local, graph, [NodeChange(node="T0", factor=0.0)], "loose")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="T0 cannot be changed in the regime free"):
        intervene(local, graph, [NodeChange(node="T0", factor=0.0)], "free")
    with pytest.raises(ConfigError, match="Y0 cannot be changed"):
        intervene(local, graph, [NodeChange(node="Y0", factor=0.0)], "frozen")
    with pytest.raises(ConfigError, match="got no change"):
        intervene(local, graph, [], "frozen")
    other = ReplacementModel(lm, transcoders(lm)).on(TOKENS[:, :4])
    with pytest.raises(ConfigError, match=r"the graph is of another prompt \(7 tokens, got 4\)"):
        intervene(other, graph, [NodeChange(node="T0", factor=0.0)], "frozen")
