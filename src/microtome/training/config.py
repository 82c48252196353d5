"""What a training run is asked to do, as one frozen value: from flags, from a file, or from Python.

The resolved config is written into the run, and a resumed run must be asked for the same one.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from microtome.dictionaries import KINDS, SPARSIFIERS
from microtome.errors import ConfigError
from microtome.kernels import SELECTIONS
from microtome.training.optimiser import OptimiserConfig

LOGGERS = ("wandb", "tensorboard")


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """One run. Several sites, kinds, sparsifiers, L0s or sizes: one dictionary per combination, in one pass of the LM.

    model, text: what the language model reads (`text` may list several sources, `column` names a field).
    activations, targets: arrays to train on instead, without a language model.
    sites: `9.mlp_out`, globs and ranges; for transcoders `9.mlp_in->9.mlp_out`, or the target alone.
    kinds: of the dictionaries; each site gets every kind that fits it. sparsifiers, l0s, latents, matryoshka: what each
    kind is trained with. tokens: to train on, special tokens not counted.
    batch_tokens: per optimiser step. context: tokens per block. buffer_tokens: held at a time and mixed.
    eval_text, eval_activations: held-out data of its own; without it a share `held_out` of the documents (rows) is kept
    out of training. eval_tokens: held-out tokens measured at the end, eval_loss_tokens: those on which the model's
    losses are. checkpoint_every: tokens between checkpoints, 0 for every tenth of the run.
    selection: how the active latents are found while training: `exact` in float32, among candidates found in `bfloat16`
    or `int8` with values in float32, or `auto`: the fastest of these on this processor.
    dtype, device: of the language model; on CUDA dictionaries are trained there too. loggers: `wandb`, `tensorboard`.
    """

    model: str | None = None
    text: str | None = None
    column: str | None = None
    activations: str | None = None
    targets: str | None = None
    sites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("sae",)
    sparsifiers: tuple[str, ...] = ("batchtopk",)
    l0s: tuple[float, ...] = (32.0,)
    latents: tuple[int, ...] = (8192,)
    matryoshka: tuple[int, ...] = ()
    tokens: int = 2_000_000
    batch_tokens: int = 2048
    context: int = 128
    buffer_tokens: int = 2**17
    held_out: float = 0.05
    eval_text: str | None = None
    eval_activations: str | None = None
    eval_targets: str | None = None
    eval_tokens: int = 50_000
    eval_loss_tokens: int = 20_000
    checkpoint_every: int = 0
    seed: int = 0
    selection: str = "auto"
    dtype: str = "auto"
    device: str = "auto"
    loggers: tuple[str, ...] = ()
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_source()
        for name in ("seed", "checkpoint_every", "eval_loss_tokens"):
            if getattr(self, name) < 0:
                raise ConfigError(
                    f"got {name} = {getattr(self, name)}, expected 0 or more", cure=f"Raise --{_flag(name)}"
                )
        for name in ("tokens", "batch_tokens", "context", "buffer_tokens", "eval_tokens"):
            if getattr(self, name) < 1:
                raise ConfigError(
                    f"got {name} = {getattr(self, name)}, expected at least 1", cure=f"Raise --{_flag(name)}"
                )
        if self.buffer_tokens < 2 * self.batch_tokens:
            raise ConfigError(
                f"a mixing buffer of {self.buffer_tokens} tokens holds less than two batches of {self.batch_tokens}, "
                "nothing would be mixed",
                cure="Raise --buffer-tokens or lower --batch-tokens",
            )

    def _check_source(self) -> None:
        if self.activations is not None:
            for name in ("model", "text", "column", "sites", "eval_text"):
                if getattr(self, name):
                    raise ConfigError(
                        f"got --{_flag(name)} together with --activations, expected one or the other",
                        cure="Leave out --activations to train on a language model, or the other option",
                    )
            for name in ("dtype", "context", "eval_loss_tokens", "eval_tokens"):
                if getattr(self, name) != _default(name):
                    raise ConfigError(
                        f"got --{_flag(name)} together with --activations, where no language model reads any text",
                        cure=f"Leave out --{_flag(name)}",
                    )
        else:
            for name, example in (
                ("model", "--model tiny"),
                ("text", "--text builtin:python-docs"),
                ("sites", "--site 3.mlp_out"),
            ):
                if not getattr(self, name):
                    raise ConfigError(f"--{_flag(name)} is missing", cure=f"Give for example {example}")
            for name in ("targets", "eval_activations", "eval_targets"):
                if getattr(self, name):
                    raise ConfigError(
                        f"--{_flag(name)} goes with --activations, which is missing", cure="Give --activations too"
                    )
        transcoders = [kind for kind in self.kinds if kind != "sae"]
        if self.targets is None and transcoders and self.activations is not None:
            raise ConfigError(f"a {transcoders[0]} got --activations without --targets", cure="Give --targets Y.npy")
        if self.targets is not None and "sae" in self.kinds:
            raise ConfigError("an sae got --targets, it predicts its own input", cure="Use --kind transcoder")
        if self.eval_targets is not None and self.eval_activations is None:
            raise ConfigError("got --eval-targets without --eval-activations", cure="Give both")
        if (self.eval_text or self.eval_activations) and self.held_out != _default("held_out"):
            raise ConfigError(
                "got --held-out together with held-out data of its own, expected one or the other",
                cure="Leave out --held-out",
            )
        if (self.targets is None) != (self.eval_targets is None) and self.eval_activations is not None:
            raise ConfigError(
                "--eval-activations and --eval-targets do not match what is trained on",
                cure="Give --eval-targets exactly when there are --targets",
            )

    def _check_choices(self) -> None:
        for chosen, allowed, flag in (
            (self.kinds, KINDS, "kind"),
            (self.sparsifiers, SPARSIFIERS, "sparsifier"),
            (self.loggers, LOGGERS, "log"),
            ((self.selection,), ("auto", *SELECTIONS), "selection"),
        ):
            for name in chosen:
                if name not in allowed:
                    raise ConfigError(
                        f"got {flag} '{name}', expected one of {', '.join(allowed)}", cure=f"Give --{flag} one of these"
                    )
        choices = {"kind": self.kinds, "sparsifier": self.sparsifiers, "l0": self.l0s, "latents": self.latents}
        for flag, values in choices.items():
            if len(set(values)) < len(values):
                raise ConfigError(f"got --{flag} with a value twice", cure="Give each value once")
            if not values:
                raise ConfigError(f"got no --{flag} to train", cure=f"Give --{flag} at least one value")
        for kind, sparsifier in itertools.product(self.kinds, self.sparsifiers):
            self.optimiser.revives_by_auxk(sparsifier, kind)
        if not 0 <= self.held_out < 1:
            raise ConfigError(f"got a held-out share of {self.held_out}, expected 0 to 1", cure="Give --held-out 0.05")

    def combinations(self) -> list[tuple[str, float, int]]:
        """(sparsifier, l0, latents) of every dictionary that a site gets, for each kind that fits it."""
        return list(itertools.product(self.sparsifiers, self.l0s, self.latents))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; the inverse of `config_from`."""
        return json.loads(json.dumps(dataclasses.asdict(self)))  # type: ignore[no-any-return]

    def differences(self, other: Mapping[str, Any]) -> list[str]:
        """`key: other's value -> own value` for every key in which a config read from JSON differs from this one."""
        return _differences(other, self.to_json(), "")


