"""What one latent does on a text, token by token, in a notebook that keeps it. Writes RUN/shaded.ipynb.

`python examples/shade_a_notebook.py RUN`, with a run whose latents were described: `microtome latents RUN`, or
`examples/describe_latents.py RUN`, which makes a small one on `tiny`. The cells are run here and their outputs saved,
so the notebook shows them wherever it is opened; in Jupyter the same cells run again, with other texts.
"""

from __future__ import annotations

import argparse
import ast
import json
from pathlib import Path
from typing import Any

TEXT = 'def head(values, default=None):\n    """The first of them."""\n    return values[0] if values else default\n'


def run_cell(number: int, source: str, scope: dict[str, Any]) -> dict[str, Any]:
    """A code cell with its output: what its last expression shows of itself, as Jupyter asks for it."""
    body = ast.parse(source)
    last = body.body.pop()
    exec(compile(body, f"cell {number}", "exec"), scope)
    assert isinstance(last, ast.Expr)
    value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), scope)
    data = {"text/plain": repr(value), "text/html": value._repr_html_()}
    output = {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data}
    return {"cell_type": "code", "execution_count": number, "metadata": {}, "source": source, "outputs": [output]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--text", default=TEXT)
    parser.add_argument("--latent", type=int, help="the strongest on the text that is not dense, where it is left out")
    asked = parser.parse_args()

    scope: dict[str, Any] = {}
    opening = f"from microtome.latents import LatentStore\n\nstore = LatentStore.open({str(asked.run.resolve())!r})\n"
    cells = [run_cell(1, f"{opening}found = store.on({asked.text!r})\nfound", scope)]
    strongest = [one["latent"] for one in scope["found"]["pooled"] if scope["store"][one["latent"]].density < 0.1]
    latent = strongest[0] if asked.latent is None else asked.latent
    cells.append(run_cell(2, f"found.shaded({latent})  # full where it is as strong as it ever was", scope))
    cells.append(run_cell(3, f"store[{latent}]", scope))
    shaded = scope["found"].shaded(latent)
    for token, value in zip(shaded.tokens, shaded.values):
        print(f"{token!r:>16} {'█' * round(40 * value / shaded.scale)} {value:.2f}" if value else f"{token!r:>16}")

    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": kernel}, "cells": cells}
    path = asked.run / "shaded.ipynb"
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    print(f"latent {latent}, strongest {max(shaded.values):.2f} of {shaded.scale:.2f}; shown without a kernel: {path}")


if __name__ == "__main__":
    main()
