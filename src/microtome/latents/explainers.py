"""Labels written by a language model, on request: any OpenAI-compatible endpoint, or a local model of `transformers`.

The explainer sees a latent's strongest examples that are not held out, with the firing tokens marked, and writes a
phrase. Then it is asked of each held-out context of the latent, firing or silent, whether the latent described so fires
in it. Balanced accuracy over those is the score, the same as that of a label made by rule (see `detection`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from microtome.errors import ConfigError, ModelError
from microtome.latents.records import LEAST, NEAR_MISS, Context, Example, Label
from microtome.models.chat import chat_text

if TYPE_CHECKING:
    from microtome.latents.store import LatentStore
    from microtome.models import LanguageModel

_TASK = (
    "Below are pieces of text in which one unit of a neural network fires, strongest first. The tokens it fires on are "
    "between << and >>.\n\n{examples}\n\nIn at most ten words: what does the unit fire on? Answer with the phrase "
    "alone.\nAnswer:"
)
_QUESTION = (
    "A unit of a neural network fires on: {label}\n\nDoes it fire somewhere in this text? Answer with yes or no.\n\n"
    "Text: {text}\nAnswer:"
)


_ANSWER_TOKENS = 30


class Explainer(Protocol):
    """Something that continues a prompt."""

    @property
    def name(self) -> str:
        """What labels say they were made by."""
        ...

    def fits(self, prompt: str, max_tokens: int) -> bool:
        """Whether the prompt and that many tokens of an answer are read whole."""
        ...

    def complete(self, prompt: str, max_tokens: int) -> str: ...


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible endpoint: `url` up to and with `/v1`. The key, if there is one, is OPENAI_API_KEY."""

    url: str
    model: str
    timeout: float = 60.0

    @property
    def name(self) -> str:
        return self.model

    def fits(self, prompt: str, max_tokens: int) -> bool:
        """Always: what the endpoint's model holds is not known here."""
        return True

    def complete(self, prompt: str, max_tokens: int) -> str:
        """The answer, at temperature 0. Raises `ModelError` for an endpoint that fails or answers otherwise."""
        import urllib.error
        import urllib.request

        if not self.url.startswith(("http://", "https://")):
            raise ConfigError(f"got the endpoint '{self.url}', expected http:// or https://", cure="Give its address")
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": max_tokens,
            "temperature": 0,
        }
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get("OPENAI_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        address = f"{self.url.rstrip('/')}/chat/completions"
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                return str(json.loads(answer.read())["choices"][0]["message"]["content"])
        except (urllib.error.URLError, TimeoutError, ValueError, KeyError, IndexError, TypeError) as error:
            raise ModelError(
                f"the explainer at '{self.url}' did not answer as expected ({error})",
                cure="Check the address, the model's name and OPENAI_API_KEY",
            ) from None


@dataclass(frozen=True)
class Local:
    """A model that runs here. One with a chat template is asked in it, as one message of the user."""

    model: LanguageModel

    @property
    def name(self) -> str:
        return self.model.name

    def fits(self, prompt: str, max_tokens: int) -> bool:
        """Whether they are within the model's context."""
        context = self.model.max_context
        return context is None or self.model.encode(self._asked(prompt)).shape[1] + max_tokens <= context

    def complete(self, prompt: str, max_tokens: int) -> str:
        """The greedy answer, or continuation where there is no chat template."""
        return self.model.generate(self._asked(prompt), max_new_tokens=max_tokens)

    def _asked(self, prompt: str) -> str:
        tokenizer = self.model.tokenizer
        if not getattr(tokenizer, "chat_template", None):
            return prompt
        return chat_text(tokenizer, prompt, name=self.model.name)


def explain(
    store: LatentStore,
    latents: Sequence[int],
    explainer: Explainer,
    *,
    shown: int = 8,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[int, Label]:
    """Ask for a label of each latent, score it, and keep it in the store. Latents that never fired outside of held-out
    text are left out, and a store of an older version has nothing to score on.

    `shown` examples are seen at most, fewer where the explainer's context holds no more. What is made is kept latent by
    latent, so what was paid for is not lost.
    """
    made: dict[int, Label] = {}
    for done, latent in enumerate(latents, start=1):
        seen = [one for one in store[latent].examples if one.band != NEAR_MISS and not one.held_out][:shown]
        if seen:
            text = explainer.complete(_task(seen, explainer), _ANSWER_TOKENS)
            text = next((line.strip() for line in text.splitlines() if line.strip()), "")
            score = detection_score(store, latent, text, explainer) if text else None
            made[latent] = Label(text, score, f"explained by {explainer.name}")
            store.keep_explanation(latent, made[latent])
        progress(done, len(latents))
    return made


def detection_score(store: LatentStore, latent: int, text: str, explainer: Explainer) -> float | None:
    """How well `text`, wherever it comes from, tells the latent's held-out firing contexts from its silent ones, as the
    explainer reads it.

    On the same contexts as all labels, so that labels of different origin can be compared, also with the label of
    another latent: what that one reaches is chance. None where there are too few contexts of either kind.
    """
    contexts = store.contexts(latent)
    parts = [[one for one in contexts if one.fires is fires] for fires in (True, False)]
    if min(map(len, parts)) < LEAST:
        return None

    def yes(context: Context) -> bool:
        prompt = _QUESTION.format(label=text, text="".join(context.tokens))
        return explainer.complete(prompt, 3).strip().lower().startswith("yes")

    hits, false = (sum(map(yes, part)) / len(part) for part in parts)
    return (hits + 1 - false) / 2


def _task(seen: Sequence[Example], explainer: Explainer) -> str:
    """The question, with as many of the strongest examples as fit, and at least one."""
    for count in range(len(seen), 1, -1):
        prompt = _TASK.format(examples=_listed(seen[:count]))
        if explainer.fits(prompt, _ANSWER_TOKENS):
            return prompt
    return _TASK.format(examples=_listed(seen[:1]))


def _listed(examples: Sequence[Example]) -> str:
    return "\n".join(f"{number}. {marked(example)}" for number, example in enumerate(examples, start=1))


def marked(example: Example) -> str:
    """The text of an example with the firing tokens between << and >>."""
    return "".join(f"<<{token}>>" if value > 0 else token for token, value in zip(example.tokens, example.activations))


def open_explainer(where: str, model: str | None, device: str = "auto") -> Explainer:
    """An endpoint for an address, otherwise a local model. Raises `ConfigError` for an address without a model."""
    if where.startswith(("http://", "https://")):
        if model is None:
            raise ConfigError(
                f"got the explainer '{where}' without a model", cure="Name the model it serves with --explainer-model"
            )
        return Endpoint(where, model)
    if model is not None:
        raise ConfigError("got --explainer-model without an endpoint", cure="Give --explainer http://…/v1")
    from microtome.models import LanguageModel

    return Local(LanguageModel.load(where, device=device))
