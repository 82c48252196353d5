"""Where in a model a member of a release belongs, as far as its path says: each format by its own names of places.

A layer of which no place is said is written `12.`; it is chosen by its layer alone, and fits no place.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from microtome.formats.places import from_module_path, from_transformer_lens, point_in_words
from microtome.sites import POINTS

_LAYER = r"(?:layers?[_.]?|blocks\.)(\d+)"
_SEED = r"/seed\d+$"


def sites_in(path: str, format: str) -> tuple[str, ...]:
    """The sites (input and output of a transcoder) that the path of a member says, its release's name in front."""
    return _RULES.get(format, lambda _: ())(path)


def sparsify_folder(path: str) -> str:
    """The hookpoint in a path of sparsify: the last folder, or the one before where several seeds were trained."""
    return re.sub(_SEED, "", path.rstrip("/")).rpartition("/")[2]


def gemma_scope(path: str) -> tuple[str, ...]:
    """`gemma-scope-2b-pt-res/layer_12/width_16k/average_l0_82`: what is read stands in the release's name."""
    if "embedding" in path:
        return ("0.resid_pre",)
    release = re.search(r"gemma-scope-\w+-(?:pt|it)-(res|mlp|att|transcoders)", path)
    word = "transcoders" if "transcoder" in path else release[1] if release else ""
    points = {"res": ("resid_post",), "mlp": ("mlp_out",), "att": ("attn_z",), "transcoders": ("mlp_in", "mlp_out")}
    return _in_layer(path, points.get(word, ("",)))


def gemma_scope_2(path: str) -> tuple[str, ...]:
    """`transcoder_all/layer_12_width_16k_l0_small_affine`: what is read is the folder, and their attn_out is attn_z."""
    points = {
        "resid_post": ("resid_post",),
        "attn_out": ("attn_z",),
        "mlp_out": ("mlp_out",),
        "transcoder": ("mlp_in", "mlp_out"),
    }
    return _in_layer(path, next((own for word, own in points.items() if f"/{word}" in f"/{path}"), ("",)))


def llama_scope(path: str) -> tuple[str, ...]:
    """`Llama3_1-8B-Base-L15R-8x`: residual stream, MLP's and attention's output, and the output of a transcoder."""
    found = re.search(r"(?:^|[/-])L(\d+)(R|M|A|TC)(?:-\d+x)?(?:/|$)", path)
    points = {"R": "resid_post", "M": "mlp_out", "A": "attn_out", "TC": "mlp_out"}
    return (f"{found[1]}.{points[found[2]]}",) if found else ()


def openai(path: str) -> tuple[str, ...]:
    """`gpt2-small/resid_delta_mlp_v5_32k/autoencoders/6.pt`."""
    layer = re.search(r"(?:^|/)(?:layer_?)?(\d+)\.pt$", path)
    places = {
        "mlp_post_act": "mlp_act",
        "resid_delta_attn": "attn_out",
        "resid_post_attn": "resid_mid",
        "resid_delta_mlp": "mlp_out",
        "resid_post_mlp": "resid_post",
    }
    point = next((point for word, point in places.items() if word in path), "")
    return (f"{layer[1]}.{point}",) if layer else ()


def _saelens(path: str) -> tuple[str, ...]:
    # Behind a hook's name there may be a size, as in `blocks.8.hook_resid_pre_24576`.
    for name in re.findall(r"blocks\.\d+\.(?:\w+\.)?hook_[a-z]+(?:_[a-z]+)*", path):
        site = from_transformer_lens(name).site
        return (site or f"{name.split('.')[1]}.",)
    return _by_words(path)


def _sparsify(path: str) -> tuple[str, ...]:
    site = from_module_path(sparsify_folder(path)).site
    return (site,) if site else _in_layer(path, ("",))


def _dictionary_learning(path: str) -> tuple[str, ...]:
    for folder in reversed(path.split("/")):
        layer = re.search(r"layer_?(\d+)", folder)
        if layer:
            words = folder[: layer.start()].strip("_") or folder[layer.end() :].strip("_")
            return (f"{layer[1]}.{point_in_words(words) or ''}",)
    return ()


def _by_words(path: str) -> tuple[str, ...]:
    """Our own names: `9.mlp_out`, `9.mlp_in-9.mlp_out`; or a layer and a point anywhere in the path."""
    own = re.findall(rf"(?<![\w.])(\d+\.(?:{'|'.join(POINTS)}))(?![a-z])", path.rpartition("/")[2])
    if own:
        return tuple(dict.fromkeys(own))
    return _in_layer(path, (next((point for point in POINTS if point in path), ""),))


def _in_layer(path: str, points: tuple[str, ...]) -> tuple[str, ...]:
    layers = re.findall(_LAYER, path)
    return tuple(f"{layers[-1]}.{point}" for point in points) if layers else ()


_RULES: dict[str, Callable[[str], tuple[str, ...]]] = {
    "microtome": _by_words,
    "saelens": _saelens,
    "sparsify": _sparsify,
    "dictionary_learning": _dictionary_learning,
    "gemma-scope": gemma_scope,
    "gemma-scope-2": gemma_scope_2,
    "llama-scope": llama_scope,
    "openai": openai,
}
