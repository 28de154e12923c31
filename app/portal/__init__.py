"""The citizens' pages: guide to procedures, where a dossier stands, supplements, evaluation.

Nobody signs in here. The pages are part of the office's application, and alone in a process of
their own (`app.portal.public`) that answers no internal address.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages."""
    from app.portal.views import bp

    app.register_blueprint(bp)
