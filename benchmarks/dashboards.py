"""What every latent means: microtome's latent store beside SAEDashboard, on one model, dictionary and text.

    python benchmarks/dashboards.py RUN --tokens 20000 --their-latents 512 --out benchmarks/results/dashboards

One process each, one after the other, the language model in float32. microtome describes every latent of the
dictionary. SAEDashboard is asked for the first --their-latents (0: all): it runs the language model again for every 256
latents, so its time grows with their number, and what all would take is a multiple of it. Both read the same blocks of
token ids and leave out the same special tokens. Loading is not counted. The dictionary is given to SAEDashboard in
SAELens' format, by `microtome convert`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training import environment

HERE = Path(__file__).parent
THEIRS = "SAEDashboard"
# What a page of a latent shows: microtome 0.1, SAEDashboard 0.8.0 with its default layout. Read from both sources.
SHOWN = [
    ("latents described", "all of a dictionary, in one pass", "a list, one pass of the model for each 256"),
    ("examples", "20 strongest, 4 of each of 5 octaves, 4 that nearly fire", "20 strongest, 5 of each of 10 intervals"),
    ("one example for each block, no window twice", "yes", "no"),
    ("context of an example", "24 tokens before, 12 after, cut at the document", "5 before, 5 after"),
    ("examples at the ends of a block", "yes", "no: not of its first 6 tokens and last 5"),
    ("where an example comes from", "document and character", "number of the block"),
    ("activation of each token", "colour and value under the pointer", "colour and value under the pointer"),
    ("effect on each token's loss", "no", "a place for it, filled with 0"),
    ("density, maximum, mean", "numbers", "density and maximum in titles, rounded"),
    ("histogram of activations", "logarithmic bins", "50 equal bins"),
    ("tokens it raises and lowers", "10 each, with the final norm's gain", "10 each, without it unless folded in"),
    ("histogram of direct logits", "no", "50 bins"),
    ("tokens it fires on, precision and recall", "yes", "no"),
    ("decoder coordinates", "10 largest, 10 smallest, histogram", "3 largest"),
    ("activations of the site correlated with it", "no", "3, by Pearson's r and cosine"),
    ("latents of a similar direction", "10, over the whole dictionary", "no"),
    ("latents that fire together with it", "10, over the whole dictionary", "3, among the 256 of its batch"),
    ("label with a score on unseen text", "yes", "no"),
    ("label and note of one's own", "yes", "no"),
    ("activations on a text of one's own", "live", "for a prompt given beforehand, in another page"),
    ("table of all latents, sort, filter, search", "yes", "a list to choose a number from"),
    ("opens with the network off", "yes", "no: d3 and Plotly are loaded from their sites"),
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--dictionary", help="its name, where the run has several")
    parser.add_argument("--text", help="what the run was trained on, where it is left out")
    parser.add_argument("--column")
    parser.add_argument("--tokens", type=int, default=20_000)
    parser.add_argument("--their-latents", type=int, default=512)
    parser.add_argument("--model", type=Path, help="folder of the run's model, where the run does not name a folder")
    # A Llama whose sizes TransformerLens reads from the model's config, as `tiny` is one.
    parser.add_argument("--known-as", default="01-ai/Yi-6B", help="a name TransformerLens knows, of that architecture")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--libraries", default=f"microtome,{THEIRS}")
    parser.add_argument("--environments", type=Path, default=Path(".benchmark-environments"))
    parser.add_argument("--out", type=Path, help="folder for results.json and table.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        commands, facts = prepare(args, Path(temporary))
        results = {}
        for name in args.libraries.split(","):
            results[name] = describe(name, commands[name], args, Path(temporary))
            print(name, json.dumps({k: v for k, v in results[name].items() if k != "latents"}), flush=True)
    text = table(results, facts, args)
    print(text)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        kept = {
            name: {**{key: value for key, value in result.items() if key != "latents"}, "shown": measured(result)}
            for name, result in results.items()
        }
        (args.out / "results.json").write_text(json.dumps({"facts": facts, **kept}, indent=1) + "\n")
        (args.out / "table.md").write_text(text)


def prepare(args: argparse.Namespace, folder: Path) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """What both need, in `folder`: a run without a store, the dictionary for SAELens, the blocks of token ids."""
    from microtome.formats import convert
    from microtome.models import LanguageModel
    from microtome.runs import Run
    from microtome.text import PackingConfig, open_text, read_blocks

    run = Run.open(args.run)
    name = args.dictionary or run.names[0]
    config, entry = run.facts["config"], run.entry(name)
    shutil.copytree(args.run, folder / "run", ignore=shutil.ignore_patterns("checkpoints", "latents", "evaluations"))
    model = LanguageModel.load(config["model"])
    known = {"model": config["model"], "site_in": entry["site_in"], "site_out": entry["site_out"]}
    convert(run.dictionary_path(name), folder / "sae", to="saelens", model=known["model"], site=known["site_in"])
    source = open_text(args.text or config["text"], column=args.column or (None if args.text else config["column"]))
    packing = PackingConfig(context=config["context"], held_out_share=0.0)
    blocks = read_blocks(source, model.tokenizer, packing, max_tokens=args.tokens)
    np.save(folder / "blocks.npy", blocks.tokens)
    latents = run.dictionary(name).config.latents
    theirs = min(args.their_latents or latents, latents)
    text = args.text or (config["text"] if isinstance(config["text"], str) else ",".join(config["text"]))
    column = args.column or config["column"]
    ours = ["--run", str(folder / "run"), "--dictionary", name, "--text", text, "--tokens", str(args.tokens)]
    ours += ["--latents", str(theirs), *(["--column", column] if column else [])]
    special = ",".join(map(str, sorted(model.special_ids)))
    other = ["--model", str(args.model or folder_of(config["model"])), "--sae", str(folder / "sae")]
    other += ["--blocks", str(folder / "blocks.npy"), "--special", special, "--latents", str(theirs)]
    other += ["--known-as", args.known_as]
    facts = {**known, "dictionary": name, "latents": latents, "tokens": blocks.n_usable, "special": blocks.n_special}
    return {"microtome": ours, THEIRS: other}, facts


def folder_of(model: str) -> Path:
    """The folder of a model that a run names."""
    from importlib.resources import files

    return Path(str(files("microtome.models") / "tiny_lm")) if model == "tiny" else Path(model).absolute()


def describe(name: str, command: list[str], args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    python = environment(args.environments, "sae_dashboard" if name == THEIRS else name)
    out = folder / f"{name}.json"
    script = HERE / "trainers" / ("describe_saedashboard.py" if name == THEIRS else "describe_microtome.py")
    full = [python, str(script), *command, "--page", str(folder / f"{name}.html"), "--out", str(out)]
    full += ["--threads", str(args.threads)]
    ran = subprocess.run(full, check=False, capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    if ran.returncode:
        sys.exit(f"{name} failed:\n{ran.stderr[-3000:]}")
    page = (folder / f"{name}.html").read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(out.read_text())
    return {**result, "loads": page.count('src="http') + page.count('rel="stylesheet" href="http')}


def table(results: dict[str, dict[str, Any]], facts: dict[str, Any], args: argparse.Namespace) -> str:
    lines = [
        f"{facts['model']}, {facts['site_in']}, {facts['dictionary']}: {facts['latents']:,} latents, "
        f"{facts['tokens']:,} tokens and {facts['special']:,} special ones, language model in float32, {args.threads} "
        f"threads; {platform.processor() or platform.machine()}, torch {torch.__version__}, "
        + "".join(f"{name} {result['version']}, " for name, result in results.items() if "version" in result)
        + f"{date.today()}.",
        "",
        "| | " + " | ".join(results) + " |",
        "|---|" + "---|" * len(results),
    ]
    rows = {name: measured(result) for name, result in results.items()}
    for what in next(iter(rows.values())):
        lines.append(f"| {what} | " + " | ".join(row[what] for row in rows.values()) + " |")
    if len(results) == 2:
        lines += ["", *agreement(*results.values())]
        lines += ["", "What a page of a latent shows:", "", f"| | microtome | {THEIRS} |", "|---|---|---|"]
        lines += [f"| {what} | {ours} | {theirs} |" for what, ours, theirs in SHOWN]
    return "\n".join(lines) + "\n"


def measured(result: dict[str, Any]) -> dict[str, str]:
    latents = [one for one in result["latents"] if one["count"]]
    strongest = sum(len(one["top"]) for one in latents)
    distinct = sum(len({tuple(ids) for ids in one["top"]}) for one in latents)
    examples = sum(one["examples"] for one in latents)
    reached = sum(one["most"] >= 0.998 * one["max"] for one in latents)
    share = 100 / max(len(latents), 1)
    return {
        "latents described": f"{result['described']:,}",
        "time": f"{result['seconds']:.1f} s",
        "time of 1,000 latents": f"{1000 * result['seconds'] / result['described']:.1f} s",
        "peak memory": f"{result['peak_gib']:.2f} GiB",
        "on disk, of each latent": f"{1024 * result['mib'] / result['described']:.1f} KiB",
        "writing an HTML file": f"{result['page_seconds']:.2f} s for latents: {result['page_latents']:,}",
        "size of that file": f"{result['page_mib']:.2f} MiB",
        "addresses it loads from": f"{result['loads']}",
        "of the latents that fired, strongest activation is shown": f"{share * reached:.1f} %",
        "windows among the strongest that repeat another": f"{100 * (1 - distinct / max(strongest, 1)):.1f} %",
        "examples, near misses aside, in which nothing fires": (
            f"{100 * sum(one['silent'] for one in latents) / max(examples, 1):.1f} %"
        ),
    }


def agreement(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """How far both found the same: the same model, dictionary and tokens, in two implementations."""
    pairs = list(zip(ours["latents"], theirs["latents"]))
    same = sum(a["count"] == b["count"] for a, b in pairs)
    near = sum(abs(a["count"] - b["count"]) <= max(1, 0.01 * a["count"]) for a, b in pairs)
    most = sum(abs(a["max"] - b["max"]) <= 0.002 * max(a["max"], 1) for a, b in pairs)
    return [
        f"Of {len(pairs):,} latents that both described, {same:,} have the same number of firings, {near:,} the same "
        f"to 1 %, and {most:,} the same maximum to 0.2 %. Differences are those of two implementations of the model."
    ]


if __name__ == "__main__":
    main()
