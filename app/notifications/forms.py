"""The form of “Thông báo của tôi”."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField

from app.notifications.mailing import HOURS

MAIL, PRODUCT = "mail", "app"


class PreferencesForm(FlaskForm):
    digest = RadioField(
        _("Tóm tắt hằng ngày"),
        choices=[(MAIL, _("Gửi thư mỗi ngày một lần")), (PRODUCT, _("Chỉ xem trong hệ thống"))],
    )
    digest_hour = SelectField(
        _("Giờ gửi thư tóm tắt"), choices=[(hour, f"{hour:02d}:00") for hour in HOURS], coerce=int
    )
    urgent_by_mail = BooleanField(_("Gửi thư ngay khi có việc Hỏa tốc"))
