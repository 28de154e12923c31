"""Forms of the duty desk, and the lines of a roster as an office types them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.clock import VIETNAM
from app.duty.queries import Choice
from app.duty.services import Line
from app.errors import InvalidInput
from app.organisation.forms import MomentField

REQUIRED = InputRequired(_("Hãy điền ô này."))
MOST_LINES = 200
_LINE = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})[\s;,]+(\d{1,2})[:hg](\d{2})?\s*[-–]\s*(\d{1,2})[:hg](\d{2})?"
    r"[\s;,]+(\S.*)"
)


class LogForm(FlaskForm):
    """One line of the log."""

    text = TextAreaField(_("Nội dung"), [REQUIRED, Length(max=2000)])


class HandoverForm(FlaskForm):
    """What the next shift has to know."""

    text = TextAreaField(_("Tình hình ca trực, việc cần theo dõi"), [REQUIRED, Length(max=4000)])


class TakeForm(FlaskForm):
    """What the next shift remarks when it signs."""

    remark = StringField(_("Ý kiến của người nhận"), [Length(max=500)])


class ShiftForm(FlaskForm):
    """One shift."""

    person_id = SelectField(_("Người trực"), coerce=int)
    starts_at = MomentField(_("Từ lúc"), [REQUIRED])
    ends_at = MomentField(_("Đến lúc"), [REQUIRED])


class ImportForm(FlaskForm):
    """Many shifts, one a line."""

    lines = TextAreaField(_("Mỗi dòng một ca"), [REQUIRED, Length(max=20000)])


def parse_lines(text: str, people: Sequence[Choice]) -> list[Line]:
    """“23/11/2026 07:00-19:00 dung.mai” or with the full name; an end before the start is on the
    next day. Raises InvalidInput that names the first line that is none."""
    known = {one.login.lower(): one for one in people} | {one.name.lower(): one for one in people}
    found = []
    rows = [row for row in enumerate(text.splitlines(), start=1) if row[1].strip()]
    if len(rows) > MOST_LINES:
        raise InvalidInput(f"Mỗi lần nhập nhiều nhất {MOST_LINES} dòng.", "lines")
    for number, row in rows:
        match = _LINE.fullmatch(row.strip())
        person = known.get(match[8].strip().lower()) if match else None
        if match is None:
            raise InvalidInput(f"Dòng {number}: hãy ghi dạng ngày giờ-giờ tên.", "lines")
        if person is None:
            raise InvalidInput(f"Dòng {number}: không có người trực “{match[8].strip()}”.", "lines")
        try:
            day = date(int(match[3]), int(match[2]), int(match[1]))
            begin, end = (time(int(match[n]), int(match[n + 1] or 0)) for n in (4, 6))
        except ValueError:
            raise InvalidInput(f"Dòng {number}: ngày hoặc giờ không có thật.", "lines") from None
        starts = datetime.combine(day, begin, VIETNAM)
        ends = datetime.combine(day + timedelta(days=end <= begin), end, VIETNAM)
        found.append(Line(person.person_id, starts, ends))
    return found
