"""Forms of the exchange."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length


class ReasonForm(FlaskForm):
    """Why a packet is returned."""

    reason = TextAreaField(_("Lý do"), [InputRequired(), Length(max=500)])


class AnswerForm(FlaskForm):
    """What we answer to a recall; a refusal needs words."""

    answer = TextAreaField(_("Nội dung trả lời"), [Length(max=500)])
