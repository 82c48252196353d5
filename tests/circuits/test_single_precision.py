"""Graphs in float32, the precision that graphs are traced in: every edge of every kind of model, measured in it.

One graph of all latents is traced for each family and serves all tests. Its edges are measured for all sources in one
batch, without the code that interventions are made with.

Legend of suffixes: S sources (the first one none), T position, D d_model, N nodes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from microtome.circuits.attribution import LEFT_OUT, TracingConfig, trace_local
from microtome.circuits.freezing import Frozen
from microtome.circuits.graph import BIAS, ERROR, LATENT, TARGET, TOKEN, Graph
from microtome.circuits.replacement import Local, ReplacementModel
from microtome.circuits.scores import completeness_score, replacement_score
from microtome.circuits.transcoders import from_placed
from microtome.models import LanguageModel
from tests.circuits.sets import TOKENS, dictionaries, model, transcoders
from tests.models.tiny_models import SPECS

#: Families of the table, and architectures that are read from their structure.
NAMES = (*SPECS, "starcoder2", "stablelm", "cohere", "gptj", "phi", "qwen3_moe")
#: Each with transcoders of what the MLP reads, and some with those of the stream before its norm.
PLACES = (*((name, "mlp_in") for name in NAMES), *((name, "resid_mid") for name in ("llama", "gpt2", "gemma2")))
#: What the largest edge of a row, or the sum of its sizes, may be missed by.
RELATIVE = 1e-4

ALL = TracingConfig(max_nodes=10_000)


@cache
def traced(name: str, reads: str = "mlp_in") -> tuple[Local, Graph]:
    """A family's tiny model with random transcoders in float32, and the graph of all latents that fired."""
    lm = model(name, dtype=torch.float32)
    local = ReplacementModel(lm, transcoders(lm, reads=reads)).on(TOKENS)
    return local, trace_local(local, config=ALL)


@pytest.mark.parametrize(("name", "reads"), PLACES)
def test_every_edge_is_the_measured_effect(name: str, reads: str) -> None:
    local, graph = traced(name, reads)
    assert local.frozen.hidden.dtype == torch.float32 and local.frozen.reads == reads
    sources = [number for number in range(len(graph)) if graph.node_id(number) != "B_own"]
    sources = [number for number in sources if int(graph.nodes.kind[number]) != TARGET]
    assert len(sources) > 130 and int((graph.nodes.kind == LATENT).sum()) == local.n_active
    effect_SN = effects(local, graph, sources)
    edge_SN = graph.dense()[:, sources].T
    assert bool(graph.row[(graph.nodes.kind == LATENT) | (graph.nodes.kind == TARGET)].all())
    off_SN, largest_N = (effect_SN - edge_SN).abs()[:, graph.row], graph.dense().abs().amax(1)[graph.row]
    assert float((off_SN / largest_N).max()) < RELATIVE


@pytest.mark.parametrize(("name", "reads"), PLACES)
def test_rows_close(name: str, reads: str) -> None:
    _, graph = traced(name, reads)
    sums_N = graph.dense().double().sum(1)
    sizes_N = graph.dense().double().abs().sum(1)
    off_N = (sums_N - graph.pre_activation.double()).abs() / sizes_N
    assert float(off_N[graph.row].max()) < RELATIVE and float(graph.residual[graph.row].max()) < RELATIVE


@pytest.mark.parametrize("name", NAMES)
def test_a_graph_of_chosen_latents_has_the_edges_of_the_dense_one(name: str) -> None:
    local, whole = traced(name)
    part = trace_local(local, config=TracingConfig(max_nodes=25, batch=7))
    assert int((part.nodes.kind == LATENT).sum()) == 25 < local.n_active and LEFT_OUT in part.bias_names
    names = [name for name in part.ids if name != f"B_{LEFT_OUT}"]
    here = torch.tensor([part.number(name) for name in names])
    there = torch.tensor([whole.number(name) for name in names])
    found, expected = part.dense()[here][:, here], whole.dense()[there][:, there]
    # The dense graph has rows of all, the other one those of its latents and targets.
    rows = part.row[here]
    off, largest = (found - expected).abs()[rows], expected.abs().amax(1, keepdim=True)[rows]
    assert float((off / largest).max()) < RELATIVE
    assert torch.equal(found[rows] != 0, expected[rows] != 0)


