"""What a citizen types: code and check value, a one-time code, an opinion."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.procedures.models import SATISFACTION_LABELS


class LookupForm(FlaskForm):
    """Both stand on the receipt; nothing else opens a dossier."""

    ma = StringField(
        _("Mã hồ sơ"),
        [DataRequired(_("Hãy nhập mã hồ sơ.")), Length(max=500, message=_("Mã quá dài."))],
    )
    kt = StringField(
        _("Mã kiểm tra"),
        [
            DataRequired(_("Hãy nhập mã kiểm tra.")),
            Length(max=20, message=_("Mã kiểm tra quá dài.")),
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A scanner types the whole address of the receipt's QR code into the first field: code
        and check value are taken out of it."""
        read = parse_qs(urlsplit((self.ma.data or "").strip()).query)
        if "ma" in read and "kt" in read:
            self.ma.data, self.kt.data = read["ma"][0], read["kt"][0]
        return bool(super().validate(extra_validators))


class CodeForm(FlaskForm):
    """The one-time code of a link for supplements."""

    code = StringField(
        _("Mã một lần"),
        [DataRequired(_("Hãy nhập mã gồm 6 chữ số.")), Length(max=12, message=_("Mã sai."))],
    )


class SendForm(FlaskForm):
    """A word with what was sent."""

    note = TextAreaField(_("Lời nhắn cho cán bộ (không bắt buộc)"), [Length(max=1000)])


class RatingForm(FlaskForm):
    """How satisfied the citizen is."""

    score = RadioField(
        _("Mức độ hài lòng"),
        choices=list(SATISFACTION_LABELS.items()),
        coerce=int,
        validators=[DataRequired(_("Hãy chọn một mức độ hài lòng."))],
    )
    text = TextAreaField(_("Góp ý thêm (không bắt buộc)"), [Length(max=1000)])


class KioskForm(LookupForm, RatingForm):
    """The opinion at the counter's device, with what is on the receipt."""
