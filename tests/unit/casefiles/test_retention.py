"""When files go to the archive, and how long they are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.casefiles import retention
from app.errors import InvalidInput


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(
    day: date, months: int, expected: date
) -> None:
    assert retention.add_months(day, months) == expected


def test_a_file_goes_to_the_archive_a_year_after_it_was_closed() -> None:
    assert retention.transfer_day(date(2026, 11, 20), 20) == date(2027, 11, 20)
    assert retention.transfer_day(date(2026, 11, 20), None) == date(2027, 11, 20)


def test_a_file_of_a_building_work_goes_after_three_months() -> None:
    day = retention.transfer_day(date(2026, 11, 20), None, construction=True)

    assert day == date(2027, 2, 20)


@pytest.mark.parametrize(("years", "goes"), [(2, False), (4, False), (5, True), (70, True)])
def test_short_lived_files_stay_with_their_unit(years: int, goes: bool) -> None:
    assert (retention.transfer_day(date(2026, 11, 20), years) is not None) is goes


def test_a_rule_that_does_not_count_on_the_day_is_refused() -> None:
    assert retention.rule_of("case_work", date(2026, 1, 1)).years == 20
    with pytest.raises(InvalidInput):
        retention.rule_of("case_work", date(2022, 12, 14))


def test_a_period_that_nobody_has_read_in_the_law_says_so(tmp_path: Path) -> None:
    assert retention.rule_of("land", date(2026, 1, 1)).choice == (
        "Đất đai, quy hoạch (Vĩnh viễn; chưa kiểm chứng)"
    )
    data = tmp_path / "retention.yaml"
    row = "{code: a, label: Hồ sơ, years: 20, verified: true, valid_from: 2022-12-15}"
    data.write_text(f"rules:\n  - {row}\n", encoding="utf-8")
    assert retention.rule_of("a", date(2026, 1, 1), data).choice == "Hồ sơ (20 năm)"


def test_every_period_of_the_data_file_is_one_the_law_knows() -> None:
    found = retention.rules(date(2026, 11, 22))

    assert len({rule.code for rule in found}) == len(found) > 10
    assert all(rule.years is None or 2 <= rule.years <= 70 for rule in found)
