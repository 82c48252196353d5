"""Changing a model through its latents, and measuring what that does.

`changes` says what is to be changed, as plain data; `intervention` puts it into a model; `writing` generates with it;
`effects`, `scores` and `dose` measure it beside matched-norm random controls; `bench` brings a run and its model
together; `presets` and `grammar` read changes from files and from words.
"""

from microtome.interventions.bench import Bench, measure_maxima
from microtome.interventions.changes import (
    ALWAYS,
    GENERATED,
    Change,
    Fires,
    When,
    ablate,
    add,
    change_from,
    clamp,
    min_clamp,
    project_out,
    replace,
    scale,
    scaled,
)
from microtome.interventions.dose import dose_curve, read_back, repetition, stream_dose_curve, summary
from microtome.interventions.effects import effect_on_text
from microtome.interventions.grammar import read_changes, read_condition
from microtome.interventions.intervention import Intervention
from microtome.interventions.presets import Preset, load_preset, make_preset, preset_from, save_preset
from microtome.interventions.scores import direct_logits, direct_tokens, output_scores
from microtome.interventions.writing import (
    Continuation,
    GenerationConfig,
    Token,
    generate_text,
    generation_from,
    stream_side_by_side,
    stream_text,
)

__all__ = [
    "ALWAYS",
    "GENERATED",
    "Bench",
    "Change",
    "Continuation",
    "Fires",
    "GenerationConfig",
    "Intervention",
    "Preset",
    "Token",
    "When",
    "ablate",
    "add",
    "change_from",
    "clamp",
    "direct_logits",
    "direct_tokens",
    "dose_curve",
    "effect_on_text",
    "generate_text",
    "generation_from",
    "load_preset",
    "make_preset",
    "measure_maxima",
    "min_clamp",
    "output_scores",
    "preset_from",
    "project_out",
    "read_back",
    "read_changes",
    "read_condition",
    "repetition",
    "replace",
    "save_preset",
    "scale",
    "scaled",
    "stream_dose_curve",
    "stream_side_by_side",
    "stream_text",
    "summary",
]
