"""From a prompt to its attribution graph: the targets' rows, then those of the latents that matter most, in rounds.

Influence decides which latents get a row: a latent's share in the targets through all rows known so far, which grows
with each round; one without any gets none. Where all that a target can see, those of layers before it and positions
up to it, fit under `max_nodes`, all of them get one. Rows are made in batches of targets that end at about
the same position, so that little is carried past where a target is.

Legend of suffixes: B targets of a batch, R rows made, S all sources, N latents that fired.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from microtome.circuits.early import best_depth
from microtome.circuits.graph import BIAS, ERROR, LATENT, TARGET, TOKEN, Graph, Nodes, Readings
from microtome.circuits.memory import bytes_needed
from microtome.circuits.replacement import Local, ReplacementModel
from microtome.circuits.rows import Columns, RowMaker, Starts
from microtome.circuits.targets import Aim, likely_logits
from microtome.errors import ConfigError, MemoryRequestError
from microtome.models.token_text import token_decoder

#: The name of the bias that stands for latents which fired and are not nodes of the graph.
LEFT_OUT = "left_out"
#: Numbers of a gradient held at a time: 64 MiB in float32.
_GRADIENT_NUMBERS = 1 << 24
_ROUNDS = 8
# Targets from which a batch of their own costs less than carrying them to positions they do not need.
_WORTH_BATCH = 64
# Numbers of rows that influence is handed on from at a time, so that they stay in the caches.
_SPREAD_NUMBERS = 1 << 18
# Numbers of rows turned into edges at a time: 8 MiB, so that they stay in the caches.
_ASSEMBLED_NUMBERS = 1 << 21


@dataclass(frozen=True, kw_only=True)
class TracingConfig:
    """How a graph is traced.

    max_nodes: latents that get a row and are nodes; the most influential, where more fired.
    batch: targets carried at a time; lowered for long prompts so that gradients stay within 64 MiB.
    memory: bytes that tracing may take beside model and transcoders; needing more is refused before rows are made.
    """

    max_nodes: int = 4096
    batch: int = 256
    memory: float = 6e9

    def __post_init__(self) -> None:
        if self.max_nodes < 1 or self.batch < 1:
            raise ConfigError(
                f"got max_nodes={self.max_nodes} and batch={self.batch}, expected at least 1",
                cure="Raise --max-nodes and --batch",
            )


class TraceWatcher(Protocol):
    """Who is told what a trace does; a `training.Watcher` is one."""

    def note(self, text: str) -> None: ...

    def tracing(self, done: int, total: int) -> None: ...


def trace(
    model: ReplacementModel,
    prompt: str | Tensor,
    *,
    aims: Callable[[Local], Sequence[Aim]] = likely_logits,
    config: TracingConfig | None = None,
    watcher: TraceWatcher | None = None,
) -> Graph:
    """The attribution graph of a prompt (text, or token ids [1, T]).

    `aims` says what to trace: `likely_logits`, or a function made of the others in `targets.py`. Rows of nodes sum to
    their pre-activations: latents that fired and are not nodes are summed in the bias `left_out`.

    Raises `ConfigError`: a prompt of one token, no latent fires, or an aim that does not exist; `ModelError`: an
    empty prompt or one longer than the context; `MemoryRequestError`: more memory would be needed than
    `config.memory`.
    """
    began = time.perf_counter()
    lm = model.lm
    tokens_1T = lm.encode(prompt) if isinstance(prompt, str) else prompt
    local = model.on(tokens_1T)
    return trace_local(local, aims=aims, config=config, watcher=watcher, began=began)


def trace_local(
    local: Local,
    *,
    aims: Callable[[Local], Sequence[Aim]] = likely_logits,
    config: TracingConfig | None = None,
    watcher: TraceWatcher | None = None,
    began: float | None = None,
) -> Graph:
    """`trace` of a local replacement model that is there already."""
    config = config or TracingConfig()
    began = time.perf_counter() if began is None else began
    if not local.n_active:
        raise ConfigError(
            "no latent of the transcoders fires on this prompt", cure="Give a longer prompt, or other transcoders"
        )
    tracing = _Tracing(local, list(aims(local)), config, watcher)
    set_up = time.perf_counter()
    tracing.run()
    traced = time.perf_counter()
    graph = tracing.graph()
    graph.facts["seconds"] = {
        "replacement": set_up - began,
        "rows": traced - set_up,
        "graph": time.perf_counter() - traced,
    }
    return graph


class _Tracing:
    def __init__(self, local: Local, aims: list[Aim], config: TracingConfig, watcher: TraceWatcher | None) -> None:
        if not aims:
            raise ConfigError("got nothing to trace, expected at least one target", cure="Name a token or a latent")
        self.local, self.aims, self.config, self.watcher = local, aims, config, watcher
        self.columns = Columns(local)
        #: latents that an aim can see at all; none of the others matters to any of these
        self.seen_N = torch.zeros(self.columns.n_latents, dtype=torch.bool)
        for aim in aims:
            self.seen_N |= (self.columns.layer_N < aim.layer) & (self.columns.position_N <= aim.position)
        self.n_rows = min(config.max_nodes, int(self.seen_N.sum()))
        self.batch = max(1, min(config.batch, _GRADIENT_NUMBERS // (local.n_tokens * local.model.lm.d_model)))
        self.depth = best_depth(local, self.columns, self.n_rows)
        needed = self._bytes(self.n_rows)
        if needed > config.memory:
            self._refuse(needed)
        if watcher is not None:
            watcher.note(f"{self.n_rows} rows of {self.columns.n} sources, up to {_size(needed)} of memory")
        self.maker = RowMaker(local, self.columns, depth=self.depth)
        self.rows_RS = torch.empty(len(aims) + self.n_rows, self.columns.n)
        #: the latent each row after the aims' belongs to, in the order they were made
        self.chosen: list[Tensor] = []
        #: whether a latent with influence was left out
        self.left_out = self.n_rows < int(self.seen_N.sum())

    def _bytes(self, rows: int) -> float:
        return bytes_needed(
            self.local,
            self.columns,
            self.seen_N,
            rows=rows,
            aims=len(self.aims),
            depth=self.depth,
            batch=self.batch,
            assembled=_ASSEMBLED_NUMBERS,
        )

    def _refuse(self, needed: float) -> None:
        most = self.config.memory
        # The first count of rows that does not fit; memory grows with rows.
        beyond = bisect_left(range(self.n_rows), True, key=lambda rows: self._bytes(rows) > most)
        fits = f"Set --max-nodes to {beyond - 1}, shorten the prompt" if beyond > 1 else "Shorten the prompt"
        raise MemoryRequestError(
            f"tracing {self.n_rows} rows of {self.columns.n} sources takes up to {_size(needed)}, expected at most "
            f"{_size(most)}",
            cure=f"{fits}, or raise --memory",
        )

    def run(self) -> None:
        self._aim_rows()
        if not self.left_out:
            self._latent_rows(self.seen_N.nonzero()[:, 0])
            return
        step = max(self.batch, math.ceil(self.n_rows / _ROUNDS))
        while (done := len(self.chosen_N)) < self.n_rows:
            influence_N = self._influence()
            influence_N[self.chosen_N] = 0.0
            best = influence_N.topk(min(step, self.n_rows - done))
            number_B = best.indices[best.values > 0]
            if not len(number_B):
                self.left_out = False
                self.rows_RS = self.rows_RS[: len(self.aims) + done]
                return
            self._latent_rows(number_B.sort().values)

    @property
    def chosen_N(self) -> Tensor:
        """The latents that have a row, in the order in which they got it."""
        return torch.cat([torch.empty(0, dtype=torch.long), *self.chosen])

    def _aim_rows(self) -> None:
        done = 0
        for (layer, position), group in groupby(self.aims, key=lambda aim: (aim.layer, aim.position)):
            aims = list(group)
            rows_BD = torch.stack([aim.row_D for aim in aims])
            constant_B = rows_BD.new_tensor([aim.constant for aim in aims])
            position_B = torch.full((len(aims),), position)
            self._make(done, self.maker.of(layer, position_B, rows_BD, constant_B))
            done += len(aims)

    def _latent_rows(self, number_B: Tensor) -> None:
        """Rows of latents, in batches that end at about the same position, those at and above `depth` by themselves."""
        columns = self.columns
        in_order = number_B[columns.position_N[number_B].argsort(stable=True)]
        upper_B = columns.layer_N[in_order] >= self.depth
        sides = [in_order[side] for side in (upper_B, ~upper_B)]
        parts = [part for side in sides for part in batches(side, columns.position_N[side], self.batch)]
        for part in parts:
            deepest_first = part[columns.layer_N[part].argsort(descending=True, stable=True)]
            at = len(self.aims) + len(self.chosen_N)
            self._make(at, self.maker.of_latents(deepest_first))
            self.chosen.append(deepest_first)
            if self.watcher is not None:
                self.watcher.tracing(at + len(part), len(self.rows_RS))

    def _make(self, at: int, starts: Starts) -> None:
        """Make the rows of a batch where they are kept, from `at` on."""
        rows_BS = self.rows_RS[at : at + len(starts)]
        if self.maker.makes(rows_BS):
            self.maker.rows(starts, out=rows_BS)
        else:
            rows_BS.copy_(self.maker.rows(starts))

    def _influence(self) -> Tensor:
        """Influence of every latent through the rows made so far, [N]: one pass, deepest rows first."""
        columns, n_aims = self.columns, len(self.aims)
        chosen = self.chosen_N
        influence_S = torch.zeros(columns.biases)
        weight = torch.tensor([aim.target.weight for aim in self.aims])
        self._spread(influence_S, torch.arange(n_aims), weight)
        layer_R = columns.layer_N[chosen]
        for layer in reversed(range(self.local.frozen.n_layers)):
            rows = (layer_R == layer).nonzero()[:, 0]
            self._spread(influence_S, n_aims + rows, influence_S[chosen[rows]])
        return influence_S[: columns.n_latents]

    def _spread(self, influence_S: Tensor, row_R: Tensor, weight_R: Tensor) -> None:
        """Hand the influence of rows on to their sources, by the shares of |A|; biases have none."""
        at_once = max(1, _SPREAD_NUMBERS // self.columns.n)
        for part, weight in zip(row_R.split(at_once), weight_R.split(at_once), strict=True):
            if len(part):
                size_RS = self.rows_RS[part, : self.columns.biases].abs_()
                total_R = size_RS.sum(1)
                influence_S += torch.where(total_R > 0, weight / total_R, 0.0) @ size_RS

    def graph(self) -> Graph:
        return _Assembly(self).graph()


def _size(n_bytes: float) -> str:
    return f"{n_bytes / 1e9:.2f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.0f} MB"


def batches(number_B: Tensor, position_B: Tensor, most: int) -> Iterator[Tensor]:
    """Parts of at most `most` numbers, whose positions ascend. Positions up to the last of a part are carried for all
    of it, so it ends where a position does once it is worth a batch of its own."""
    begins = (1 + (position_B.diff() != 0).nonzero()[:, 0]).tolist()
    begin = 0
    for end in [*begins, len(number_B)]:
        while end - begin >= min(_WORTH_BATCH, most) or (end == len(number_B) and end > begin):
            part = number_B[begin : min(begin + most, end)]
            yield part
            begin += len(part)


@dataclass(frozen=True, eq=False)
class _Edges:
    """Edges by row: `source_E` counts the columns that are kept. Of each row how many, their sum, and that of sizes."""

    source_E: Tensor
    weight_E: Tensor
    count_R: Tensor
    sum_R: Tensor
    size_R: Tensor


class _Assembly:
    """From rows over all sources to a graph of the chosen ones."""

    def __init__(self, tracing: _Tracing) -> None:
        self.t, self.columns, self.local = tracing, tracing.columns, tracing.local
        chosen = tracing.chosen_N
        self.latent_N, self.order = chosen.sort()
        self.n_aims = len(tracing.aims)

    def graph(self) -> Graph:
        t, columns, local = self.t, self.columns, self.local
        others = self._sources()
        rows = torch.cat([self.n_aims + self.order, torch.arange(self.n_aims)])
        kept = torch.cat([self.latent_N, others])
        n_sources, n_latents = len(kept), len(self.latent_N)
        left_out = t.left_out
        names = tuple(
            columns.bias_names[int(column) - columns.biases] for column in others if int(column) >= columns.biases
        ) + ((LEFT_OUT,) if left_out else ())
        n_nodes = n_sources + left_out + self.n_aims
        edges = self._edges(rows, kept)
        number = torch.arange(len(rows), dtype=torch.int32)
        number[n_latents:] += n_nodes - len(rows)
        pre = self._pre_activations()
        residual = (edges.sum_R - pre).abs() / edges.size_R.clamp(min=torch.finfo(torch.float64).tiny)
        has_row = torch.zeros(n_nodes, dtype=torch.bool)
        has_row[:n_latents] = True
        has_row[n_nodes - self.n_aims :] = True
        full_pre = torch.full((n_nodes,), math.nan)
        full_residual = torch.full((n_nodes,), math.nan)
        full_pre[has_row], full_residual[has_row] = pre.float(), residual.float()
        return Graph(
            nodes=self._nodes(others, pre[n_latents:], names),
            # NumPy's needs no index of 64 bits for each edge.
            target_E=torch.from_numpy(np.repeat(number.numpy(), edges.count_R.numpy())),
            source_E=edges.source_E,
            weight_E=edges.weight_E,
            row=has_row,
            pre_activation=full_pre,
            residual=full_residual,
            targets=tuple(aim.target for aim in t.aims),
            tokens=tuple(local.frozen.tokens_1T[0].tolist()),
            texts=self._texts(),
            bias_names=names,
            facts=self._facts(residual),
            readings=Readings(
                torch.tensor([aim.layer for aim in t.aims], dtype=torch.int16),
                torch.stack([aim.row_D for aim in t.aims]).float().cpu(),
                torch.tensor([aim.constant for aim in t.aims]),
            ),
        )

    def _edges(self, rows: Tensor, kept: Tensor) -> _Edges:
        """What is not zero in the rows, in columns `kept` and in one more for the latents that were left out.

        The tensors it works in are made once: made for each part, they would leave holes between what is kept.
        """
        t, columns, n_latents = self.t, self.columns, len(self.latent_N)
        width = len(kept) + t.left_out
        at_once = min(len(rows), max(1, _ASSEMBLED_NUMBERS // columns.n))
        whole_RS, matrix_RK = torch.empty(at_once, columns.n), torch.empty(at_once, width)
        sum_R, size_R = torch.empty(2, len(rows), dtype=torch.float64)
        count_R = torch.empty(len(rows), dtype=torch.long)
        # Room for all that could be; memory is taken where it is written.
        source_E, weight_E = torch.empty(len(rows) * width, dtype=torch.int32), torch.empty(len(rows) * width)
        n_edges = 0
        for part in torch.arange(len(rows)).split(at_once):
            whole, matrix, here = whole_RS[: len(part)], matrix_RK[: len(part)], slice(int(part[0]), int(part[-1]) + 1)
            torch.index_select(t.rows_RS, 0, rows[here], out=whole)
            matrix[:, : len(kept)] = whole[:, kept]
            sum_R[here] = whole.sum(1, dtype=torch.float64)
            if t.left_out:
                fired = whole[:, : columns.n_latents].sum(1, dtype=torch.float64)
                matrix[:, -1] = fired - matrix[:, :n_latents].sum(1, dtype=torch.float64)
            size_R[here] = whole.abs_().sum(1, dtype=torch.float64)
            count_R[here] = matrix.count_nonzero(1)
            # Places in the flat matrix are found in a third of the time that a mask takes on both.
            place_E = torch.from_numpy(np.flatnonzero(matrix.numpy()))
            new = slice(n_edges, n_edges + len(place_E))
            source_E[new] = place_E % width
            torch.index_select(matrix.flatten(), 0, place_E, out=weight_E[new])
            n_edges = new.stop
        return _Edges(source_E[:n_edges], weight_E[:n_edges], count_R, sum_R, size_R)

    def _sources(self) -> Tensor:
        """Columns of errors, tokens and biases; of the biases those that are not zero in every row."""
        columns = self.columns
        used = self.t.rows_RS[:, columns.biases :].any(0)
        first = torch.arange(columns.errors, columns.biases)
        if self.local.constant_first:
            at = first - columns.errors
            first = first[(at >= columns.tokens - columns.errors) | (at % columns.n_tokens > 0)]
        return torch.cat([first, columns.biases + used.nonzero()[:, 0]])

    def _pre_activations(self) -> Tensor:
        """What rows must sum to, in the order of the graph: z of latents from what their MLP read, and the aims."""
        local, columns = self.local, self.columns
        found = []
        for layer, active in enumerate(local.active):
            here = self.latent_N[columns.layer_N[self.latent_N] == layer] - columns.latent_starts[layer]
            row = active.row_N[here]
            inputs = local.frozen.mlp_in[layer][active.position_N[here]]
            found.append((inputs * active.encoder_UD[row]).sum(1) + active.bias_U[row])
        for aim in self.t.aims:
            read = local.frozen.hidden if aim.layer == local.frozen.n_layers else local.frozen.mlp_in[aim.layer]
            found.append((read[aim.position] @ aim.row_D)[None] + aim.constant)
        return torch.cat(found).double().cpu()

    def _nodes(self, others: Tensor, aims_pre: Tensor, names: tuple[str, ...]) -> Nodes:
        local, columns, t = self.local, self.columns, self.t
        n_tokens = columns.n_tokens
        latent_N = self.latent_N
        error = others[others < columns.tokens] - columns.errors
        token = torch.arange(n_tokens)
        one = torch.ones
        norms = torch.stack([vector.norm(dim=1) for vector in local.error]).cpu().flatten()
        bias_layer = torch.tensor([int(name.split(".")[1]) if "." in name else -1 for name in names], dtype=torch.long)
        aims = t.aims
        parts = [
            (
                LATENT,
                columns.layer_N[latent_N],
                columns.position_N[latent_N],
                columns.latent_N[latent_N],
                columns.value_N[latent_N],
            ),
            (ERROR, error // n_tokens, error % n_tokens, torch.full_like(error, -1), norms[error]),
            (TOKEN, torch.full_like(token, -1), token, local.frozen.tokens_1T[0].cpu(), one(n_tokens)),
            (BIAS, bias_layer, torch.full_like(bias_layer, -1), torch.arange(len(names)), one(len(names))),
            (
                TARGET,
                torch.tensor([aim.layer for aim in aims]),
                torch.tensor([aim.position for aim in aims]),
                torch.tensor([-1 if aim.target.token is None else aim.target.token for aim in aims]),
                aims_pre,
            ),
        ]
        return Nodes(
            kind=torch.cat([torch.full((len(layer),), kind) for kind, layer, *_ in parts]).to(torch.int8),
            layer=torch.cat([part[1] for part in parts]).to(torch.int16),
            position=torch.cat([part[2] for part in parts]).to(torch.int32),
            index=torch.cat([part[3] for part in parts]).to(torch.int32),
            activation=torch.cat([part[4].float() for part in parts]),
        )

    def _texts(self) -> tuple[str, ...]:
        tokenizer = self.local.model.lm.tokenizer
        ids = self.local.frozen.tokens_1T[0].tolist()
        return tuple(f"token {token}" if tokenizer is None else token_decoder(tokenizer)(token) for token in ids)

    def _facts(self, residual: Tensor) -> dict[str, Any]:
        local, t = self.local, self.t
        lm = local.model.lm
        return {
            "torch": torch.__version__,
            "model": dict(lm.identity),
            "n_layers": lm.n_layers,
            "dictionaries": local.model.transcoders.describe(),
            "settings": asdict(t.config),
            "active": local.n_active,
            "constant_first": local.constant_first,
            "linearisation": {"worst": local.frozen.deviation},
            "residual": {"worst": float(residual.max()), "mean": float(residual.mean())},
        }
