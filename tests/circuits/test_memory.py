"""The memory of a trace is said before it is taken, and enough of it."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import torch

from microtome.circuits import attribution
from microtome.circuits.attribution import TracingConfig, trace_local
from microtome.circuits.early import best_depth
from microtome.circuits.memory import bytes_needed, most_edges
from microtome.circuits.replacement import Local, ReplacementModel
from microtome.circuits.rows import Columns
from microtome.circuits.scores import influence, score
from microtome.errors import MemoryRequestError
from tests.circuits.sets import TOKENS, model, transcoders


def local_of(name: str = "llama", tokens: torch.Tensor = TOKENS, **changes: object) -> Local:
    lm = model(name, dtype=torch.float32)
    return ReplacementModel(lm, transcoders(lm, **changes)).on(tokens)


def every(columns: Columns) -> torch.Tensor:
    return torch.ones(columns.n_latents, dtype=torch.bool)


def test_memory_is_stated_beforehand() -> None:
    local = local_of()
    with pytest.raises(
        MemoryRequestError, match=r"sources takes up to 16 MB, expected at most 0 MB\. Shorten the prompt"
    ):
        trace_local(local, config=TracingConfig(memory=1000.0))
    with pytest.raises(MemoryRequestError, match=r"tracing 105 rows .* Set --max-nodes to \d+, shorten the") as caught:
        trace_local(local, config=TracingConfig(memory=needed_by(local, 100) + 1))
    assert int(caught.value.cure.split()[3].strip(",")) == 100
    assert trace_local(local, config=TracingConfig(memory=needed_by(local, 100) + 1, max_nodes=100)).n_edges


def needed_by(local: Local, rows: int) -> float:
    columns = Columns(local)
    depth = best_depth(local, columns, local.n_active)
    return bytes_needed(
        local,
        columns,
        every(columns),
        rows=rows,
        aims=10,
        depth=depth,
        batch=256,
        assembled=attribution._ASSEMBLED_NUMBERS,
    )


@pytest.mark.parametrize("name", ["llama", "gpt_neox_parallel"])
@pytest.mark.parametrize("max_nodes", [10, 40, 10_000])
def test_no_graph_has_more_edges_than_is_said(name: str, max_nodes: int) -> None:
    local = local_of(name)
    columns = Columns(local)
    graph = trace_local(local, config=TracingConfig(max_nodes=max_nodes))
    n_rows, n_aims = min(max_nodes, local.n_active), len(graph.targets)
    # The sum of what is left out is no edge of its own here, and one of each row at most.
    said = most_edges(columns, every(columns), rows=n_rows, aims=n_aims)
    assert graph.n_edges <= said + n_rows + n_aims and said < 2.5 * graph.n_edges


def said_before_rows(local: Local, max_nodes: int) -> float:
    with pytest.raises(MemoryRequestError) as caught:
        trace_local(local, config=TracingConfig(max_nodes=max_nodes, memory=1.0))
    return float(caught.value.problem.split(" MB", 1)[0].rsplit(" ", 1)[1]) * 1e6


def measured(max_nodes: int) -> dict[str, float]:
    """Bytes: what was said of a trace and what its rows are, what it took, and what scores of its graph took."""
    trace_local(local_of())
    tokens = torch.randint(3, 61, (1, 60), generator=torch.Generator().manual_seed(0))
    local = local_of(tokens=tokens, latents=512, l0=24.0)
    said, rows = said_before_rows(local, max_nodes), 4.0 * min(max_nodes, local.n_active) * Columns(local).n
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    graph = trace_local(local, config=TracingConfig(max_nodes=max_nodes))
    taken = memory("VmHWM") - before
    Path("/proc/self/clear_refs").write_text("5")
    influence(graph)
    score(graph)
    return {
        "said": said,
        "rows": rows,
        "edges": graph.n_edges,
        "taken": taken,
        "scores": memory("VmHWM") - before,
    }


@pytest.mark.skipif(sys.platform != "linux", reason="the most memory a process had is reset through /proc")
@pytest.mark.parametrize("max_nodes", [1500, 10_000])
def test_a_trace_takes_no_more_than_it_said(max_nodes: int) -> None:
    # In a process of its own: in this one a trace may find room that tests before it took and left.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        found = other.submit(measured, max_nodes).result()
    assert found["rows"] > 25e6 and found["edges"] > 100_000
    assert found["rows"] / 2 < found["taken"] < found["said"] < 2 * found["rows"] + 60e6
    # Rows are gone by then, and no more than the graph and a number for each edge is held.
    assert found["scores"] < found["taken"]


def memory(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(key)).split()[1])
