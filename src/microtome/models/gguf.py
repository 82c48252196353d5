"""Opens `.gguf` files as ordinary dense models, and remembers the result.

transformers can read them, but slowly: for a vocabulary of 260,000 tokens it parses the same metadata three times in
Python, which takes far longer than unpacking the weights. So the file is parsed once, and the dense model and its
tokenizer are kept as a normal folder in the user's cache directory, from which they open in a second or two.

An entry is written under a temporary name and renamed, and lists its files and their sizes: one that is not whole is
built again. It belongs to one file (path, size, time of change) and one version of transformers.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from microtome.errors import ModelError

__all__ = ["cache_folder", "converted_folder", "load_directly"]

_LOG = logging.getLogger(__name__)
_SCHEMA = 1
_LIST = "microtome-complete.json"
# Dense float32 takes about seven times the room of a 4-bit file; beyond this a cache would be an unwelcome guest.
_MOST_BYTES = 8 * 2**30
_PATCHING = threading.Lock()


def cache_folder() -> Path:
    """Where this user's caches live: `$MICROTOME_CACHE`, or the platform's convention."""
    if chosen := os.environ.get("MICROTOME_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "microtome" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "microtome"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microtome"


def converted_folder(path: Path) -> Path | None:
    """A folder with the dense float32 model and tokenizer of a `.gguf` file, made now if it is not there.

    None when it cannot be kept (too large, no room, no permission): use `load_directly` then.
    Raises ModelError: the file cannot be read.
    """
    prefix, name = _entry_name(path)
    entry = cache_folder() / "gguf" / name
    if _whole(entry):
        return entry
    if _dense_bytes(path) > _MOST_BYTES:
        return None
    _LOG.info("converting %s once (kept in %s)", path, entry)
    hf, tokenizer = load_directly(path, torch.float32)
    try:
        _keep(entry, prefix, hf, tokenizer)
    except OSError as error:
        _LOG.warning("cannot keep the converted model in %s (%s); it is converted again next time", entry, error)
        return None
    return entry


def load_directly(path: Path, dtype: torch.dtype) -> tuple[Any, Any]:
    """The dense model in `dtype` and the tokenizer of a `.gguf` file, straight from it.

    Raises ModelError: it cannot be read.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    source = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    try:
        with _parsed_once():
            tokenizer = AutoTokenizer.from_pretrained(**source)
            hf = AutoModelForCausalLM.from_pretrained(
                **source, dtype=dtype, quantization_config=GgufConfig(dequantize=True)
            )
    except ImportError as error:
        raise ModelError(
            f"got the GGUF file {path}, which needs the package gguf ({_first_line(error)})",
            cure="Run pip install gguf",
        ) from error
    except Exception as error:
        raise ModelError(
            f"got {path}, expected a whole GGUF file of a model that transformers can read "
            f"({type(error).__name__}: {_first_line(error)})",
            cure="Download the file again, or use the model's Hugging Face folder",
        ) from error
    return hf, tokenizer


def read_config(path: Path) -> Any:
    """The config of the model in a `.gguf` file."""
    from transformers import AutoConfig

    try:
        with _parsed_once():
            return AutoConfig.from_pretrained(str(path.parent), gguf_file=path.name)
    except Exception as error:
        raise ModelError(
            f"got {path}, expected a whole GGUF file of a model that transformers can read "
            f"({type(error).__name__}: {_first_line(error)})",
            cure="Download the file again, or use the model's Hugging Face folder",
        ) from error


def _entry_name(path: Path) -> tuple[str, str]:
    import transformers

    status = path.stat()
    where = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    state = f"{status.st_size}|{status.st_mtime_ns}|{transformers.__version__}|{_SCHEMA}"
    prefix = f"{path.stem}-{where}-"
    return prefix, prefix + hashlib.sha256(state.encode()).hexdigest()[:12]


def _whole(entry: Path) -> bool:
    try:
        sizes = json.loads((entry / _LIST).read_text(encoding="utf-8"))
        return all((entry / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _keep(entry: Path, prefix: str, hf: Any, tokenizer: Any) -> None:
    entry.parent.mkdir(parents=True, exist_ok=True)
    needed = 4 * sum(parameter.numel() for parameter in hf.parameters())
    if shutil.disk_usage(entry.parent).free < 2 * needed:
        raise OSError(f"{2 * needed / 2**30:.1f} GiB of free space needed")
    temporary = Path(tempfile.mkdtemp(prefix=".making-", dir=entry.parent))
    try:
        hf.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)
        _use_plain_tokenizer_class(temporary)
        sizes = {file.name: file.stat().st_size for file in temporary.iterdir()}
        (temporary / _LIST).write_text(json.dumps(sizes), encoding="utf-8")
        for stale in entry.parent.glob(f"{prefix}*"):
            if not (stale == entry and _whole(entry)):
                shutil.rmtree(stale, ignore_errors=True)
        try:
            temporary.rename(entry)
        except OSError:
            # Another process was faster; its entry is as good as ours.
            if not _whole(entry):
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _use_plain_tokenizer_class(folder: Path) -> None:
    """Let tokenizer.json be read as it is: the architecture's class would rebuild it from its vocabulary."""
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    file.write_text(json.dumps(settings, indent=2, ensure_ascii=False), encoding="utf-8")


def _dense_bytes(path: Path) -> int:
    """What the model takes in float32, judged by the smallest weights in use (about two bits each)."""
    return 4 * 4 * path.stat().st_size if path.stat().st_size > _MOST_BYTES // 4 else 0


@contextmanager
def _parsed_once() -> Iterator[None]:
    """Let all readers of one GGUF file share one parse, and keep the console quiet, while inside."""
    try:
        import gguf
        from transformers import modeling_gguf_pytorch_utils as legacy
    except ImportError:
        yield
        return
    with _PATCHING:
        reader, progress = gguf.GGUFReader, legacy.tqdm
        gguf.GGUFReader = functools.cache(reader)
        legacy.tqdm = functools.partial(progress, disable=True)
        try:
            yield
        finally:
            gguf.GGUFReader, legacy.tqdm = reader, progress


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [""])[0].rstrip(".")
