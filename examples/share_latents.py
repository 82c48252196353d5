"""Give latents to others: Neuronpedia's layout for all of them, one HTML file for one.

`python examples/share_latents.py RUN`, with a run whose latents were described, such as
`examples/describe_latents.py RUN` makes. Both are written into the run's folder.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from microtome.app.saved import save_latent_page
from microtome.latents import LatentStore, export_neuronpedia
from microtome.latents.store import store_names


def main() -> None:
    folder = Path(sys.argv[1])
    store = LatentStore.open(folder, store_names(folder)[0])

    source = export_neuronpedia(store, folder / "neuronpedia")
    print(f"Neuronpedia: {source}")
    for path in sorted(source.rglob("*.jsonl*")):
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [json.loads(line) for line in text.splitlines()]
        print(f"  {path.relative_to(source)}: {len(rows)} rows")

    # What the app shows of one latent, in one file: no server, no network, no notebook.
    latent = store.table(sort="interesting", limit=1)["rows"][0]["latent"]
    page = save_latent_page(folder, latent, folder / f"latent-{latent}.html", dictionary=store.name)
    print(f"page of latent {latent}: {page} ({page.stat().st_size / 1024:.0f} KiB), opens with the network off")


if __name__ == "__main__":
    main()
