"""The report of a morning on paper. Renders for a second: outside any block."""

from __future__ import annotations

from flask import render_template

from app.duty.queries import Report
from app.operations.catalogue import catalogue
from app.operations.models import DOMAIN_LABELS, STATE_LABELS
from app.registers.printing import archival_pdf
from app.sensors.models import SEVERITY_LABELS


def report_pdf(organ: str, report: Report) -> bytes:
    """PDF/A-2b. Needs an application context."""
    html = render_template(
        "duty/print_report.html",
        organ=organ,
        report=report,
        types=catalogue(report.day),
        domain_labels=DOMAIN_LABELS,
        state_labels=STATE_LABELS,
        severity_labels=SEVERITY_LABELS,
    )
    return archival_pdf(html)
