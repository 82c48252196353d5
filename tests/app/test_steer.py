"""Steering over HTTP: the streams say what the library says, stop when nobody reads, and bad input is one line."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from microtome.app.runs import OpenRuns
from microtome.app.steering import Steering
from microtome.app.views import Views
from microtome.app.widget import Kernel
from microtome.errors import ArtifactError
from microtome.interventions import (
    Bench,
    GenerationConfig,
    add,
    clamp,
    dose_curve,
    generate_text,
    load_preset,
    summary,
)
from microtome.latents import LatentStore
from tests.app.conftest import DICTIONARY_LATENTS, Site

PROMPT = "def parse(text):"
STEER, DOSE = "/api/runs/looked-at/steer", "/api/runs/looked-at/dose"


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=120) as opened:
        yield opened


@pytest.fixture(scope="module")
def bench(site: Site) -> Bench:
    """A model of its own, so that what the server does to its model cannot hide."""
    return Bench.open(site.runs[0])


def strongest(bench: Bench, name: str) -> int:
    arrays = bench.evaluated(name)
    assert arrays is not None
    return int(arrays["max"].argmax())


def asked(changes: list[Any], **generation: Any) -> dict[str, Any]:
    plain = [change.to_json() if hasattr(change, "to_json") else change for change in changes]
    return {"changes": plain, "prompt": PROMPT, "generation": {"tokens": 10, **generation}}


def events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in response.iter_lines():
        if line:
            yield json.loads(line.removeprefix("data: "))


def streamed(client: httpx.Client, path: str, body: Any) -> list[dict[str, Any]]:
    with client.stream("POST", path, json=body) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(events(response))


def shown(found: list[dict[str, Any]], condition: str, sample: int) -> str:
    """The text as a page puts it together."""
    text = ""
    for event in found:
        if event["event"] == "token" and (event["condition"], event["sample"]) == (condition, sample):
            text = event["whole"] if "whole" in event else text + event["piece"]
    return text


@contextmanager
def counted(site: Site, pause: float = 0.02) -> Iterator[list[int]]:
    """Forward passes of the server's model, each slowed down so that a stream lasts."""
    passes: list[int] = []

    def slow(*_: Any) -> None:
        passes.append(len(passes))
        time.sleep(pause)

    hook = site.app.state.steering.bench("looked-at").lm.hf.register_forward_pre_hook(slow)
    try:
        yield passes
    finally:
        hook.remove()


def ended(site: Site) -> None:
    """Wait until no stream is open, and see that the model is as it was."""
    steering = site.app.state.steering
    deadline = time.monotonic() + 60
    while steering.open_streams:
        assert time.monotonic() < deadline, "the stream still runs"
        time.sleep(0.01)
    assert not site.app.state.runs.forward.locked()
    assert not steering.bench("looked-at").lm._taps._threads


def test_a_stream_is_what_the_library_writes(client: httpx.Client, site: Site, bench: Bench) -> None:
    name = site.names[0]
    changes = [add(strongest(bench, name), 8, name), clamp(3, 0.0, name)]
    config = GenerationConfig(tokens=10, samples=2, temperature=0.9, seed=3, top_p=0.95, frequency_penalty=0.2)
    body = asked(changes, samples=2, temperature=0.9, seed=3, top_p=0.95, frequency_penalty=0.2)
    found = streamed(client, STEER, body)
    true = bench.intervene(changes)
    conditions = {"default": None, "steered": true, "control": true.control(3)}
    assert found[0] == {"event": "start", "conditions": list(conditions), "samples": 2, "tokens": 10}
    assert found[-1]["event"] == "end"
    texts = {}
    for condition, intervention in conditions.items():
        written = generate_text(bench.lm, PROMPT, intervention, config)
        texts[condition] = [one.text for one in written]
        for sample, one in enumerate(written):
            tokens = [
                e for e in found if e["event"] == "token" and (e["condition"], e["sample"]) == (condition, sample)
            ]
            assert [e["token"] for e in tokens] == [token.token for token in one.tokens]
            assert [e["log_p"] for e in tokens] == pytest.approx([token.log_p for token in one.tokens], abs=1e-3)
            assert shown(found, condition, sample) == one.text.removesuffix("\ufffd")
            assert all(len(e["top"]) == 4 and e["top"][0][1] >= e["top"][1][1] for e in tokens)
    assert found[-1]["texts"] == texts
    assert len({json.dumps(texts[condition]) for condition in texts}) == 3


