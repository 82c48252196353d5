"""What a format's `load_…` gives and its `save_…` takes: a dictionary, where it belongs, and what is worth saying.

Legend of suffixes: D width, F latents.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.dictionaries.storage import put_tensors
from microtome.dictionaries.temporal import TemporalConfig
from microtome.errors import ConfigError, FormatError
from microtome.formats.reading import setting, whole_numbers

#: Under this key, formats that allow entries of others keep what they have no words for, so that it comes back.
KEPT = "microtome"
# Sparsifiers that keep the same number of latents of every token.
_COUNTED = ("topk", "abstopk", "groupmax")


@dataclass(frozen=True, kw_only=True, eq=False)
class Foreign:
    """A dictionary from a file, for raw activations, with what the file says of it.

    `site_in`, `site_out`, `model`: where it belongs, None where the file does not say. `notes`: one line for each thing
    that is not as in the file. `before_gain`: its input is the site's before the norm's gain and bias (`places.py`).
    `of_module`: its mlp_out or attn_out is what the module gives, before a norm that may follow.
    """

    dictionary: Dictionary
    format: str
    site_in: str | None = None
    site_out: str | None = None
    model: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    before_gain: bool = False
    of_module: bool = False

    def with_notes(self, *notes: str) -> Foreign:
        return dataclasses.replace(self, notes=(*self.notes, *notes))


def build(
    origin: Path,
    *,
    kind: str,
    sparsifier: str,
    tensors: Mapping[str, Tensor],
    l0: float = math.nan,
    matryoshka: tuple[int, ...] = (),
    normalise: str = "none",
    temporal: TemporalConfig | None = None,
) -> Dictionary:
    """A dictionary of tensors under their names here. Settings it cannot have are the file's fault, and said so."""
    latents, d_in = tensors["W_enc"].shape
    if l0 > latents and sparsifier not in _COUNTED:
        l0 = math.nan  # a target that was never meant for this size
    try:
        config = DictionaryConfig(
            kind=kind,
            sparsifier=sparsifier,
            d_in=d_in,
            d_out=tensors["W_dec"].shape[1],
            latents=latents,
            l0=l0,
            matryoshka=matryoshka,
            normalise=normalise,
            temporal=temporal,
        )
        dictionary = Dictionary(config)
    except ConfigError as error:
        raise FormatError(f"'{origin}': {error.problem}", cure="Check that its settings are whole") from None
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise FormatError(
                f"'{origin}' gives NaN or infinity in {name} once its scales are folded into it",
                cure="Check that its settings and its weights are whole",
            )
    put_tensors(dictionary, tensors, origin=str(origin))
    return dictionary.requires_grad_(False)


def fold_row_norms(tensors: dict[str, Tensor]) -> None:
    """Bring the rows of W_dec to unit norm and the codes to match, in place: the output stays as it is."""
    # A row of zeros stays one: SAELens has the same least norm.
    norm_F = tensors["W_dec"].norm(dim=1).clamp(min=1e-8)
    tensors["W_enc"] = tensors["W_enc"] * norm_F[:, None]
    tensors["b_enc"] = tensors["b_enc"] * norm_F
    tensors["W_dec"] = tensors["W_dec"] / norm_F[:, None]


def subtract_b_dec(tensors: dict[str, Tensor]) -> None:
    """Move the biases, in place, so that they are right when b_dec is subtracted from the input."""
    shift_F = product(tensors["W_enc"], tensors["b_dec"])
    tensors["b_enc"] = tensors["b_enc"] + shift_F
    if "b_mag" in tensors:
        tensors["b_mag"] = tensors["b_mag"] + shift_F * tensors["r_mag"].exp()


def product(W_FD: Tensor, vector_D: Tensor) -> Tensor:
    """W·v summed in float64: what is folded into a bias must not cost digits."""
    return (W_FD.double() @ vector_D.double()).float()


def bias_of_raw_input(dictionary: Dictionary) -> Tensor:
    """b_enc of the same encoder when nothing is subtracted from its input, [F]."""
    return (dictionary.b_enc.double() - dictionary.W_enc.double() @ dictionary.b_dec_in.double()).float()


