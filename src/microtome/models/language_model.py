"""A stock causal language model with named sites: capture activations, change them, generate.

The model is the one `transformers` loads, with the same weights and the same logits; nothing is rewritten. What a
site means is settled and proved when the model is opened, so every other part of the library can speak of
`9.mlp_out` and never of modules.

Tensor suffixes: B batch, T token position, D width of the site, V vocabulary.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, overload

import numpy as np
import torch
from torch import Tensor, nn

from microtome.errors import MicrotomeError, ModelError, SiteError
from microtome.markup import whole
from microtome.models.chat import chat_text
from microtome.models.families import Family, choose, layer_stack, point_address
from microtome.models.generation import Step, last_only, sample
from microtome.models.hooks import Edit, Passing, Place, StopForwardError, Tap, Taps, snapshot
from microtome.models.identity import fingerprint
from microtome.models.proof import prove, refuse_not_finite
from microtome.models.structure import guess
from microtome.models.token_ids import context_of, special_ids_of, stop_ids_of
from microtome.sites import POINTS, AnySite, ModuleSite, Site, parse_sites

__all__ = ["LanguageModel"]

_PROOF_TOKENS = 5


class LanguageModel:
    """A causal language model of `transformers` and its tokenizer. Make one with `load` or `wrap`."""

    def __init__(
        self,
        hf: Any,
        tokenizer: Any = None,
        *,
        name: str,
        revision: str | None = None,
        families: Iterable[Family] | None = None,
    ) -> None:
        self.hf = hf.eval().requires_grad_(False)
        self.tokenizer = tokenizer
        self.name = name
        self.revision = revision
        self.device: torch.device = hf.device
        self.dtype: torch.dtype = hf.dtype
        self._taps = Taps()
        self._module_widths: dict[ModuleSite, int] = {}
        config = hf.config.get_text_config()
        embeddings = hf.get_input_embeddings()
        self.vocab_size: int = embeddings.weight.shape[0]
        self.max_context: int | None = context_of(config)
        self._base: nn.Module = hf.base_model
        self._settle(config, families)
        self.bos_id: int | None = getattr(tokenizer, "bos_token_id", None)
        self.special_ids: frozenset[int] = special_ids_of(tokenizer)
        self.identity: dict[str, str | None] = {
            "id": name,
            "revision": revision,
            "fingerprint": fingerprint(hf),
            "architecture": type(hf).__name__,
        }

    @classmethod
    def load(
        cls,
        name: str | Path,
        *,
        device: str | torch.device = "auto",
        dtype: str | torch.dtype = "auto",
        revision: str | None = None,
        families: Iterable[Family] | None = None,
    ) -> LanguageModel:
        """Open a model: a Hub id, a folder, a `.gguf` file, `tiny`, or `gemma-3-270m`.

        `dtype="auto"` takes the fastest this machine has. `families` describe architectures the library does not
        know. Raises ModelError: not found, unreadable, cut short, or not proved; ConfigError: unknown device or
        dtype.
        """
        from microtome.models.loading import load

        found = load(str(name), device=device, dtype=dtype, revision=revision)
        return cls(found.hf, found.tokenizer, name=found.name, revision=found.revision, families=families)

    @classmethod
    def wrap(
        cls,
        hf: Any,
        tokenizer: Any = None,
        *,
        name: str | None = None,
        families: Iterable[Family] | None = None,
    ) -> LanguageModel:
        """Use a `transformers` model that is already in memory; it is put in eval mode and frozen.

        Raises ModelError: its tensors do not obey the residual laws.
        """
        return cls(hf, tokenizer, name=name or hf.config.name_or_path or type(hf).__name__, families=families)

    def __repr__(self) -> str:
        kind = str(self.dtype).removeprefix("torch.")
        return f"LanguageModel({self.name!r}, {self.n_layers} layers, d_model {self.d_model}, {kind}, {self.device})"

    # Sites -------------------------------------------------------------------------------------------------------

    def sites(self) -> list[Site]:
        """Every named site of the model, in the order of computation."""
        return sorted(self._places)

    def parse(self, spec: str | AnySite | Sequence[str | AnySite]) -> list[AnySite]:
        """The sites that `spec` names in this model, without duplicates; see `microtome.sites.parse_sites`.

        Raises SiteError: unreadable, or not in this model.
        """
        items = [spec] if isinstance(spec, (str, Site, ModuleSite)) else list(spec)
        sites = parse_sites([str(item) for item in items], n_layers=self.n_layers, points=self._widths)
        for site in sites:
            self._place(site)
        return sites

    def width(self, site: AnySite | str) -> int:
        """The size of the vectors at a site.

        Raises SiteError: no such site.
        """
        (known,) = self.parse(site)
        if isinstance(known, Site):
            return self._widths[known.point]
        if known not in self._module_widths:
            self._module_widths[known] = self.capture(self._proof_tokens(), [known])[known].shape[-1]
        return self._module_widths[known]

    def place(self, site: AnySite | str) -> Place:
        """Where the tensor of a site passes: a module and a side of it.

        Raises SiteError: no such site.
        """
        (known,) = self.parse(site)
        return self._place(known)

    def describe(self) -> list[dict[str, str | int]]:
        """One row per point, for tables: `point`, `width`, `sites` (a range) and the `module` that gives it."""
        last = self.n_layers - 1
        return [
            {
                "point": point,
                "width": self._widths[point],
                "sites": f"0-{last}.{point}" if last else f"0.{point}",
                "module": point_address(self._family, 0, point),
            }
            for point in POINTS
            if point in self._widths
        ]

    # Forward passes ----------------------------------------------------------------------------------------------

    def capture(
        self,
        tokens: Tensor | np.ndarray | Sequence[Sequence[int]],
        sites: str | AnySite | Sequence[str | AnySite],
    ) -> dict[AnySite, Tensor]:
        """The activations [B, T, width] of `tokens` [B, T] at `sites`, in the model's dtype, without gradients.

        The forward ends at the deepest site; no later layer and no logits are computed. Open edits apply, and what
        is captured is the value after the edits of that site. A module that runs several times gives its first run.
        Raises SiteError: an unknown site, or one a forward does not reach; ModelError: tokens it cannot take.
        """
        names = self.parse(sites)
        token_ids = self.tokens(tokens)
        found: dict[AnySite, Tensor] = {}
        owner = object()

        def reader(site: AnySite) -> Callable[[Tensor], None]:
            def read(value: Tensor) -> None:
                found.setdefault(site, snapshot(value))
                if len(found) == len(names):
                    raise StopForwardError(owner)

            return read

        taps = [Tap(place=self._place(site), name=str(site), read=reader(site)) for site in names]
        inside = all(id(tap.place.module) in self._base_modules for tap in taps)
        with torch.no_grad(), self._taps.open(taps):
            try:
                (self._base if inside else self.hf)(input_ids=token_ids, use_cache=False)
            except StopForwardError as stop:
                if stop.owner is not owner:
                    raise
        missing = [site for site in names if site not in found]
        if missing:
            raise SiteError(
                f"a forward of {self.name} never reaches {missing[0]}",
                cure="Name a module that runs on every forward",
            )
        return {site: found[site] for site in names}

    def logits(self, tokens: Tensor | np.ndarray | Sequence[Sequence[int]], *, last: bool = False) -> Tensor:
        """The logits [B, T, V] of `tokens` [B, T], under the open edits, without gradients; with `last` [B, 1, V].

        Raises ModelError: tokens it cannot take.
        """
        kept = last_only(self.hf) if last else {}
        with torch.no_grad():
            output: Tensor = self.hf(input_ids=self.tokens(tokens), use_cache=False, **kept).logits
        return output[:, -1:] if last else output

    @contextmanager
    def edit(
        self,
        edits: Mapping[str | AnySite, Edit] | Mapping[str, Edit] | Mapping[AnySite, Edit],
        *,
        told: Callable[[Passing], None] | None = None,
    ) -> Iterator[None]:
        """Change activations in every forward inside the context: `with model.edit({"9.mlp_out": f}): ...`

        `f` takes a copy of the activation [B, T, D] (it may work in place) and returns its replacement of the same
        shape; other dtypes and devices are converted. A key may name several sites (`*.mlp_out`). Edits of outer
        contexts come before those of inner ones, and several at one site compose. With a KV cache T is 1 after the
        prompt, so each token is edited once. At `resid_mid` the stream itself changes, not only what the MLP reads.
        Edits belong to the thread that opened them and are removed when the body ends or raises. `told` is called as
        each forward begins, with its token ids and the positions its cache holds, for edits that depend on these.

        Raises SiteError: an unknown site, or (in the forward) a result of another shape.
        """
        taps = [
            Tap(place=self._place(site), name=str(site), edit=function)
            for key, function in edits.items()
            for site in self.parse(key)
        ]
        if told is not None:
            taps.append(Tap(place=Place(self._base, "call"), name="the model", told=told))
        with self._taps.open(taps):
            yield

    @property
    def open_contexts(self) -> int:
        """How many contexts of edits and records this thread has open."""
        return self._taps.open_contexts

    @contextmanager
    def record(
        self, sites: str | AnySite | Sequence[str | AnySite], *, stop: bool = False
    ) -> Iterator[dict[AnySite, Tensor]]:
        """Fill a dictionary with the activations [B, T, width] of the latest forward inside the context.

        What is recorded at a site is the value after all edits of that site, whichever context is outer. Where
        gradients are recorded the tensors lie on the path to the output; otherwise they are copies. With `stop` the
        first forward ends as soon as all sites are recorded, and the body of the context with it.

        Raises SiteError: an unknown site.
        """
        found: dict[AnySite, Tensor] = {}
        names, owner = self.parse(sites), object()

        def reader(site: AnySite) -> Callable[[Tensor], None]:
            def read(value: Tensor) -> None:
                found[site] = snapshot(value)
                if stop and len(found) == len(names):
                    raise StopForwardError(owner)

            return read

        taps = [Tap(place=self._place(site), name=str(site), read=reader(site)) for site in names]
        with self._taps.open(taps):
            try:
                yield found
            except StopForwardError as error:
                if error.owner is not owner:
                    raise

    # Text --------------------------------------------------------------------------------------------------------

    def encode(self, text: str) -> Tensor:
        """Token ids [1, T] of `text`, beginning with BOS where the tokenizer has one.

        Raises ModelError: the model has no tokenizer, or the text is empty and there is no BOS; ConfigError: half of a
        surrogate pair.
        """
        ids = self._need_tokenizer()(whole(text, "the text"), add_special_tokens=False, verbose=False)["input_ids"]
        if self.bos_id is not None and ids[:1] != [self.bos_id]:
            ids = [self.bos_id, *ids]
        if not ids:
            raise ModelError("got an empty prompt, expected some text", cure="Give a prompt of at least one token")
        return torch.tensor([ids], device=self.device)

    def encode_chat(self, messages: str | Sequence[Mapping[str, str]]) -> Tensor:
        """Token ids [1, T] of a conversation in the model's own chat template, up to where the model answers.

        A text is one message of the user. Raises ModelError: no tokenizer, no template, or one that refuses this.
        """
        return self.encode(chat_text(self._need_tokenizer(), messages, name=self.name))

    def stream(
        self,
        prompt: str | Tensor,
        *,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
        top_p: float = 1.0,
        stop_at_eos: bool = True,
    ) -> Iterator[Tensor]:
        """Yield one new token id per sequence [B] at a time; see `generate`.

        The forward of a token runs when it is asked for, under the edits open at that moment.
        """
        draw: dict[str, Any] = {"temperature": temperature, "seed": seed, "top_p": top_p}
        steps = self.steps(prompt, max_new_tokens=max_new_tokens, stop_at_eos=stop_at_eos, **draw)
        return (step.token_B for step in steps)

    def steps(
        self,
        prompt: str | Tensor,
        *,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
        top_p: float = 1.0,
        frequency_penalty: float = 0.0,
        stop_at_eos: bool = True,
        top: int = 0,
        around: Callable[[int], AbstractContextManager[Any]] = lambda prompt_tokens: nullcontext(),
    ) -> Iterator[Step]:
        """`generate` step by step: each new token [B], its log probability, and the `top` likeliest tokens.

        `frequency_penalty` times the number of times a token was generated is taken from its logit.
        `around(prompt_tokens)` is a context opened around every forward and closed before the step is yielded, so that
        no edit outlives a generation that is abandoned, or reaches into what its caller does between two steps.
        Raises as `generate`.
        """
        tokens = self.encode(prompt) if isinstance(prompt, str) else self.tokens(prompt)
        if self.max_context is not None and tokens.shape[1] + max_new_tokens > self.max_context:
            raise ModelError(
                f"got {tokens.shape[1]} tokens of prompt and max_new_tokens={max_new_tokens}, expected at most "
                f"{self.max_context} together (the context of {self.name})",
                cure=f"Set max_new_tokens to {max(0, self.max_context - tokens.shape[1])} or shorten the prompt",
            )
        return sample(
            self.hf,
            tokens,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            seed=seed,
            top_p=top_p,
            frequency_penalty=frequency_penalty,
            stop_ids=stop_ids_of(self.hf, self.tokenizer) if stop_at_eos else frozenset(),
            top=top,
            around=lambda: around(tokens.shape[1]),
        )

    @overload
    def generate(
        self,
        prompt: str,
        *,
        max_new_tokens: int,
        temperature: float = ...,
        seed: int = ...,
        top_p: float = ...,
        stop_at_eos: bool = ...,
    ) -> str: ...

    @overload
    def generate(
        self,
        prompt: Tensor,
        *,
        max_new_tokens: int,
        temperature: float = ...,
        seed: int = ...,
        top_p: float = ...,
        stop_at_eos: bool = ...,
    ) -> Tensor: ...

    def generate(
        self,
        prompt: str | Tensor,
        *,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
        top_p: float = 1.0,
        stop_at_eos: bool = True,
    ) -> str | Tensor:
        """What follows `prompt`, without it: text for text, token ids [B, at most max_new_tokens] for ids [B, T].

        Temperature 0 is greedy; otherwise tokens are drawn, reproducibly from `seed`, out of the smallest set that
        holds `top_p` of the probability. Ends early when every sequence has ended; one that ends earlier repeats its
        end token. Open edits apply to every token once.
        Raises ModelError: no tokenizer for text, or a prompt too long; ConfigError: temperature or top_p out of range.
        """
        steps = self.stream(
            prompt,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            seed=seed,
            top_p=top_p,
            stop_at_eos=stop_at_eos,
        )
        new = list(steps)
        if isinstance(prompt, str):
            ids = [int(token) for token in new]
            text: str = self._need_tokenizer().decode(ids, skip_special_tokens=True)
            return text
        return torch.stack(new, 1) if new else torch.empty(len(prompt), 0, dtype=torch.long, device=self.device)

    def tokens(self, tokens: Tensor | np.ndarray | Sequence[Sequence[int]]) -> Tensor:
        """Token ids [B, T] on the model's device.

        Raises ModelError: another shape, empty, longer than the context, or ids outside the vocabulary.
        """
        # torch.tensor copies, so a read-only or memory-mapped array is fine.
        ids = tokens if isinstance(tokens, Tensor) else torch.tensor(np.asarray(tokens))
        if ids.dim() != 2 or ids.numel() == 0 or ids.is_floating_point():
            raise ModelError(
                f"got tokens of shape {tuple(ids.shape)} and type {str(ids.dtype).removeprefix('torch.')}, expected "
                "integer ids [batch, position]",
                cure="Give a batch of token ids, like model.encode(text)",
            )
        if self.max_context is not None and ids.shape[1] > self.max_context:
            raise ModelError(
                f"got {ids.shape[1]} tokens in a row, expected at most {self.max_context} (the context of {self.name})",
                cure=f"Cut the text to {self.max_context} tokens",
            )
        # On the GPU the check would wait for the device on every call.
        if ids.device.type == "cpu" and not 0 <= int(ids.min()) <= int(ids.max()) < self.vocab_size:
            raise ModelError(
                f"got token ids from {int(ids.min())} to {int(ids.max())}, expected 0 to {self.vocab_size - 1}",
                cure=f"Tokenize with the tokenizer of {self.name}",
            )
        return ids.to(device=self.device, dtype=torch.long)

    # Inside ------------------------------------------------------------------------------------------------------

    def _settle(self, config: Any, families: Iterable[Family] | None) -> None:
        """Find the family, prove it, and keep what it says about the model."""
        family = choose(config, families)
        candidates = [family] if family else guess(self.hf, self._taps, self._proof_forward)
        failures: list[ModelError] = []
        for candidate in candidates:
            layers = layer_stack(self.hf, candidate)
            try:
                self._places, self._widths = prove(candidate, list(layers), self._taps, self._proof_forward)
            except ModelError as error:
                failures.append(error)
                continue
            self._family = candidate
            self.family = candidate.name
            self.n_layers = len(layers)
            self.d_model = self._widths["resid_post"]
            self._base_modules = {id(module) for module in self._base.modules()}
            return
        refuse_not_finite(self.hf, self.name)
        raise failures[0]

    def _proof_tokens(self) -> Tensor:
        return (torch.arange(_PROOF_TOKENS, device=self.device) * 7 % self.vocab_size)[None]

    def _proof_forward(self) -> None:
        try:
            self._base(input_ids=self._proof_tokens(), use_cache=False)
        except MicrotomeError:
            raise
        except Exception as error:
            raise ModelError(
                f"a forward of {type(self.hf).__name__} on {_PROOF_TOKENS} tokens fails "
                f"({type(error).__name__}: {error})",
                cure="Give a causal language model of transformers that runs on input_ids alone",
            ) from error

    def _place(self, site: AnySite) -> Place:
        if isinstance(site, Site):
            return self._places[site]
        try:
            return Place(module=self.hf.get_submodule(site.path), side=site.side)
        except AttributeError:
            paths = [path for path, _ in self.hf.named_modules() if path]
            nearest = difflib.get_close_matches(site.path, paths, n=1, cutoff=0.0)[0]
            raise SiteError(
                f"got '{site}', but {type(self.hf).__name__} has no module '{site.path}'",
                cure=f"Write {nearest}:{site.side} if that is meant",
            ) from None

    def _need_tokenizer(self) -> Any:
        if self.tokenizer is None:
            raise ModelError(
                f"{self.name} has no tokenizer, expected one for text",
                cure="Give token ids instead of text, or pass tokenizer= to LanguageModel.wrap",
            )
        return self.tokenizer
