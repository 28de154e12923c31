"""The pages, each registered on the one blueprint as it is imported."""

from app.portal.views import guide, lookup, rating, supplements, week
from app.portal.views.blueprint import bp

__all__ = ["bp", "guide", "lookup", "rating", "supplements", "week"]
