"""The figures of a run for notebooks: `microtome.plots(run).curves()`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from microtome.evaluation.storage import has_evaluation, load_evaluation
from microtome.report import figures
from microtome.runs import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True)
class Plots:
    """Plotly figures of a run. `name` is a dictionary, the first one where it is left out."""

    run: Run

    def curves(self, name: str | None = None) -> Figure:
        """Training curves: FVU, loss, L0, dead share, learning rate."""
        return figures.training_curves(self.run, self._name(name))

    def density(self, name: str | None = None) -> Figure:
        """Latents by the share of tokens they fire on. Raises `ArtifactError` before an evaluation."""
        return figures.density_histogram(load_evaluation(self.run.path, self._name(name))[0])

    def cosine(self, name: str | None = None) -> Figure:
        """Tokens by the cosine of activation and reconstruction. Raises `ArtifactError` before an evaluation."""
        return figures.cosine_histogram(load_evaluation(self.run.path, self._name(name))[0])

    def frontier(self) -> Figure:
        """FVU against L0 of every dictionary that has been evaluated."""
        found = {name: load_evaluation(self.run.path, name)[0] for name in self._evaluated()}
        return figures.frontier(found)

    def _evaluated(self) -> list[str]:
        return [name for name in self.run.names if has_evaluation(self.run.path, name)]

    def _name(self, name: str | None) -> str:
        return str(self.run.entry(name or self.run.names[0])["name"])


def plots(run: Run | str | Path) -> Plots:
    """The figures of a run, given as such or by its folder."""
    return Plots(run if isinstance(run, Run) else Run.open(run))
