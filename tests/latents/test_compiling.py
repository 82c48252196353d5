"""The loops are the same code with and without numba."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from microtome.latents import compiled, compiled_held_out

SCRIPT = """
import json, sys, warnings
import numpy as np
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    from microtome.latents import compiled, compiled_held_out
said = [str(w.message) for w in caught if "numba" in str(w.message)]
warnings.simplefilter("error")
print(json.dumps({
    "said": said,
    "mix": [int(compiled.mix(np.uint64(n))) for n in (0, 1, 2**63, 2**64 - 1)],
    "bins": [int(compiled.bin_of(v)) for v in (1e-9, 1.0, 1.5, 3e4)],
    "held_out": compiled_held_out.held_out(np.arange(50), 7, 4).tolist(),
}))
"""


def test_without_numba_the_loops_run_as_they_are_and_it_is_said_once() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['numba'] = None\n{SCRIPT}"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(ran.stdout)
    assert len(found["said"]) == 1
    assert found["said"][0].startswith("numba is not usable (")
    assert found["said"][0].endswith("hundreds of times slower. Install it with: pip install numba")
    assert found["mix"] == [int(compiled.mix(np.uint64(n))) for n in (0, 1, 2**63, 2**64 - 1)]
    assert found["bins"] == [int(compiled.bin_of(v)) for v in (1e-9, 1.0, 1.5, 3e4)]
    assert found["held_out"] == compiled_held_out.held_out(np.arange(50), 7, 4).tolist()
