"""The web app: a server over run folders, its JSON API, and the built pages (source in `ui/`).

One process on 127.0.0.1, no database, no network: it reads runs and latent stores, and writes nothing but labels.
"""

from microtome.app.server import AppConfig, make_app, serve

__all__ = ["AppConfig", "make_app", "serve"]
