"""Each rule on a paper of its own: the fault is found, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from app.outgoing.checking import CHECKERS, Expected, check
from app.outgoing.checking.registry import rulebook, rules_in_force
from tests.unit.outgoing.checking.cases import CASES, REPORT, SUPERIOR, TODAY, Case
from tests.unit.outgoing.checking.making import DECISION, LETTER, LONG, Sheet, draw

TESTED_ELSEWHERE = {"page.no_text", "page.font_declared", "page.legacy_font"}
"""In test_files.py: they need a scan, a Word file, a font of before Unicode."""
KNOWN = Expected(
    organ="Ủy ban nhân dân phường Hoa Lư",
    number="07",
    notation="QĐ-UBND",
    place="Hoa Lư",
    issued_on=date(2026, 1, 5),
    type_name="Quyết định",
    subject="Kiện toàn Tổ công tác chuyển đổi số phường Hoa Lư năm 2026",
    authority_lines=(),
    position="Chủ tịch",
    signer_name="Trần Văn Mẫu",
    urgency="normal",
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_fault_is_found_and_nothing_else(case: Case) -> None:
    findings = check(draw(case.sheet), expected=case.expected, on=TODAY)

    assert {f.rule for f in findings} == {case.rule}, [f.message for f in findings]
    assert case.found in findings[0].found
    assert "{" not in findings[0].message.replace("{{", "")
    assert findings[0].source


@pytest.mark.parametrize(
    "sheet", [DECISION, LETTER, LONG, REPORT, SUPERIOR], ids=["QĐ", "CV", "two pages", "BC", "Sở"]
)
def test_a_correct_paper_has_no_findings(sheet: Sheet) -> None:
    assert [f.message for f in check(draw(sheet), on=TODAY)] == []


def test_a_correct_paper_agrees_with_what_the_system_knows() -> None:
    assert [f.message for f in check(draw(DECISION), expected=KNOWN, on=TODAY)] == []


def test_a_draft_without_number_and_day_is_no_fault() -> None:
    draft = DECISION.but(number="Số:       /QĐ-UBND", date="Hoa Lư, ngày      tháng 01 năm 2026")

    assert [
        f.message for f in check(draw(draft), expected=Expected(notation="QĐ-UBND"), on=TODAY)
    ] == []


def test_a_subject_may_go_on_with_a_dash() -> None:
    subject = ("Chiến dịch tiêm bổ sung vắc xin sởi", "- rubella cho trẻ em năm 2026")

    assert check(draw(REPORT.but(subject=subject)), on=TODAY) == []


def test_a_paper_of_the_party_is_not_measured_by_the_decree() -> None:
    paper = LETTER.but(nation="ĐẢNG CỘNG SẢN VIỆT NAM", motto="", number="Số 15-CV/ĐU", rules={})
    faulty = paper.but(body=(*LETTER.body, "Đảng ủy đề nghị bổ xung nội dung vào báo cáo."))

    assert check(draw(paper), on=TODAY) == []
    assert [f.rule for f in check(draw(faulty), on=TODAY)] == ["language.spelling"]


def test_every_rule_has_one_checker_and_one_test() -> None:
    rules = {rule.id for rule in rulebook()}

    assert rules == set(CHECKERS)
    assert rules == {case.rule for case in CASES} | TESTED_ELSEWHERE
    assert len(rules) >= 40


def test_organs_of_the_district_were_no_fault_before_they_ended() -> None:
    before, after = date(2025, 6, 30), date(2025, 7, 1)

    assert "recipients.abolished" not in {rule.id for rule in rules_in_force(before)}
    assert "recipients.abolished" in {rule.id for rule in rules_in_force(after)}
