"""A dictionary: an encoder/decoder pair with sparse codes between them.

Legend of suffixes: B tokens, D width of an activation, F latents, N pairs (token, latent).

Encode `z = W_enc·(x − b_dec_in) + b_enc`, codes `a = sparsify(z)`; decode `x̂ = aᵀ·W_dec + b_dec (+ W_skip·x)`.
One class serves every kind of one layer (`crosslayer.py` has the other); the kind says which of its parts exist:

| kind | input → target | b_dec_in | W_skip |
|---|---|---|---|
| sae | x → x | is b_dec | – |
| transcoder | MLP input → MLP output | fixed mean of the inputs | – |
| skip_transcoder | the same | the same | [D_out, D_in] |

An sae may have a `temporal` part, which predicts some of each activation from those of the tokens before; then the rest
is encoded, and what was predicted is added to what is decoded. Such a dictionary works on whole sequences, so all that
have whole sequences take their rows from `Dictionary.rows`.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from microtome.dictionaries.sparsifiers import Gated, MatchingPursuit, Sparsifier, make_sparsifier
from microtome.dictionaries.temporal import Temporal, TemporalConfig
from microtome.errors import ActivationError, ConfigError
from microtome.kernels import Pairs, decode_pairs, encode_pairs, exact_choice, pre_activations

KINDS = ("sae", "transcoder", "skip_transcoder")
#: What is done to each token's input on its own before encoding, and undone after decoding where input and target are
#: the same activation. No training here uses it; dictionaries of others do.
NORMALISATIONS = ("none", "layer_norm", "unit_norm")


@dataclass(frozen=True, kw_only=True)
class DictionaryConfig:
    """Shape of a dictionary.

    d_in, d_out: width of the input and of the target activation.
    latents: number of latents F. l0: mean number of active latents per token aimed at, NaN where nobody knows.
    matryoshka: sizes of nested prefixes that must each reconstruct on their own, ascending, without F itself.
    normalise: `layer_norm` takes (x − mean)/(std + 1e-5) of each token, `unit_norm` takes x·√D/‖x‖.
    temporal: shape of the part that predicts from the tokens before, None where each token stands alone.
    """

    kind: str
    sparsifier: str
    d_in: int
    d_out: int
    latents: int
    l0: float
    matryoshka: tuple[int, ...] = ()
    normalise: str = "none"
    temporal: TemporalConfig | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(
                f"got kind '{self.kind}', expected one of {', '.join(KINDS)}", cure="Give --kind one of these"
            )
        if self.latents < 1:
            raise ConfigError(f"got {self.latents} latents, expected at least 1", cure="Raise --latents")
        if self.normalise not in NORMALISATIONS:
            raise ConfigError(
                f"got the normalisation '{self.normalise}', expected one of {', '.join(NORMALISATIONS)}",
                cure="Give one of these",
            )
        if not self.l0 > 0 and not math.isnan(self.l0):
            raise ConfigError(f"got an L0 of {self.l0:g}, expected more than 0", cure="Raise --l0")
        if self.l0 > self.latents:
            raise ConfigError(
                f"got an L0 of {self.l0:g} with {self.latents} latents, expected at most one activation per latent",
                cure="Lower --l0 or raise --latents",
            )
        if self.kind == "sae" and self.d_in != self.d_out:
            raise ConfigError(
                f"an sae got inputs {self.d_in} wide and targets {self.d_out} wide, "
                "expected the same activation for both",
                cure="Use --kind transcoder to predict one site from another",
            )
        if self.kind != "sae" and self.temporal is not None:
            raise ConfigError(f"got a temporal {self.kind}, expected an sae", cure="Give it as an sae")
        sizes = (*self.matryoshka, self.latents)
        if any(a >= b for a, b in itertools.pairwise(sizes)) or min(sizes) < 1:
            raise ConfigError(
                f"got matryoshka prefixes {self.matryoshka} with {self.latents} latents, "
                "expected ascending sizes below it",
                cure="Give for example --matryoshka 512,2048 with --latents 8192",
            )

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; `from_json` gives it back."""
        plain = dataclasses.asdict(self)
        plain["l0"] = None if math.isnan(self.l0) else self.l0  # JSON has no NaN
        plain["matryoshka"] = list(self.matryoshka)
        if self.temporal is None:
            # Most have none, and are to be read by versions that know of none.
            del plain["temporal"]
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> DictionaryConfig:
        """What `to_json` gave."""
        temporal = plain.get("temporal")
        given = {
            **plain,
            "l0": math.nan if plain["l0"] is None else plain["l0"],
            "matryoshka": tuple(plain["matryoshka"]),
            "temporal": None if temporal is None else TemporalConfig(**temporal),
        }
        return cls(**given)


