"""Puts changes into a model: one edit per site, made of the few rows that are in use.

Legend of suffixes: B batch, T token position, N tokens that a change applies to, D width, S latents in use.

For each dictionary, in the order in which they first appear at a site: its codes a of the latents in use are computed
from the activation that arrives (their encoder rows alone; only `replace` encodes whole), become a', and
`(a' − a)·W_dec` (times a token's size, where the dictionary normalises each token) is added to the activation, or to
the reconstruction where the dictionary replaces the site. What the dictionary leaves unexplained is so kept, and a
latent that keeps its value changes nothing, bit for bit. Then components are projected out.

A matched-norm control writes the same amount in another direction: each row is exchanged for a random one, and the sum
is brought to the norm that the true change has at that token. Where the true change is 0, so is the control's. Random
rows point anywhere; those of other latents, on request, point where the dictionary has found something.

Everything a forward leaves behind lives in a `_Forward` of its own, one per open context: two threads, or two
generations in one thread, can use one intervention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from microtome.errors import ConfigError, SiteError
from microtome.evaluation import Placed
from microtome.interventions.changes import Change, When
from microtome.sites import ModuleSite, Site

if TYPE_CHECKING:
    from microtome.models import LanguageModel, Passing
    from microtome.sites import AnySite

#: Where the directions of a control are from.
CONTROLS = ("random", "latents")
#: Gives the maximum activation of a latent: (name of the dictionary, latent) → units of its code.
Maxima = Callable[[str, int], float]

_NEEDS_CODE = ("ablate", "clamp", "min_clamp", "scale")


class Intervention:
    """Changes bound to a model and its dictionaries. `with intervention.open(): ...` applies them.

    `placed` by name. `maxima` is asked for the latents whose unit is `max`. With `control`, a seed, the matched-norm
    control of the same changes is applied instead, with directions out of `control_from`: `random`, or `latents` for
    the decoder rows of other latents.

    Raises ConfigError: an unknown dictionary or latent, a dictionary of another width, a latent without a maximum, two
    replacements of one site; SiteError: a site the model lacks.
    """

    def __init__(
        self,
        lm: LanguageModel,
        placed: Mapping[str, Placed],
        changes: Sequence[Change],
        *,
        maxima: Maxima | None = None,
        control: int | None = None,
        control_from: str = "random",
    ) -> None:
        if control_from not in CONTROLS:
            raise ConfigError(
                f"got controls from '{control_from}', expected random or latents", cure="Give one of these"
            )
        self.lm = lm
        self.changes = tuple(changes)
        self.seed = control
        self._source = (placed, maxima)
        self._specials = torch.tensor(sorted(lm.special_ids), dtype=torch.long, device=lm.device)
        self._plans: dict[str, _Plan] = {}
        for change in self.changes:
            self._plan(change.dictionary).changes.append(change)
            if (fires := change.when.fires) is not None:
                self._plan(fires.dictionary).use(fires.latent)
        replaced: dict[AnySite, str] = {}
        for plan in self._plans.values():
            plan.prepare(maxima, None if control is None else _Control(control, control_from))
            site = plan.placed.site_out
            if plan.replace is not None and (other := replaced.setdefault(site, plan.name)) != plan.name:
                raise ConfigError(
                    f"{site} is to be replaced by {other} and by {plan.name}, expected one of them",
                    cure="Name one dictionary per site",
                )
        self._in_order = self._needing_order()
        self._writers, self._readers = self._by_site()
        sites = {*self._writers, *self._readers, *(site for p in self._plans.values() for site in p.norm_sites)}
        #: The sites that are read or written.
        self.sites: tuple[AnySite, ...] = tuple(sorted(sites, key=_order))

    def control(self, seed: int, source: str = "random") -> Intervention:
        """The matched-norm control of the same changes."""
        placed, maxima = self._source
        return Intervention(self.lm, placed, self.changes, maxima=maxima, control=seed, control_from=source)

    @contextmanager
    def open(self, prompt_tokens: int | None = None) -> Iterator[None]:
        """Apply the changes in every forward of this thread inside the context; they are gone when it ends or raises.

        `prompt_tokens` says where generated tokens begin. Without it a forward that begins a context is all prompt,
        and what follows from its KV cache is generated; `generate_text` and `LanguageModel.steps` pass it.
        """
        if not self.changes:
            yield
            return
        forward = _Forward(self, prompt_tokens)
        with self.lm.edit({site: partial(forward.at, site) for site in self.sites}, told=forward.begin):
            yield

    def written_rows(self, dictionary: str = "") -> Tensor:
        """What is written for each latent in use, float32 [S, D_out]: decoder rows, or the control's directions."""
        plan = self._plan(dictionary)
        return plan.rows_SD if plan.control_SD is None else plan.control_SD

    def _plan(self, name: str) -> _Plan:
        placed, _ = self._source
        if not name and len(placed) == 1:
            name = next(iter(placed))
        if name not in placed:
            got = f"the dictionary '{name}'" if name else "a change that names no dictionary"
            raise ConfigError(f"got {got}, expected one of {', '.join(placed) or 'none'}", cure="Name one of them")
        if name not in self._plans:
            _check_fit(self.lm, name, placed[name])
            self._plans[name] = _Plan(name, placed[name], self.lm)
        return self._plans[name]

    def _needing_order(self) -> str | None:
        """The first dictionary whose codes are needed and depend on the tokens before, or None."""
        fired = {self._plan(change.when.fires.dictionary).name for change in self.changes if change.when.fires}
        for name, plan in self._plans.items():
            uses_codes = plan.needs_codes or plan.replace is not None or name in fired
            if uses_codes and plan.placed.dictionary.temporal is not None:
                return name
        return None

    def _by_site(self) -> tuple[dict[AnySite, list[_Plan]], dict[AnySite, list[_Plan]]]:
        writers: dict[AnySite, list[_Plan]] = {}
        readers: dict[AnySite, list[_Plan]] = {}
        for plan in self._plans.values():
            if plan.changes:
                writers.setdefault(plan.placed.site_out, []).append(plan)
            if not plan.changes or plan.placed.site_in != plan.placed.site_out:
                readers.setdefault(plan.placed.site_in, []).append(plan)
        return writers, readers


