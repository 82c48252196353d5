"""Names of places and models in other libraries, from and to ours.

What another library calls a place is only mapped to a site where both are the same numbers. The one systematic
difference is TransformerLens' `hook_normalized`: it is what a norm gives before its gain and bias, which that library
can fold into the weights behind it, while `mlp_in` and `attn_in` are behind them
(https://github.com/TransformerLensOrg/TransformerLens, components/rms_norm.py and layer_norm.py). Such a dictionary is
marked, and gain and bias are folded into its encoder once the model is known (`placing.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from microtome.sites import POINTS

_TO_POINT = {
    "hook_resid_pre": "resid_pre",
    "hook_resid_mid": "resid_mid",
    "hook_resid_post": "resid_post",
    "hook_attn_out": "attn_out",
    "hook_mlp_out": "mlp_out",
    "mlp.hook_in": "mlp_in",
    "mlp.hook_post": "mlp_act",
    "attn.hook_z": "attn_z",
}
_BEFORE_GAIN = {"ln1.hook_normalized": "attn_in", "ln2.hook_normalized": "mlp_in"}
_FROM_POINT = {point: name for name, point in _TO_POINT.items()}

# What a module gives. Where a norm follows, as in Gemma 2 and 3 and OLMo 2, something else is added to the stream.
_MLP = r"mlp(?:[.:]output)?"
_ATTENTION = r"(?:self_attn|attn|attention)(?:[.:]output)?"
# In those models this norm follows the attention; in others it is in front of the MLP.
_BETWEEN = r"post_attention_layernorm(?:[.:]output)?"
_POST_NORM = r"gemma-?[23](?![0-9bn])|olmo-?[23](?![0-9b])"
_PRE_NORM = r"llama|mistral|qwen|phi-?3|gemma-\d+b"
# Places in module paths of transformers, as suffixes of a decoder layer's path.
_MODULES = (
    (r"pre_feedforward_layernorm(?:[.:]output)?|mlp[.:]input", "mlp_in"),
    (r"post_feedforward_layernorm(?:[.:]output)?", "mlp_out"),
    (r"self_attn\.o_proj[.:]input", "attn_z"),
    (_MLP, "mlp_out"),
    (_ATTENTION, "attn_out"),
    (r"[.:]?(?:output)?", "resid_post"),
    (r"[.:]?input", "resid_pre"),
)

# Words for a place in names that anyone chose.
_WORDS = (
    (r"attention_out", "attn_out"),
    (r"^(resid|residual)([_ ]?(out|stream))?\d*$", "resid_post"),
    (r"^mlp\d*$", "mlp_out"),
    (r"^(attn|att|attention)\d*$", "attn_out"),
)

# How TransformerLens calls models that have another name on the Hub.
_MODELS = {
    "gpt2-small": "openai-community/gpt2",
    "gpt2": "openai-community/gpt2",
    "gpt2-medium": "openai-community/gpt2-medium",
    "gpt2-large": "openai-community/gpt2-large",
    "gpt2-xl": "openai-community/gpt2-xl",
}
_OWNERS = (("pythia-", "EleutherAI"), ("gemma-", "google"), ("gpt-neo-", "EleutherAI"), ("Llama-3", "meta-llama"))


def hook_of_point(point: str | None, *, before_gain: bool = False, of_module: bool = False) -> str | None:
    """The name of a point without its layer, as circuit-tracer writes it; `of_module`: what the module gives."""
    if of_module and point == "mlp_out":
        return "mlp.hook_out"
    name = to_transformer_lens(f"0.{point}", before_gain=before_gain)
    return None if name is None else name.removeprefix("blocks.0.")


@dataclass(frozen=True)
class Where:
    """A place as another library names it: our site, whether it lies before the norm's gain, and whether it is what
    the module gives, before a norm that may follow.
    """

    site: str | None
    before_gain: bool = False
    note: str | None = None
    of_module: bool = False

    @property
    def point(self) -> str | None:
        """The site without its layer."""
        return self.site and self.site.partition(".")[2]


def from_transformer_lens(name: str | None) -> Where:
    """`blocks.9.hook_mlp_out` as a site."""
    if not name:
        return Where(None)
    if name == "hook_embed":
        return Where("0.resid_pre", note="'hook_embed' is read as 0.resid_pre, the same where positions are not added")
    match = re.fullmatch(r"blocks\.(\d+)\.(.+)", name)
    if not match:
        return Where(None, note=f"the place '{name}' has no name here")
    layer, point = match.groups()
    if point in _TO_POINT:
        return Where(f"{layer}.{_TO_POINT[point]}")
    if point in _BEFORE_GAIN:
        return Where(f"{layer}.{_BEFORE_GAIN[point]}", before_gain=True)
    if point == "mlp.hook_out":
        return Where(f"{layer}.mlp_out", of_module=True)
    return Where(None, note=f"the place '{name}' has no name here")


def to_transformer_lens(site: str | None, *, before_gain: bool = False) -> str | None:
    """A site as `blocks.9.hook_mlp_out`, or None where that library has no such place."""
    layer, _, point = (site or "").partition(".")
    if before_gain:
        return next((f"blocks.{layer}.{name}" for name, own in _BEFORE_GAIN.items() if own == point), None)
    return f"blocks.{layer}.{_FROM_POINT[point]}" if layer.isdigit() and point in _FROM_POINT else None


def norm_follows(model: str | None) -> bool | None:
    """Whether what a module gives goes through a norm before it is added to the stream, by the model's name; None where
    the name does not say.
    """
    if re.search(_POST_NORM, model or "", re.IGNORECASE):
        return True
    return False if re.search(_PRE_NORM, model or "", re.IGNORECASE) else None


def from_module_path(path: str | None, model: str | None = None) -> Where:
    """`model.layers.9.mlp`, `layers.9`, `layers.9.post_feedforward_layernorm.output` … as a site of a model."""
    if not path:
        return Where(None)
    if path.endswith("embed_tokens"):
        return Where("0.resid_pre", note="'embed_tokens' is read as 0.resid_pre: a model may scale it between")
    match = re.fullmatch(r"(?:.*\.)?(?:layers|h|blocks)[._](\d+)(?:\.(.*))?", path)
    if not match:
        return Where(None, note=f"the place '{path}' has no name here")
    layer, rest = match.group(1), match.group(2) or ""
    if re.fullmatch(_BETWEEN, rest) and (follows := norm_follows(model)) is not None:
        return Where(f"{layer}.{'attn_out' if follows else 'mlp_in'}")
    for pattern, point in _MODULES:
        if re.fullmatch(pattern, rest):
            return Where(f"{layer}.{point}", of_module=pattern in (_MLP, _ATTENTION))
    return Where(None, note=f"the place '{path}' has no name here")


def point_in_words(name: str) -> str | None:
    """The point in a free name of a place, of which the usual ones are known: our own, and `resid`, `attention_out`."""
    for point in POINTS:
        if re.search(rf"(?<![a-z]){point}(?![a-z])", name):
            return point
    for pattern, point in _WORDS:
        if re.search(pattern, name):
            return point
    return None


def to_module_path(site: str | None, *, transcode: bool, behind_norm: bool = False) -> str | None:
    """The hookpoint of sparsify for a site: the output of a module, `layers.9` or `layers.9.mlp`; `behind_norm`: of
    the norm that follows it.

    A transcoder is named by its module, whose input it reads and whose output it predicts.
    """
    layer, _, point = (site or "").partition(".")
    modules = {"resid_post": "", "mlp_out": ".mlp", "attn_out": ".self_attn"}
    norms = {"mlp_out": ".post_feedforward_layernorm", "attn_out": ".post_attention_layernorm"}
    suffix = (modules | norms if behind_norm and not transcode else modules).get(point)
    return None if suffix is None else f"layers.{layer}{suffix}"


def model_on_hub(name: str | None) -> str | None:
    """The Hub id of a model that another library names shortly."""
    if not name or "/" in name:
        return name
    if name in _MODELS:
        return _MODELS[name]
    return next((f"{owner}/{name}" for start, owner in _OWNERS if name.startswith(start)), name)


def short_model(name: str | None) -> str | None:
    """How TransformerLens' users call a model."""
    return None if name is None else name.rpartition("/")[2]
