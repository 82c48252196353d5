"""The one mechanism that reads and changes activations: hooks that live only while a context is open.

Capture, record and edit all become `Tap`s. A tap says where a tensor passes (a module and a side of it) and what is
done with it; the taps of all open contexts at one place run from one torch hook, so their order is defined:

1. edits before reads, so what is read at a site is what the rest of the model sees;
2. edits of an outer context before those of an inner one.

A tap may also be told of a call as it begins (`Passing`: the token ids, and how far the KV cache reaches), because an
edit that depends on the position cannot see it in an activation.

The residual stream between attention and MLP needs care. Stock decoder layers hold that tensor twice: they give it
to the second norm and keep it to add the MLP's output to. Replacing the norm's argument would change only the first.
Such a place is `carried`: its tensor is overwritten in place, which reaches both, and gradients flow through it.

Contexts belong to the thread that opened them: a hook does nothing in a forward of another thread, so one model can
serve several threads with different edits at the same time.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from torch import Tensor, nn

from microtome.errors import SiteError

__all__ = ["Edit", "Passing", "Place", "StopForwardError", "Tap", "Taps", "snapshot"]

# Takes the activation [B, T, width] and returns its replacement, of the same shape.
Edit: TypeAlias = Callable[[Tensor], Tensor | None]
Side: TypeAlias = Literal["input", "output", "call"]

# torch numbers its hooks with a class-wide counter that is not safe to advance from two threads at once.
_TORCH_HOOKS = threading.Lock()


class StopForwardError(BaseException):
    """Raised in a hook when nothing more of a forward is needed; the one that started the forward catches it.

    A BaseException, so that no `except Exception` in a model's code takes it for a failure.
    """

    def __init__(self, owner: object) -> None:
        super().__init__("nothing deeper was asked for")
        self.owner = owner


@dataclass(frozen=True)
class Passing:
    """What a forward was given. `tokens_BT`: ids [B, T], None where embeddings were given; `past`: positions that the
    KV cache holds already, so that token t is at position past + t."""

    tokens_BT: Tensor | None
    past: int


@dataclass(frozen=True)
class Place:
    """Where a tensor passes: a side of a module. `carried`: the layer keeps the same tensor and adds to it later.

    The side `call` is no tensor but the call of the whole model, before anything is computed.
    """

    module: nn.Module
    side: Side
    carried: bool = False


@dataclass(frozen=True)
class Tap:
    """What is done at a place. Exactly one of `edit`, `read` and, at a call, `told` is set; `name` is for messages."""

    place: Place
    name: str
    edit: Edit | None = None
    read: Callable[[Tensor], None] | None = None
    told: Callable[[Passing], None] | None = None


@dataclass
class _ThreadState:
    """The open contexts of one thread, outermost first, and the torch hooks that serve them."""

    contexts: list[Sequence[Tap]] = field(default_factory=list)
    hooks: dict[tuple[int, Side], tuple[list[Tap], Any]] = field(default_factory=dict)


class Taps:
    """All open contexts on one model."""

    def __init__(self) -> None:
        self._threads: dict[int, _ThreadState] = {}

    @contextmanager
    def open(self, taps: Sequence[Tap]) -> Iterator[None]:
        """Apply `taps` in every forward that this thread runs inside the context; always removed at its end."""
        thread = threading.get_ident()
        state = self._threads.setdefault(thread, _ThreadState())
        try:
            state.contexts.append(taps)
            self._rebuild(state, thread)
            yield
        finally:
            # By identity: two contexts with equal taps are still two contexts.
            state.contexts = [context for context in state.contexts if context is not taps]
            self._rebuild(state, thread)
            if not state.contexts:
                self._threads.pop(thread, None)

    @property
    def open_contexts(self) -> int:
        """How many contexts this thread has open."""
        state = self._threads.get(threading.get_ident())
        return len(state.contexts) if state else 0

    def _rebuild(self, state: _ThreadState, thread: int) -> None:
        wanted: dict[tuple[int, Side], list[Tap]] = {}
        for context in state.contexts:
            for tap in context:
                wanted.setdefault((id(tap.place.module), tap.place.side), []).append(tap)
        with _TORCH_HOOKS:
            for key in [key for key in state.hooks if key not in wanted]:
                state.hooks.pop(key)[1].remove()
            for key, taps in wanted.items():
                # Stable sort: inside a group the contexts stay outermost first. A carried place comes first because
                # its module reads the tensor after the layer has put it aside.
                taps.sort(key=lambda tap: (not tap.place.carried, tap.read is not None))
                if key in state.hooks:
                    state.hooks[key][0][:] = taps
                else:
                    state.hooks[key] = (taps, _register(taps, thread))


def _register(taps: list[Tap], thread: int) -> Any:
    """One torch hook that runs `taps` (a list that may change later) in the forwards of `thread`.

    The hooks take any number of arguments because torch, in another thread, may see the hook before it sees that
    the hook wants keyword arguments.
    """
    place = taps[0].place

    def before(module: nn.Module, args: tuple[Any, ...], *rest: Any) -> Any:
        if threading.get_ident() != thread:
            return None
        kwargs: dict[str, Any] = rest[0] if rest else {}
        where, value = _first_input(args, kwargs, taps[0].name)
        changed = _run(taps, value)
        if changed is value:
            return None
        if isinstance(where, str):
            return args, {**kwargs, where: changed}
        return (*args[:where], changed, *args[where + 1 :]), kwargs

    def after(module: nn.Module, args: tuple[Any, ...], *rest: Any) -> Any:
        if threading.get_ident() != thread:
            return None
        output = rest[-1]
        value = _first_output(output, taps[0].name)
        changed = _run(taps, value)
        if changed is value:
            return None
        if isinstance(output, tuple):
            return (changed, *output[1:])
        return changed

    def calling(module: nn.Module, args: tuple[Any, ...], *rest: Any) -> None:
        if threading.get_ident() == thread:
            passing = _passing(module, args, rest[0] if rest else {})
            for tap in tuple(taps):
                if tap.told is not None:
                    tap.told(passing)

    if place.side == "call":
        return place.module.register_forward_pre_hook(calling, with_kwargs=True)
    if place.side == "input":
        return place.module.register_forward_pre_hook(before, with_kwargs=True)
    return place.module.register_forward_hook(after, with_kwargs=True)


@functools.lru_cache
def _parameters(forward: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(forward).parameters)[1:]


def _passing(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Passing:
    given = {**dict(zip(_parameters(type(module).forward), args)), **kwargs}
    cache = given.get("past_key_values")
    return Passing(given.get("input_ids"), 0 if cache is None else int(cache.get_seq_length()))


def _run(taps: Sequence[Tap], value: Tensor) -> Tensor:
    for tap in tuple(taps):
        if tap.edit is not None:
            edited = _edited(tap, value)
            if tap.place.carried:
                value.copy_(edited)
            else:
                value = edited
        elif tap.read is not None:
            tap.read(value)
    return value


def _edited(tap: Tap, value: Tensor) -> Tensor:
    """What the edit makes of a copy of `value`; a copy, so that an edit may work in place on what it is given."""
    assert tap.edit is not None
    given = value.clone()
    edited = tap.edit(given)
    if edited is None:
        return given
    if not isinstance(edited, Tensor):
        raise SiteError(
            f"the edit at {tap.name} returned {type(edited).__name__}, expected a tensor {tuple(value.shape)}",
            cure="Return the changed activation from the function given to edit()",
        )
    if edited.shape != value.shape:
        raise SiteError(
            f"the edit at {tap.name} returned shape {tuple(edited.shape)}, expected {tuple(value.shape)}",
            cure="Return a tensor of the shape that the edit was given",
        )
    return edited.to(device=value.device, dtype=value.dtype)


def _first_input(args: tuple[Any, ...], kwargs: dict[str, Any], name: str) -> tuple[int | str, Tensor]:
    if args and isinstance(args[0], Tensor):
        return 0, args[0]
    for key in ("hidden_states", "x", "input"):
        if isinstance(kwargs.get(key), Tensor):
            return key, kwargs[key]
    for position, candidate in enumerate(args):
        if isinstance(candidate, Tensor):
            return position, candidate
    for key, candidate in kwargs.items():
        if isinstance(candidate, Tensor):
            return key, candidate
    raise SiteError(f"no tensor goes into {name}", cure="Name another module, or its output")


def _first_output(output: Any, name: str) -> Tensor:
    value = output[0] if isinstance(output, tuple) and output else output
    if isinstance(value, Tensor):
        return value
    raise SiteError(
        f"{name} gives {type(value).__name__}, expected a tensor or a tuple that starts with one",
        cure="Name a module inside it",
    )


def snapshot(value: Tensor) -> Tensor:
    """A value that later in-place edits cannot change.

    Where gradients are recorded the tensor itself is kept, because only it lies on the path to the loss.
    """
    return value if value.requires_grad else value.clone()