def _order(site: AnySite) -> tuple[Any, ...]:
    return (0, site) if isinstance(site, Site) else (1, str(site))


def _check_fit(lm: LanguageModel, name: str, placed: Placed) -> None:
    config = placed.dictionary.config
    for site, width in ((placed.site_in, config.d_in), (placed.site_out, config.d_out)):
        if lm.width(site) != width:
            raise ConfigError(
                f"the dictionary {name} is {width} wide, {site} of {lm.name} is {lm.width(site)}",
                cure="Give the model that the dictionary was trained on",
            )


class _Plan:
    """What is done with one dictionary: its changes, and the rows that they use."""

    def __init__(self, name: str, placed: Placed, lm: LanguageModel) -> None:
        self.name, self.placed, self.lm = name, placed, lm
        self.changes: list[Change] = []
        self.norm_sites: tuple[AnySite, ...] = ()
        self.replace: Change | None = None
        self._latents: dict[int, int] = {}

    def use(self, latent: int) -> int:
        """The column of a latent among those in use."""
        n = self.placed.dictionary.config.latents
        if latent >= n:
            raise ConfigError(
                f"got latent {latent}, {self.name} has {n}, expected 0 to {n - 1}", cure="Give one of these"
            )
        return self._latents.setdefault(latent, len(self._latents))

    def prepare(self, maxima: Maxima | None, control: _Control | None) -> None:
        dictionary = self.placed.dictionary
        for change in self.changes:
            if change.latent is not None:
                self.use(change.latent)
            elif self.replace is not None:
                raise ConfigError(f"{self.name} is to replace its site twice", cure="Name it once")
            else:
                self.replace = change
        self.device = dictionary.W_enc.device
        self.latent_S = torch.tensor(list(self._latents), dtype=torch.long, device=self.device)
        self.steps = [
            _CodeStep(change, self.use(change.latent), _factor(self, change, maxima))
            for change in self.changes
            if change.latent is not None and change.kind != "project_out"
        ]
        self.needs_codes = any(step.change.kind in _NEEDS_CODE for step in self.steps)
        if any(step.change.unit == "norm" for step in self.steps):
            self.norm_sites = (_residual_of(self.lm, self.placed.site_out),)
        rows_SD = dictionary.W_dec.detach()[self.latent_S].float()
        self.rows_SD = rows_SD
        self.row_norms_S = rows_SD.norm(dim=1)
        self.control_SD = None if control is None else control.rows(dictionary.W_dec, self.latent_S)
        self.projections = self._projections(control)

    def _projections(self, control: _Control | None) -> list[_Projection]:
        """Spans of the decoder rows to be projected out, one for each different `when`."""
        groups: dict[When, list[int]] = {}
        for change in self.changes:
            if change.kind == "project_out" and change.latent is not None:
                groups.setdefault(change.when, []).append(self.use(change.latent))
        found = []
        for when, columns in groups.items():
            basis_SD = _orthonormal(self.rows_SD[columns])
            written_SD = basis_SD
            if control is not None:
                rows_SD = control.rows(self.placed.dictionary.W_dec, self.latent_S[columns])
                written_SD = _orthonormal(rows_SD)[: len(basis_SD)]
            found.append(_Projection(when, basis_SD, written_SD))
        return found

    def codes(self, rows_ND: Tensor) -> Tensor:
        return self.placed.dictionary.encode_latents(rows_ND, self.latent_S)


