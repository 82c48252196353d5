"""The page: whole without a network, all numbers on it, and no text able to act."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch

from microtome.dictionaries.dictionary import Codes
from microtome.errors import ArtifactError
from microtome.evaluation import LossMetrics, ReconstructionMetrics
from microtome.evaluation.examples import choose_latents
from microtome.evaluation.storage import METRIC_KEYS, save_evaluation
from microtome.kernels import PreActivations
from microtome.markup import visible
from microtome.report import GLOSSARY, figures, render_report, write_report
from microtome.training.run import Run
from tests.report.synthetic import EVIL, TOKENS, make_metrics, make_run

NAME = "3.mlp_out.batchtopk.l0-32"


class _Page(HTMLParser):
    """Elements with their attributes, the text outside scripts, and the scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles = ""
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        if tag in {"td", "th", "dt", "dd", "p", "h2", "h3", "h4"}:
            self.text += " "
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        elif self._open == "style":
            self.styles += data
        else:
            self.text += data


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("report") / "run", (NAME,))


@pytest.fixture(scope="module")
def source(run: Run) -> str:
    path = write_report(run)
    assert path == run.path / "report.html"
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(source: str) -> _Page:
    return _Page(source)


def test_nothing_is_loaded(page: _Page) -> None:
    loading = {"src", "srcset", "data", "poster", "action", "background", "formaction", "ping", "xlink:href"}
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
        assert not loading & attributes.keys()
        assert (attributes.get("href") or "#").startswith("#")
        assert "url(" not in (attributes.get("style") or "")
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in page.styles and "@import" not in page.styles
    first = [attributes for tag, attributes in page.elements if tag == "meta"][1]
    assert first["http-equiv"] == "Content-Security-Policy"
    policy = first["content"] or ""
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy and "unsafe-eval" not in policy and "'unsafe-inline'" not in policy.split(";")[1]


def test_plotly_is_inlined_once(page: _Page) -> None:
    code = [text for attributes, text in page.scripts if "type" not in attributes]
    assert [len(text) > 1_000_000 for text in code] == [True, False]


def test_the_policy_names_the_scripts_that_are_there(page: _Page) -> None:
    import base64
    import hashlib

    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv")) or ""
    code = [text for attributes, text in page.scripts if "type" not in attributes]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in code]
    assert re.findall(r"sha256-([^']+)'", policy) == hashes


def test_token_text_cannot_act(source: str, page: _Page) -> None:
    assert EVIL not in source
    assert html.escape(EVIL) in source
    assert EVIL in page.text
    assert "alert(1)" not in "".join(text for _, text in page.scripts)
    assert "\u202e" not in source and "U+202E" in page.text
    assert {a.get("title") for _, a in page.elements} >= {"a<b>.py, from character 12", "3.500", "1.750"}


def test_names_and_settings_cannot_act(tmp_path: Path) -> None:
    # `</script>` in a name gets into the figures' data too.
    name = "x</script><img src=x onerror=alert(3)>"
    run = make_run(tmp_path / "run", ("plain",), evaluated=False)
    facts = run.facts
    facts["dictionaries"][0]["name"] = name
    facts["config"]["text"] = EVIL
    run.write_facts(facts)
    run.metrics_file.write_text(run.metrics_file.read_text().replace('"plain"', json.dumps(name)))
    page = _Page(render_report(run))
    assert not [tag for tag, _ in page.elements if tag == "img"]
    assert name in page.text and EVIL in page.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" the", '<span class="ws">·</span>the'),
        ("a\nb", 'a<span class="ws">↵</span>b'),
        ("\t", '<span class="ws">⇥</span>'),
        ("", '<span class="ws">∅</span>'),
        ("\u200b", '<span class="ws">U+200B</span>'),
        ("\ud800", '<span class="ws">U+D800</span>'),
        ("\x00", '<span class="ws">U+0000</span>'),
        ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        ("é漢🙂", "é漢🙂"),
    ],
)
def test_visible(text: str, expected: str) -> None:
    assert str(visible(text)) == expected


def test_shading_is_proportional(page: _Page) -> None:
    shares = [a["style"] for t, a in page.elements if t == "span" and a.get("title") in ("3.500", "1.750")]
    top = max(float((a["title"] or "0").replace(",", "")) for t, a in page.elements if a.get("class") == "token peak")
    assert top > 0
    first, second = (float((style or "").removeprefix("--share:")) for style in shares[:2])
    assert second == pytest.approx(first / 2, abs=0.001) and 0 < first <= 1


def test_every_metric_is_on_the_page(page: _Page) -> None:
    metrics = make_metrics()
    rows = [" ".join(row.split()) for row in page.text.split("Metrics")[1].split("Latents")[0].splitlines()]
    text = " ".join(rows)
    for key in METRIC_KEYS:
        assert f"{key} " in text
        assert GLOSSARY[key] in text
        if (value := metrics.values[key]) is not None:
            low, high = metrics.intervals[key]
            assert f"{key} {value:#.4g} {low:#.4g} to {high:#.4g} {GLOSSARY[key]}" in text
    assert "50,000 held-out tokens in 394 contexts" in text
    assert "394 special tokens left out" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "50,000 held-out tokens in 394 contexts"),
        ({"part": "held out"}, "50,000 held-out tokens in 394 contexts"),
        ({"part": "all", "name": "new.txt"}, "50,000 tokens of new.txt in 394 contexts"),
    ],
)
def test_the_measured_text_is_named(tmp_path: Path, text: object, expected: str) -> None:
    run = make_run(tmp_path / "run", (NAME,), evaluated=False)
    metrics = make_metrics()
    if text is not None:
        metrics.facts["text"] = text
    save_evaluation(run.path, NAME, metrics, None)
    page = _Page(render_report(run))
    assert expected in page.text
    assert "No examples: this dictionary was evaluated without text." in page.text


