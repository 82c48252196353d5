"""Measuring a finished run again: on other text, on more tokens, or on the held-out part of what it was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from microtome.dictionaries import Dictionary
from microtome.errors import ArtifactError, ConfigError
from microtome.evaluation import EvaluationConfig, Metrics, Placed, evaluate_on_arrays
from microtome.evaluation.storage import save_evaluation
from microtome.training.assemble import held_out_arrays
from microtome.training.pipeline import Watcher, evaluate_and_save, resumed_config
from microtome.training.run import Run

if TYPE_CHECKING:
    from microtome.models import LanguageModel
    from microtome.text import PackingConfig, TextSource


def reevaluate(
    path: str | Path,
    *,
    text: str | None = None,
    column: str | None = None,
    tokens: int = 100_000,
    config: EvaluationConfig | None = None,
    dtype: str | None = None,
    device: str = "auto",
    watcher: Watcher | None = None,
) -> dict[str, Metrics]:
    """Metrics of every dictionary of a finished run, by name; they replace those stored in the run.

    Text the run was trained on (recognised by its content) is read in its held-out part only. `tokens` bounds how
    much is read. Raises `ArtifactError` for a run that is unfinished or damaged.
    """
    watcher, config = watcher or Watcher(), config or EvaluationConfig()
    run = Run.open(path)
    dictionaries = {name: run.dictionary(name) for name in run.names}
    trained = resumed_config(run.path)
    if trained.activations is not None:
        for name, value in (("text", text), ("column", column), ("dtype", dtype)):
            if value is not None:
                raise ConfigError(
                    f"the run was trained on arrays, it has no use for --{name}", cure=f"Leave out --{name}"
                )
        return _on_arrays(run, config)
    from microtome.models.precision import learning_device
    from microtome.text import read_blocks

    for line in run.facts.get("adopted", {}).get("notes", ()):
        watcher.note(line)
    source, part, origin = text_to_measure_on(run, text=text, column=column)
    if part.part == "held_out":
        watcher.note(f"'{origin['name']}' is what the run was trained on: reading its held-out part")
    model = model_of(run, dtype=dtype, device=device)
    blocks = read_blocks(source, model.tokenizer, part, max_tokens=tokens)
    where = learning_device(model.device)
    placed = {name: place(run, model, name, dictionary.to(where)) for name, dictionary in dictionaries.items()}
    return evaluate_and_save(run, model, placed, blocks, config, watcher.evaluating, origin)


def text_to_measure_on(
    run: Run, *, text: str | None = None, column: str | None = None
) -> tuple[TextSource, PackingConfig, dict[str, Any]]:
    """A text, how it is packed, and what it is: `text`, or the run's own; of what the run was trained on the held-out
    part. Raises `ConfigError` where nothing was held out."""
    from microtome.activations import part_fingerprints
    from microtome.text import PackingConfig, open_text

    trained, facts = resumed_config(run.path), run.facts
    if "adopted" in facts and text is None:
        raise ConfigError("the dictionaries were trained elsewhere, on a text nobody named here", cure="Give --text")
    text = text or trained.eval_text or trained.text
    assert text is not None
    # The column of the text trained on says nothing of another text's.
    source = open_text(text, column=column or (trained.column if text in (trained.text, trained.eval_text) else None))
    seen = bool(set(part_fingerprints(source)) & set(facts["data"]["source"]["text"]["parts"]))
    packing = facts["data"]["source"]["packing"]
    if seen and packing["part"] == "all":
        raise ConfigError(
            f"the run was trained on all of '{text}', nothing of it is held out", cure="Give another --text"
        )
    part = PackingConfig(
        context=trained.context,
        held_out_share=packing["held_out_share"] if seen else 0.0,
        part="held_out" if seen else "all",
    )
    return source, part, {"name": text, "part": "held out" if seen else "all", "fingerprint": source.fingerprint}


def model_of(run: Run, *, dtype: str | None = None, device: str = "auto") -> LanguageModel:
    """The language model that a run was trained on; in another dtype on request, and then not compared with it.

    Raises `ConfigError` for a run without a model, `ArtifactError` for a model that has changed.
    """
    from microtome.models import LanguageModel

    trained, facts = resumed_config(run.path), run.facts
    if trained.model is None:
        raise ConfigError(
            f"the run '{run.path}' was trained on arrays, it has no language model",
            cure="Give a run that was trained with --model",
        )
    model = LanguageModel.load(trained.model, device=device, dtype=dtype or facts["dtype"])
    if dtype is None and model.identity != facts["data"]["source"]["model"]:
        raise ArtifactError(
            f"the model '{trained.model}' is not the one the run was trained on, its weights or revision changed",
            cure="Restore the model; to measure on another one on purpose, give --dtype",
        )
    return model


def check_trained_on(run: Run, model: LanguageModel) -> None:
    """Refuse another model than the one a run was trained on, by its weights (`ConfigError`)."""
    trained_on = run.facts["data"]["source"].get("model")
    if trained_on is None or trained_on["fingerprint"] != model.identity["fingerprint"]:
        raise ConfigError(
            f"the run '{run.path}' was trained on {trained_on['id'] if trained_on else 'arrays'}, got {model.name} "
            "with other weights",
            cure="Give the model that the run was trained on",
        )


def place(run: Run, model: LanguageModel, name: str, dictionary: Dictionary) -> Placed:
    """A dictionary of a run at its sites in the model."""
    entry = run.entry(name)
    (site_in,), (site_out,) = model.parse(entry["site_in"]), model.parse(entry["site_out"])
    return Placed(dictionary, site_in, site_out)


def _on_arrays(run: Run, config: EvaluationConfig) -> dict[str, Metrics]:
    if "iterator" in run.facts["data"]["source"]:
        raise ConfigError(
            "the run was trained from a Python iterator, which a folder cannot hold",
            cure="Measure it in Python: evaluate_on_arrays(run.dictionary(name), ArrayActivations(...), ...)",
        )
    from microtome.activations import INPUT, TARGET, open_array

    trained = resumed_config(run.path)
    columns = {INPUT: open_array(str(trained.activations))}
    if trained.targets is not None:
        columns[TARGET] = open_array(trained.targets)
    source = held_out_arrays(trained, columns)
    results = {name: evaluate_on_arrays(run.dictionary(name), source, config) for name in run.names}
    for name, metrics in results.items():
        save_evaluation(run.path, name, metrics, None)
    return results
