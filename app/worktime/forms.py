"""The forms of the calendar's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import TextInput

from app.worktime.calendar import Minutes, Unit
from app.worktime.models import DAY_KIND_LABELS, DayKind
from app.worktime.rules import UNIT_WORDS
from app.worktime.services import parse_hours

DATE_FORMATS = ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%d-%m-%y", "%Y-%m-%d"]
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"]
WEEKDAY_FIELDS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 366


class DayForm(FlaskForm):
    day = DateField(
        _("Ngày"),
        [InputRequired(_("Phải chọn ngày."))],
        format=DATE_FORMATS,
        widget=TextInput(),  # typed as dd/mm/yyyy; the page adds a calendar to pick from
    )
    kind = SelectField(
        _("Loại ngày"), choices=[(kind.value, DAY_KIND_LABELS[kind]) for kind in DayKind]
    )
    label = StringField(_("Tên ngày, lý do"), [InputRequired(_("Phải ghi tên.")), Length(max=200)])
    hours = StringField(_("Giờ làm"), [Length(max=100)])
    source = StringField(_("Căn cứ"), [Length(max=300)])


class WeekForm(FlaskForm):
    """The week from a day on; a field a weekday, empty for a day off."""

    valid_from = DateField(
        _("Áp dụng từ ngày"),
        [InputRequired(_("Phải chọn ngày."))],
        format=DATE_FORMATS,
        widget=TextInput(),
    )
    reception_only = BooleanField(_("Chỉ là giờ tiếp nhận, không giải quyết"))
    monday = StringField(_("Thứ Hai"), [Length(max=100)])
    tuesday = StringField(_("Thứ Ba"), [Length(max=100)])
    wednesday = StringField(_("Thứ Tư"), [Length(max=100)])
    thursday = StringField(_("Thứ Năm"), [Length(max=100)])
    friday = StringField(_("Thứ Sáu"), [Length(max=100)])
    saturday = StringField(_("Thứ Bảy"), [Length(max=100)])
    sunday = StringField(_("Chủ nhật"), [Length(max=100)])

    def weekdays(self) -> dict[int, list[Minutes]]:
        """Shifts by weekday. Raises InvalidInput for hours that cannot be read."""
        return {
            weekday: parse_hours(self[name].data or "")
            for weekday, name in enumerate(WEEKDAY_FIELDS)
        }


class CounterForm(FlaskForm):
    name = StringField(_("Tên lịch của quầy"), [InputRequired(_("Phải ghi tên.")), Length(max=200)])


class TryForm(FlaskForm):
    """A limit to try; sent by GET, since nothing changes."""

    class Meta:
        csrf = False

    day = DateField(
        _("Nhận ngày"),
        [InputRequired(_("Phải chọn ngày."))],
        format=DATE_FORMATS,
        widget=TextInput(),
    )
    time = TimeField(
        _("Lúc"), [InputRequired(_("Phải ghi giờ."))], format=TIME_FORMATS, widget=TextInput()
    )
    amount = IntegerField(_("Thời hạn"), [InputRequired(), NumberRange(1, LONGEST)], default=3)
    unit = SelectField(_("Đơn vị"), choices=[(unit.value, UNIT_WORDS[unit]) for unit in Unit])
    same_day = BooleanField(_("Trả trong ngày, nhận sau 15:00 thì sang ngày làm việc sau"))
