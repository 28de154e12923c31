"""Whatever day is typed into a form, it is one with a week or a sentence says why not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.schedules.forms import day_field
from app.schedules.times import FIRST, LAST, day_bounds, monday_of, week_number

typed = st.one_of(
    st.dates().map(lambda day: f"{day:%d/%m}/{day.year:04}"),
    st.dates().map(date.isoformat),
    st.from_regex(r"[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{1,4}", fullmatch=True),
    st.text(max_size=12),
)


class DayForm(Form):
    day = day_field("Ngày", required=True)


def read(text: str) -> DayForm:
    form = DayForm(MultiDict({"day": text}))
    form.validate()
    return form


@given(typed)
def test_a_day_that_is_taken_can_be_computed_with(text: str) -> None:
    form = read(text)

    if not form.errors:
        assert FIRST <= form.day.data <= LAST
        assert day_bounds(form.day.data, form.day.data)[0].tzinfo is not None
        assert week_number(monday_of(form.day.data))[0] >= 1999


@pytest.mark.parametrize("text", ["01/01/0001", "31/12/9999", "24/11/0206"])
def test_a_slip_in_the_year_is_told(text: str) -> None:
    assert [str(error) for error in read(text).errors["day"]] == ["Năm phải từ 2000 đến 2999."]


def test_two_digits_are_a_year_of_this_century() -> None:
    assert read("24/11/26").day.data == date(2026, 11, 24)
