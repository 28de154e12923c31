"""Forms of the room: types and required fields."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.organisation.forms import MomentField, OptionalId

REQUIRED = InputRequired(_("Hãy điền ô này."))


class SimulationForm(FlaskForm):
    """Which policy, from when, for which unit. Sent by GET: the address alone restores it."""

    class Meta:
        csrf = False

    policy = SelectField(_("Quy trình"))
    at = MomentField(_("Vào lúc"), [REQUIRED])
    unit_id = OptionalId(_("Đơn vị xử lý"))


class PauseForm(FlaskForm):
    """Which policy is not called, from when until when, and why."""

    policy = SelectField(_("Quy trình"))
    starts_at = MomentField(_("Từ lúc"), [REQUIRED])
    ends_at = MomentField(_("Đến lúc"), [REQUIRED])
    reason = StringField(_("Lý do"), [REQUIRED, Length(max=300)])
