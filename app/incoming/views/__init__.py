"""Pages of arriving documents."""

from app.incoming.views import directing, intake, letter, lists, printing, registering
from app.incoming.views.blueprint import bp

__all__ = ["bp", "directing", "intake", "letter", "lists", "printing", "registering"]
