"""The table of legal examples (legal_examples.yaml), each line as a test of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.clock import VIETNAM
from app.worktime.calendar import Calendar, SpecialDay, Unit, WeeklyShifts
from app.worktime.course import due_of
from app.worktime.explaining import explain, moment_words
from app.worktime.rules import UNIT_WORDS, Course, Extension, Pause, Rule, StartRule
from tests.unit.worktime.test_calendar import CALENDAR

TABLE = yaml.safe_load((Path(__file__).parent / "legal_examples.yaml").read_text(encoding="utf-8"))
UNITS: dict[str, Unit] = {word: unit for unit, word in UNIT_WORDS.items()}
MORNING = ((450, 690),)


def counter() -> Calendar:
    """The office's calendar, with Saturday mornings for reception and a short last day of 2026."""
    saturdays = WeeklyShifts(date(2026, 1, 1), None, {5: MORNING})
    short = {date(2026, 12, 31): SpecialDay("Làm buổi sáng", MORNING, True)}
    return Calendar(CALENDAR.weeks, {**CALENDAR.special, **short}, (saturdays,))


def moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


def course_of(line: dict[str, Any]) -> Course:
    amount, _, unit = line["thời hạn"].partition(" ")
    rule = Rule.of(int(amount), UNITS[unit])
    if line.get("tính từ") == "lúc nhận":
        hour, minute = line["giờ chốt"].split(":")
        rule = replace(rule, start=StartRule.FROM_RECEPTION, cutoff=int(hour) * 60 + int(minute))
    return Course(
        moment(line["nhận"]),
        rule,
        pauses=tuple(
            Pause(moment(one["từ"]), moment(one["đến"]), restart=one.get("tính lại", False))
            for one in line.get("tạm dừng", [])
        ),
        extensions=tuple(
            Extension(one["thêm"], moment(one["lúc"])) for one in line.get("gia hạn", [])
        ),
    )


def calendar_of(line: dict[str, Any]) -> Calendar:
    calendar = counter()
    added = line.get("thêm ngày nghỉ")
    if added is None:
        return calendar
    day = {added["ngày"]: SpecialDay(added["tên"], (), False)}
    return replace(calendar, special={**calendar.special, **day})


@pytest.mark.parametrize("line", TABLE, ids=[line["ví dụ"] for line in TABLE])
def test_a_limit_ends_where_the_table_says(line: dict[str, Any]) -> None:
    calendar, course = calendar_of(line), course_of(line)
    due = due_of(calendar, course)
    assert due == moment(line["hạn"]), explain(calendar, course)


@pytest.mark.parametrize("line", TABLE, ids=[line["ví dụ"] for line in TABLE])
def test_every_explanation_is_one_paragraph_from_reception_to_end(line: dict[str, Any]) -> None:
    calendar, course = calendar_of(line), course_of(line)
    text = explain(calendar, course)
    assert text.startswith(f"Nhận {moment_words(course.started_at)}; {line['thời hạn']}")
    assert text.endswith(f"hết hạn {moment_words(moment(line['hạn']))}.")
    assert "\n" not in text
    for pause in course.pauses:
        assert moment_words(pause.at) in text
    if "thêm ngày nghỉ" in line:
        assert line["thêm ngày nghỉ"]["tên"] in text
