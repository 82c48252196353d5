"""Everyone else's dictionaries, in and out: one module per format, with a `load_…` and, where it is written, a
`save_…`. Nothing is ever unpickled but plain tensors."""

from microtome.formats.convert import WRITABLE, convert
from microtome.formats.foreign import Foreign
from microtome.formats.hub import push
from microtome.formats.opening import READABLE, is_dictionary, open_dictionary
from microtome.formats.placing import placed_on
from microtome.formats.rows import decoder_rows
from microtome.formats.sets import TranscoderSet

__all__ = [
    "READABLE",
    "WRITABLE",
    "Foreign",
    "TranscoderSet",
    "convert",
    "decoder_rows",
    "is_dictionary",
    "open_dictionary",
    "placed_on",
    "push",
]
