"""The figures of a run for notebooks: `microtome.plots(run).curves()`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from microtome.evaluation.storage import has_evaluation, load_evaluation
from microtome.report import figures, latent_figures
from microtome.runs import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from microtome.latents import LatentStore
    from microtome.models import LanguageModel


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

    def decoder(self, latents: Sequence[int] | None = None, *, name: str | None = None) -> Figure:
        """The decoder's coordinates: of `latents` (the 24 most interesting of the store) one by one, and of all.

        Raises `ArtifactError` before training has finished, and without `latents` before the store is built.
        """
        dictionary = self.run.dictionary(self._name(name))
        if latents is not None:
            return latent_figures.decoder_weights(dictionary.W_dec, latents)
        store = self._store(name)
        chosen = [row["latent"] for row in store.table(sort="interesting", limit=24)["rows"]]
        return latent_figures.decoder_weights(dictionary.W_dec, chosen, store.names(chosen))

    # What a latent store knows. All of these raise `ArtifactError` before it is built.

    def activations(
        self, latents: Sequence[int] | None = None, *, n: int = 12, seed: int = 0, name: str | None = None
    ) -> Figure:
        """Histograms of activation, with densities: of `latents`, or of `n` that fired, drawn at random by `seed`."""
        import numpy as np

        store = self._store(name)
        if latents is None:
            fired = np.nonzero(store.column("count"))[0]
            drawn = np.random.default_rng(seed).choice(fired, size=min(n, len(fired)), replace=False)
            latents = [int(latent) for latent in np.sort(drawn)]
        return latent_figures.activation_histograms([store[latent] for latent in latents], store.names(latents))

    def usage(self, name: str | None = None) -> Figure:
        """Latents from the most used to the least, by the share of tokens they fire on."""
        return latent_figures.usage(self._store(name).column("density"))

    def rare_direction(self, name: str | None = None) -> Figure:
        """Whether rare latents share one encoder direction, which makes them one latent many times."""
        import torch

        from microtome.latents.directions import rare_cosines

        store = self._store(name)
        encoder_FD = store.dictionary.W_enc.detach().cpu()
        cosine_F, rare_F = rare_cosines(encoder_FD, torch.from_numpy(store.column("count")), store.tokens)
        return latent_figures.rare_direction(cosine_F.numpy(), rare_F.numpy())

    def on_text(
        self,
        text: str,
        lm: LanguageModel | None = None,
        *,
        rows: int = 20,
        dense: bool = False,
        name: str | None = None,
    ) -> Figure:
        """Which latents fire on a text: a heat map by token, and bars with the line at mean + σ. Latents that are dense
        are left out unless `dense`. The run's language model is loaded unless `lm` is given."""
        import numpy as np

        from microtome.latents.records import DENSE

        store = self._store(name)
        found = store.on(text, lm)
        hidden = set() if dense else set(np.nonzero(store.column("density") > DENSE)[0].tolist())
        return latent_figures.latents_on_text(found, found.names, hidden=hidden, rows=rows)

    def reconstruction(self, lm: LanguageModel | None = None, *, tokens: int = 4096, name: str | None = None) -> Figure:
        """Activations beside their reconstructions on held-out text, and the error of single tokens.

        The run's language model is loaded unless `lm` is given. Raises as `Bench.open`.
        """
        from microtome.evaluation.on_model import reconstructed
        from microtome.interventions import Bench

        bench = Bench.open(self.run.path, lm=lm)
        place = bench.placed[self._name(name)]
        return latent_figures.reconstruction_histogram(*reconstructed(bench.lm, place, bench.text(tokens)))

    def _evaluated(self) -> list[str]:
        return [name for name in self.run.names if has_evaluation(self.run.path, name)]

    def _name(self, name: str | None) -> str:
        return str(self.run.entry(name or self.run.names[0])["name"])

    def _store(self, name: str | None) -> LatentStore:
        from microtome.latents import LatentStore

        return LatentStore.open(self.run.path, self._name(name))


def plots(run: Run | str | Path) -> Plots:
    """The figures of a run, given as such or by its folder."""
    return Plots(run if isinstance(run, Run) else Run.open(run))