@dataclass(frozen=True)
class _CodeStep:
    """A change of one column of the codes; `strength` is its value in units of the code (for `norm`, of the norm)."""

    change: Change
    column: int
    strength: float

    def apply(self, code_N: Tensor, norm_N: Tensor | None, row_norm_N: Tensor) -> Tensor:
        """The codes as changed; `row_norm_N`: the norm of what one unit of the code writes, [N]."""
        kind = self.change.kind
        if kind == "ablate":
            return torch.zeros_like(code_N)
        if kind == "clamp":
            return torch.full_like(code_N, self.strength)
        if kind == "min_clamp":
            return code_N.clamp(min=self.strength)
        if kind == "scale":
            return code_N * self.strength
        if self.change.unit == "norm":
            assert norm_N is not None
            # In units of the code: decoder rows of other trainers are not of unit norm.
            return code_N + self.strength * norm_N / row_norm_N.clamp(min=torch.finfo(row_norm_N.dtype).tiny)
        return code_N + self.strength


@dataclass(frozen=True)
class _Projection:
    when: When
    basis_SD: Tensor
    written_SD: Tensor


@dataclass
class _Forward:
    """The state of one open context: where the forward under way is, and what it passed."""

    intervention: Intervention
    prompt_tokens: int | None
    _seen: dict[str, Tensor] = field(default_factory=dict)
    _norms: dict[AnySite, Tensor] = field(default_factory=dict)
    _first: int = 0
    _begun: bool = False

    def begin(self, passing: Passing) -> None:
        """Told by the model, before anything is computed."""
        if self.intervention._in_order is not None and (passing.past or self.prompt_tokens is not None):
            raise ConfigError(
                f"the codes of {self.intervention._in_order} depend on all tokens before, which are not at hand while "
                "text is generated token by token",
                cure="Change its latents with add or project_out, which need no codes, or use it on whole texts",
            )
        self._seen.clear()
        self._norms.clear()
        self._tokens_BT, self._past, self._begun = passing.tokens_BT, passing.past, True
        if passing.past == 0 and passing.tokens_BT is not None:
            self._first = passing.tokens_BT.shape[1]

    def at(self, site: AnySite, value_BTD: Tensor) -> Tensor:
        """The edit at a site: every dictionary that writes there, then what transcoders need to read.

        A dictionary that only says where something applies reads what arrives, before the edits.
        """
        own = self.intervention
        incoming_BTD = value_BTD
        for plan in own._readers.get(site, ()):
            if not plan.changes:
                self._seen[plan.name] = value_BTD
        for plan in own._writers.get(site, ()):
            if plan.placed.site_in == site:
                self._seen[plan.name] = value_BTD
            value_BTD = self._write(plan, value_BTD, incoming_BTD)
        for plan in own._readers.get(site, ()):
            if plan.changes:
                self._seen[plan.name] = value_BTD
        if any(site in plan.norm_sites for plan in own._plans.values()):
            self._norms[site] = value_BTD.float().norm(dim=-1)
        return value_BTD

    def _write(self, plan: _Plan, value_BTD: Tensor, incoming_BTD: Tensor) -> Tensor:
        factors = {when: self._factor(when, value_BTD) for when in {change.when for change in plan.changes}}
        rows_BT = torch.stack([factor_BT != 0 for factor_BT in factors.values()]).any(0)
        if not bool(rows_BT.any()):
            return value_BTD
        x_BTD, dictionary = self._input(plan), plan.placed.dictionary
        # Where no code is needed, a row is an activation alone: what is added then needs no tokens before it.
        codes_needed = plan.needs_codes or plan.replace is not None
        x_ND = dictionary.rows(x_BTD, rows_BT) if codes_needed else x_BTD[rows_BT].float().to(plan.device)
        factor_N = {when: factor_BT[rows_BT] for when, factor_BT in factors.items()}
        before_ND = value_BTD[rows_BT].float()
        after_ND = before_ND
        if plan.replace is not None:
            after_ND = _replaced(plan, after_ND, x_ND, factor_N[plan.replace.when])
        if plan.steps:
            norm_N = self._norm(plan, incoming_BTD)
            written_ND = _written(plan, x_ND, factor_N, None if norm_N is None else norm_N[rows_BT])
            after_ND = after_ND + written_ND.to(after_ND.device)
        for projection in plan.projections:
            along_NS = after_ND @ projection.basis_SD.to(after_ND.device).T
            part_NS = along_NS * factor_N[projection.when][:, None]
            after_ND = after_ND - part_NS @ projection.written_SD.to(after_ND.device)
        return value_BTD.masked_scatter(rows_BT.unsqueeze(-1), after_ND.to(value_BTD.dtype))

    def _factor(self, when: When, value_BTD: Tensor) -> Tensor:
        """How much of a change applies at each token, float32 [B, T]."""
        if not self._begun:
            raise SiteError(
                "an activation passed before the model was called, so its position is not known",
                cure="Run the whole model, not a part of it",
            )
        device, (n_batch, n_tokens) = value_BTD.device, value_BTD.shape[:2]
        time_T = np.arange(self._past, self._past + n_tokens)
        if when.clock == "generated":
            time_T = time_T - (self._first if self.prompt_tokens is None else self.prompt_tokens)
        factor_BT = torch.tensor(when.factors(time_T), dtype=torch.float32, device=device).expand(n_batch, -1)
        if not when.specials and self._tokens_BT is not None and len(self.intervention._specials):
            special_BT = torch.isin(self._tokens_BT, self.intervention._specials).to(device)
            factor_BT = factor_BT.masked_fill(special_BT, 0.0)
        if when.fires is not None:
            plan = self.intervention._plan(when.fires.dictionary)
            code_BT = plan.codes(plan.placed.dictionary.rows(self._input(plan)))[:, plan.use(when.fires.latent)]
            fires_BT = (code_BT > when.fires.above).view(n_batch, n_tokens).to(device)
            factor_BT = factor_BT * fires_BT
        return factor_BT

    def _input(self, plan: _Plan) -> Tensor:
        if plan.name not in self._seen:
            raise SiteError(
                f"{plan.name} is read at {plan.placed.site_in}, which comes after where it is needed",
                cure="Use a dictionary of an earlier site",
            )
        return self._seen[plan.name]

    def _norm(self, plan: _Plan, incoming_BTD: Tensor) -> Tensor | None:
        if not plan.norm_sites:
            return None
        (site,) = plan.norm_sites
        return incoming_BTD.float().norm(dim=-1) if site == plan.placed.site_out else self._norms[site]


