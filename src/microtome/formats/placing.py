"""Putting a foreign dictionary where it belongs in a model: its sites, its widths, and the norm's gain.

Legend of suffixes: D width, F latents.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from microtome.dictionaries import CrosslayerTranscoder, Dictionary
from microtome.dictionaries.crosslayer import EncoderLayer
from microtome.dictionaries.sparsifiers import MatchingPursuit
from microtome.dictionaries.storage import tensors_of
from microtome.errors import FormatError, SiteError
from microtome.evaluation import Placed
from microtome.formats.foreign import Foreign, build, product
from microtome.sites import AnySite, Site

if TYPE_CHECKING:
    from microtome.models import LanguageModel

# Modules that normalise the residual stream on its way into the MLP or the attention, in the order to look for them.
_NORMS = {
    "mlp_in": ("pre_feedforward_layernorm", "ln_2", "post_attention_layernorm"),
    "attn_in": ("input_layernorm", "ln_1"),
}


def placed_on(
    model: LanguageModel, foreign: Foreign, *, site_in: str | None = None, site_out: str | None = None
) -> Placed:
    """The dictionary at its sites in `model`, for that model's own activations.

    `site_in`, `site_out` are used where the file does not say. Raises `FormatError` when it does not fit, naming both
    widths, or no site is known; `SiteError` for a site the model lacks.
    """
    site_in, site_out = foreign.site_in or site_in, foreign.site_out or site_out
    if site_in is None or site_out is None:
        raise FormatError("the file does not say where it belongs", cure="Give --site, such as --site 9.mlp_out")
    try:
        first, last = (exact_site(model, site, of_module=foreign.of_module) for site in (site_in, site_out))
    except SiteError as error:
        if foreign.model is None or foreign.site_in is None:
            raise
        raise FormatError(
            f"the dictionary is for {foreign.site_in} of {foreign.model}, got the model {model.name} ({error.problem})",
            cure="Give the model it was made for",
        ) from None
    shape = foreign.dictionary.config
    for site, width in ((first, shape.d_in), (last, shape.d_out)):
        if model.width(site) != width:
            made = f", it was made for {foreign.model}" if foreign.model else ""
            raise FormatError(
                f"the dictionary is {width} wide at {site}, the model {model.name} is {model.width(site)} wide "
                f"there{made}",
                cure="Give the model it was made for",
            )
    dictionary = foreign.dictionary
    if foreign.before_gain:
        assert isinstance(first, Site)
        gain_D, bias_D = gain_of(model, first)
        dictionary = fold_gain(dictionary, gain_D, bias_D)
    return Placed(dictionary, first, last)


def exact_site(model: LanguageModel, text: str, *, of_module: bool) -> AnySite:
    """The site that `text` names; `of_module`: where a norm follows the module in `model`, the module's own output.

    Raises `SiteError` for a site the model lacks.
    """
    (site,) = model.parse(text)
    if not of_module or not isinstance(site, Site) or site.point not in ("mlp_out", "attn_out"):
        return site
    # What is added to the stream comes from the module that reads mlp_in or attn_in, or from a norm behind it.
    rows = {row["point"]: str(row["module"]) for row in model.describe()}
    inside = rows.get(site.point.replace("out", "in"))
    if inside is None or inside.removesuffix(":input") == rows[site.point].removesuffix(":output"):
        return site
    (exact,) = model.parse(inside.removesuffix(":input").replace(".0", f".{site.layer}", 1) + ":output")
    return exact


def sites_given(text: str | None, kind: str) -> tuple[str | None, str | None]:
    """(input, output) of `9.mlp_out` or `9.mlp_in->9.mlp_out`; a transcoder of `9.mlp_out` alone reads `9.mlp_in`."""
    first, _, last = (text or "").partition("->")
    last = last or first
    if kind != "sae" and first == last and first.endswith("mlp_out"):
        first = first.replace("mlp_out", "mlp_in")
    return first or None, last or None


def remarks(model: LanguageModel, foreign: Foreign) -> list[str]:
    """What to tell of putting it there."""
    found = other_model(model, foreign.model)
    if foreign.before_gain:
        found.append(f"the gain of the norm before {foreign.site_in} is folded into its encoder")
    if foreign.of_module and foreign.site_out is not None:
        exact = exact_site(model, foreign.site_out, of_module=True)
        if str(exact) != foreign.site_out:
            found.append(f"its {foreign.site_out} is what the module gives, before the norm that follows: {exact}")
    return found


def other_model(model: LanguageModel, made: str | None) -> list[str]:
    """A line where something was made for another model than this one, by the last part of their names."""
    if made is None or made.rpartition("/")[2].lower() == model.name.rstrip("/").rpartition("/")[2].lower():
        return []
    return [f"it was made for {made} and is used on {model.name}"]


def crosslayer_on(model: LanguageModel, clt: CrosslayerTranscoder) -> CrosslayerTranscoder:
    """A cross-layer transcoder of what `model` gives to its MLPs, or of the stream before, for its own activations.

    Raises `FormatError`: it reads or predicts another place, or the model has no norm whose gain could be folded.
    """
    known = {site.point for site in model.sites()} & {"mlp_in", "resid_mid"}
    if clt.point_in not in known or clt.point_out != "mlp_out":
        said: Mapping[str, Any] = next(iter(clt.facts.values()), {})
        names = [
            said.get(key) or point or "a place without a name"
            for key, point in (("feature_input_hook", clt.point_in), ("feature_output_hook", clt.point_out))
        ]
        stream = ", or resid_mid (hook_resid_mid)" if "resid_mid" in known else ""
        raise FormatError(
            f"the cross-layer transcoder reads {names[0]} and predicts {names[1]}, expected of {model.name} mlp_in "
            f"(mlp.hook_in or ln2.hook_normalized){stream}, and mlp_out (hook_mlp_out)",
            cure="Give one that reads the input of the MLPs",
        )
    if not clt.before_gain:
        return clt
    norms = [gain_of(model, Site(layer, "mlp_in")) for layer in range(clt.n_layers)]

    def encoder(layer: int) -> EncoderLayer:
        part, (gain_D, bias_D) = clt.encoder(layer), norms[layer]
        W_enc = part.W_enc / gain_D
        return EncoderLayer(W_enc, part.b_enc - product(W_enc, bias_D), part.threshold)

    b_dec_LD, skip_LDD = clt.b_dec_LD, clt.W_skip_LDD
    if skip_LDD is not None:
        gain_LD, bias_LD = (torch.stack(side) for side in zip(*norms, strict=True))
        skip_LDD = skip_LDD / gain_LD[:, None]
        b_dec_LD = b_dec_LD - torch.stack([product(W, bias_D) for W, bias_D in zip(skip_LDD, bias_LD, strict=True)])
    return CrosslayerTranscoder(
        latents=clt.latents,
        encoder=encoder,
        decoder=clt.decoder,
        b_dec_LD=b_dec_LD,
        W_skip_LDD=skip_LDD,
        model=clt.model,
        facts=clt.facts,
    )


def gain_of(model: LanguageModel, site: Site) -> tuple[Tensor, Tensor]:
    """(gain [D], bias [D]) of the norm whose output is `site`, proved on random vectors.

    Raises `FormatError`: the model has no such norm, or one that computes something else.
    """
    layer = model.hf.get_submodule(_layers(model))[site.layer]
    name = next((name for name in _NORMS.get(site.point, ()) if hasattr(layer, name)), None)
    if name is None:
        raise FormatError(
            f"the dictionary reads the norm before {site} without its gain, and {model.name} has no norm known there",
            cure="Use it on a model of the family it was made for",
        )
    norm: Any = getattr(layer, name)
    weight_D = norm.weight.detach().float().cpu()
    bias = getattr(norm, "bias", None)
    bias_D = torch.zeros_like(weight_D) if bias is None else bias.detach().float().cpu()
    x_BD = 100 * torch.randn(8, len(weight_D), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        out_BD = norm(x_BD.to(model.device, model.dtype)).float().cpu()
    centred_BD = x_BD - x_BD.mean(1, keepdim=True) if bias is not None else x_BD
    unit_BD = centred_BD / centred_BD.square().mean(1, keepdim=True).sqrt()
    tolerance = 1e-3 if model.dtype == torch.float32 else 0.1
    for gain_D in (weight_D, 1 + weight_D):
        if torch.allclose(unit_BD * gain_D + bias_D, out_BD, atol=tolerance, rtol=tolerance):
            return gain_D, bias_D
    raise FormatError(
        f"the norm '{name}' before {site} of {model.name} is of a kind that is not known", cure="Load it in float32"
    )


def _layers(model: LanguageModel) -> str:
    from microtome.models.families import choose

    family = choose(model.hf.config.get_text_config(), None)
    if family is None:
        raise FormatError(f"the layers of {model.name} are of no known family", cure="Use a family of docs/models.md")
    return family.layers


def fold_gain(dictionary: Dictionary, gain_D: Tensor, bias_D: Tensor) -> Dictionary:
    """From a dictionary of n to one of x = n·gain + bias: the same codes."""
    shape = dictionary.config
    if isinstance(dictionary.sparsifier, MatchingPursuit):
        raise FormatError(
            "a matching_pursuit measures what it leaves over before the gain, which behind it is another length",
            cure="Use it in its library",
        )
    if shape.temporal is not None:
        raise FormatError(
            "a temporal sae takes parts along directions away before the gain, behind which they have other angles",
            cure="Use it in its library",
        )
    # Products and quotients of two float32 numbers round the same from float64; only the sums need it.
    tensors = tensors_of(dictionary)
    tensors["W_enc"] = tensors["W_enc"] / gain_D
    if shape.kind == "sae":
        tensors["W_dec"] = tensors["W_dec"] * gain_D
        tensors["b_dec"] = (tensors["b_dec"].double() * gain_D.double() + bias_D.double()).float()
    else:
        tensors["b_dec_in"] = (tensors["b_dec_in"].double() * gain_D.double() + bias_D.double()).float()
    if "W_skip" in tensors:
        W_skip = tensors["W_skip"].double() / gain_D.double()
        tensors["W_skip"] = W_skip.float()
        tensors["b_dec"] = (tensors["b_dec"].double() - W_skip @ bias_D.double()).float()
    return build(
        Path("the dictionary"),
        kind=shape.kind,
        sparsifier=shape.sparsifier,
        l0=shape.l0,
        matryoshka=shape.matryoshka,
        normalise=shape.normalise,
        tensors=tensors,
    )
