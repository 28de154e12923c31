"""How the decree has numbers, dates, lists and names written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.outgoing.papers import facts as f
from app.outgoing.services.facts import split_bases
from tests.unit.outgoing.papers.examples import DECISION, LETTER, REPORT


@pytest.mark.parametrize(
    ("number", "written"), [("7", "07"), ("07", "07"), ("12", "12"), ("9a", "09a"), ("125", "125")]
)
def test_a_number_below_ten_takes_a_zero(number: str, written: str) -> None:
    assert f.number_text(replace(DECISION, number=number)) == f"Số: {written}/QĐ-UBND"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 15), "ngày 15 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 30), "ngày 30 tháng 12 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_take_a_zero(day: date, written: str) -> None:
    assert f.date_text(replace(DECISION, issued_on=day)) == f"Hoa Lư, {written}"


def test_an_unnumbered_draft_keeps_gaps_for_number_day_and_month_and_names_the_year() -> None:
    assert " ".join(f.number_text(LETTER).split()) == "Số: /UBND-VHXH"
    assert " ".join(f.date_text(LETTER).split()) == "Hoa Lư, ngày tháng năm 2026"


def test_a_list_ends_each_line_with_a_semicolon_and_the_last_with_a_full_stop() -> None:
    assert f.listed(["- Như trên;", "UBND tỉnh.", "Lưu: VT"]) == [
        "- Như trên;",
        "- UBND tỉnh;",
        "- Lưu: VT.",
    ]


def test_one_addressee_stands_beside_the_label_and_several_below_it() -> None:
    assert f.addressee_lines(LETTER, "Kính gửi:") == ["Kính gửi: Sở Nội vụ tỉnh Ninh Bình"]
    assert f.addressee_lines(REPORT, "Kính gửi:") == [
        "Kính gửi:",
        "- Ủy ban nhân dân tỉnh Ninh Bình;",
        "- Sở Nội vụ tỉnh Ninh Bình.",
    ]


@pytest.mark.parametrize("typed", ["V/v rà soát hồ sơ", "v/v: rà soát hồ sơ.", "rà soát hồ sơ"])
def test_the_summary_of_a_letter_has_one_v_v_however_it_was_typed(typed: str) -> None:
    assert f.subject_of_letter(replace(LETTER, subject=typed)) == "V/v rà soát hồ sơ"


@pytest.mark.parametrize(
    ("lines", "position", "decider"),
    [
        ([], "Chủ tịch", "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG HOA LƯ"),
        (["KT. Chủ tịch"], "Phó Chủ tịch", "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG HOA LƯ"),
        (["TM. Ủy ban nhân dân"], "Chủ tịch", "ỦY BAN NHÂN DÂN PHƯỜNG HOA LƯ"),
        ([], "", "ỦY BAN NHÂN DÂN PHƯỜNG HOA LƯ"),
    ],
)
def test_who_decides_follows_from_who_signs(lines: list[str], position: str, decider: str) -> None:
    facts = replace(DECISION, authority_lines=lines, position=position)

    assert f.issuing_authority(facts) == decider


def test_a_long_name_of_an_organ_is_broken_before_its_level() -> None:
    assert f.organ_lines(LETTER.organ) == ["ỦY BAN NHÂN DÂN", "PHƯỜNG HOA LƯ"]
    assert f.organ_lines("UBND tỉnh Ninh Bình") == ["UBND TỈNH NINH BÌNH"]


def test_what_a_decision_is_based_on_stands_above_the_word_of_deciding() -> None:
    html = (
        "<p><em>Căn cứ Luật Tổ chức chính quyền địa phương;</em></p>\n"
        "<p>Theo đề nghị của Trưởng phòng.</p><p>QUYẾT ĐỊNH:</p><p>Điều 1. Căn cứ vào đây.</p>"
    )
    assert split_bases(html) == (
        ("Căn cứ Luật Tổ chức chính quyền địa phương;", "Theo đề nghị của Trưởng phòng."),
        "<p>Điều 1. Căn cứ vào đây.</p>",
    )
    assert split_bases("<p>Điều 1.</p>") == ((), "<p>Điều 1.</p>")
