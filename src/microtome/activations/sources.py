"""Where activations come from: a language model reading text, arrays on disk, or a Python iterator.

Legend of suffixes: N rows (tokens), D width of an activation, T token position.

A source is a sequence of windows. A window holds the activations of some tokens at every site asked for, in natural
order; its content is a pure function of (source, seed, index), whatever happened before. That is what lets a resumed
run continue bit for bit: it asks for the window it was in, again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from torch import Tensor

from microtome.errors import ActivationError, ConfigError, MemoryRequestError, TextError

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.sites import AnySite
    from microtome.text import Blocks, PackingConfig, TextSource

#: Names of the two columns of an array source.
INPUT, TARGET = "input", "target"
# Contiguous rows of an array that stay together when windows are drawn, so that reading is by runs, not single rows.
_ROWS_PER_RUN = 64
_CPU = torch.device("cpu")
#: Tokens of text that windows are drawn from at once.
SHARD_TOKENS = 2**25
# Of a text in random order: at least, and per token that is wanted.
_LEAST_SHARD, _READ_PER_TOKEN = 2**18, 16


def shard_for(text: TextSource, tokens: int) -> int:
    """Tokens of a shard for a run that wants `tokens` of a text.

    Of a text in random order, what is not drawn from need not be tokenised; of any other, a part would be a sample of
    its beginning.
    """
    return min(SHARD_TOKENS, max(_LEAST_SHARD, _READ_PER_TOKEN * tokens)) if text.mixed else SHARD_TOKENS


@dataclass(frozen=True)
class Window:
    """Activations of one window: `columns[name]` is [N, D_name], the same N tokens in each. `excluded` specials."""

    index: int
    columns: Mapping[str, Tensor]
    excluded: int = 0

    @property
    def n_rows(self) -> int:
        return next(iter(self.columns.values())).shape[0]


class ActivationSource(Protocol):
    """What training needs to know of a source."""

    @property
    def widths(self) -> Mapping[str, int]:
        """Width of every column."""
        ...

    def windows(self, start: int) -> Iterator[Window]:
        """Windows from number `start` on, without end: a finite source begins a new epoch, in another order."""
        ...

    def identity(self) -> dict[str, Any]:
        """Facts for manifests: what the activations were made from. Equal identities give equal windows."""
        ...


def check_memory(needed: float, *, what: str, cure: str, device: torch.device = _CPU) -> None:
    """Refuse a buffer of `needed` bytes that would take more than 80 % of the memory now free on `device`."""
    free = _free_memory(device)
    if needed > 0.8 * free:
        memory = "memory" if device.type == "cpu" else f"{device.type} memory"
        raise MemoryRequestError(
            f"{what} needs {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB of {memory} are free", cure=cure
        )


def _free_memory(device: torch.device) -> int:
    import psutil

    # A processor's memory is what all devices but CUDA's are limited by here: nothing large is kept on them.
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else int(psutil.virtual_memory().available)


def part_fingerprints(text: TextSource) -> list[str]:
    """Fingerprints of the sources a text is made of, so that one of them is recognised in other company."""
    return [part.fingerprint for part in getattr(text, "parts", [text])]


def _generator(*words: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


class ModelActivations:
    """Activations of a language model on text, special tokens left out.

    Text is read in shards of about `shard_tokens` tokens; the blocks of a shard are permuted by (seed, epoch, shard)
    and cut into windows of about `window_tokens`. One forward pass serves all sites and stops at the deepest.
    """

    def __init__(
        self,
        model: LanguageModel,
        text: TextSource,
        packing: PackingConfig,
        sites: Iterable[AnySite],
        *,
        seed: int,
        window_tokens: int,
        batch_contexts: int = 32,
        shard_tokens: int = SHARD_TOKENS,
    ) -> None:
        self.model, self.text, self.packing, self.seed = model, text, packing, seed
        self.sites = list(sites)
        self.window_tokens, self.batch_contexts, self.shard_tokens = window_tokens, batch_contexts, shard_tokens
        self.widths = {str(site): model.width(site) for site in self.sites}
        #: called with (contexts done, contexts in all) while a window is harvested
        self.on_progress: Callable[[int, int], None] = lambda done, total: None
        row_bytes = sum(self.widths.values()) * torch.empty((), dtype=model.dtype).element_size()
        # The window trained on, the one being made, and a half in case the text does not divide evenly.
        needed = 2.5 * window_tokens * row_bytes
        # On a GPU windows stay where they are made, if they leave dictionaries room.
        on_gpu = model.device.type == "cuda" and needed < 0.5 * _free_memory(model.device)
        #: where windows are kept
        self.place = model.device if on_gpu else _CPU
        check_memory(
            needed,
            device=self.place,
            what=f"a mixing buffer of {window_tokens:,} tokens at {len(self.sites)} sites",
            cure="Lower --buffer-tokens, or train fewer sites at once",
        )

    def windows(self, start: int) -> Iterator[Window]:
        index = 0
        for blocks in self._windows_of_blocks(start):
            if index >= start and blocks is not None:
                yield self.harvest(index, blocks)
            index += 1

    def _windows_of_blocks(self, start: int) -> Iterator[Blocks | None]:
        """The blocks of every window; None for those before `start`, which need not be cut out."""
        from microtome.text import iter_shards

        index = epoch = 0
        while True:
            shards_read = 0
            for shard, blocks in enumerate(self._shards(iter_shards)):
                shards_read += 1
                order = _generator(self.seed, epoch, shard).permutation(len(blocks))
                n_windows = min(len(blocks), max(1, round(blocks.n_usable / self.window_tokens)))
                for part in np.array_split(order, n_windows):
                    yield blocks.take(part) if index >= start else None
                    index += 1
            if shards_read == 0:
                raise TextError(
                    f"'{self.text.name}' gave no text to train on", cure="Give a longer text, or --eval-text of its own"
                )
            epoch += 1

    def _shards(self, iter_shards: Callable[..., Iterator[Blocks]]) -> Iterator[Blocks]:
        # A text that fits in one shard is tokenised once, however many epochs are read from it.
        if (only := getattr(self, "_only_shard", None)) is not None:
            yield only
            return
        count = 0
        last: Blocks | None = None
        for last in iter_shards(self.text, self.model.tokenizer, self.packing, shard_tokens=self.shard_tokens):
            count += 1
            yield last
        if count == 1:
            self._only_shard = last

    def harvest(self, index: int, blocks: Blocks) -> Window:
        """Activations of some blocks, special tokens left out, as window number `index`."""
        usable = torch.from_numpy(~blocks.special)
        n_rows = int(usable.sum())
        columns = {
            name: torch.empty(n_rows, width, dtype=self.model.dtype, device=self.place)
            for name, width in self.widths.items()
        }
        row = 0
        for first in range(0, len(blocks), self.batch_contexts):
            tokens_BT = torch.from_numpy(blocks.tokens[first : first + self.batch_contexts]).long()
            keep_BT = usable[first : first + self.batch_contexts]
            captured = self.model.capture(tokens_BT, self.sites)
            kept_N = keep_BT.flatten().nonzero()[:, 0]
            part = slice(row, row + len(kept_N))
            for site in self.sites:
                value_ND = captured.pop(site).flatten(0, 1)
                columns[str(site)][part] = value_ND.index_select(0, kept_N.to(value_ND.device)).to(self.place)
            row += len(kept_N)
            self.on_progress(min(first + self.batch_contexts, len(blocks)), len(blocks))
        return Window(index, columns, excluded=blocks.tokens.size - n_rows)

    def identity(self) -> dict[str, Any]:
        # Left out where it is what it was for all runs once, so that those can be resumed.
        shard = {} if self.shard_tokens == SHARD_TOKENS else {"shard_tokens": self.shard_tokens}
        return {
            **shard,
            "model": self.model.identity,
            "dtype": str(self.model.dtype).removeprefix("torch."),
            "text": {
                "name": self.text.name,
                "fingerprint": self.text.fingerprint,
                "parts": part_fingerprints(self.text),
            },
            "packing": {
                "context": self.packing.context,
                "held_out_share": self.packing.held_out_share,
                "part": self.packing.part,
            },
        }


class ArrayActivations:
    """Activations somebody else made: inputs [N, D_in] and, unless a site predicts itself, targets [N, D_out].

    Rows are drawn in runs of 64, permuted over the whole array each epoch, so that an array larger than memory can be
    mapped from disk. Every 1/`held_out_share`-th run is left to evaluation (`part`).
    """

    def __init__(
        self,
        columns: Mapping[str, Any],
        *,
        name: str,
        seed: int,
        window_tokens: int,
        part: str = "all",
        held_out_share: float = 0.05,
    ) -> None:
        self.columns, self.name, self.seed, self.window_tokens = dict(columns), name, seed, window_tokens
        self.widths = {key: int(array.shape[1]) for key, array in self.columns.items()}
        lengths = {key: int(array.shape[0]) for key, array in self.columns.items()}
        check_memory(
            4.0 * min(window_tokens, max(lengths.values())) * sum(self.widths.values()),
            what=f"a mixing buffer of {window_tokens:,} rows",
            cure="Lower --buffer-tokens",
        )
        if len(set(lengths.values())) > 1:
            raise ActivationError(
                f"inputs have {lengths[INPUT]} rows and targets {lengths[TARGET]}, expected a target for every input",
                cure="Save both from the same tokens, in the same order",
            )
        self.n_rows = lengths[INPUT]
        self.part, self.held_out_share = part, held_out_share
        runs = np.arange(-(-self.n_rows // _ROWS_PER_RUN))
        self.runs = runs if part == "all" else runs[_held_out(len(runs), held_out_share) == (part == "held_out")]
        if len(self.runs) == 0:
            raise ActivationError(
                f"'{name}' has {self.n_rows} rows, too few to keep some for evaluation",
                cure="Give more rows, or a second array with --eval-activations",
            )

    def windows(self, start: int) -> Iterator[Window]:
        runs_per_window = max(1, self.window_tokens // _ROWS_PER_RUN)
        n_windows = max(1, round(len(self.runs) / runs_per_window))
        index = start
        while True:
            epoch, place = divmod(index, n_windows)
            order = _generator(self.seed, epoch).permutation(self.runs)
            yield self._read(index, np.array_split(order, n_windows)[place])
            index += 1

    def in_order(self) -> Iterator[Window]:
        """Every row once, in the order of the array: for evaluation."""
        runs_per_window = max(1, self.window_tokens // _ROWS_PER_RUN)
        for index, first in enumerate(range(0, len(self.runs), runs_per_window)):
            yield self._read(index, self.runs[first : first + runs_per_window])

    def _read(self, index: int, runs: np.ndarray) -> Window:
        spans = [(run * _ROWS_PER_RUN, min((run + 1) * _ROWS_PER_RUN, self.n_rows)) for run in np.sort(runs)]
        columns = {key: torch.cat([_rows(array, a, b) for a, b in spans]) for key, array in self.columns.items()}
        return Window(index, columns)

    def identity(self) -> dict[str, Any]:
        return {
            "array": self.name,
            "rows": self.n_rows,
            "widths": dict(self.widths),
            "part": self.part,
            "held_out_share": self.held_out_share,
            "probe": _probe(self.columns, self.n_rows),
        }


class IteratorActivations:
    """Activations from Python: `make()` returns an iterator over arrays [n, D], or over pairs (inputs, targets).

    `make` is called again for every epoch and on resuming, so it must give the same arrays each time.
    """

    def __init__(self, make: Callable[[], Iterable[Any]], *, name: str, window_tokens: int) -> None:
        if not callable(make):
            raise ConfigError(
                f"got a {type(make).__name__} as activations, expected a function that returns an iterator",
                cure="Pass for example lambda: my_batches(), so that every epoch can start anew",
            )
        self.make, self.name, self.window_tokens = make, name, window_tokens
        first = next(iter(make()), None)
        if first is None:
            raise ActivationError(f"'{name}' gave no activations", cure="Return an iterator over arrays [n, D]")
        self.widths = {key: int(value.shape[1]) for key, value in _as_columns(first, name).items()}

    def windows(self, start: int) -> Iterator[Window]:
        index = 0
        while True:
            before = index
            for rows in self._fill():
                if index >= start:
                    yield Window(index, rows)
                index += 1
            if index == before:
                raise ActivationError(
                    f"'{self.name}' gave no activations when it was asked again",
                    cure="Return a new iterator from every call, not the same spent one",
                )

    def _fill(self) -> Iterator[dict[str, Tensor]]:
        held: list[dict[str, Tensor]] = []
        n_rows = 0
        for item in self.make():
            held.append(_as_columns(item, self.name))
            n_rows += len(held[-1][INPUT])
            if n_rows >= self.window_tokens:
                yield {key: torch.cat([part[key] for part in held]) for key in self.widths}
                held, n_rows = [], 0
        if held:
            yield {key: torch.cat([part[key] for part in held]) for key in self.widths}

    def identity(self) -> dict[str, Any]:
        return {"iterator": self.name, "widths": dict(self.widths)}


def open_array(path: str) -> Any:
    """Rows [N, D] from a `.npy` or `.safetensors` file, mapped, not read. [B, T, D] is flattened to rows.

    Raises `ActivationError` for a file that is missing, unreadable, of another shape, or not of numbers.
    """
    file = Path(path)
    cure = "Give a .npy file, or a .safetensors file with one tensor, of shape [rows, width]"
    if not file.is_file():
        raise ActivationError(f"'{path}' is not there, expected a file of activations", cure="Check the path")
    try:
        if file.suffix == ".npy":
            array: Any = np.load(file, mmap_mode="r", allow_pickle=False)
        elif file.suffix == ".safetensors":
            array = _one_tensor(file)
        else:
            raise ActivationError(f"'{path}' ends in '{file.suffix}', expected .npy or .safetensors", cure=cure)
    except ActivationError:
        raise
    except Exception as error:
        raise ActivationError(f"'{path}' cannot be read ({error}), it may be cut short", cure=cure) from error
    if array.ndim == 3:
        array = array.reshape(-1, array.shape[-1])
    is_real = not array.is_complex() if isinstance(array, Tensor) else array.dtype.kind in "fiub"
    if array.ndim != 2 or 0 in array.shape or not is_real:
        raise ActivationError(
            f"'{path}' holds {array.dtype} of shape {tuple(array.shape)}, expected numbers of shape [rows, width]",
            cure=cure,
        )
    return array


def _one_tensor(file: Path) -> Tensor:
    from safetensors import safe_open

    with safe_open(file, framework="pt") as tensors:
        names = list(tensors.keys())
        if len(names) != 1:
            raise ActivationError(
                f"'{file}' holds {len(names)} tensors ({', '.join(names[:5])}), expected one",
                cure="Save the activations as the only tensor of the file",
            )
        return tensors.get_tensor(names[0])  # type: ignore[no-any-return]


def _held_out(n_runs: int, share: float) -> np.ndarray:
    # Evenly spread and independent of the seed, so that evaluation finds the same rows later.
    if share <= 0:
        return np.zeros(n_runs, dtype=bool)
    return np.floor(np.arange(1, n_runs + 1) * share) > np.floor(np.arange(n_runs) * share)


def _rows(array: Any, first: int, last: int) -> Tensor:
    part = array[first:last]
    if isinstance(part, Tensor):
        return part
    # A copy in the machine's own byte order: torch takes no other, and a mapped file must not be written to.
    return torch.from_numpy(np.array(part, dtype=part.dtype.newbyteorder("=")))


def _as_columns(item: Any, name: str) -> dict[str, Tensor]:
    parts = item if isinstance(item, tuple) else (item,)
    tensors = [part if isinstance(part, Tensor) else torch.as_tensor(np.asarray(part)) for part in parts]
    if len(tensors) > 2 or any(t.ndim != 2 for t in tensors) or len({len(t) for t in tensors}) != 1:
        raise ActivationError(
            f"'{name}' gave shapes {[tuple(t.shape) for t in tensors]}, expected [n, D] or a pair of such with equal n",
            cure="Yield one array, or (inputs, targets)",
        )
    return dict(zip((INPUT, TARGET), tensors))


def _probe(columns: Mapping[str, Any], n_rows: int) -> str:
    """A checksum over a few rows: enough to notice that a file of the same name and shape holds something else."""
    import hashlib

    digest = hashlib.sha256()
    for key in sorted(columns):
        for row in sorted({0, n_rows // 3, n_rows // 2, n_rows - 1}):
            digest.update(_rows(columns[key], row, row + 1).double().numpy().tobytes())
    return digest.hexdigest()[:16]
