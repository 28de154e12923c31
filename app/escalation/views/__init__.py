"""The pages of the room."""

from app.escalation.views import acts, pages, pausing, simulating
from app.escalation.views.blueprint import bp

__all__ = ["acts", "bp", "pages", "pausing", "simulating"]
