"""Pages of sensors; each module adds its routes to the blueprint."""

from app.sensors.views import pages, stations, wording
from app.sensors.views.blueprint import bp

__all__ = ["bp", "pages", "stations", "wording"]
