"""1L-Sparse-Autoencoder: `N.pt` (a state dict) and `N_cfg.json`, to be read.

https://github.com/neelnanda-io/1L-Sparse-Autoencoder, `utils.py` (AutoEncoder): W_enc [D, F], W_dec [F, D], relu,
b_dec is subtracted from the input; the activations are neurons of the MLP (`mlp.hook_post`) of layer 0 unless the
settings name a place. Descendants write the place as `act_name` and the sizes as `act_size` and `dict_size`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from microtome.errors import FormatError
from microtome.formats.foreign import Foreign, build
from microtome.formats.places import Where, from_transformer_lens, model_on_hub
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, agree, read_config, read_pt, setting
from microtome.sites import POINTS

NAME = "one-layer"


def load_one_layer(path: Path) -> Foreign:
    """The dictionary of a `.pt` file with its settings beside it. Raises `FormatError` naming what is wrong."""
    settings = path.with_name(f"{path.stem}_cfg.json")
    config = read_config(settings)
    state = read_pt(path)
    if not isinstance(state, dict):
        raise FormatError(f"'{path}' holds a {type(state).__name__}, expected tensors by name", cure=DOWNLOAD_AGAIN)
    weights = Weights(state, path)
    width, latents = weights.shape("W_enc", 2)
    agree(settings, "the width", config.get("act_size", config.get("d_mlp")), width)
    width_said, factor = (setting(config, key, int, settings, None) for key in ("d_mlp", "dict_mult"))
    product = width_said * factor if width_said and factor else None
    agree(settings, "the number of latents", config.get("dict_size", product), latents)
    tensors = {
        "W_enc": weights.take("W_enc", (width, latents)).T,
        "W_dec": weights.take("W_dec", (latents, width)),
        "b_enc": weights.take("b_enc", (latents,)),
        "b_dec": weights.take("b_dec", (width,)),
    }
    notes = weights.finish()
    where = _place(config, settings)
    unplaced = not {"act_name", "site", "hook_point", "layer"} & config.keys()
    return Foreign(
        dictionary=build(path, kind="sae", sparsifier="relu", tensors=tensors),
        format=NAME,
        site_in=where.site,
        site_out=where.site,
        model=model_on_hub(setting(config, "model_name", str, settings, "gelu-1l" if unplaced else None)),
        facts={NAME: config},
        notes=(*notes, *([where.note] if where.note else [])),
        before_gain=where.before_gain,
        of_module=where.of_module,
    )


def _place(config: Mapping[str, Any], settings: Path) -> Where:
    """The place that the settings name in any of the ways of descendants; without one, that of the original."""
    if (name := setting(config, "act_name", str, settings, None)) is not None:
        return from_transformer_lens(name)
    site = setting(config, "site", str, settings, setting(config, "hook_point", str, settings, None))
    layer = setting(config, "layer", int, settings, 0)
    if site is None and layer == 0:
        return Where("0.mlp_act")
    if site is None:
        return Where(None, note=f"its settings name layer {layer} and no place in it")
    if site.startswith("blocks."):
        return from_transformer_lens(site)
    point = site.removeprefix("hook_")
    if point not in POINTS:
        return Where(None, note=f"the place '{site}' of layer {layer} has no name here")
    return Where(f"{layer}.{point}")
