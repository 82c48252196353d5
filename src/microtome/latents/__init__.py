"""The latent store: what every latent of a dictionary means, made in one pass over text and kept in Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Resolved on first use: reading a store needs neither the model nor the compiled code that builds one.
_EXPORTS = {
    "Latent": "microtome.latents.records",
    "Example": "microtome.latents.records",
    "StoreConfig": "microtome.latents.config",
    "LatentStore": "microtome.latents.store",
    "build_stores": "microtome.latents.builder",
    "on_text": "microtome.latents.live",
    "placed": "microtome.latents.live",
    "export_neuronpedia": "microtome.latents.neuronpedia",
}

__all__ = [
    "Example",
    "Latent",
    "LatentStore",
    "StoreConfig",
    "build_stores",
    "export_neuronpedia",
    "on_text",
    "placed",
]

if TYPE_CHECKING:
    from microtome.latents.builder import build_stores
    from microtome.latents.config import StoreConfig
    from microtome.latents.live import on_text, placed
    from microtome.latents.neuronpedia import export_neuronpedia
    from microtome.latents.records import Example, Latent
    from microtome.latents.store import LatentStore


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'microtome.latents' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(_EXPORTS[name]), name)
