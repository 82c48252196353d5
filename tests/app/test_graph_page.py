"""The page Graph in a real browser. The server's answers are those of made graphs, so that every number is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from microtome.circuits.graph import Graph, Target
from tests.app.conftest import NASTY, Site, Watched, opened_offline, save_view
from tests.app.graph_shapes import answer_of, make_graph

pytestmark = pytest.mark.browser
TEXTS = ("<bos>", "The", NASTY, " is")
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def small() -> Graph:
    return make_graph(TEXTS, latents=20, edges=60)


@pytest.fixture
def opened(watched: Watched, site: Site, small: Graph) -> Open:
    """Opens the page of a graph; `asked` of the page collects the questions about it."""
    page = watched.page

    def go(graph: Graph = small, query: str = "", *, groups: Any = None, effect: Any = None) -> Any:
        answer = answer_of(graph, "made", groups)

        def reply(route: Any) -> None:
            if "/intervene" in route.request.url:
                route.fulfill(status=200 if effect else 501, json=effect or UNAVAILABLE)
            else:
                route.fulfill(json=answer)

        page.route("**/api/graph?*", reply)
        page.route("**/api/graph/intervene", reply)
        page.goto(f"{site.address}/#/graph?run=looked-at&graph=made{query}")
        page.locator(".g-top[data-ready]").wait_for()
        return page

    return go


UNAVAILABLE = {"error": {"problem": "this version cannot do it", "cure": "Install a newer one"}}


def place_of(page: Any, identifier: str) -> tuple[float, float]:
    """Where a node is drawn, in the box of the graph."""
    x, y = page.evaluate("id => document.querySelector('.g-box').placeOf(id)", identifier)
    return x, y


def click(page: Any, identifier: str, **more: Any) -> None:
    x, y = place_of(page, identifier)
    page.locator(".g-box").click(position={"x": x, "y": y}, **more)


def test_a_click_pins_and_the_url_restores(opened: Open, small: Graph) -> None:
    page = opened()
    target = "Y0"
    click(page, target)
    page.get_by_label("Inputs").wait_for()
    number = small.number(target)
    into = small.target_E == number
    strongest = small.weight_E[into].abs().argmax()
    assert page.get_by_label("Inputs").locator("button").count() >= 1
    assert page.get_by_label("Inputs").locator(".band .num").inner_text() == str(int(into.sum()))
    weight = float(small.weight_E[into][strongest])
    first = page.get_by_label("Inputs").locator(".g-list button .num").first.inner_text()
    assert float(first.replace("−", "-")) == pytest.approx(weight, rel=0.01)
    url = page.url
    assert "pins=Y0" in url
    page.goto("about:blank")
    page.goto(url)
    page.get_by_label("Inputs").wait_for()


def test_supernodes_are_made_named_and_undone(opened: Open, small: Graph) -> None:
    page = opened()
    one, two = small.ids[0], small.ids[9]
    click(page, one)
    click(page, two, modifiers=["Shift"])
    page.get_by_text("2 pinned").wait_for()
    page.get_by_label("Name of the supernode").fill("mine, <b>; yours")
    page.get_by_role("button", name="Group", exact=True).click()
    page.get_by_text("2 nodes").wait_for()
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_function("() => document.querySelector('.label-edit')?.value === 'mine, <b>; yours'")
    page.get_by_role("button", name="Ungroup").click()
    page.get_by_text("2 pinned").wait_for()
    assert "groups=" not in page.url


def test_automatic_supernodes_are_shown_and_opened(opened: Open, small: Graph) -> None:
    groups = [{"name": "capitals", "nodes": [small.ids[2], small.ids[3]]}]
    page = opened(groups=groups)
    page.get_by_role("button", name="capitals").click()
    page.get_by_text("automatic supernode", exact=True).wait_for()
    page.get_by_role("button", name="Ungroup").click()
    page.get_by_text("2 pinned").wait_for()
    page.get_by_label("Automatic supernodes").uncheck()
    page.wait_for_function("() => location.hash.includes('auto=0')")


def test_an_ablation_shows_the_logits(opened: Open, small: Graph) -> None:
    node = small.ids[0]
    logits = [{"token_id": 1, "token": "\n<i>", "before": 0.5, "after": 0.1}]
    effect = {"logits": logits, "nodes": [{"id": small.ids[5], "before": 1.0, "after": 0.5}]}
    page = opened(effect=effect)
    click(page, node)
    page.get_by_role("button", name="Ablate").click()
    with page.expect_request("**/api/graph/intervene") as asked:
        page.get_by_role("button", name="See the logits").click()
    assert json.loads(asked.value.post_data) == {
        "run": "looked-at",
        "name": "made",
        "changes": [{"id": node, "factor": 0}],
        "regime": "frozen_attention",
    }
    page.locator(".g-logits").get_by_text("10.0").wait_for()
    page.get_by_text("Other latents").wait_for()
    assert page.locator("main i").filter(has_text="x").count() == 0


def test_a_clamp_asks_for_the_value_that_was_typed(opened: Open, small: Graph) -> None:
    node = small.ids[0]
    page = opened(effect={"logits": [], "nodes": []})
    click(page, node)
    page.get_by_role("button", name="Clamp").click()
    page.wait_for_function("() => location.hash.includes('do=')")
    page.get_by_label("Value", exact=True).fill("-2.5")
    page.wait_for_function("() => decodeURIComponent(location.hash).includes('=-2.5')")
    with page.expect_request("**/api/graph/intervene") as asked:
        page.get_by_role("button", name="See the logits").click()
    assert json.loads(asked.value.post_data)["changes"] == [{"id": node, "value": -2.5}]


def test_hovering_shows_a_card_and_leaving_hides_it(opened: Open, small: Graph) -> None:
    page = opened()
    node = small.ids[2]
    x, y = place_of(page, node)
    page.locator(".g-box").hover(position={"x": x, "y": y})
    card = page.locator(".g-tip")
    card.wait_for()
    activation = float(small.nodes.activation[2])
    shown = card.inner_text()
    assert f"activation {activation:.3g}" in shown and "influence 25%" in shown.replace("\u00a0", "")
    page.mouse.move(5, 5)
    card.wait_for(state="detached")
    assert "pins=" not in page.url


def test_dragging_moves_and_the_wheel_zooms_at_the_pointer(opened: Open, small: Graph) -> None:
    page = opened()
    one, two = small.ids[0], "Y0"
    box = page.locator(".g-box").bounding_box()
    fitted = place_of(page, one)
    # From a place where nothing is drawn.
    start = (box["x"] + 12, box["y"] + box["height"] - 12)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 30, start[1] - 20, steps=4)
    page.mouse.up()
    page.wait_for_function("() => location.hash.includes('view=')")
    moved = place_of(page, one)
    assert moved == pytest.approx((fitted[0] + 30, fitted[1] - 20), abs=1.5)
    assert "pins=" not in page.url

    apart = place_of(page, two)[1] - moved[1]
    page.mouse.move(box["x"] + moved[0], box["y"] + moved[1])
    page.mouse.wheel(0, -400)
    page.wait_for_function(
        "([id, y, apart]) => Math.abs(document.querySelector('.g-box').placeOf(id)[1] - y) > 1.5 * Math.abs(apart)",
        arg=[two, moved[1], apart],
    )
    # What is under the pointer stays there.
    assert place_of(page, one) == pytest.approx(moved, abs=1.5)
    page.get_by_label("All of it").click()
    page.wait_for_function("() => !location.hash.includes('view=')")
    assert place_of(page, one) == pytest.approx(fitted, abs=1.5)


@pytest.mark.parametrize(("label", "key"), [("nodes", "node_share"), ("edges", "edge_share")])
def test_thresholds_ask_for_another_graph(opened: Open, label: str, key: str) -> None:
    page = opened()
    slider = page.get_by_label(f"Share of the influence of {label}")
    with page.expect_request(lambda request: f"{key}=0.6" in request.url):
        slider.fill("0.6")
    page.wait_for_function("name => location.hash.includes(`${name}=0.6`)", arg=label)
    page.get_by_text("nodes ·").wait_for()


def test_scores_of_the_whole_and_of_what_is_kept(opened: Open) -> None:
    page = opened()
    facts = [one.inner_text().split("\n") for one in page.locator(".g-side .g-facts").first.locator("> div").all()]
    assert facts == [
        ["Replacement", "0.710"],
        ["Completeness", "0.860"],
        ["Replacement, kept", "0.520"],
        ["Completeness, kept", "0.630"],
    ]


def test_a_latent_that_was_traced_stands_in_its_layer(opened: Open, small: Graph) -> None:
    layer = small.nodes.layer.clone()
    layer[-1] = 2
    page = opened(replace(small, nodes=replace(small.nodes, layer=layer)))
    place = {name: place_of(page, name) for name in ("Y0", "Y1", "E5_P3", "E3_P3", "E2_P3", "E1_P3")}
    assert place["Y0"][1] < place["E5_P3"][1]
    assert place["E3_P3"][1] < place["Y1"][1] < place["E1_P3"][1]
    assert abs(place["Y1"][1] - place["E2_P3"][1]) < abs(place["Y1"][1] - place["E3_P3"][1])


def with_traced(graph: Graph, last: int) -> Graph:
    """The graph with latents of layer 2 in place of its last targets."""
    layer, index = graph.nodes.layer.clone(), graph.nodes.index.clone()
    layer[-last:], index[-last:] = 2, -1
    latents = (Target(f"latent {i} of layer 2", weight=one.weight) for i, one in enumerate(graph.targets[-last:]))
    nodes = replace(graph.nodes, layer=layer, index=index)
    return replace(graph, nodes=nodes, targets=(*graph.targets[:-last], *latents))


def test_only_logits_are_called_outputs(opened: Open, small: Graph) -> None:
    """A latent that was traced is a target, and its place is its layer."""
    traced = with_traced(small, 1)
    page = opened(traced)
    said = {}
    for identifier in ("Y0", "Y1"):
        x, y = place_of(page, identifier)
        page.locator(".g-box").hover(position={"x": x, "y": y})
        page.locator(".g-tip b").get_by_text(traced.targets[int(identifier[1])].label.strip()).wait_for()
        said[identifier] = page.locator(".g-tip > span").first.inner_text().split(" · ")
    assert said["Y0"] == ["output"]
    assert said["Y1"][:2] == ["target", "layer 2, token 3"] and "is" in said["Y1"][2]
    assert "output, target" in page.locator(".g-legend").inner_text()
    click(page, "Y1")
    value = float(small.nodes.activation[-1])
    page.locator(".g-facts").get_by_text("Value").wait_for()
    head = page.locator(".g-side").inner_text()
    assert "target" in head.lower() and "layer 2, token 3" in head and f"{value:.4g}" in head
    assert "Probability" not in head and "output" not in head.split("Inputs")[0].lower()


def test_a_graph_of_a_latent_has_targets_and_no_probabilities(opened: Open, small: Graph) -> None:
    page = opened(with_traced(small, 2))
    panel = page.locator(".g-side section").first
    panel.get_by_role("heading", name="Targets").wait_for()
    assert "probability" not in panel.inner_text().lower() and "%" not in panel.inner_text()
    legend = page.locator(".g-legend").inner_text()
    assert "target" in legend and "output" not in legend


def test_the_card_of_a_latent_comes_from_the_store(opened: Open, site: Site) -> None:
    graph = make_graph(TEXTS, latents=20, edges=60, dictionary=site.names[0])
    page = opened(graph)
    with page.expect_response(lambda response: "/latents/" in response.url) as answered:
        click(page, graph.ids[0])
    assert answered.value.ok
    page.get_by_role("heading", name="When it fires").wait_for()
    link = page.get_by_role("link", name="Latent 0")
    assert f"dictionary={site.names[0]}" in link.get_attribute("href")
    page.get_by_text("tokens, at most").wait_for()


def test_what_the_server_cannot_do_is_one_line(opened: Open, watched: Watched, small: Graph) -> None:
    page = opened(query=f"&pins={small.ids[0]}&do={small.ids[0]}*0&ran=1")
    page.get_by_text("This version cannot do it.").wait_for()
    watched.complaints[:] = [text for text in watched.complaints if "501" not in text]


def test_search_and_keys_reach_a_node(opened: Open, small: Graph) -> None:
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("capital")
    page.locator("#g-found").get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.includes('pins=')")
    page.locator(".g-box").focus()
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.hash.includes('pins=')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.includes('pins=')")
    page.keyboard.press("+")
    page.wait_for_function("() => location.hash.includes('view=')")


@pytest.mark.parametrize("width", [1280, 800])
def test_token_text_is_shown_and_never_acts(opened: Open, width: int) -> None:
    page = opened()
    page.set_viewport_size({"width": width, "height": 900})
    shown = page.get_by_label("Prompt").inner_text().replace("\n", "")
    assert "<script>alert(1)</script>" in shown and "\u202e" not in shown
    assert page.locator("main script, main img, main b b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_many_nodes_and_edges_are_drawn(opened: Open) -> None:
    graph = make_graph(tuple("abcdefghij"), latents=1927, edges=50_000)
    assert (len(graph), graph.n_edges) == (2000, 50_000)
    page = opened(graph)
    page.get_by_text("2,000 of 2,000 nodes · 50,000 of 50,000 edges").wait_for()


def test_a_saved_graph_opens_without_a_network(opened: Open, browser: Any, tmp_path: Path, small: Graph) -> None:
    page = opened(query=f"&pins={small.ids[0]}")
    with opened_offline(browser, save_view(page, tmp_path)) as found:
        found.page.locator(".g-top[data-ready]").wait_for()
        found.page.get_by_label("Inputs").wait_for()
