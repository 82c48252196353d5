"""A set of transcoders as circuits see it: for each layer what it reads, which latents fire, and what they write.

Runs, sets in other tools' formats, single dictionaries in memory and cross-layer transcoders all become
`Transcoders`. A layer is opened when it is asked for and only the rows of latents that fired are kept, so a set that is
larger than memory works where the prompt is not.

Legend of suffixes: T position, D d_model, N pairs (position, latent), U different latents that fired, O layers written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from microtome.errors import ConfigError, FormatError

if TYPE_CHECKING:
    from microtome.dictionaries import Dictionary
    from microtome.dictionaries.crosslayer import CrosslayerTranscoder
    from microtome.evaluation import Placed
    from microtome.formats.sets import TranscoderSet
    from microtome.models import LanguageModel
    from microtome.runs import Run

__all__ = [
    "ActiveLatents",
    "Transcoders",
    "from_crosslayer",
    "from_placed",
    "from_run",
    "from_set",
    "open_transcoders",
]

#: Dictionaries stay open as long as all of them take no more than this many bytes; of larger sets one is.
_STAY_OPEN = 1 << 30
#: Sparsifiers under which the code of a latent that fires is its pre-activation.
_LINEAR_WHEN_ACTIVE = ("relu", "topk", "batchtopk", "jumprelu")


@dataclass(frozen=True, eq=False)
class ActiveLatents:
    """What fires in one layer. Pair n is latent `latent_U[row_N[n]]` at position `position_N[n]`, sorted by
    (position, latent); `value_N` its code.

    `encoder_UD` and `bias_U`: pre-activation = encoder·input + bias. `decoder_UOD` [U, O, D]: what one unit writes to
    the MLP outputs of the layer itself and of the O − 1 after it.
    """

    position_N: Tensor
    row_N: Tensor
    value_N: Tensor
    latent_U: Tensor
    encoder_UD: Tensor
    bias_U: Tensor
    decoder_UOD: Tensor

    @property
    def latent_N(self) -> Tensor:
        return self.latent_U[self.row_N]


class Transcoders(Protocol):
    """One transcoder for every layer, from `reads` to `mlp_out` of its layer (and of later ones)."""

    n_layers: int
    #: The point that all read: `mlp_in`, or `resid_mid`, the stream before the MLP's norm.
    reads: str
    #: What to tell of using them on this model, a line each.
    remarks: tuple[str, ...]

    def active(self, layer: int, x_TD: Tensor) -> ActiveLatents:
        """What fires in a layer on its MLP's inputs [T, D]."""

    def rows(self, layer: int, latent_U: Tensor) -> tuple[Tensor, Tensor]:
        """(encoder rows [U, D], biases [U]) of latents of a layer, whether they fire or not."""

    def codes(self, layer: int, x_TD: Tensor) -> Tensor:
        """Codes of a layer's inputs, dense [T, F]."""

    def latents(self, layer: int) -> int:
        """How many latents a layer has."""

    def bias(self, layer: int) -> Tensor:
        """What is added to the prediction of a layer's MLP, [D]."""

    def skip(self, layer: int) -> Tensor | None:
        """W_skip [D_out, D_in] of a layer, if it has one."""

    def describe(self) -> list[dict[str, Any]]:
        """For each layer: layer, site, latents, kind, name."""