def test_an_undefined_metric_shows_its_reason(page: _Page) -> None:
    text = " ".join(page.text.split())
    reason = "Undefined: ablating the site does not change the model's loss."
    assert f"ce_recovered – {GLOSSARY['ce_recovered']} {reason}" in text


def test_the_glossary_covers_what_the_metrics_give() -> None:
    x = torch.randn(6, 3)
    mask = torch.rand(6, 5) > 0.5
    meter, losses = ReconstructionMetrics(5), LossMetrics()
    pairs = PreActivations.of(mask.float()).above(0.0)[0]
    meter.update(x, x, Codes(torch.ones(len(pairs)), pairs))
    keys = ("n", "ce_clean", "ce_replaced", "ce_ablated", "ce_mean_ablated", "kl_replaced", "kl_ablated")
    losses.update({key: np.ones(1) for key in keys})
    given = {*meter.result().values, *losses.result().values}
    assert given == set(METRIC_KEYS) == set(GLOSSARY)


def test_settings_and_latents_are_on_the_page(page: _Page) -> None:
    text = " ".join(page.text.split())
    for expected in (
        *("config.optimiser.lr 0.0003", "text.fingerprint 0123456789abcdef", "versions.torch 2.13.0"),
        *("special_tokens_excluded 15,625", "config.seed 7", "model.id tiny", "microtome 0.1.0"),
        *("sparsifier batchtopk", "site_in 3.mlp_in"),
    ):
        assert expected in text
    metrics = make_metrics()
    dead = np.nonzero(metrics.arrays["count"] == 0)[0]
    assert f"{len(dead)} of 512 latents never fired" in text
    assert ", ".join(map(str, dead)) in text
    most = int(np.argmax(metrics.arrays["count"]))
    assert f"{most} 40.0 % (dense)" in text or f"{most} 40 % (dense)" in text
    for title in ("Most frequent", "Around the median", "Least frequent that fired"):
        assert title in text


def test_latents_are_in_the_order_they_were_chosen(source: str) -> None:
    groups = choose_latents(make_metrics().arrays["count"], TOKENS, 4)
    shown = [int(latent) for latent in re.findall(r'<tr><td class="number">(\d+)</td>', source)]
    assert shown == [*groups["most_frequent"], *groups["median"], *groups["least_frequent"]]


def test_the_page_holds_the_notebooks_figures(run: Run, page: _Page) -> None:
    data = {a["data-for"]: json.loads(text) for a, text in page.scripts if "data-for" in a}
    metrics = make_metrics()
    expected = {
        "dictionary-0-curves": figures.training_curves(run, NAME),
        "dictionary-0-density": figures.density_histogram(metrics),
        "dictionary-0-cosine": figures.cosine_histogram(metrics),
    }
    assert data == {key: json.loads(figure.to_json()) for key, figure in expected.items()}


def test_several_dictionaries_are_compared(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", ("a", "b", "c"))
    (run.path / "evaluations" / "c.json").unlink()
    page = _Page(render_report(run))
    links = [a["href"] for tag, a in page.elements if tag == "a"]
    assert links == ["#dictionary-0", "#dictionary-1", "#dictionary-2"] * 2
    assert [a["id"] for t, a in page.elements if t == "article"] == [f"dictionary-{i}" for i in range(3)]
    text = " ".join(page.text.split())
    assert "a 512 16.20 0.1180 0.6360 – " in text
    assert "b 512 24.30 0.1480 0.6360 – " in text
    assert "c 512 – – – – – – –" in text
    assert "c has not been evaluated yet" in text
    assert any(a.get("id") == "frontier" for _, a in page.elements)


def test_an_unfinished_run_has_its_curves(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", (NAME,), evaluated=False)
    page = _Page(write_report(run).read_text())
    assert [a["data-for"] for a, _ in page.scripts if "data-for" in a] == ["dictionary-0-curves"]
    assert "This run has not finished" in page.text
    assert f"{NAME} has not been evaluated yet" in page.text


def test_a_run_without_any_measurement(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", (NAME,), evaluated=False)
    run.metrics_file.unlink()
    page = _Page(render_report(run))
    assert not [a for a, _ in page.scripts if "data-for" in a]


def test_a_damaged_evaluation_is_refused_by_name(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", (NAME,))
    path = run.path / "evaluations" / f"{NAME}.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ArtifactError, match=re.escape(str(path))):
        write_report(run)
    assert not (run.path / "report.html").exists()


@pytest.mark.browser
def test_a_browser_draws_the_figures(tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    assert browser is not None, "the browser tests need chromium: apt-get install chromium"
    path = write_report(make_run(tmp_path / "run", (NAME, "other")))
    done = subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(
                f"--user-data-dir={tmp_path / 'profile'}",
                "--enable-logging=stderr",
                "--dump-dom",
                path.as_uri(),
            ),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # Violations of the policy and errors of scripts come as console messages.
    assert "CONSOLE" not in done.stderr
    drawn = re.findall(r'<svg class="main-svg"', done.stdout)
    assert len(drawn) >= 4
    bars = len(re.findall(r'<g class="point">', done.stdout))
    assert bars >= 100
    assert re.search(r'<article class="dictionary" id="dictionary-1" hidden', done.stdout)
