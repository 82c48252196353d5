"""A transcoder for every layer, each read from its file when it is asked for and let go when the next one is.

A set of 26 transcoders with 16,384 latents is 8 GB in float32, one of them 0.3 GB. Whoever goes through the layers in
order, as a forward pass does, needs one at a time.

Legend of suffixes: D width.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from torch import Tensor

from microtome.errors import FormatError
from microtome.formats.foreign import Foreign
from microtome.formats.reading import one_line

if TYPE_CHECKING:
    from microtome.dictionaries import Dictionary
    from microtome.models import LanguageModel
    from microtome.sites import AnySite


class TranscoderSet(Mapping[int, Foreign]):
    """Layers -> transcoders. `sites`: what each reads and predicts; `of_module`: what the MLP gives, before a norm that
    may follow. `keep`: how many are held at a time.
    """

    def __init__(
        self,
        loaders: Mapping[int, Callable[[], Foreign]],
        *,
        sites: Mapping[int, tuple[str | None, str | None]],
        format: str,
        model: str | None,
        facts: Mapping[str, Any],
        keep: int = 1,
        of_module: bool = False,
    ) -> None:
        self._loaders = dict(sorted(loaders.items()))
        self._held: OrderedDict[int, Foreign] = OrderedDict()
        self.sites, self.of_module = dict(sites), of_module
        self.format, self.model, self.facts, self.keep = format, model, dict(facts), keep

    def __getitem__(self, layer: int) -> Foreign:
        if layer not in self._loaders:
            raise FormatError(
                f"the set has no layer {layer}, it has {', '.join(map(str, self._loaders))}", cure="Give one of these"
            )
        if layer not in self._held:
            while len(self._held) >= self.keep:
                self._held.popitem(last=False)
            with one_line(Path(f"layer {layer}"), self.format):
                self._held[layer] = self._loaders[layer]()
        self._held.move_to_end(layer)
        return self._held[layer]

    def __iter__(self) -> Iterator[int]:
        return iter(self._loaders)

    def __len__(self) -> int:
        return len(self._loaders)

    def edits(self, model: LanguageModel) -> dict[AnySite, Callable[[Tensor], Tensor]]:
        """Edits for `LanguageModel.edit` that put every layer's transcoder, skip connection included, in place of its
        MLP: the input is read where the transcoder reads, and its prediction is written where the MLP's output is.

        Raises `SiteError` for a site the model lacks and, in the forward pass, `FormatError` for widths that are not
        the model's.
        """
        from microtome.formats.placing import exact_site, placed_on

        edits: dict[AnySite, Callable[[Tensor], Tensor]] = {}
        # Fitted to the model once for as long as the set holds it, and let go with it.
        fitted: WeakKeyDictionary[Foreign, Dictionary] = WeakKeyDictionary()
        for layer in self:
            site_in, site_out = self.sites[layer]
            seen: dict[str, Tensor] = {}

            def read(value: Tensor, seen: dict[str, Tensor] = seen) -> Tensor:
                seen["x"] = value
                return value

            def write(value: Tensor, seen: dict[str, Tensor] = seen, layer: int = layer) -> Tensor:
                x_BTD = seen.pop("x")
                own = self[layer]
                if own not in fitted:
                    fitted[own] = placed_on(model, own).dictionary
                out_BD = fitted[own](x_BTD.flatten(0, -2).float())
                return out_BD.to(value.dtype).view(value.shape)

            first = exact_site(model, site_in or f"{layer}.mlp_in", of_module=self.of_module)
            last = exact_site(model, site_out or f"{layer}.mlp_out", of_module=self.of_module)
            edits[first], edits[last] = read, write
        return edits
