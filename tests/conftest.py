"""Settings every test shares."""

from __future__ import annotations

import os

import torch

# The tests' models are tiny: a second thread only waits, and on a busy machine it waits long. The variable is for the
# processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")
torch.set_num_threads(1)