@dataclass(frozen=True)
class Codes:
    """Sparse codes of B tokens: `values_N` at `pairs`. Values are in units of the target activation's norm."""

    values_N: Tensor
    pairs: Pairs

    def dense(self) -> Tensor:
        """The codes as [B, F]."""
        return self.pairs.dense(self.values_N)

    @property
    def active_per_token(self) -> Tensor:
        """How many latents fire on each token, int64 [B]. Their mean is L0."""
        return self.pairs.offsets.diff()


class Dictionary(nn.Module):
    """Weights of one dictionary and the two operations on them. `W_enc` [F, D_in], `W_dec` [F, D_out]."""

    def __init__(self, config: DictionaryConfig) -> None:
        super().__init__()
        self.config = config
        self.W_enc = nn.Parameter(torch.zeros(config.latents, config.d_in))
        self.b_enc = nn.Parameter(torch.zeros(config.latents))
        self.W_dec = nn.Parameter(torch.zeros(config.latents, config.d_out))
        self.b_dec = nn.Parameter(torch.zeros(config.d_out))
        if config.kind != "sae":
            self.register_buffer("mean_in", torch.zeros(config.d_in))
        self.W_skip = nn.Parameter(torch.zeros(config.d_out, config.d_in)) if config.kind == "skip_transcoder" else None
        self.sparsifier: Sparsifier = make_sparsifier(config.sparsifier, latents=config.latents, l0=config.l0)
        if isinstance(self.sparsifier, Gated):
            self.sparsifier.share_gate_bias(self.b_enc)
        self.temporal = (
            None if config.temporal is None else Temporal(config.temporal, d_in=config.d_in, latents=config.latents)
        )

    def _apply(self, fn: Any, recurse: bool = True) -> Dictionary:
        super()._apply(fn, recurse)
        # Moving to another device may put a new parameter in the old one's place.
        if isinstance(self.sparsifier, Gated):
            self.sparsifier.share_gate_bias(self.b_enc)
        return self

    @property
    def b_dec_in(self) -> Tensor:
        """What is subtracted from the input before encoding, [D_in]."""
        return self.b_dec if self.config.kind == "sae" else self.get_buffer("mean_in")

    def rows(self, x_CTD: Tensor, keep_CT: Tensor | None = None) -> Tensor:
        """The rows [B, D_in] to encode of whole sequences [C, T, D_in] in order, float32 on the dictionary's device:
        those where `keep_CT` is true, or all.

        Those of a temporal dictionary are [B, 2·D_in]: behind each activation lies what is predicted of it, from all
        tokens before it in its sequence, kept or not. Raises `ActivationError` where it gets no sequences.
        """
        if self.temporal is None:
            kept_BD = x_CTD.flatten(0, -2) if keep_CT is None else x_CTD[keep_CT.to(x_CTD.device)]
            return kept_BD.float().to(self.W_enc.device)
        if x_CTD.dim() != 3 or x_CTD.shape[2] != self.config.d_in:
            raise ActivationError(
                f"got activations of shape {tuple(x_CTD.shape)}, a temporal dictionary takes those of whole sequences, "
                f"[sequences, tokens, {self.config.d_in}]",
                cure="Give them in order, as the model computed them",
            )
        x_CTD = x_CTD.float().to(self.W_enc.device)
        predicted_CTD = self.temporal.predict(self._normalised(x_CTD), self.W_enc, self.W_dec)
        both_CTD = torch.cat([x_CTD, predicted_CTD], -1)
        return both_CTD.flatten(0, 1) if keep_CT is None else both_CTD[keep_CT.to(both_CTD.device)]

    def pre_activations(self, x_BD: Tensor) -> Tensor:
        """z of every latent, dense [B, F]."""
        return pre_activations(self._given(x_BD) - self.b_dec_in, self.W_enc, self.b_enc)

    def encode(self, x_BD: Tensor) -> Codes:
        """Codes of raw activations [B, D_in] under the deployed rule; differentiable in x and in every parameter.

        Here and below, a temporal dictionary takes the rows that `rows` made.
        """
        x_BD = self._given(x_BD)
        if isinstance(self.sparsifier, MatchingPursuit):
            return Codes(*self.sparsifier.pursue(x_BD - self.b_dec_in, self.W_enc, self.W_dec))
        with torch.no_grad():
            z = exact_choice(x_BD - self.b_dec_in, self.W_enc, self.b_enc)
            pairs, values_N = self.sparsifier.deployed(z)
        z_N = encode_pairs(values_N, x_BD, self.b_dec_in, self.W_enc, self.b_enc, pairs)
        return Codes(self.sparsifier.values(z_N, pairs), pairs)

    def encode_latents(self, x_BD: Tensor, latent_S: Tensor) -> Tensor:
        """Codes [B, S] of the latents `latent_S` (int64 [S]) alone, under the deployed rule: only their rows are used.

        Under topk a latent that is above 0 fires or not depending on all others: tokens where one of these may fire
        are encoded whole, the others are not. Raises nothing: whoever names latents has checked them.
        """
        given_BD = self._given(x_BD) - self.b_dec_in
        z_BS = pre_activations(given_BD, self.W_enc[latent_S], self.b_enc[latent_S])
        level = self.sparsifier.deployed_level()
        if level is None:
            codes_BS = torch.zeros_like(z_BS)
            maybe_B = self.sparsifier.may_fire(z_BS).any(1)
            if bool(maybe_B.any()):
                codes_BS[maybe_B] = self.encode(x_BD[maybe_B]).dense()[:, latent_S]
            return codes_BS
        n_tokens, n_latents = z_BS.shape
        offsets = torch.arange(0, n_tokens * n_latents + 1, max(n_latents, 1), device=z_BS.device)
        pairs = Pairs(latent_S.repeat(n_tokens), offsets, self.config.latents)
        values_BS = self.sparsifier.values(z_BS.reshape(-1), pairs).view_as(z_BS)
        level_S = level[latent_S] if isinstance(level, Tensor) and level.dim() else level
        # Asked this way round, NaN stays to be seen.
        return values_BS.masked_fill(torch.le(z_BS, level_S), 0.0)

    def decode(self, codes: Codes, x_BD: Tensor | None = None) -> Tensor:
        """Reconstruction [B, D_out]. `x_BD` is the input the codes came from; a skip connection needs it, and an sae
        that normalises each token or is temporal."""
        out_BD = decode_pairs(codes.values_N, self.W_dec, codes.pairs) + self.b_dec
        if self.temporal is not None:
            if x_BD is None:
                raise ConfigError("a temporal dictionary was decoded without its rows", cure="Pass decode(codes, rows)")
            x_BD, predicted_BD = self._halves(x_BD)
            out_BD = out_BD + predicted_BD
        if self.config.kind == "sae" and self.config.normalise != "none":
            if x_BD is None:
                raise ConfigError("an sae that normalises was decoded without its input", cure="Pass decode(codes, x)")
            shift_B1, scale_B1 = self._token_norm(x_BD)
            out_BD = out_BD * scale_B1 + shift_B1
        if self.W_skip is None:
            return out_BD
        if x_BD is None:
            raise ConfigError("a skip_transcoder decoded without its input", cure="Pass decode(codes, x)")
        return out_BD + x_BD @ self.W_skip.T

    def forward(self, x_BD: Tensor) -> Tensor:
        """Reconstruction [B, D_out] of raw activations [B, D_in]."""
        return self.decode(self.encode(x_BD), x_BD)

    def row_scale(self, x_BD: Tensor) -> Tensor:
        """By how many rows of W_dec one unit of a code moves the reconstruction of each token, [B, 1]: 1, unless an sae
        normalises each token."""
        if self.config.kind != "sae" or self.config.normalise == "none":
            return x_BD.new_ones(len(x_BD), 1)
        return self._token_norm(x_BD[:, : self.config.d_in])[1]

    def _halves(self, x_BD: Tensor) -> tuple[Tensor, Tensor]:
        """(activations, what is predicted of them) of a temporal dictionary's rows."""
        width = self.config.d_in
        if x_BD.shape[-1] != 2 * width:
            raise ActivationError(
                f"got rows of {x_BD.shape[-1]} numbers, expected {2 * width}: behind each lies what a temporal "
                "dictionary predicts of it from the tokens before",
                cure="Use it on a model and a text, or make rows of whole sequences with dictionary.rows",
            )
        activation_BD, predicted_BD = x_BD.split(width, -1)
        return activation_BD, predicted_BD

    def _given(self, x_BD: Tensor) -> Tensor:
        """What is encoded of rows: normalised, without what is predicted."""
        if self.temporal is None:
            return self._normalised(x_BD)
        x_BD, predicted_BD = self._halves(x_BD)
        return self._normalised(x_BD) - predicted_BD

    def _token_norm(self, x_BD: Tensor) -> tuple[Tensor, Tensor]:
        """(shift [B, 1], scale [B, 1]) that undo the normalisation of each token."""
        if self.config.normalise == "layer_norm":
            return x_BD.mean(-1, keepdim=True), x_BD.std(-1, keepdim=True)
        scale_B1 = x_BD.norm(dim=-1, keepdim=True) / math.sqrt(self.config.d_in)
        return torch.zeros_like(scale_B1), scale_B1.clamp(min=torch.finfo(x_BD.dtype).tiny)

    def _normalised(self, x_BD: Tensor) -> Tensor:
        if self.config.normalise == "none":
            return x_BD
        shift_B1, scale_B1 = self._token_norm(x_BD)
        # The constant is in the divisor alone, as in https://github.com/openai/sparse_autoencoder (model.py, LN).
        epsilon = 1e-5 if self.config.normalise == "layer_norm" else 0.0
        return (x_BD - shift_B1) / (scale_B1 + epsilon)

    @torch.no_grad()
    def fold(self, *, mean_in: Tensor, scale_in: float, mean_out: Tensor, scale_out: float) -> None:
        """Rewrite the weights so that raw activations can be given and come back.

        Before: works on (x − mean_in)/scale_in, gives (x̂ − mean_out)/scale_out. Rows of W_dec keep their norm, so
        codes are multiplied by scale_out; every sparsifier is positively homogeneous, which makes that exact.
        """
        self.W_enc.mul_(scale_out / scale_in)
        self.b_enc.mul_(scale_out)
        self.sparsifier.rescale(scale_out)
        self.b_dec.mul_(scale_out).add_(mean_out)
        if self.config.kind != "sae":
            self.get_buffer("mean_in").mul_(scale_in).add_(mean_in)
        if self.W_skip is not None:
            self.W_skip.mul_(scale_out / scale_in)
            self.b_dec.sub_(self.W_skip @ mean_in)

    @torch.no_grad()
    def normalise_rows(self) -> None:
        """Bring every row of W_dec to unit norm."""
        self.W_dec.div_(self.W_dec.norm(dim=1, keepdim=True).clamp(min=torch.finfo(self.W_dec.dtype).tiny))
