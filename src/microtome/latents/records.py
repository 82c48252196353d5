"""What a latent store says of one latent, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

#: The band of the strongest examples; reservoirs are called "0", "1", … from the strongest octave down.
TOP, NEAR_MISS = "top", "near_miss"
#: Latents that fired on less than this share of tokens are rare, those on more than `DENSE` dense.
RARE, DENSE = 1e-4, 0.1
#: How a label was scored: on held-out contexts; in older stores a rule over tokens, an explainer's on examples.
CONTEXTS, TOKENS, EXAMPLES = "contexts", "tokens", "examples"
#: Held-out contexts of each kind, firing and silent, below which no score is given.
LEAST = 5


@dataclass(frozen=True)
class Histogram:
    """`counts[i]` values lie in [edges[i], edges[i + 1])."""

    edges: list[float]
    counts: list[int]


@dataclass(frozen=True)
class Example:
    """A window of text around the strongest activation of one context block.

    `band` is `top`, an octave ("0" holds those in the octave of the latent's maximum, "1" the octave below, the last
    everything weaker), or `near_miss`: the latent is silent in the whole block, and `margin` (0 or less) says how far
    its pre-activation at the peak lay below firing. `document` numbers the document among those read, `document_id`
    is its name, and `offset` is where in its text, in characters, the window begins. `before_cut`, `after_cut`: the
    document goes on beyond the window on that side. `held_out`: it lies in a block that labels are scored on, so it is
    not shown to explainers.
    """

    band: str
    activation: float
    tokens: list[str]
    token_ids: list[int]
    activations: list[float]
    peak: int
    document: int
    document_id: str
    offset: int
    before_cut: bool
    after_cut: bool
    margin: float | None = None
    held_out: bool = False


@dataclass(frozen=True)
class Context:
    """A window of held-out text, for scoring labels: `fires` says whether the latent fires anywhere in it.

    `activation` is its strongest there, 0 where it is silent. `document`, `document_id` and `offset` as in `Example`.
    """

    fires: bool
    activation: float
    tokens: list[str]
    token_ids: list[int]
    document: int
    document_id: str
    offset: int


@dataclass(frozen=True)
class TokenValue:
    """A token of the vocabulary with its direct logit."""

    token_id: int
    token: str
    value: float


@dataclass(frozen=True)
class Neighbour:
    """A latent and the cosine of its decoder direction with this one's."""

    latent: int
    cosine: float


@dataclass(frozen=True)
class Coactive:
    """A latent that fires on `count` of the same tokens; `score` is the Jaccard index of the two sets of tokens."""

    latent: int
    score: float
    count: int


@dataclass(frozen=True)
class TokenStatistic:
    """A token the latent fires on: `count` times; on the share `precision` of the token's occurrences, which are the
    share `recall` of the latent's firings."""

    token_id: int
    token: str
    count: int
    precision: float
    recall: float


@dataclass(frozen=True)
class Label:
    """A text that says when a latent fires; `how` says how it was made.

    `score` is its balanced accuracy on held-out contexts (see `detection`), None where there are too few of them.
    `scored` is `contexts`, unless an older version gave the score: then `tokens` for a rule, `examples` for an
    explainer.
    """

    text: str
    score: float | None
    how: str
    scored: str = CONTEXTS


@dataclass(frozen=True)
class UserLabel:
    """What a user called a latent, and when (ISO 8601, UTC)."""

    text: str
    note: str
    when: str


@dataclass(frozen=True)
class Coordinate:
    """One coordinate of a decoder direction."""

    index: int
    value: float


@dataclass(frozen=True)
class Decoder:
    """Coordinates of the decoder direction: the largest and the smallest by size, and the histogram of all."""

    strongest: list[Coordinate]
    weakest: list[Coordinate]
    histogram: Histogram


@dataclass(frozen=True)
class Latent:
    """Everything a store knows of one latent. `mean` is over the tokens it fires on; `candidates` are all labels that
    were tried, the best first."""

    latent: int
    count: int
    density: float
    max: float
    mean: float
    histogram: Histogram
    examples: list[Example]
    top_logits: list[TokenValue]
    bottom_logits: list[TokenValue]
    neighbours: list[Neighbour]
    coactive: list[Coactive]
    token_statistics: list[TokenStatistic]
    label: Label | None
    candidates: list[Label]
    user_label: UserLabel | None
    decoder: Decoder

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, under the names of the fields."""
        return asdict(self)

    def _repr_html_(self) -> str:
        from microtome.latents.card import latent_card

        return latent_card(self)
