"""The pages of the room."""

from app.duty.views import handing_over, pages, reports, roster
from app.duty.views.blueprint import bp

__all__ = ["bp", "handing_over", "pages", "reports", "roster"]
