"""/tim-kiem: the search, what helps to write it, and the searches one keeps."""

from __future__ import annotations

from app.finding.views import keeping, search
from app.finding.views.blueprint import bp

__all__ = ["bp", "keeping", "search"]
