"""The form check (kiểm tra thể thức): a paper in, findings out. Pure: no database, no clock.

    findings = check(pdf, docx=docx, expected=Expected(notation="TB-UBND"), on=clock.today())
    docx = repair(docx, findings[0])

Rules are data (`config/data/form_rules.yaml`), each with one small checker (`rules/`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask_babel import gettext as _

from app.errors import RuleViolated
from app.outgoing.checking import docx_file, paper, rules
from app.outgoing.checking.reading import UnreadablePdf, read_pdf
from app.outgoing.checking.registry import CHECKERS, rules_in_force
from app.outgoing.checking.types import (
    SEVERITIES,
    Expected,
    Fault,
    Finding,
    Repair,
    Rule,
    Severity,
)

__all__ = [
    "CHECKERS",
    "Expected",
    "Finding",
    "NotRepairable",
    "Repair",
    "Rule",
    "Severity",
    "UnreadablePdf",
    "check",
    "repair",
    "repair_all",
    "rules",
]
WITHOUT_TEXT = ("page.no_text", "page.legacy_font")
"""Rules that say something about a page whose text cannot be read."""
OF_ALL_PAPERS = ("language", "references", "page", "marks")
"""Topics that concern papers of the Party, too, whose form the decree does not rule."""


class NotRepairable(RuleViolated):
    """The finding has no repair: a person must decide."""


def check(
    pdf: bytes | Path,
    *,
    docx: bytes | None = None,
    expected: Expected | None = None,
    on: date,
) -> list[Finding]:
    """All findings of a paper, page by page from top to bottom, errors first at one place.

    Args:
        pdf: the paper as it will be issued.
        docx: the Word file it was made from; margins and fonts are then read exactly.
        expected: what the system knows of the paper.
        on: the day of the check; it decides which rules are in force.

    Raises UnreadablePdf, UnreadableDocx.
    """
    facts = docx_file.facts(docx) if docx is not None else None
    sheet = paper.of(read_pdf(pdf), on, expected, facts)
    findings = [
        _finding(rule, fault)
        for rule in rules_in_force(on)
        if _concerns(rule, sheet)
        for fault in CHECKERS[rule.id](sheet, rule)
    ]
    return sorted(findings, key=_order)


def _concerns(rule: Rule, sheet: paper.Paper) -> bool:
    if not sheet.has_text:
        return rule.id in WITHOUT_TEXT
    return rule.topic in OF_ALL_PAPERS or not sheet.of_party


def _finding(rule: Rule, fault: Fault) -> Finding:
    values = {"found": fault.found, "right": fault.right, **fault.values}
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        page=fault.spot.page,
        box=fault.spot.box,
        message=rule.message.format_map(values),
        source=rule.source,
        found=fault.found,
        right=fault.right,
        repair=fault.repair,
    )


def _order(finding: Finding) -> tuple[int, float, int]:
    top = finding.box[1] if finding.box else 0.0
    return finding.page, round(top, 3), SEVERITIES.index(finding.severity)


def repair(docx: bytes, finding: Finding) -> bytes:
    """A new DOCX in which the finding is put right.

    Raises NotRepairable (nothing to do by machine, or the words are not in the file),
    UnreadableDocx.
    """
    if finding.repair is None:
        raise NotRepairable(_("Lỗi này cần người soạn thảo tự sửa."), detail=finding.rule)
    before = docx_file.facts(docx)
    after = docx_file.repaired(docx, finding.repair)
    if docx_file.facts(after) == before:
        raise NotRepairable(
            _("Không tìm thấy chỗ cần sửa trong tệp Word; hãy sửa trực tiếp."), detail=finding.rule
        )
    return after


def repair_all(docx: bytes, findings: list[Finding]) -> tuple[bytes, list[Finding]]:
    """Do every repair that can be done; returns the DOCX and the findings that were repaired."""
    done = []
    for finding in findings:
        try:
            docx = repair(docx, finding)
        except NotRepairable:
            continue
        done.append(finding)
    return docx, done
