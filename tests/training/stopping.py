"""A run that is stopped as a user stops it."""

from __future__ import annotations

import os
import signal

from microtome.training import Progress, Watcher


class StopAt(Watcher):
    """Sends this process a Ctrl-C once so many tokens were trained on."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens

    def training(self, progress: Progress) -> None:
        if progress.tokens >= self.tokens:
            self.tokens = 10**12
            os.kill(os.getpid(), signal.SIGINT)
