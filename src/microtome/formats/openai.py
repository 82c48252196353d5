"""OpenAI's sparse_autoencoder: a `.pt` with a state dict that also names the activation, to be read.

https://github.com/openai/sparse_autoencoder, `model.py` (Autoencoder, LN, TopK, from_state_dict): encoder.weight
[F, D], decoder.weight [D, F], pre_bias [D] subtracted before and added after, latent_bias [F]; with TopK the input of
each token is normalised first and the output brought back; k stands in `activation_state_dict`. `paths.py` names the
places, which are part of a file's path.
"""

from __future__ import annotations

from pathlib import Path

from microtome.errors import FormatError
from microtome.formats import paths
from microtome.formats.foreign import Foreign, build
from microtome.formats.reading import DOWNLOAD_AGAIN, Weights, read_pt, setting

NAME = "openai"
_OWN = {"pre_bias", "encoder.weight", "latent_bias"}


def is_openai(path: Path) -> bool:
    """Whether a `.pt` file holds what one of OpenAI's does, by its names; numbers are left on the disk."""
    try:
        state = read_pt(path, mapped=True)
    except FormatError:
        return False
    return isinstance(state, dict) and state.keys() >= _OWN


def load_openai(path: Path) -> Foreign:
    """The dictionary of a `.pt` file. Raises `FormatError` naming what is wrong with it."""
    state = read_pt(path)
    if not isinstance(state, dict) or "pre_bias" not in state:
        have = ", ".join(map(str, state)) if isinstance(state, dict) else f"a {type(state).__name__}"
        raise FormatError(
            f"'{path}' is of no format that is known: expected OpenAI's pre_bias, it has {have or 'nothing'}",
            cure="Give a folder with its settings beside it (docs/formats.md has the list)",
        )
    state = dict(state)
    activation = setting(state, "activation", str, path, "ReLU")
    options = setting(state, "activation_state_dict", dict, path, {})
    for name in ("activation", "activation_state_dict"):
        state.pop(name, None)
    if activation not in ("ReLU", "TopK") or options.get("postact_fn", "ReLU") != "ReLU":
        raise FormatError(
            f"'{path}' has the activation '{activation}', expected ReLU, or TopK of what is positive",
            cure=DOWNLOAD_AGAIN,
        )
    weights = Weights(state, path)
    weights.drop("stats_last_nonzero", "latents_activation_frequency", "latents_mean_square")
    latents, width = weights.shape("encoder.weight", 2)
    tensors = {
        "W_enc": weights.take("encoder.weight", (latents, width)),
        "b_enc": weights.take("latent_bias", (latents,)),
        "b_dec": weights.take("pre_bias", (width,)),
    }
    # A tied decoder (TiedTranspose) holds the encoder's weights a second time.
    tied = "decoder.linear.weight" in weights
    weights.drop("decoder.linear.weight")
    tensors["W_dec"] = tensors["W_enc"].clone() if tied else weights.take("decoder.weight", (width, latents)).T
    topk = activation == "TopK"
    text = path.absolute().as_posix()
    site = next((site for site in paths.openai(text) if not site.endswith(".")), None)
    return Foreign(
        dictionary=build(
            path,
            kind="sae",
            sparsifier="topk" if topk else "relu",
            tensors=tensors,
            l0=setting(options, "k", float, path) if topk else float("nan"),
            normalise="layer_norm" if topk else "none",
        ),
        format=NAME,
        site_in=site,
        site_out=site,
        model="openai-community/gpt2" if "gpt2-small" in text else None,
        facts={NAME: {"activation": activation}},
        notes=tuple(weights.finish()),
    )
