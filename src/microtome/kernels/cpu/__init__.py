"""CPU implementation of the kernel operations, compiled by numba on first use and cached on disk.

Same signatures and meaning as `reference`. Work is split over threads so that each row of a result is made by one
thread, in one order: sums come out the same, bit for bit, whatever the number of threads.
"""

from microtome.kernels.cpu.choices import above_scaled, rows_above, topk_rows, topk_scaled
from microtome.kernels.cpu.rows import adam_rows, quantise_rows, squared_norms
from microtome.kernels.cpu.sums import decode_error, dot_pairs, group_by_latent, sum_rows

__all__ = [
    "above_scaled",
    "adam_rows",
    "decode_error",
    "dot_pairs",
    "group_by_latent",
    "quantise_rows",
    "rows_above",
    "squared_norms",
    "sum_rows",
    "topk_rows",
    "topk_scaled",
]