def _replaced(plan: _Plan, h_ND: Tensor, x_ND: Tensor, factor_N: Tensor) -> Tensor:
    """The reconstruction where the factor is not 0, in that proportion; encoded exactly as evaluation does it."""
    applies_N = factor_N != 0
    prediction_nD = plan.placed.dictionary(x_ND[applies_N.to(plan.device)]).to(h_ND.device)
    factor_n1 = factor_N[applies_N][:, None]
    kept_nD = h_ND[applies_N]
    mixed_nD = torch.where(factor_n1 == 1, prediction_nD, kept_nD + factor_n1 * (prediction_nD - kept_nD))
    return h_ND.masked_scatter(applies_N[:, None], mixed_nD)


def _written(plan: _Plan, x_ND: Tensor, factor_N: Mapping[When, Tensor], norm_N: Tensor | None) -> Tensor:
    """(a' − a)·W_dec, or its matched-norm control, float32 [N, D_out] on the dictionary's device."""
    if plan.needs_codes:
        before_NS = plan.codes(x_ND)
    else:
        before_NS = torch.zeros(len(x_ND), len(plan.latent_S), device=plan.device)
    after_NS = before_NS.clone()
    # An sae that divides each token by its size first writes as much more where the token is larger.
    scale_N1 = plan.placed.dictionary.row_scale(x_ND)
    for step in plan.steps:
        f_N = factor_N[step.change.when].to(plan.device)
        code_N = after_NS[:, step.column]
        norm = None if norm_N is None else norm_N.to(plan.device)
        wanted_N = step.apply(code_N, norm, plan.row_norms_S[step.column] * scale_N1[:, 0])
        # f = 1 takes what is wanted as it is, so that no rounding makes two ways to say the same differ.
        partly_N = torch.where(f_N == 1, wanted_N, code_N + f_N * (wanted_N - code_N))
        after_NS[:, step.column] = torch.where(f_N == 0, code_N, partly_N)
    change_NS = (after_NS - before_NS) * scale_N1
    written_ND = change_NS @ plan.rows_SD
    if plan.control_SD is not None:
        other_ND = change_NS @ plan.control_SD
        size_N1 = written_ND.norm(dim=1, keepdim=True)
        other_N1 = other_ND.norm(dim=1, keepdim=True)
        written_ND = torch.where(other_N1 > 0, other_ND * (size_N1 / other_N1), torch.zeros_like(other_ND))
    return written_ND


