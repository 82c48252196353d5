"""`microtome sites`."""

from __future__ import annotations

from typing import Annotated

import typer

from microtome.commands.options import DeviceOption, DtypeOption, console


def sites(
    model: Annotated[str, typer.Argument(help="Hub id, folder, .gguf file, `tiny`, or `gemma-3-270m`.")],
    dtype: DtypeOption = "auto",
    device: DeviceOption = "auto",
) -> None:
    """List the sites of a model, with their widths.

    Example: `microtome sites tiny`
    """
    from rich.table import Table

    from microtome.models import LanguageModel

    lm = LanguageModel.load(model, device=device, dtype=dtype)
    rows = lm.describe()
    table = Table(title=f"{lm.name}: {lm.n_layers} layers, d_model {lm.d_model}, {lm.dtype}, family {lm.family}")
    for column in rows[0]:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console().print(table)
