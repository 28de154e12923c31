"""The form of a day that differs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import TextInput

from app.worktime.models import DAY_KIND_LABELS, DayKind

DATE_FORMATS = ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%d-%m-%y", "%Y-%m-%d"]


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