def _factor(plan: _Plan, change: Change, maxima: Maxima | None) -> float:
    if change.unit != "max":
        return change.value
    assert change.latent is not None
    if maxima is None:
        raise ConfigError(
            f"the strength of {change.kind} {change.latent} is in units of its maximum activation, which is not known",
            cure="Pass maxima=, or give the strength in another unit",
        )
    return change.value * maxima(plan.name, change.latent)


def _residual_of(lm: LanguageModel, site: AnySite) -> AnySite:
    """Where the residual stream is read whose norm a strength at `site` is measured in: the stream that is added to."""
    if isinstance(site, ModuleSite) or site.point.startswith("resid_"):
        return site
    known = set(lm.sites())
    point = "resid_mid" if site.point.startswith("mlp_") else "resid_pre"
    candidate = Site(site.layer, point)
    return candidate if candidate in known else Site(site.layer, "resid_pre")


@dataclass(frozen=True)
class _Control:
    """Other directions for rows, of their norm; the same for a latent whichever others are in use."""

    seed: int
    source: str

    def rows(self, W_dec_FD: Tensor, latent_S: Tensor) -> Tensor:
        rows_SD = W_dec_FD.detach()[latent_S].float()
        drawn = [self._draw(W_dec_FD, latent) for latent in latent_S.tolist()]
        other_SD = torch.stack(drawn).to(rows_SD) if drawn else torch.zeros_like(rows_SD)
        return other_SD / other_SD.norm(dim=1, keepdim=True) * rows_SD.norm(dim=1, keepdim=True)

    def _draw(self, W_dec_FD: Tensor, latent: int) -> Tensor:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + latent)
        n, width = W_dec_FD.shape
        if self.source == "random" or n == 1:
            return torch.randn(width, generator=generator)
        other = int(torch.randint(n - 1, (1,), generator=generator))
        return W_dec_FD.detach()[other + (other >= latent)].float().cpu()


def _orthonormal(rows_SD: Tensor) -> Tensor:
    """An orthonormal basis [rank, D] of the rows' span, in float32."""
    _, size_S, basis_SD = torch.linalg.svd(rows_SD.double(), full_matrices=False)
    rank = int((size_S > size_S.max().clamp(min=1e-30) * 1e-6).sum())
    return basis_SD[:rank].float()
