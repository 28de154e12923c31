"""/cong-viec: lists, one task with its acts, tasks by hand, recurring reports, what is stuck."""

from app.tasks.views import acts, detail, lists, making, results, stuck
from app.tasks.views.blueprint import bp

__all__ = ["acts", "bp", "detail", "lists", "making", "results", "stuck"]
