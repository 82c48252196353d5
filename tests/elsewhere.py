"""Another device, on a processor: tensors that say they are on `meta`, but have values.

With `Elsewhere()` open, what is made on or moved to `meta` computes as usual. An operation on tensors of both places is
refused, as it is with a GPU, and so is taking values out in any other way than `.cpu()`, `.item()` and the like.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

PLACE = torch.device("meta")
# These take tensors of two places on a GPU too.
_MOVES = {torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default}


class There(Tensor):
    """A tensor elsewhere. `here` has its values."""

    here: Tensor

    @staticmethod
    def __new__(cls, here: Tensor) -> There:
        made = torch.Tensor._make_wrapper_subclass(
            cls, here.shape, strides=here.stride(), storage_offset=here.storage_offset(), dtype=here.dtype, device=PLACE
        )
        made.here = here
        return made  # type: ignore[return-value]

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(operation, args, kwargs or {})

    def __repr__(self, **_: Any) -> str:
        return f"There({self.here})"


class Elsewhere(TorchDispatchMode):
    """Makes tensors there, whoever asks for `meta`. `waits` names the operations for which a host waits for a GPU:
    values that are read, moved here, or decide a shape."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[str] = []

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if _waits(operation, args, kwargs or {}):
            self.waits.append(str(operation))
        return _run(operation, args, kwargs or {})


def _waits(operation: Any, args: Any, kwargs: Any) -> bool:
    name = operation._schema.name.removeprefix("aten::")
    values = tree_flatten((args, kwargs))[0]
    if not any(isinstance(value, There) for value in values):
        return False
    if name == "_to_copy" or name == "copy_":
        to = kwargs.get("device") if name == "_to_copy" else args[0].device
        return to is not None and torch.device(to).type != PLACE.type
    if name in ("index", "index_put", "index_put_"):
        return any(isinstance(index, Tensor) and index.dtype == torch.bool for index in args[1])
    if name == "repeat_interleave":
        return kwargs.get("output_size") is None
    return name in ("_local_scalar_dense", "nonzero", "bincount", "masked_select", "_unique2", "equal")


def _run(operation: Any, args: Any, kwargs: Any) -> Any:
    tensors = [value for value in tree_flatten((args, kwargs))[0] if isinstance(value, Tensor)]
    there = [value for value in tensors if isinstance(value, There)]
    # Numbers may come from anywhere, as with a GPU.
    others = [value for value in tensors if not isinstance(value, There) and value.dim()]
    if there and others and operation not in _MOVES:
        raise RuntimeError(f"{operation} of tensors on two devices")
    asked = kwargs.get("device")
    stays = PLACE if asked is None and there else asked
    if asked is not None:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    here_args, here_kwargs = tree_map(lambda v: v.here if isinstance(v, There) else v, (args, kwargs))
    found = operation(*here_args, **here_kwargs)
    if operation is torch.ops.aten.copy_.default or operation._schema.name.endswith("_"):
        return args[0]
    if "out" in kwargs:
        return kwargs["out"]
    if stays is None or torch.device(stays).type != PLACE.type:
        return found
    return tree_map(lambda v: There(v) if isinstance(v, Tensor) and not isinstance(v, There) else v, found)
