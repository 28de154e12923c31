"""REST `/api/v1`: what other systems use. Tokens with scopes act in a post."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the addresses."""
    from app.api import feeds, incoming

    app.register_blueprint(incoming.bp)
    app.register_blueprint(feeds.bp)
