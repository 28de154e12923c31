"""Forms of the register books: types and required fields; the rules are in the services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.registers.models import Direction

REQUIRED = InputRequired(_("Hãy điền ô này."))
DIRECTIONS = [
    (Direction.INCOMING.value, _("Văn bản đến")),
    (Direction.OUTGOING.value, _("Văn bản đi")),
]


class SeriesForm(FlaskForm):
    """A new book. An empty issuing body means that all bodies share it."""

    name = StringField(_("Tên sổ"), [REQUIRED, Length(max=200)])
    direction = SelectField(_("Loại sổ"), choices=DIRECTIONS)
    issuing_body_id = SelectField(_("Của chủ thể"))
    year_reset = BooleanField(_("Bắt đầu lại từ số 01 vào ngày 01 tháng 01"), default=True)


class StartForm(FlaskForm):
    """Where a book begins."""

    number = IntegerField(_("Số bắt đầu"), [REQUIRED, NumberRange(min=1)])
    reason = TextAreaField(_("Lý do"), [REQUIRED, Length(max=500)])


class VoidForm(FlaskForm):
    """Why a number is crossed out."""

    reason = StringField(_("Lý do hủy số"), [REQUIRED, Length(max=500)])