def thresholds(dictionary: Dictionary) -> Tensor | None:
    """The level each latent must exceed, [F], of a batchtopk or jumprelu; None of any other."""
    level = getattr(dictionary.sparsifier, "threshold", None)
    return None if level is None else level.detach().clamp(min=0.0).expand(dictionary.config.latents).clone()


def kept(dictionary: Dictionary, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What goes under `KEPT`: the config and the origin, in plain values."""
    return {
        "dictionary": dictionary.config.to_json(),
        "facts": {key: value for key, value in facts.items() if key != "dictionary"},
    }


def plain(value: Any) -> Any:
    """A setting of any file as JSON holds it: NaN and infinity are null, and what JSON has no type for is its text."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def was_kept(entry: Mapping[str, Any], origin: Path) -> dict[str, Any]:
    """The `kept` of a file, its values of the types they were written with, or nothing.

    Raises `FormatError` for values of other types.
    """
    own = entry.get(KEPT)
    if not isinstance(own, dict) or not isinstance(own.get("dictionary"), dict):
        return {}
    said, facts = f"{KEPT}.dictionary", f"{KEPT}.facts"
    for name in ("site_in", "site_out", "model"):
        setting(entry, f"{facts}.{name}", str, origin, None)
    shape = {
        **own["dictionary"],
        "l0": setting(entry, f"{said}.l0", float, origin, math.nan),
        "matryoshka": whole_numbers(entry, f"{said}.matryoshka", origin),
    }
    return {"dictionary": shape, "facts": setting(entry, facts, dict, origin, {})}


def restore(dictionary: Dictionary, own: Mapping[str, Any], origin: Path) -> Dictionary:
    """The dictionary with what its file could not say (`batchtopk`, prefixes, L0), where `own` agrees with the file."""
    said = own.get("dictionary")
    if not isinstance(said, dict):
        return dictionary
    now = dictionary.config
    if any(said.get(key) != getattr(now, key) for key in ("kind", "d_in", "d_out", "latents")):
        return dictionary
    sparsifier, level = str(said.get("sparsifier")), thresholds(dictionary)
    tensors = _tensors(dictionary)
    if sparsifier == "batchtopk" and now.sparsifier == "jumprelu" and level is not None:
        if not bool((level == level[0]).all()):
            return dictionary
        tensors["threshold"] = level[0]
    elif sparsifier != now.sparsifier:
        return dictionary
    return build(
        origin,
        kind=now.kind,
        sparsifier=sparsifier,
        tensors=tensors,
        # How many are kept is what the file says; elsewhere L0 is what was aimed at.
        l0=now.l0 if sparsifier in _COUNTED else said["l0"],
        matryoshka=said["matryoshka"],
        normalise=now.normalise,
        temporal=now.temporal,
    )


def _tensors(dictionary: Dictionary) -> dict[str, Tensor]:
    from microtome.dictionaries.storage import tensors_of

    return {name: tensor.clone() for name, tensor in tensors_of(dictionary).items()}


def l0_word(dictionary: Dictionary) -> str:
    """How L0 is said in a note."""
    return "" if math.isnan(dictionary.config.l0) else f" (L0 {dictionary.config.l0:g})"


def unit_rows(W_FD: Tensor) -> bool:
    return bool(torch.allclose(W_FD.norm(dim=1), torch.ones(len(W_FD)), atol=1e-5))


def no_temporal(dictionary: Dictionary, format_name: str) -> None:
    """Raise `FormatError` for a dictionary that needs the tokens before, which the format has no place for."""
    if dictionary.config.temporal is not None:
        raise cannot_hold(
            "a temporal sae", format_name, "dictionaries that encode each token on its own", "Choose --to saelens"
        )


def cannot_hold(what: str, format_name: str, holds: str, cure: str) -> FormatError:
    return FormatError(f"{format_name} cannot hold {what}, it holds {holds}", cure=cure)
