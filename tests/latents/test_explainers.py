"""Labels by a language model: what it sees, how it is scored, an endpoint and a local model."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from microtome.errors import ConfigError, ModelError
from microtome.latents.explainers import Endpoint, Local, detection_score, explain, marked, open_explainer
from microtome.models import LanguageModel
from tests.latents.conftest import SETTINGS, Built


class Knows:
    """An explainer that says yes to the texts it is told."""

    name = "knows"

    def __init__(self, yes: set[str]) -> None:
        self.yes, self.prompts = yes, []

    def fits(self, prompt: str, max_tokens: int) -> bool:
        return True

    def complete(self, prompt: str, max_tokens: int) -> str:
        self.prompts.append(prompt)
        if "Does it fire" in prompt:
            return "Yes." if prompt.partition("Text: ")[2].removesuffix("\nAnswer:") in self.yes else " no"
        return "\n  words of a list\nand more"


def test_a_label_is_scored_on_what_was_not_seen(built: Built) -> None:
    some = [one for one in built.store if len(built.store.contexts(one.latent)) == 2 * SETTINGS.contexts]
    latent = next(one for one in some if any(example.held_out for example in one.examples[:6]))
    fired = [e for e in latent.examples if e.band != "near_miss"]
    contexts = built.store.contexts(latent.latent)
    unseen, silent = (["".join(c.tokens) for c in contexts if c.fires is fires] for fires in (True, False))
    explainer = Knows({*unseen[1:], silent[0]})
    (label,) = explain(built.store, [latent.latent], explainer).values()
    assert label.text == "words of a list" and label.how == "explained by knows"
    hits = sum(text in explainer.yes for text in unseen) / len(unseen)
    false = sum(text in explainer.yes for text in silent) / len(silent)
    assert label.score == pytest.approx((hits + 1 - false) / 2)
    task, asked = explainer.prompts[0], explainer.prompts[1:]
    seen = [e for e in fired if not e.held_out]
    assert "\n\n" + "\n".join(f"{n}. {marked(e)}" for n, e in enumerate(seen[:8], start=1)) + "\n\nIn at most" in task
    assert f"<<{seen[0].tokens[seen[0].peak]}>>" in task
    assert [prompt.partition("Text: ")[2].removesuffix("\nAnswer:") for prompt in asked] == unseen + silent
    again = built.store[latent.latent]
    assert again.label == label and again.candidates[0] == label and len(again.candidates) > 1
    assert built.store.table(label="words of a LIST")["total"] == 1
    assert detection_score(built.store, latent.latent, "words of a list", explainer) == label.score
    assert "fires on: another phrase" not in "".join(explainer.prompts)
    detection_score(built.store, latent.latent, "another phrase", explainer)
    assert "fires on: another phrase" in explainer.prompts[-1]


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list]]:
    asked: list = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers.get("Authorization"), body))
            answer = {"choices": [{"message": {"content": "an answer"}}]} if body["model"] == "good" else {"error": 1}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint(endpoint: tuple[str, list], monkeypatch: pytest.MonkeyPatch) -> None:
    url, asked = endpoint
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert Endpoint(url, "good").complete("hello", 5) == "an answer"
    path, key, body = asked[0]
    assert (path, key) == ("/v1/chat/completions", "Bearer secret")
    assert body["messages"] == [{"role": "user", "content": "hello"}] and body["temperature"] == 0
    with pytest.raises(ModelError, match="did not answer as expected"):
        Endpoint(url, "bad").complete("hello", 5)


def test_a_local_model(lm: LanguageModel, built: Built) -> None:
    explainer = Local(lm)
    assert explainer.complete("import ", 3) == lm.generate("import ", max_new_tokens=3)
    assert explainer.name == "tiny"

    assert explainer.fits("import ", 3) and not explainer.fits("import " * 300, 3)


def test_a_local_model_with_a_chat_template_is_asked_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chatty = LanguageModel.load("tiny", device="cpu", dtype="float32")
    plain, context = Local(chatty).complete("import ", 8), chatty.max_context
    room = context - chatty.encode("import ").shape[1]
    assert Local(chatty).fits("import ", room)
    monkeypatch.setattr(
        chatty.tokenizer,
        "chat_template",
        "{% for m in messages %}# {{ m['role'] }} asks: {{ m['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}class {% endif %}",
    )
    asked = "# user asks: import \nclass "
    assert Local(chatty).complete("import ", 8) == chatty.generate(asked, max_new_tokens=8) != plain
    # What the template adds takes room too.
    assert not Local(chatty).fits("import ", room)
    assert Local(chatty).fits("import ", context - chatty.encode(asked).shape[1])


def test_examples_are_shown_as_far_as_the_context_goes(built: Built) -> None:
    class Short(Knows):
        def fits(self, prompt: str, max_tokens: int) -> bool:
            return len(prompt) + max_tokens <= longest

    latent = next(one for one in built.store if one.count > 40).latent
    tasks, longest = [], 10**6
    for _ in range(2):
        explainer = Short(set())
        explain(built.store, [latent], explainer)
        tasks.append(explainer.prompts[0])
        longest = len(tasks[0]) + 29
    counts = [next(n for n in range(8, 0, -1) if f"\n{n}. " in task) for task in tasks]
    assert counts[1] == counts[0] - 1 > 1 and len(tasks[1]) + 30 <= longest
    longest, explainer = 10, Short(set())
    explain(built.store, [latent], explainer)
    assert "\n1. " in explainer.prompts[0] and "\n2. " not in explainer.prompts[0]


def test_what_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"without a model\. Name the model it serves with --explainer-model"):
        open_explainer("http://localhost/v1", None)
    with pytest.raises(ConfigError, match="got --explainer-model without an endpoint"):
        open_explainer("tiny", "gpt")