def test_the_columns_are_those_that_mean_something(client: httpx.Client, site: Site) -> None:
    name = site.names[0]
    replace = [{"kind": "replace", "dictionary": name}]
    for body, expected in (
        (asked([]), ["default"]),
        (asked(replace), ["default", "steered"]),
        ({**asked([clamp(3, 1.0, name)]), "control": False}, ["default", "steered"]),
    ):
        assert streamed(client, STEER, body)[0]["conditions"] == expected


def test_who_goes_away_frees_the_model(client: httpx.Client, site: Site, bench: Bench) -> None:
    body = asked([clamp(3, 5.0, site.names[0])], tokens=80)
    before = streamed(client, STEER, asked([]))[-1]["texts"]
    for path, sent in ((STEER, body), (DOSE, {**body, "strengths": [0, 1, 2]})):
        with counted(site) as passes:
            with client.stream("POST", path, json=sent) as response:
                list(takewhile(lambda event: event["event"] != "token", events(response)))
            ended(site)
            made = len(passes)
            # A pass may have been under way and one more waiting; 240 were asked for.
            assert made < 60
            time.sleep(0.2)
            assert len(passes) == made
    assert streamed(client, STEER, asked([]))[-1]["texts"] == before


def test_two_streams_at_once_say_what_each_says_alone(client: httpx.Client, site: Site, bench: Bench) -> None:
    first, second = site.names
    bodies = [
        asked([add(strongest(bench, first), 12, first)], tokens=30, temperature=0.8, seed=1),
        asked([clamp(5, 40.0, second)], tokens=30, temperature=0.8, seed=2),
    ]
    alone = [streamed(client, STEER, body)[-1]["texts"] for body in bodies]
    order: list[tuple[int, str]] = []
    together: list[Any] = [None, None]

    def write(i: int) -> None:
        with client.stream("POST", STEER, json=bodies[i]) as response:
            for event in events(response):
                order.append((i, event["event"]))
                together[i] = event

    with counted(site, pause=0.005):
        threads = [threading.Thread(target=write, args=(i,)) for i in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [one["texts"] for one in together] == alone
    # They wrote in turn: neither had ended when the other wrote its last token.
    half = order[len(order) // 2 :]
    assert {i for i, event in half if event == "token"} == {0, 1}
    ended(site)


def test_a_dose_curve_is_the_library_s(client: httpx.Client, site: Site, bench: Bench) -> None:
    name = site.names[0]
    changes = [add(strongest(bench, name), 4, name)]
    found = streamed(client, DOSE, {**asked(changes, tokens=6, seed=5), "strengths": [0, 2]})
    rows = dose_curve(
        bench.lm,
        bench.placed,
        changes,
        PROMPT,
        [0, 2],
        maxima=bench.maximum,
        config=GenerationConfig(tokens=6, seed=5),
        controls=(5,),
    )
    written = [event for event in found if event["event"] == "row"]
    keys = ("strength", "condition", "sample", "text")
    assert [[row[key] for key in keys] for row in written] == [[row[key] for key in keys] for row in rows]
    assert [row["perplexity"] for row in written] == pytest.approx([row["perplexity"] for row in rows], rel=1e-4)
    for mean, expected in zip(found[-1]["summary"], summary(rows), strict=True):
        assert mean["condition"] == expected["condition"]
        for key in ("strength", "n", "perplexity", "activation", "repeated_4"):
            assert mean[key] == pytest.approx(expected[key], rel=1e-4, abs=1e-6)
    assert found[0] == {"event": "start", "rows": 4} and found[-1]["event"] == "end"


ONE_OF = "expected one of replace, ablate, clamp, min_clamp, scale, add, project_out"
BAD: dict[str, tuple[Any, str, str]] = {
    "unknown latent": (
        {"changes": [{"kind": "ablate", "latent": DICTIONARY_LATENTS, "dictionary": "NAME"}]},
        "changes.0",
        f"got latent {DICTIONARY_LATENTS}, NAME has {DICTIONARY_LATENTS}, expected 0 to {DICTIONARY_LATENTS - 1}",
    ),
    "which of the changes": (
        {
            "changes": [
                {"kind": "replace", "dictionary": "NAME"},
                {"kind": "ablate", "latent": -1, "dictionary": "NAME"},
            ]
        },
        "changes.1",
        "got the latent '-1', expected a whole number from 0",
    ),
    "not finite": (
        b'{"prompt": "x", "changes": [{"kind": "clamp", "latent": 1, "value": Infinity, "dictionary": "NAME"}]}',
        "changes.0",
        "got inf as the strength of clamp 1, expected a finite number",
    ),
    "not a number": (
        {"changes": [{"kind": "add", "latent": 1, "value": "much", "dictionary": "NAME"}]},
        "changes.0",
        "got much as the strength of add 1, expected a finite number",
    ),
    "a size that no number holds": (
        {"changes": [{"kind": "clamp", "latent": 1, "value": 1e300, "dictionary": "NAME"}]},
        "changes.0",
        "got 1e+300 as the strength of clamp 1, expected a finite number",
    ),
    "another site": (
        {"changes": [{"kind": "ablate", "latent": 1, "dictionary": "3.mlp_out"}]},
        "changes.0",
        "got the dictionary '3.mlp_out', expected one of NAMES",
    ),
    "which dictionary": (
        {"changes": [{"kind": "ablate", "latent": 1}]},
        "changes.0",
        "got a change that names no dictionary, expected one of NAMES",
    ),
    "unknown kind": ({"changes": [{"kind": "boost", "latent": 1}]}, "changes.0", f"got the change 'boost', {ONE_OF}"),
    "unknown key": (
        {"changes": [{"kind": "ablate", "neuron": 1}]},
        "changes.0",
        "got ['neuron'] in a change, expected the keys kind, latent, value, unit, dictionary, when",
    ),
    "changes that are none": ({"changes": "x"}, "changes", "got 'x' as changes, expected a list of at most 100"),
    "too many changes": ({"changes": [{}] * 101}, "changes", "got 101 changes, expected a list of at most 100"),
    "empty prompt": ({"prompt": ""}, "prompt", "the prompt is empty, expected some text"),
    "no prompt": ({"prompt": None}, "prompt", "the prompt is empty, expected some text"),
    "long prompt": ({"prompt": "word " * 20_000}, "prompt", "tokens in a row, expected at most"),
    "more than the context": (
        {"generation": {"tokens": 1000}},
        "generation",
        "and max_new_tokens=1000, expected at most",
    ),
    "no tokens": ({"generation": {"tokens": 0}}, "generation", "got 0 tokens to generate, expected at least 1"),
    "too many tokens": ({"generation": {"tokens": 1001}}, "generation", "got 1001 tokens, expected at most 1000"),
    "half a token": ({"generation": {"tokens": 2.5}}, "generation", "got 2.5 for tokens, expected a whole number"),
    "too many samples": (
        {"generation": {"samples": 99, "temperature": 1}},
        "generation",
        "got 99 samples, expected at most 16",
    ),
    "the same sample": (
        {"generation": {"samples": 2}},
        "generation",
        "got 2 samples at temperature 0, which would all be the same",
    ),
    "temperature": (
        {"generation": {"temperature": -1}},
        "generation",
        "got temperature -1, expected 0 or more",
    ),
    "top p": ({"generation": {"top_p": "all"}}, "generation", "got 'all' for top_p, expected a finite number"),
    "unknown setting": ({"generation": {"words": 3}}, "generation", "got ['words'] in generation, expected the keys"),
    "control": ({"control": "yes"}, "generation", 'got "yes" for control, expected true or false'),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_that_says_where(client: httpx.Client, site: Site, bench: Bench, case: str) -> None:
    changed, where, said = BAD[case]

    def filled(text: str) -> str:
        return text.replace("NAMES", ", ".join(site.names)).replace("NAME", site.names[0])

    content = filled(changed.decode() if isinstance(changed, bytes) else json.dumps({**asked([]), **changed}))
    answer = client.post(STEER, content=content, headers={"content-type": "application/json"})
    error = answer.json()["error"]
    assert (answer.status_code, error["where"]) == (400, where)
    assert filled(said) in error["problem"] and "\n" not in error["problem"]
    assert error["cure"]
    ended(site)


def test_a_latent_that_never_fired_has_no_maximum(client: httpx.Client, site: Site) -> None:
    name, served = site.names[0], site.app.state.steering.bench("looked-at")
    arrays = served.evaluated(name)
    before = arrays["max"]
    arrays["max"] = np.zeros_like(before)
    try:
        change = {"kind": "add", "latent": 201, "value": 1, "dictionary": name}
        error = client.post(STEER, json=asked([change])).json()["error"]
    finally:
        arrays["max"] = before
    assert error == {
        "problem": f"latent 201 of {name} never fired when it was evaluated, so it has no maximum activation",
        "cure": "Give the strength in units of activation or norm, or choose another latent",
        "where": "changes.0",
    }


def test_what_only_the_model_knows_is_the_last_event(client: httpx.Client, site: Site) -> None:
    def no_numbers(module: Any, args: Any, output: Any) -> None:
        output.logits.fill_(float("nan"))

    lm = site.app.state.steering.bench("looked-at").lm
    hook = lm.hf.register_forward_hook(no_numbers)
    try:
        found = streamed(client, STEER, asked([]))
    finally:
        hook.remove()
    assert [event["event"] for event in found] == ["start", "error"]
    assert found[1]["error"]["problem"] == "the logits are no numbers any more"
    ended(site)


@pytest.mark.parametrize(
    ("strengths", "said"),
    [
        ([], "got 0 strengths, expected 1 to 25"),
        ("1,2", "got 0 strengths, expected 1 to 25"),
        (["x"], "got the strength x, expected a finite number"),
        ([True], "got the strength True, expected a finite number"),
        (list(range(26)), "got 26 strengths, expected 1 to 25"),
    ],
)
def test_bad_strengths(client: httpx.Client, site: Site, strengths: Any, said: str) -> None:
    answer = client.post(DOSE, json={**asked([clamp(3, 1.0, site.names[0])]), "strengths": strengths})
    assert (answer.status_code, answer.json()["error"]["where"]) == (400, "strengths")
    assert answer.json()["error"]["problem"] == said


def test_a_curve_needs_something_to_vary(client: httpx.Client, site: Site) -> None:
    change = {"kind": "ablate", "latent": 3, "dictionary": site.names[0]}
    error = client.post(DOSE, json={**asked([change]), "strengths": [1]}).json()["error"]
    assert (error["where"], error["problem"]) == ("strengths", "there is no strength to vary")


def test_a_run_that_is_no_run_or_not_finished(client: httpx.Client) -> None:
    assert client.post("/api/runs/nope/steer", json=asked([])).status_code == 404
    answer = client.post("/api/runs/training/steer", json=asked([]))
    assert answer.json()["error"]["problem"] == "the run 'training' is not finished"


def test_strangers_may_not_write(client: httpx.Client) -> None:
    for path in (STEER, DOSE):
        assert client.post(path, json=asked([]), headers={"origin": "http://evil.example"}).status_code == 403
        assert client.post(path, content=b"{}", headers={"content-type": "text/plain"}).status_code == 400
        assert client.post(path, content=b"[]", headers={"content-type": "application/json"}).status_code == 400


def test_what_is_known_of_latents(client: httpx.Client, site: Site, bench: Bench) -> None:
    first, second = site.names
    latent = strongest(bench, first)
    chosen = f"{first}:{latent},{second}:1,{first}:{DICTIONARY_LATENTS},nothing:1,{first}:x"
    found = client.get(STEER, params={"latents": chosen}).json()
    assert [(row["dictionary"], row["latent"]) for row in found["latents"]] == [(first, latent), (second, 1)]
    assert found["latents"][0]["max"] == pytest.approx(bench.maximum(first, latent))
    label = LatentStore.open(site.runs[0], first)[latent].label
    assert found["latents"][0]["label"] == (None if label is None else label.text)
    assert found["model"] == "tiny"


def test_a_preset_goes_to_the_command_line_and_back(
    client: httpx.Client, site: Site, bench: Bench, tmp_path: Path
) -> None:
    name = site.names[0]
    body = asked([add(strongest(bench, name), 2, name), clamp(3, 1.5, name)], seed=4, temperature=0.5)
    answer = client.post("/api/runs/looked-at/preset", json=body)
    (tmp_path / "steer.json").write_text(answer.text)
    preset = load_preset(tmp_path / "steer.json")
    preset.check(bench)
    assert [change.to_json() for change in preset.changes] == body["changes"]
    assert preset.prompt == PROMPT and preset.generation == GenerationConfig(tokens=10, seed=4, temperature=0.5)
    opened = client.post("/api/runs/looked-at/preset/open", json={"preset": answer.json(), "name": "steer.json"}).json()
    assert (opened["changes"], opened["prompt"]) == (body["changes"], PROMPT)

    def refused(preset: Any) -> str:
        sent = {"preset": preset, "name": "steer.json"}
        found = client.post("/api/runs/looked-at/preset/open", json=sent)
        assert found.status_code in (400, 404)
        return str(found.json()["error"]["problem"])

    good = answer.json()
    assert refused({**good, "schema": "else"}) == "'steer.json' is not of schema microtome.preset"
    assert refused([1]) == "'steer.json' is not of schema microtome.preset"
    assert "was written by a newer microtome" in refused({**good, "schema_version": 9})
    assert refused({**good, "model": {"id": "other"}}) == "the preset is for the model other, got tiny"
    other = {name: {**good["dictionaries"][name], "latents": 9}}
    assert refused({**good, "dictionaries": other}).startswith(f"the preset is for the dictionary {name} (9 latents")


def test_a_server_that_ends_ends_its_streams(site: Site) -> None:
    runs = OpenRuns([site.runs[0]])
    steering = Steering(runs, Views(runs))
    assert steering.state("looked-at", "") == {"loaded": False, "model": "tiny", "latents": []}
    stream = steering.write("looked-at", asked([], tokens=50))
    assert [next(stream)["event"] for _ in range(3)] == ["start", "token", "token"]
    assert steering.open_streams == 1 and steering.state("looked-at", "")["loaded"]
    steering.stop()
    assert list(stream) == [] and steering.open_streams == 0


def test_without_an_evaluation_a_maximum_is_the_store_s(site: Site, bench: Bench, tmp_path: Path) -> None:
    name = site.names[0]
    copy = tmp_path / "copy"
    shutil.copytree(site.runs[0], copy, ignore=shutil.ignore_patterns("evaluations"))
    row = LatentStore.open(copy, name).table(sort="max", limit=1)["rows"][0]
    found = Bench.open(copy, lm=bench.lm)
    assert found.maximum(name, row["latent"]) == row["max"] > 0
    runs = OpenRuns([copy])
    state = Steering(runs, Views(runs)).state("copy", f"{name}:{row['latent']}")
    assert state["latents"][0]["max"] == row["max"]


def test_a_notebook_cannot_stream(site: Site) -> None:
    with pytest.raises(ArtifactError, match="there is nothing at"):
        Kernel(site.runs[0]).ask("POST", STEER, asked([]))
