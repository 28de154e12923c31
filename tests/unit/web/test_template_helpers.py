from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app import clock
from app.web import template_helpers as helpers
from tests.unit.web.conftest import Render

MOMENT = datetime(2026, 11, 18, 0, 42, tzinfo=UTC)  # 07:42 in Vietnam


def test_moments_are_shown_on_vietnamese_clocks() -> None:
    assert helpers.datetime_vi(MOMENT) == "18/11/2026 07:42"
    assert helpers.weekday_vi(MOMENT) == "07:42, thứ Tư 18/11/2026"
    assert helpers.weekday_vi(date(2026, 11, 22)) == "Chủ nhật 22/11/2026"


def test_a_late_evening_in_utc_is_already_tomorrow() -> None:
    assert helpers.date_vi(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == "01/01/2027"


def test_nothing_is_shown_for_no_value() -> None:
    for shown in (helpers.date_vi, helpers.datetime_vi, helpers.time_vi, helpers.weekday_vi):
        assert shown(None) == ""
    assert helpers.number_vi(None) == helpers.size_vi(None) == helpers.percent_vi(None) == ""
    assert helpers.when(None) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1284, "1.284"), (1234567.8, "1.234.567,8"), (2.0, "2"), (-1500, "-1.500")],
)
def test_numbers_have_dots_between_thousands_and_a_decimal_comma(value: float, text: str) -> None:
    assert helpers.number_vi(value) == text


@pytest.mark.parametrize(("share", "text"), [(0.978, "97,8%"), (1.0, "100%"), (0.62, "62%")])
def test_shares_are_percent(share: float, text: str) -> None:
    assert helpers.percent_vi(share) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 KB"), (12, "1 KB"), (200_704, "196 KB"), (1_258_291, "1,2 MB")]
)
def test_sizes_are_kilobytes_and_megabytes(size: int, text: str) -> None:
    assert helpers.size_vi(size) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "vừa xong"),
        (timedelta(minutes=59), "59 phút trước"),
        (timedelta(hours=2, minutes=59), "2 giờ trước"),
        (timedelta(hours=24), "18/11/2026 07:42"),
        (timedelta(seconds=-5), "18/11/2026 07:42"),
    ],
)
def test_only_the_last_day_is_told_by_how_long_ago(
    web: Flask, passed: timedelta, text: str
) -> None:
    with web.test_request_context(), clock.frozen(MOMENT + passed):
        assert helpers.ago_vi(MOMENT) == text


def test_initials_are_those_of_the_last_two_words() -> None:
    assert helpers.initials("Nguyễn Thị Hạnh") == "TH"
    assert helpers.initials("đức anh") == "ĐA"
    assert helpers.initials("Văn thư") == "VT"
    assert helpers.initials("") == ""


def test_a_link_to_the_same_page_starts_at_its_first_page(render: Render) -> None:
    assert render("{{ url_with(tab='all') }}") == "/van-ban-den?tab=all"
    assert render("{{ url_with(tab=none) }}") == "/van-ban-den"
    assert render("{{ url_with(page=4) | safe }}") == "/van-ban-den?tab=cho&page=4"


def test_a_room_that_is_not_registered_has_no_address(render: Render) -> None:
    assert render("{{ url_if('incoming.index') is none }}") == "True"
    assert render("{{ url_if('static', filename='mark.svg') }}") == "/static/mark.svg"


def test_texts_take_values_and_escape_them(app: Flask) -> None:
    source = (
        '{{ _("%(count)s <b>tệp</b>", count=value) }} {{ ngettext("%(num)s a", "%(num)s b", 2) }}'
    )
    with app.test_request_context():
        shown = app.jinja_env.from_string(source).render(value="<i>")
    assert shown == "&lt;i&gt; <b>tệp</b> 2 b"
