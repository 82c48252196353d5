"""Windows made ahead: the language model works on the next one while dictionaries learn from this one.

What a window holds does not depend on when it is made, so neither does a run's result.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import torch

from microtome.activations.sources import Window


class WindowsAhead:
    """The windows of an iterator, of which one can be begun in a thread of its own before it is asked for.

    Use as a context manager: leaving it waits for what was begun.
    """

    def __init__(self, windows: Iterator[Window]) -> None:
        self._windows = windows
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="windows")
        self._begun: Future[Window] | None = None

    def __enter__(self) -> WindowsAhead:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self) -> None:
        """Begin the next window now; it will be what `next` returns."""
        if self._begun is None:
            self._begun = self._pool.submit(self._make)

    def next(self) -> Window:
        """The next window, made here unless it was begun. Raises what making it raises."""
        if self._begun is None:
            return next(self._windows)
        begun, self._begun = self._begun, None
        window = begun.result()
        for value in window.columns.values():
            if value.is_cuda:
                # Its memory belongs to the other stream, which may use it again only after this one has read it.
                value.record_stream(torch.cuda.current_stream(value.device))
        return window

    def _make(self) -> Window:
        if not torch.cuda.is_available():
            return next(self._windows)
        # A stream of its own, or the GPU would do one thing after the other.
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            window = next(self._windows)
        stream.synchronize()
        return window
