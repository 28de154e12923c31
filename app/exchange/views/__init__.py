"""Pages of the exchange; each module adds its routes to the blueprint."""

from app.exchange.views import detail, lists, mails
from app.exchange.views.blueprint import bp

__all__ = ["bp", "detail", "lists", "mails"]
