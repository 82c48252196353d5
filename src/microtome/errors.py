"""Every exception a user can see. Each carries what was got, what was expected, and the cure, in one line.

Raise these, never a bare `ValueError`, for anything a user can cause: the command line prints the text as it is
and exits with 2, and the tests compare it word for word.
"""

from __future__ import annotations


class MicrotomeError(Exception):
    """Base of all errors a user can cause.

    `problem` says what was got and what was expected; `cure` says what to do. `str(error)` is both, on one line.
    """

    def __init__(self, problem: str, *, cure: str) -> None:
        self.problem = " ".join(problem.split()).rstrip(".")
        cure = " ".join(cure.split()).rstrip(".")
        self.cure = cure[:1].upper() + cure[1:]
        super().__init__(f"{self.problem}. {self.cure}{'' if self.cure.endswith('?') else '.'}")


class ConfigError(MicrotomeError):
    """An option has a value it cannot have, or two options contradict each other."""


class SiteError(MicrotomeError):
    """A site does not exist in the model, or its name cannot be read."""


class ModelError(MicrotomeError):
    """A language model cannot be found, read, or proved to obey the residual laws."""


class TextError(MicrotomeError):
    """A text source cannot be found or read, is empty, or is too short for the context."""


class ActivationError(MicrotomeError):
    """Activations given as arrays are unreadable, of the wrong shape, or not finite."""


class ArtifactError(MicrotomeError):
    """A file of ours is missing, cut short, altered, of an unknown schema, or cannot be written."""


class FormatError(MicrotomeError):
    """A file of another library is unreadable, unsafe, not what it says, or cannot hold what should be written."""


class ResumeError(MicrotomeError):
    """A run cannot be continued with what was asked."""


class DivergenceError(MicrotomeError):
    """Training met NaN or an exploding loss; the last good checkpoint is kept."""


class MemoryRequestError(MicrotomeError):
    """A buffer would not fit into the machine's memory."""