class _PerLayer:
    """One `Dictionary` for each layer, through a function that opens it; `sites`: what each says it reads."""

    def __init__(
        self,
        lm: LanguageModel,
        placed: Mapping[int, Any],
        names: Mapping[int, str],
        sites: Iterable[str | None],
        remarks: tuple[str, ...] = (),
    ) -> None:
        self.n_layers, self.remarks = lm.n_layers, remarks
        # Where a model has no stream before the MLP's norm, or layers differ, the layer is refused when it is opened.
        stream = any(site is not None and site.endswith(".resid_mid") for site in sites)
        self.reads = "resid_mid" if stream and "resid_mid" in {site.point for site in lm.sites()} else "mlp_in"
        self._lm, self._placed, self._names = lm, placed, names
        self._open_now: dict[int, Dictionary] = {}
        self._described: list[dict[str, Any]] = []
        missing = [layer for layer in range(lm.n_layers) if layer not in placed]
        if missing:
            raise ConfigError(
                f"got transcoders for {len(placed)} of the {lm.n_layers} layers of {lm.name}, "
                f"layer {missing[0]} has none",
                cure="Give one for every layer: microtome train --kind transcoder --site '*.mlp_out'",
            )

    def _open(self, layer: int) -> Dictionary:
        if layer not in self._open_now:
            placed: Placed = self._placed[layer]()
            check_placed(self._lm, layer, placed, self._names[layer], self.reads)
            dictionary = placed.dictionary.to(self._lm.device, self._lm.dtype)
            size = sum(tensor.nbytes for tensor in dictionary.state_dict().values())
            if size * self.n_layers > _STAY_OPEN:
                self._open_now.clear()
            self._open_now[layer] = dictionary
        return self._open_now[layer]

    @torch.no_grad()
    def active(self, layer: int, x_TD: Tensor) -> ActiveLatents:
        dictionary = self._open(layer)
        codes = dictionary.encode(x_TD)
        fires_N = codes.values_N != 0
        position_N, latent_N, value_N = (
            part[fires_N] for part in (codes.pairs.token_N, codes.pairs.latent_N.long(), codes.values_N)
        )
        order_N = (position_N * dictionary.config.latents + latent_N).argsort()
        latent_U, row_N = latent_N[order_N].unique(return_inverse=True)
        encoder_UD, bias_U = self.rows(layer, latent_U)
        return ActiveLatents(
            position_N[order_N],
            row_N,
            value_N[order_N].detach(),
            latent_U,
            encoder_UD,
            bias_U,
            dictionary.W_dec.detach()[latent_U][:, None],
        )

    def rows(self, layer: int, latent_U: Tensor) -> tuple[Tensor, Tensor]:
        dictionary = self._open(layer)
        encoder_UD = dictionary.W_enc.detach()[latent_U]
        return encoder_UD, dictionary.b_enc.detach()[latent_U] - encoder_UD @ dictionary.b_dec_in.detach()

    @torch.no_grad()
    def codes(self, layer: int, x_TD: Tensor) -> Tensor:
        return self._open(layer).encode(x_TD).dense()

    def latents(self, layer: int) -> int:
        return self._open(layer).config.latents

    def bias(self, layer: int) -> Tensor:
        return self._open(layer).b_dec.detach()

    def skip(self, layer: int) -> Tensor | None:
        W_skip = self._open(layer).W_skip
        return None if W_skip is None else W_skip.detach()

    def describe(self) -> list[dict[str, Any]]:
        if not self._described:
            for layer in range(self.n_layers):
                config = self._open(layer).config
                row = {"site": f"{layer}.mlp_out", "latents": config.latents, "kind": config.kind}
                self._described.append({"layer": layer, **row, "name": self._names[layer]})
        return list(self._described)


class _Crosslayer:
    """A cross-layer transcoder."""

    def __init__(self, lm: LanguageModel, clt: CrosslayerTranscoder, name: str) -> None:
        if clt.n_layers != lm.n_layers or clt.width != lm.d_model:
            raise ConfigError(
                f"the cross-layer transcoder has {clt.n_layers} layers of width {clt.width}, {lm.name} has "
                f"{lm.n_layers} of width {lm.d_model}",
                cure="Give the model it was made for",
            )
        from microtome.formats.placing import crosslayer_on, other_model

        folded = ("the gain of the norm before mlp_in is folded into its encoders",) if clt.before_gain else ()
        self.remarks = (*other_model(lm, clt.model), *folded)
        self.n_layers, self._clt, self._name = lm.n_layers, crosslayer_on(lm, clt), name
        self.reads = self._clt.point_in or "mlp_in"

    @torch.no_grad()
    def active(self, layer: int, x_TD: Tensor) -> ActiveLatents:
        codes = self._clt.encode_layer(x_TD, layer)
        position_N, latent_N = codes.nonzero(as_tuple=True)
        latent_U, row_N = latent_N.unique(return_inverse=True)
        encoder_UD, bias_U = self.rows(layer, latent_U)
        return ActiveLatents(
            position_N,
            row_N,
            codes[position_N, latent_N],
            latent_U,
            encoder_UD,
            bias_U,
            self._clt.decoder(layer, latent_U),
        )

    def rows(self, layer: int, latent_U: Tensor) -> tuple[Tensor, Tensor]:
        part = self._clt.encoder(layer)
        return part.W_enc[latent_U], part.b_enc[latent_U]

    def codes(self, layer: int, x_TD: Tensor) -> Tensor:
        return self._clt.encode_layer(x_TD, layer)

    def latents(self, layer: int) -> int:
        return self._clt.latents

    def bias(self, layer: int) -> Tensor:
        return self._clt.b_dec_LD[layer]

    def skip(self, layer: int) -> Tensor | None:
        return None if self._clt.W_skip_LDD is None else self._clt.W_skip_LDD[layer]

    def describe(self) -> list[dict[str, Any]]:
        return [
            {
                "layer": layer,
                "site": f"{layer}.mlp_out",
                "latents": self._clt.latents,
                "kind": self._clt.kind,
                "name": self._name,
            }
            for layer in range(self.n_layers)
        ]


def from_placed(lm: LanguageModel, placed: Mapping[int, Placed], names: Mapping[int, str] | None = None) -> Transcoders:
    """Transcoders from dictionaries in memory, one `Placed` for each layer.

    Raises `ConfigError`: a layer without one; and when a layer is opened: other sites than its MLP's input (or, for
    all layers, the stream before its norm) and output, a width that is not the model's, a sparsifier whose codes are
    not its pre-activations, weights not finite.
    """
    known = names or {layer: f"{layer}.mlp_out" for layer in placed}
    sites = [str(one.site_in) for one in placed.values()]
    return _PerLayer(lm, {layer: lambda one=one: one for layer, one in placed.items()}, known, sites)