def _default(name: str) -> Any:
    return next(field.default for field in dataclasses.fields(TrainingConfig) if field.name == name)


def config_from(values: Mapping[str, Any], *, origin: str) -> TrainingConfig:
    """A config from plain values. Raises `ConfigError` for keys that do not exist and values of another type."""
    values = dict(values)
    if not isinstance(values.get("optimiser", {}), Mapping):
        raise ConfigError(
            f"{origin}: optimiser is {values['optimiser']!r}, expected a table of settings",
            cure="Write for example [optimiser] and below it lr = 1e-3",
        )
    optimiser = _checked(OptimiserConfig, dict(values.pop("optimiser", {})), f"{origin}, optimiser")
    return TrainingConfig(**_checked(TrainingConfig, values, origin), optimiser=OptimiserConfig(**optimiser))


def read_config_file(path: str | Path) -> dict[str, Any]:
    """The values of a `.json` or `.toml` config file."""
    path = Path(path)
    cure = "Give a .json or .toml file with the keys of docs/training.md"
    try:
        if path.suffix == ".toml":
            return tomllib.loads(path.read_text())
        value = json.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigError(f"the config file '{path}' is not there", cure="Check the path") from None
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"the config file '{path}' cannot be read ({error})", cure=cure) from None
    if not isinstance(value, dict):
        raise ConfigError(f"the config file '{path}' holds a {type(value).__name__}, expected an object", cure=cure)
    return value


def _checked(cls: type, values: dict[str, Any], origin: str) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    known = {f.name for f in dataclasses.fields(cls)} - {"optimiser"}
    for key in values:
        if key not in known:
            import difflib

            near = difflib.get_close_matches(key, known, n=1)
            raise ConfigError(
                f"{origin} has the key '{key}', which does not exist",
                cure=f"Did you mean '{near[0]}'?" if near else f"Use one of {', '.join(sorted(known))}",
            )
    return {key: _as_type(value, hints[key], f"{origin}: {key}") for key, value in values.items()}


def _as_type(value: Any, hint: Any, where: str) -> Any:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    for option in options:
        if option is type(None) and value is None:
            return None
        if typing.get_origin(option) is tuple:
            item = typing.get_args(option)[0]
            items = value if isinstance(value, (list, tuple)) else [value]
            return tuple(_as_type(v, item, where) for v in items)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if option is float and is_number:
            return float(value)
        if option is int and is_number and value == int(value):
            return int(value)
        if option is str and isinstance(value, str):
            return value
    names = " or ".join(getattr(option, "__name__", str(option)) for option in options)
    raise ConfigError(f"{where} is {value!r}, expected {names}", cure="Correct the value")


def _differences(before: Any, now: Any, prefix: str) -> list[str]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        rows = []
        for key in sorted({*before, *now}):
            rows += _differences(before.get(key), now.get(key), f"{prefix}.{key}" if prefix else key)
        return rows
    return [] if before == now else [f"{prefix}: {before!r} -> {now!r}"]


def _flag(name: str) -> str:
    option = {"sites": "site", "kinds": "kind", "l0s": "l0", "sparsifiers": "sparsifier"}.get(name, name)
    return option.replace("_", "-")