@pytest.mark.parametrize("name", ["llama", "gpt_neox_parallel", "gemma2"])
def test_scores_are_one_where_errors_are_zero(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert replacement_score(traced(name)[1]) < 0.9
    lm = model(name, dtype=torch.float32)
    placed = dictionaries(lm)
    # MLPs that are their transcoders: also behind a norm, which is then left out.
    for layer, one in placed.items():
        read, written = (lm.hf.get_submodule(module_of(lm, f"{layer}.{point}")) for point in ("mlp_in", "mlp_out"))

        def predict(x_BTD: Tensor, dictionary: Any = one.dictionary) -> Tensor:
            found: Tensor = dictionary(x_BTD.flatten(0, 1)).detach()
            return found.view(x_BTD.shape)

        monkeypatch.setattr(read, "forward", predict)
        if written is not read:
            monkeypatch.setattr(written, "forward", lambda x_BTD: x_BTD)
    graph = trace_local(ReplacementModel(lm, from_placed(lm, placed)).on(TOKENS), config=ALL)
    assert float(graph.nodes.activation[graph.nodes.kind == ERROR].max()) < 1e-5
    assert replacement_score(graph) == pytest.approx(1.0, abs=RELATIVE)
    assert completeness_score(graph) == pytest.approx(1.0, abs=RELATIVE)


def module_of(lm: LanguageModel, site: str) -> str:
    """The path of the module that a site is the input or output of."""
    layer, _, point = site.partition(".")
    (path,) = (str(row["module"]) for row in lm.describe() if row["point"] == point)
    return path.rpartition(":")[0].replace(".0", f".{layer}", 1)


@torch.no_grad()
def effects(local: Local, graph: Graph, sources: list[int]) -> Tensor:
    """How much the values [S, N] of latents and targets change when what each source writes is doubled, with patterns,
    norms, latents and errors frozen. NaN for nodes without a row."""
    lm, frozen = local.model.lm, local.frozen
    added = added_by(local, graph, sources)
    read: dict[str, Tensor] = {}

    def keep(layer: int, value_STD: Tensor) -> Tensor:
        read[f"{layer}.mlp_in"] = value_STD.clone()
        return value_STD

    def write(layer: int, value_STD: Tensor) -> Tensor:
        # A skip connection is a part of the linear map.
        moved_STD = read[f"{layer}.mlp_in"] - frozen.mlp_in[layer]
        W_skip = local.skip[layer]
        assert W_skip is not None
        return frozen.mlp_out[layer] + moved_STD @ W_skip.T + added[f"{layer}.mlp_out"]

    edits: dict[str, Any] = {"0.resid_pre": lambda value_STD: value_STD + added["0.resid_pre"]}
    for layer in range(lm.n_layers):
        edits[f"{layer}.attn_out"] = lambda value, layer=layer: value + added[f"{layer}.attn_out"]
        edits[f"{layer}.{frozen.reads}"] = lambda value, layer=layer: keep(layer, value)
        edits[f"{layer}.mlp_out"] = lambda value, layer=layer: write(layer, value)
    with Frozen(frozen.constants), lm.edit(edits), lm.record(frozen.head) as hidden:
        lm.hf(inputs_embeds=frozen.embeds_1TD.expand(1 + len(sources), -1, -1), use_cache=False)
    read[f"{lm.n_layers}.mlp_in"] = next(iter(hidden.values()))
    value_SN = values(local, graph, [read[f"{layer}.mlp_in"] for layer in range(lm.n_layers + 1)])
    return value_SN[1:] - value_SN[0]


def added_by(local: Local, graph: Graph, sources: list[int]) -> dict[str, Tensor]:
    """What each source adds to a site, [S, T, D]: once more what it writes there. The first adds nothing."""
    frozen, nodes, n_layers = local.frozen, graph.nodes, local.frozen.n_layers
    sites = ["0.resid_pre", *(f"{layer}.{point}" for layer in range(n_layers) for point in ("attn_out", "mlp_out"))]
    added = {site: frozen.hidden.new_zeros(1 + len(sources), *frozen.hidden.shape) for site in sites}
    for place, number in enumerate(sources, 1):
        kind, layer = int(nodes.kind[number]), int(nodes.layer[number])
        position, index = int(nodes.position[number]), int(nodes.index[number])
        if kind == LATENT:
            row = int((local.active[layer].latent_U == index).nonzero()[0, 0])
            decoder_D = local.active[layer].decoder_UOD[row, 0]
            added[f"{layer}.mlp_out"][place, position] = nodes.activation[number] * decoder_D
        elif kind == ERROR:
            added[f"{layer}.mlp_out"][place, position] = local.error[layer][position]
        elif kind == TOKEN:
            added["0.resid_pre"][place, position] = frozen.token[position]
        elif kind == BIAS:
            what, _, of = graph.bias_names[index].partition(".")
            if what == "positions":
                added["0.resid_pre"][place] = frozen.position_bias
            elif what == "attn":
                added[f"{of}.attn_out"][place] = frozen.attn_bias[int(of)]
            else:
                assert what == "b_dec"
                W_skip = local.skip[int(of)]
                assert W_skip is not None
                added[f"{of}.mlp_out"][place] = local.bias[int(of)] + frozen.norm_bias[int(of)] @ W_skip.T
    return added


def values(local: Local, graph: Graph, read: list[Tensor]) -> Tensor:
    """Values [S, N] of the graph's latents and targets of what every MLP and the unembedding read, [S, T, D] each."""
    nodes, readings = graph.nodes, graph.readings
    assert readings is not None
    value_SN = torch.full((len(read[0]), len(graph)), torch.nan)
    for layer in range(local.frozen.n_layers):
        here = ((nodes.kind == LATENT) & (nodes.layer == layer)).nonzero()[:, 0]
        rows_ND, bias_N = local.model.transcoders.rows(layer, nodes.index[here].long())
        value_SN[:, here] = (read[layer][:, nodes.position[here].long()] * rows_ND).sum(2) + bias_N
    for target, number in enumerate(range(len(graph) - len(graph.targets), len(graph))):
        read_SD = read[int(readings.layer_K[target])][:, int(nodes.position[number])]
        value_SN[:, number] = read_SD @ readings.row_KD[target] + readings.constant_K[target]
    return value_SN
