"""The arithmetic of sparse codes: the one entry through which everything encodes and decodes.

With K of F latents active, only the encoder product `x · W_encᵀ` is dense work. Everything else touches the B·K
pairs (token, latent) that fired. Callers see one function per operation; which implementation runs underneath
is this package's business, so that a faster one can be put in without a caller knowing.
"""

from microtome.kernels.operations import (
    Pairs,
    decode_pairs,
    encode_pairs,
    pairs_above,
    pairs_from_mask,
    pairs_from_topk,
    pre_activations,
)

__all__ = [
    "Pairs",
    "decode_pairs",
    "encode_pairs",
    "pairs_above",
    "pairs_from_mask",
    "pairs_from_topk",
    "pre_activations",
]
