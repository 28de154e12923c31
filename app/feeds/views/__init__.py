"""Pages of feeds; each module adds its routes to the blueprint."""

from app.feeds.views import faults, signals, sources, trying
from app.feeds.views.blueprint import bp

__all__ = ["bp", "faults", "signals", "sources", "trying"]
