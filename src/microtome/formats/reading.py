"""Reading files of others without trusting them: nothing is unpickled but plain tensors, and every tensor is checked.

Whatever is wrong ends in one line that names the file: not there, cut short, code inside, keys missing or unknown, a
shape other than the rest of the file says (both are named), numbers that are no numbers.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from microtome.errors import FormatError

DOWNLOAD_AGAIN = "Download it again, or ask whoever made it"
#: Settings without which a file cannot be read have no other value.
_REQUIRED: Any = object()
_FLOATS = (torch.float32, torch.float16, torch.bfloat16, torch.float64)


def read_config(path: Path) -> dict[str, Any]:
    """The object in a `.json` or `.yaml` file. Raises `FormatError`: not there, unreadable, or no object."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise FormatError(f"'{path}' is not there", cure="Give a folder that has it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"'{path}' cannot be read ({error})", cure=DOWNLOAD_AGAIN) from None
    try:
        if path.suffix in (".yaml", ".yml"):
            import yaml

            value = yaml.safe_load(text)
        else:
            value = json.loads(text)
    except RecursionError:
        raise FormatError(f"'{path}' is nested too deeply, expected settings by name", cure=DOWNLOAD_AGAIN) from None
    except Exception as error:
        if not isinstance(error, ValueError) and type(error).__module__.split(".")[0] != "yaml":
            raise
        why = " ".join(str(error).split())
        raise FormatError(
            f"'{path}' is not readable, it was cut short or altered ({why})", cure=DOWNLOAD_AGAIN
        ) from None
    if not isinstance(value, dict):
        raise FormatError(f"'{path}' holds a {type(value).__name__}, expected settings by name", cure=DOWNLOAD_AGAIN)
    return value


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Every tensor of a safetensors file, mapped from the disk until it is used."""
    from safetensors import SafetensorError, safe_open

    must_exist(path)
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise cut_short(path, "safetensors", error) from None


def read_pt(path: Path, *, mapped: bool = False) -> Any:
    """What a file of `torch.save` holds, as long as it is tensors and plain values: no code in it is run.

    `mapped`: numbers stay on the disk until they are used, where the file is a zip archive.

    Raises `FormatError`: the file asks for anything else (`torch.load(weights_only=True)` refuses it), or is cut short.
    """
    must_exist(path)
    try:
        mapped = mapped and zipfile.is_zipfile(path)
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        if zipfile.is_zipfile(path) or "GLOBAL" in str(error) or "global" in str(error):
            raise FormatError(
                f"'{path}' holds more than tensors: loading it would run code from the file, so nothing was loaded",
                cure="Ask its author for safetensors, or save its tensors alone where you trust it",
            ) from None
        raise cut_short(path, "torch", error) from None
    except (RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise cut_short(path, "torch", error) from None


def read_npz(path: Path) -> dict[str, Tensor]:
    """Every array of an `.npz` file. Raises `FormatError`: objects in it (they would be unpickled), or cut short."""
    import numpy as np

    must_exist(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: torch.from_numpy(file[name]) for name in file.files}
    except (zipfile.BadZipFile, EOFError, OSError, AttributeError, KeyError) as error:
        raise cut_short(path, "npz", error) from None
    except (ValueError, TypeError) as error:
        if "allow_pickle" in str(error):
            raise FormatError(
                f"'{path}' holds Python objects: loading them would run code from the file, so nothing was loaded",
                cure="Ask its author for plain arrays",
            ) from None
        raise cut_short(path, "npz", error) from None


class Weights:
    """The tensors of a file, taken out by name with the shape they must have, as float32 and finite.

    What is left in the end and not known is an error (`finish`), so nothing of a file is silently ignored.
    """

    def __init__(self, tensors: Mapping[str, Any], origin: Path) -> None:
        for name, value in tensors.items():
            if not isinstance(name, str):
                raise FormatError(f"'{origin}' holds a tensor {name!r}, expected names", cure=DOWNLOAD_AGAIN)
            if not isinstance(value, Tensor):
                raise FormatError(
                    f"'{origin}' holds {name} of type {type(value).__name__}, expected tensors", cure=DOWNLOAD_AGAIN
                )
            if value.layout != torch.strided or value.is_meta:
                how = "without numbers" if value.is_meta else f"as {_word(value.layout)}"
                raise FormatError(f"'{origin}' holds {name} {how}, expected dense numbers", cure=DOWNLOAD_AGAIN)
        self._left = dict(tensors)
        self.origin = origin
        self._dtypes: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._left

    @property
    def names(self) -> list[str]:
        return sorted(self._left)

    def shape(self, name: str, dimensions: int) -> tuple[int, ...]:
        """The shape of a tensor that decides those of the others."""
        if name not in self._left:
            raise self._missing(name)
        shape = tuple(self._left[name].shape)
        if len(shape) != dimensions or 0 in shape:
            raise FormatError(
                f"'{self.origin}' holds {name} of shape {shape}, expected {dimensions} dimensions", cure=DOWNLOAD_AGAIN
            )
        return shape

    def take(self, name: str, shape: tuple[int, ...], dtype: torch.dtype = torch.float32) -> Tensor:
        """A tensor as `dtype`. Raises `FormatError`: missing, another shape, no float, NaN or infinity."""
        if name not in self._left:
            raise self._missing(name)
        tensor = self._left.pop(name)
        if tuple(tensor.shape) != shape:
            raise FormatError(
                f"'{self.origin}' holds {name} of shape {tuple(tensor.shape)}, the rest of it says {shape}",
                cure=DOWNLOAD_AGAIN,
            )
        if tensor.dtype not in _FLOATS:
            raise FormatError(
                f"'{self.origin}' holds {name} as {_word(tensor.dtype)}, expected floating-point numbers",
                cure=DOWNLOAD_AGAIN,
            )
        self._dtypes.add(_word(tensor.dtype))
        tensor = tensor.to(dtype)
        if not bool(torch.isfinite(tensor).all()):
            raise FormatError(f"'{self.origin}' holds NaN or infinity in {name}", cure=DOWNLOAD_AGAIN)
        return tensor

    def integer(self, name: str) -> int | None:
        """A whole number kept as a tensor, or None."""
        if name not in self._left:
            return None
        tensor = self._left.pop(name)
        if tensor.numel() != 1 or tensor.is_complex() or not float(tensor).is_integer():
            raise FormatError(f"'{self.origin}' holds {name} = {tensor}, expected a whole number", cure=DOWNLOAD_AGAIN)
        return int(tensor)

    def drop(self, *names: str) -> None:
        """Leave tensors that say nothing of what a dictionary computes."""
        for name in names:
            self._left.pop(name, None)

    def finish(self) -> list[str]:
        """Notes on what was read; raises `FormatError` for tensors nobody took."""
        if self._left:
            raise FormatError(
                f"'{self.origin}' holds tensors its architecture does not have: {', '.join(self.names)}",
                cure="Check that its settings and its weights belong together",
            )
        if len(self._dtypes) > 1:
            return [f"mixed dtypes ({', '.join(sorted(self._dtypes))}): all are read as float32"]
        return []

    def _missing(self, name: str) -> FormatError:
        have = ", ".join(self.names) or "nothing"
        return FormatError(f"'{self.origin}' lacks {name}, it has {have}", cure=DOWNLOAD_AGAIN)


def setting(config: Mapping[str, Any], name: str, kind: type, origin: Path, default: Any = _REQUIRED) -> Any:
    """A setting of a type, finite where it is a number; `default` where there is none, if it may be left out.

    `a.b` is `b` in the settings under `a`. Raises `FormatError` naming the file, the setting and both types.
    """
    inside, _, last = name.rpartition(".")
    if inside:
        config = setting(config, inside, dict, origin, {})
    value: Any = config.get(last)
    if value is None and default is not _REQUIRED:
        return default
    if isinstance(value, bool) and kind is not bool:
        fits = False
    elif kind is int:
        fits = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        fits = fits and abs(value) < 2**63
    elif kind is float:
        # Larger ones, which files may write as whole numbers, are infinite as a float32.
        fits = isinstance(value, (int, float)) and abs(value) <= torch.finfo(torch.float32).max
    else:
        fits = isinstance(value, kind)
    if not fits:
        got = "nothing" if value is None else short(repr(value))
        raise FormatError(f"'{origin}' has {got} for {name}, expected {kind.__name__}", cure=DOWNLOAD_AGAIN)
    return kind(value) if kind in (int, float) else value


def short(text: str, at_most: int = 60) -> str:
    """What a file says, for a message of one line."""
    return text if len(text) <= at_most else f"{text[:at_most]}…"


def whole_numbers(config: Mapping[str, Any], name: str, origin: Path) -> tuple[int, ...]:
    """A setting that is a list of whole numbers, empty where there is none. Raises `FormatError` as `setting` does."""
    values = setting(config, name, list, origin, [])
    for value in values:
        if not isinstance(value, int) or isinstance(value, bool):
            raise FormatError(f"'{origin}' has {value!r} in {name}, expected whole numbers", cure=DOWNLOAD_AGAIN)
    return tuple(values)


@contextlib.contextmanager
def one_line(path: Path, format_name: str) -> Iterator[None]:
    """Whatever no check of a loader foresaw ends in one line too, which names the file."""
    try:
        yield
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        why = " ".join(str(error).split())[:120]
        raise FormatError(
            f"'{path}' cannot be read as {format_name} ({type(error).__name__}: {why})",
            cure="Check that its settings and its weights are whole",
        ) from error


def agree(origin: Path, name: str, said: int | None, found: int) -> None:
    """Raise `FormatError` where a size in the settings is not that of the weights."""
    if said is not None and said != found:
        raise FormatError(
            f"'{origin}' says {name} {short(str(said))}, its weights have {found}",
            cure="Check that its settings and its weights belong together",
        )


def must_exist(path: Path) -> None:
    """Raise `FormatError` where there is no such file."""
    if not path.is_file():
        raise FormatError(f"'{path}' is not there", cure="Give a folder that has it")


def cut_short(path: Path, kind: str, error: Exception) -> FormatError:
    """The error of a file of this kind that its library cannot read."""
    why = " ".join(str(error).split())[:120]
    return FormatError(
        f"'{path}' is not a readable {kind} file, it was cut short or altered ({why})", cure=DOWNLOAD_AGAIN
    )


def _word(dtype: torch.dtype | torch.layout) -> str:
    return str(dtype).removeprefix("torch.")
