"""From a language model to the page: a random model of one family, evaluated, shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from microtome.dictionaries import Dictionary, DictionaryConfig
from microtome.evaluation import EvaluationConfig, Placed, evaluate_on_model
from microtome.evaluation.examples import choose_latents
from microtome.evaluation.storage import load_evaluation, save_evaluation
from microtome.latents.top_examples import top_examples
from microtome.markup import visible
from microtome.report import write_report
from microtome.sites import Site
from microtome.text.packing import Blocks
from tests.models.tiny_models import D_MODEL, VOCAB, char_tokenizer, tiny_language_model
from tests.report.synthetic import make_run

CONTEXT, LATENTS, NAME = 12, 24, "1.resid_post.topk.l0-4"


def _blocks(n: int) -> Blocks:
    tokens = np.random.default_rng(0).integers(4, VOCAB - 2, (n, CONTEXT)).astype(np.int32)
    tokens[:, 0] = 1
    special = tokens == 1
    document = np.where(special, -1, np.arange(n)[:, None] // 2).astype(np.int32)
    start = np.where(special, -1, np.arange(n * CONTEXT).reshape(n, CONTEXT)).astype(np.int32)
    return Blocks(tokens, special, document, start, start + 1, [f"text-{i}" for i in range(n)])


def test_a_model_s_evaluation_reaches_the_page(tmp_path: Path) -> None:
    model = tiny_language_model("llama", tokenizer=char_tokenizer())
    config = DictionaryConfig(kind="sae", sparsifier="topk", d_in=D_MODEL, d_out=D_MODEL, latents=LATENTS, l0=4)
    dictionary = Dictionary(config).requires_grad_(False)
    generator = torch.Generator().manual_seed(0)
    dictionary.W_dec.copy_(torch.randn(LATENTS, D_MODEL, generator=generator))
    dictionary.normalise_rows()
    dictionary.W_enc.copy_(dictionary.W_dec)
    dictionary.b_enc[5] = -1e6  # dead
    place, blocks = Placed(dictionary, Site(1, "resid_post"), Site(1, "resid_post")), _blocks(30)

    evaluation = EvaluationConfig(replicates=30, loss_tokens=100)
    metrics = evaluate_on_model(model, {NAME: place}, blocks, evaluation)[NAME]
    groups = choose_latents(metrics.arrays["count"], metrics.facts["tokens"], 3)
    assert 5 in groups["dead"]
    chosen = [latent for group in groups.values() for latent in group]
    found = top_examples(model, place, blocks, chosen, n=3)
    # The strongest example is the maximum that the metrics saw.
    for latent in chosen:
        highest = max((example.value for example in found[latent]), default=0.0)
        np.testing.assert_allclose(highest, metrics.arrays["max"][latent], rtol=1e-5)

    run = make_run(tmp_path / "run", (NAME,), evaluated=False)
    examples = {group: {latent: found[latent] for latent in latents} for group, latents in groups.items()}
    save_evaluation(run.path, NAME, metrics, examples)
    assert load_evaluation(run.path, NAME)[1] == examples
    page = write_report(run).read_text()
    for example in (e for latent in groups["most_frequent"] for e in found[latent]):
        assert f'title="{example.document}, from character {example.start}"' in page
        assert f">{visible(example.tokens[example.peak])}</span>" in page
    assert f"{metrics.values['ce_recovered']:#.4g}".replace("-", "−") in page


def test_tokens_keep_the_spaces_their_vocabulary_writes() -> None:
    """Both kinds of vocabulary: bytes, and SentencePiece, which drops the space of a token decoded alone."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    from microtome.models.token_text import token_decoder

    pieces = {"<unk>": 0, "▁the": 1, "cat": 2, "▁▁": 3, "▁": 4}
    sentencepiece = Tokenizer(models.WordLevel(pieces, unk_token="<unk>"))
    sentencepiece.decoder = decoders.Metaspace()
    decode = token_decoder(PreTrainedTokenizerFast(tokenizer_object=sentencepiece))
    assert [decode(i) for i in (1, 2, 3, 4)] == [" the", "cat", "  ", " "]

    byte_level = Tokenizer(models.WordLevel({"<unk>": 0, "Ġthe": 1, "cat": 2, "ĊĠ": 3, "ĉ": 4}, unk_token="<unk>"))
    byte_level.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    byte_level.decoder = decoders.ByteLevel()
    decode = token_decoder(PreTrainedTokenizerFast(tokenizer_object=byte_level))
    assert [decode(i) for i in (1, 2, 3, 4)] == [" the", "cat", "\n ", "\t"]
