"""Pages of case files; each module adds its routes to the blueprint."""

from app.casefiles.views import archive, catalogue, detail, leaving, lists, placing
from app.casefiles.views.blueprint import bp

__all__ = ["archive", "bp", "catalogue", "detail", "leaving", "lists", "placing"]
