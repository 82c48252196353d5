"""Prompts with a known right continuation: does ablating what a graph calls influential take the continuation away?

    python benchmarks/explained.py --run RUN --out benchmarks/results/explained

For each prompt the logit of the right token is traced, and those ten latents are ablated in the model itself, whose
attention, norms and MLPs answer freely, without which by the graph that logit falls most (of the hundred most
influential). As controls, five times, ten other latents are ablated that fired as well, drawn from the same layers and,
where there are any, the same tokens. Dense latents, which fire on more than a tenth of held-out tokens, are neither:
they stand for a constant, and without one of layer 0 the model predicts nothing at all. A graph is said to explain the
prompt if the model's likeliest token is the right one, the ten at least halve its probability, and they take at least
three times as much of its log-probability as the controls do on average. Prompts that fail stay in the table.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import random
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import torch

# What it is about, the prompt, how it goes on.
PROMPTS = [
    ("a fact", "The capital of France is", " Paris"),
    ("a fact", "The Eiffel Tower is in the city of", " Paris"),
    ("a fact", "The Great Wall is in the country of", " China"),
    ("a copy", "apple banana cherry apple banana", " cherry"),
    ("a copy", "Smith said yes. Jones said no. Smith said yes. Jones said", " no"),
    ("a name again", "When Mary and John went to the store, John gave a drink to", " Mary"),
    ("agreement", "The keys to the old wooden cabinet", " are"),
    ("agreement", "The boy who likes the dogs", " is"),
    ("a closing bracket", "The album (released in May 1994", ")"),
    ("a sequence", "Monday, Tuesday, Wednesday,", " Thursday"),
    ("a sequence", "one, two, three, four,", " five"),
    ("an opposite", "The opposite of hot is", " cold"),
    ("code", "import numpy as", " np"),
    ("code", "for i in", " range"),
    ("a fact", "The sun rises in the", " east"),
    ("a fact", "Shakespeare wrote Romeo and", " Juliet"),
    ("a sequence", "January, February, March,", " April"),
    ("a sequence", "A, B, C, D,", " E"),
    ("a copy", "The red car and the blue car. The red car and the", " blue"),
    ("a closing bracket", "print(len(x", "))"),
    ("code", "if value is not", " None"),
    ("code", "while True:\n    try", ":"),
    ("an idiom", "Merry Christmas and a Happy New", " Year"),
    ("an idiom", "Thank you very", " much"),
    ("an idiom", "Ladies and", " gentlemen"),
    ("an idiom", "In my humble", " opinion"),
    ("an idiom", "All rights", " reserved"),
    ("a fact", "The Pacific", " Ocean"),
    ("code", "raise ValueError", "("),
    ("an idiom", "Once upon a", " time"),
    ("an idiom", "The United States of", " America"),
]
LATENTS, CONTROLS, CANDIDATES = 10, 5, 100
DENSE_ABOVE = 0.1


@dataclass(frozen=True)
class Explained:
    """One row. Probabilities are of the right token: on the prompt, without the ten latents, without as many others
    (the geometric mean of the controls). `predicted`, `measured`: changes of its logit less the mean logit."""

    about: str
    prompt: str
    token: str
    top: str
    clean: float
    ablated: float
    controls: float
    becomes: str
    predicted: float
    measured: float
    replacement: float
    completeness: float
    seconds: float
    latents: list[str]

    @property
    def explains(self) -> bool:
        """Whether the row meets the bounds."""
        drop, control = (math.log(self.clean / max(p, 1e-12)) for p in (self.ablated, self.controls))
        return self.top == self.token and drop >= math.log(2) and drop >= 3 * control


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="a run with a transcoder for every layer")
    parser.add_argument("--max-nodes", type=int, default=2000)
    parser.add_argument("--out", type=Path, required=True, help="folder for results.json and table.md")
    args = parser.parse_args()
    from microtome.circuits import ReplacementModel, open_transcoders
    from microtome.models import LanguageModel
    from microtome.runs import Run

    run = Run.open(args.run)
    config, dense = run.facts["config"], dense_latents(run)
    lm = LanguageModel.load(config["model"], dtype="float32")
    model = ReplacementModel(lm, open_transcoders(lm, str(args.run)))
    rows = []
    for about, prompt, token in PROMPTS:
        rows.append(explain(model, about, prompt, token, args.max_nodes, dense))
        print(line(rows[-1]), flush=True)
    about_set = (
        f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}, {date.today()}; "
        f"{lm.name}, {config['kinds'][0]}s of {config['latents'][0]:,} latents, L0 {config['l0s'][0]:g}, "
        f"{config['tokens']:,} tokens; {args.max_nodes:,} nodes"
    )
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "results.json").write_text(
        json.dumps([{**asdict(row), "explains": row.explains} for row in rows], indent=1) + "\n"
    )
    (args.out / "table.md").write_text(f"{about_set}\n\n{HEAD}\n" + "\n".join(map(line, rows)) + "\n")
    print(f"{sum(row.explains for row in rows)} of {len(rows)} explained")


def dense_latents(run: object) -> set[tuple[int, int]]:
    """(layer, latent) of those that fire on more than a tenth of held-out tokens."""
    from microtome.evaluation.storage import load_evaluation

    found = set()
    for name in run.names:  # type: ignore[attr-defined]
        metrics, _ = load_evaluation(run.path, name)  # type: ignore[attr-defined]
        often = (metrics.arrays["count"] > DENSE_ABOVE * metrics.facts["tokens"]).nonzero()[0]
        found |= {(int(name.split(".")[0]), int(latent)) for latent in often}
    return found


def explain(
    model: object, about: str, prompt: str, token: str, max_nodes: int, dense: set[tuple[int, int]]
) -> Explained:
    from microtome.circuits import TracingConfig, completeness_score, influence, logits, replacement_score, trace_local
    from microtome.circuits.faithfulness import predicted
    from microtome.circuits.graph import LATENT, TARGET
    from microtome.circuits.intervene import NodeChange, intervene

    lm = model.lm  # type: ignore[attr-defined]
    (right,) = lm.tokenizer(token, add_special_tokens=False)["input_ids"]
    began = time.perf_counter()
    local = model.on(lm.encode(prompt))  # type: ignore[attr-defined]
    graph = trace_local(local, aims=lambda local: logits(local, [right]), config=TracingConfig(max_nodes=max_nodes))
    seconds = time.perf_counter() - began
    nodes, influence_N = graph.nodes, influence(graph)
    latents = (nodes.kind == LATENT).nonzero()[:, 0]
    ranked = latents[influence_N[latents].argsort(descending=True)].tolist()
    ranked = [n for n in ranked if (int(nodes.layer[n]), int(nodes.index[n])) not in dense]
    (target,) = (nodes.kind == TARGET).nonzero()[:, 0].tolist()
    _, alone = predicted(graph, [[graph.node_id(n)] for n in ranked[:CANDIDATES]])
    chosen = [ranked[which] for which in alone[target].argsort()[:LATENTS].tolist()]
    others = [n for n in ranked if n not in chosen]

    def without(numbers: list[int]) -> tuple[float, int, float]:
        found = intervene(local, graph, [NodeChange(node=graph.node_id(n), factor=0.0) for n in numbers], "free")
        after = found.after_V.double().softmax(0)
        return float(after[right]), int(after.argmax()), float(found.changed_N[target] - found.value_N[target])

    clean = local.logits_V.double().softmax(0)
    ablated, becomes, measured = without(chosen)
    draw = random.Random(0)
    controls = [without(control(graph, chosen, others, draw))[0] for _ in range(CONTROLS)]
    _, total = predicted(graph, [[graph.node_id(n) for n in chosen]])
    return Explained(
        about=about,
        prompt=prompt,
        token=token,
        top=lm.tokenizer.decode([int(clean.argmax())]),
        clean=float(clean[right]),
        ablated=ablated,
        controls=math.exp(sum(math.log(max(p, 1e-12)) for p in controls) / CONTROLS),
        becomes=lm.tokenizer.decode([becomes]),
        predicted=float(total[target, 0]),
        measured=measured,
        replacement=replacement_score(graph),
        completeness=completeness_score(graph),
        seconds=seconds,
        latents=[f"{graph.node_id(n)} on {graph.texts[int(nodes.position[n])]!r}" for n in chosen],
    )


def control(graph: object, chosen: list[int], others: list[int], draw: random.Random) -> list[int]:
    """As many other latents, each from the layer of one of `chosen`, and from its token where one fired there."""
    nodes = graph.nodes  # type: ignore[attr-defined]
    left, found = set(others), []
    for number in chosen:
        layer, position = int(nodes.layer[number]), int(nodes.position[number])
        same_layer = sorted(n for n in left if int(nodes.layer[n]) == layer)
        pool = [n for n in same_layer if int(nodes.position[n]) == position] or same_layer or sorted(left)
        found.append(draw.choice(pool))
        left.discard(found[-1])
    return found


HEAD = (
    "| about | prompt | right | p | without the ten | without ten others | becomes | logit: predicted | measured | "
    "replacement | completeness | explained |\n|---|---|---|---:|---:|---:|---|---:|---:|---:|---:|---|"
)


def line(row: Explained) -> str:
    def quoted(text: str) -> str:
        return "`" + text.replace("\n", "↵").replace("|", "\\|") + "`"

    right = quoted(row.token) if row.top == row.token else f"{quoted(row.token)} (says {quoted(row.top)})"
    return (
        f"| {row.about} | {quoted(row.prompt)} | {right} | {row.clean:.3f} | {row.ablated:.3f} | {row.controls:.3f} | "
        f"{quoted(row.becomes)} | {row.predicted:+.2f} | {row.measured:+.2f} | {row.replacement:.2f} | "
        f"{row.completeness:.2f} | {'yes' if row.explains else 'no'} |"
    )


if __name__ == "__main__":
    main()
