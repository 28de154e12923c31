"""Directing a thing: the panel beside it, the form, and the directives it already has."""

from app.tasks.directing.forms import DirectiveForm
from app.tasks.directing.panel import (
    OUTCOME_LABELS,
    DirectiveLine,
    DirectivePanel,
    directive_lines,
    lines_of,
    load_panel,
)

__all__ = [
    "OUTCOME_LABELS",
    "DirectiveForm",
    "DirectiveLine",
    "DirectivePanel",
    "directive_lines",
    "lines_of",
    "load_panel",
]
