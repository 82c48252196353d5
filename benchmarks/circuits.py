"""Traces the same prompts with microtome and with circuit-tracer, one after the other: time, memory, and the edges.

    python benchmarks/circuits.py --run RUN --out FOLDER                    on a model and a run with transcoders
    python benchmarks/circuits.py --random gpt2 --out FOLDER                on a random model, for the edges

circuit-tracer runs in an environment of its own (made once), on its TransformerLens backend, on transcoders written in
its format from the same run, at batch 64. Both hold model and transcoders in memory before the clock starts. Memory is
what a process holds at most beyond what it held then. Edges are compared between latents that both chose.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import venv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

HERE = Path(__file__).parent
REQUIREMENTS = ["circuit-tracer==0.5.0", "transformer-lens<3", "transformers<=4.57.3", "pyarrow<22", "numpy<2"]
SIZES = ((8, 1000), (8, 4000), (16, 1000), (16, 4000))
#: What TransformerLens calls the models that benchmarks trace.
NAMES = {"gemma-3-270m": "google/gemma-3-270m"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--run", type=Path, help="a run with a transcoder for every layer")
    source.add_argument("--random", choices=("gemma2", "gpt2", "llama"), help="a random model and random transcoders")
    parser.add_argument("--prompt", default="The capital of France is the city of Paris, and the capital of Germany is")
    parser.add_argument("--sizes", default=",".join(f"{tokens}x{nodes}" for tokens, nodes in SIZES))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--alone", action="store_true", help="microtome only, for sizes the peer cannot do in time")
    parser.add_argument("--faithful", action="store_true", help="with scores, and effects of ablations")
    parser.add_argument("--environments", type=Path, default=Path(".benchmark-environments"))
    parser.add_argument("--out", type=Path, required=True, help="folder for results.json and table.md")
    args = parser.parse_args()
    sizes = [tuple(map(int, size.split("x"))) for size in args.sizes.split(",")]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        model, tracer_name, transcoders, ids = prepare(args, work, max(tokens for tokens, _ in sizes))
        jobs = json.dumps([(ids[:tokens], nodes) for tokens, nodes in sizes])
        found: dict[str, list[dict[str, Any]]] = {}
        ours = [sys.executable, HERE / "trainers" / "trace_microtome.py", "--transcoders", args.run or transcoders]
        if args.faithful:
            ours.append("--faithful")
        found["microtome"] = traced([*ours, "--model", model], jobs, work / "microtome", args.threads)
        if not args.alone:
            python = environment(args.environments)
            theirs = [python, HERE / "trainers" / "trace_circuit_tracer.py", "--transcoders", transcoders]
            command = [*theirs, "--model", work / "peer", "--name", tracer_name or work / "peer"]
            found["circuit-tracer"] = traced(command, jobs, work / "circuit-tracer", args.threads)
            for number, result in enumerate(found["microtome"]):
                files = [work / name / f"graph_{number}.npz" for name in ("microtome", "circuit-tracer")]
                result.update(compared(*files))
    text = table(found, args)
    print(text)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "results.json").write_text(json.dumps(found, indent=1) + "\n")
    (args.out / "table.md").write_text(text)


def prepare(args: argparse.Namespace, work: Path, tokens: int) -> tuple[str, str, Path, list[int]]:
    """(model folder, its name in TransformerLens, transcoders in circuit-tracer's format, token ids)."""
    from microtome.formats.circuit_tracer import save_circuit_tracer
    from microtome.models import LanguageModel

    if args.random:
        from transformers import AutoModelForCausalLM

        folder = work / "model"
        random_model(args.random, folder)
        hf = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        lm = LanguageModel.wrap(hf, name=str(folder))
        dictionaries = random_transcoders(lm)
        # The first token is one that both treat as no part of the prompt.
        ids = [0, *torch.randint(3, 500, (tokens - 1,), generator=torch.Generator().manual_seed(0)).tolist()]
        model, name = str(folder), ""
    else:
        from microtome.runs import Run

        run = Run.open(args.run)
        model_name = run.facts["config"]["model"]
        lm = LanguageModel.load(model_name, dtype="float32")
        dictionaries = [run.dictionary(name) for name in run.names]
        text = args.prompt
        while len(ids := lm.encode(text)[0].tolist()) < tokens:
            text += " " + args.prompt
        model, name = str(lm.hf.config.name_or_path), NAMES.get(model_name, model_name)
    for_peer(Path(model), work / "peer")
    folder = work / "transcoders"
    folder.mkdir()
    facts = {
        layer: {"site_in": f"{layer}.mlp_in", "site_out": f"{layer}.mlp_out", "model": lm.name}
        for layer in range(lm.n_layers)
    }
    save_circuit_tracer(dict(enumerate(dictionaries)), folder, facts=facts)
    return model, name, folder, ids


def for_peer(model: Path, folder: Path) -> None:
    """The model's folder again, with a tokenizer whose class an older transformers knows."""
    folder.mkdir()
    for path in model.iterdir():
        if path.name != "tokenizer_config.json":
            (folder / path.name).symlink_to(path.absolute())
    settings = json.loads((model / "tokenizer_config.json").read_text())
    kept = {name: settings[name] for name in ("bos_token", "eos_token", "unk_token", "pad_token") if name in settings}
    settings = kept | {"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def random_model(architecture: str, folder: Path) -> None:
    """A random model of some layers, with a tokenizer whose token 0 is special."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    settings: dict[str, Any] = {
        # TransformerLens looks for n_ctx, which is in the file of the published model.
        "gpt2": {"n_embd": 256, "n_layer": 8, "n_head": 8, "n_positions": 256, "n_ctx": 256},
        "llama": {
            "hidden_size": 256,
            "num_hidden_layers": 8,
            "num_attention_heads": 8,
            "num_key_value_heads": 4,
            "intermediate_size": 768,
            "max_position_embeddings": 256,
        },
        # What is not as in llama shows in the edges: caps that scores reach, windows shorter than a prompt.
        "gemma2": {
            "hidden_size": 256,
            "num_hidden_layers": 8,
            "num_attention_heads": 8,
            "num_key_value_heads": 4,
            "head_dim": 32,
            "intermediate_size": 768,
            "max_position_embeddings": 256,
            "query_pre_attn_scalar": 24,
            "attn_logit_softcapping": 2.0,
            "sliding_window": 6,
            "pad_token_id": 0,
        },
    }[architecture]
    config = AutoConfig.for_model(architecture, vocab_size=512, bos_token_id=0, eos_token_id=0, **settings)
    hf = AutoModelForCausalLM.from_config(config)
    for parameter in hf.parameters():
        parameter.data.add_(0.05 * torch.randn_like(parameter))
    hf.save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({"<s>": 0} | {f"w{i}": i for i in range(1, 512)}, unk_token="<s>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), "<s>")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)


def random_transcoders(lm: Any, latents: int = 1024) -> list[Any]:
    """Random jumprelu transcoders of which some 40 latents fire."""
    from microtome.dictionaries import Dictionary, DictionaryConfig

    found = []
    for layer in range(lm.n_layers):
        generator = torch.Generator().manual_seed(layer)
        shape = {"d_in": lm.d_model, "d_out": lm.d_model, "latents": latents, "l0": 40.0}
        dictionary = Dictionary(DictionaryConfig(kind="transcoder", sparsifier="jumprelu", **shape))
        for parameter in dictionary.parameters():
            parameter.data.copy_(0.05 * torch.randn(parameter.shape, generator=generator))
        x = lm.capture(torch.randint(3, 500, (4, 32)), f"{layer}.mlp_in")[lm.parse(f"{layer}.mlp_in")[0]]
        z = dictionary.pre_activations(x.flatten(0, 1)).detach()
        dictionary.sparsifier.threshold.data.fill_(float(z.quantile(1 - 40 / latents)))
        found.append(dictionary)
    return found


def environment(folder: Path) -> str:
    """The Python of circuit-tracer's environment, made and filled if it is not there."""
    home = folder / "circuit-tracer"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        for packages in (["torch==2.13.0"], REQUIREMENTS):
            subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return str(python.absolute())


def traced(command: list[Any], jobs: str, out: Path, threads: int) -> list[dict[str, Any]]:
    """Results of one process."""
    out.mkdir()
    arguments = ["--jobs", jobs, "--out", out, "--threads", threads]
    subprocess.run([str(part) for part in [*command, *arguments]], check=True)
    found: list[dict[str, Any]] = json.loads((out / "results.json").read_text())
    return found


def compared(ours: Path, theirs: Path) -> dict[str, Any]:
    """How edges between latents that both chose differ, relative to the largest of the row."""
    graphs = [np.load(path) for path in (ours, theirs)]
    places = [{tuple(place): number for number, place in enumerate(graph["latents"].tolist())} for graph in graphs]
    both = sorted(places[0].keys() & places[1].keys())
    one, other = (
        graph["adjacency"][np.ix_(*2 * [[place[key] for key in both]])] for graph, place in zip(graphs, places)
    )
    largest = np.abs(other).max(1, keepdims=True)
    known = largest[:, 0] > 0
    worst = float((np.abs(one - other)[known] / largest[known]).max()) if known.any() else float("nan")
    norm = float(np.linalg.norm(one - other) / np.linalg.norm(other))
    return {"latents_of_both": len(both), "edges_worst": worst, "edges_norm": norm}


def table(found: dict[str, list[dict[str, Any]]], args: argparse.Namespace) -> str:
    """Markdown: a row for each size."""
    lines = [
        f"{platform.processor() or platform.machine()}, {args.threads} threads, torch {torch.__version__}, "
        f"{date.today().isoformat()}; {args.run.name if args.run else 'random ' + args.random}",
        "",
        "| tokens | nodes | fired | microtome s | circuit-tracer s | ratio | microtome MB | circuit-tracer MB | "
        "latents of both | worst edge | norm of difference | rows add up to |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    theirs = found.get("circuit-tracer", [{}] * len(found["microtome"]))
    for one, other in zip(found["microtome"], theirs):
        beyond = [f"{(side['peak'] - side['loaded']) / 1e6:,.0f}" if side else "" for side in (one, other)]
        lines.append(
            f"| {one['tokens']} | {one['nodes']} | {one['active']} | {one['seconds']:.2f} "
            + (f"| {other['seconds']:.2f} | {other['seconds'] / one['seconds']:.1f}× " if other else "| | ")
            + f"| {beyond[0]} | {beyond[1]} "
            + (
                f"| {one['latents_of_both']} | {one['edges_worst']:.1e} | {one['edges_norm']:.1e} "
                if other
                else "| | | "
            )
            + f"| {one['residual']:.0e} |"
        )
    if args.faithful:
        lines += ["", *faithful_table(found["microtome"])]
    return "\n".join(lines) + "\n"


def faithful_table(results: list[dict[str, Any]]) -> list[str]:
    """Markdown: a row for each size, what was ablated and how much of it; correlations, and errors, over all nodes
    after it and over targets."""
    regimes = ("frozen", "frozen_attention", "free")
    lines = [
        f"| tokens | nodes | replacement | completeness | less | of | {' | '.join(regimes)} |",
        f"|---:|---:|---:|---:|---:|---|{'---|' * len(regimes)}",
    ]
    for result in results:
        for factor, agreements in result["faithful"].items():
            for what in dict.fromkeys(agreement["ablated"] for agreement in agreements):
                pairs = [
                    [(one["correlation"], one["error"]), (one["target_correlation"], one["target_error"])]
                    for one in agreements
                    if one["ablated"] == what
                ]
                cells = [", ".join(f"{correlation:.2f} ({error:.2f})" for correlation, error in both) for both in pairs]
                lines.append(
                    f"| {result['tokens']} | {result['nodes']} "
                    f"| {result['replacement']:.3f} | {result['completeness']:.3f} "
                    f"| {1 - float(factor):.4g} | {what} | {' | '.join(cells)} |"
                )
    return lines


if __name__ == "__main__":
    main()