def from_set(lm: LanguageModel, transcoders: TranscoderSet) -> Transcoders:
    """Transcoders of a set in another tool's format, each read when its layer is asked for. Raises as `from_placed`."""
    from microtome.formats.placing import other_model, placed_on

    def opener(layer: int) -> Any:
        return lambda: placed_on(lm, transcoders[layer], site_in=f"{layer}.mlp_in", site_out=f"{layer}.mlp_out")

    return _PerLayer(
        lm,
        {layer: opener(layer) for layer in transcoders},
        {layer: f"{transcoders.format} {layer}" for layer in transcoders},
        [site_in for site_in, _ in transcoders.sites.values()],
        tuple(other_model(lm, transcoders.model)),
    )


def from_crosslayer(lm: LanguageModel, clt: CrosslayerTranscoder, name: str = "clt") -> Transcoders:
    """A cross-layer transcoder. Raises `ConfigError`: its layers or width are not the model's; `FormatError`: it reads
    or predicts other places than the MLPs' inputs and outputs.
    """
    return _Crosslayer(lm, clt, name)


def from_run(lm: LanguageModel, run: Run, names: tuple[str, ...] = ()) -> Transcoders:
    """The transcoders of a run; `names` chooses where a layer has several.

    Raises `ConfigError`: trained on another model, no transcoder, several for one layer, or a layer without one.
    """
    from microtome.training.reevaluate import check_trained_on, place

    # A run of arrays names no model: then it is for whoever traces to know.
    if run.facts["data"]["source"].get("model") is not None:
        check_trained_on(run, lm)
    by_layer: dict[int, str] = {}
    for name in names or run.names:
        entry = run.entry(name)
        if entry["kind"] not in ("transcoder", "skip_transcoder"):
            continue
        layer = int(str(entry["site_out"]).split(".", 1)[0])
        if layer in by_layer:
            raise ConfigError(
                f"the run has {by_layer[layer]} and {name} for layer {layer}, expected one transcoder for each layer",
                cure="Choose with --dictionary, once for each layer",
            )
        by_layer[layer] = name
    if not by_layer:
        raise ConfigError(
            f"the run '{run.path}' has no transcoders (it has {', '.join(run.names)})",
            cure="Train some: microtome train --kind transcoder --site '*.mlp_out'",
        )

    def opener(name: str) -> Any:
        return lambda: place(run, lm, name, run.dictionary(name))

    sites = [str(run.entry(name)["site_in"]) for name in by_layer.values()]
    return _PerLayer(lm, {layer: opener(name) for layer, name in by_layer.items()}, by_layer, sites)


def open_transcoders(lm: LanguageModel, reference: str, names: tuple[str, ...] = ()) -> Transcoders:
    """Transcoders of a run's folder, or of a set in any format that `microtome convert` reads.

    Raises `ConfigError`: no set, `names` for one that has none to choose from, or as `from_run`; `FormatError`:
    nothing readable there.
    """
    from pathlib import Path

    from microtome.dictionaries.crosslayer import CrosslayerTranscoder
    from microtome.formats.opening import open_dictionary
    from microtome.formats.sets import TranscoderSet
    from microtome.runs import Run

    if (Path(reference) / "run.json").is_file():
        return from_run(lm, Run.open(reference), names)
    if names:
        raise ConfigError(f"'{reference}' is no run, it has no dictionaries by name", cure="Leave out --dictionary")
    opened = open_dictionary(reference)
    if isinstance(opened, CrosslayerTranscoder):
        return from_crosslayer(lm, opened, Path(reference).name)
    if isinstance(opened, TranscoderSet):
        return from_set(lm, opened)
    raise ConfigError(
        f"'{reference}' holds one dictionary, expected a transcoder for every layer", cure="Give a run or a set of them"
    )


def check_placed(lm: LanguageModel, layer: int, placed: Placed, name: str, reads: str) -> None:
    """Refuse a dictionary that circuits cannot go through."""
    config = placed.dictionary.config
    sites = (str(placed.site_in), str(placed.site_out))
    if sites != (f"{layer}.{reads}", f"{layer}.mlp_out"):
        raise ConfigError(
            f"{name} maps {sites[0]} to {sites[1]}, expected {layer}.{reads} to {layer}.mlp_out",
            cure="Give transcoders of whole MLPs, which all read the same point",
        )
    if (config.d_in, config.d_out) != (lm.d_model, lm.d_model):
        raise ConfigError(
            f"{name} is {config.d_in} wide, {lm.name} is {lm.d_model}", cure="Give the model it was trained on"
        )
    if config.sparsifier not in _LINEAR_WHEN_ACTIVE or config.normalise != "none":
        how = config.sparsifier if config.normalise == "none" else f"{config.normalise} of each token"
        raise ConfigError(
            f"{name} has {how}, whose codes are not linear in its input, expected one of "
            f"{', '.join(_LINEAR_WHEN_ACTIVE)}",
            cure="Train the set with one of these",
        )
    for parameter, tensor in placed.dictionary.state_dict().items():
        if not bool(torch.isfinite(tensor).all()):
            raise FormatError(f"{name} holds values in {parameter} that are not finite", cure="Restore it from a copy")
