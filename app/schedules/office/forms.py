"""Forms of what the office keeps: rooms and vehicles, the end of registration of a week."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from app.clock import local
from app.schedules.forms import clock_field, day_field, text_field
from app.schedules.models import RESOURCE_LABELS, Resource, ResourceKind
from app.schedules.times import moment

MOST_SEATS = 5000


class ResourceForm(FlaskForm):
    """A room or a vehicle that is lent to entries."""

    version = HiddenField()
    kind = SelectField(
        _("Loại"), choices=[(kind.value, RESOURCE_LABELS[kind]) for kind in ResourceKind]
    )
    name = text_field(_("Tên gọi"), 120, required=True, hint=_("Ví dụ: Phòng họp số 1, Xe 7 chỗ"))
    place = text_field(_("Vị trí phòng hoặc biển số xe"), 200)
    seats = IntegerField(
        _("Số chỗ"),
        [
            Optional(),
            NumberRange(1, MOST_SEATS, message=_("Số chỗ từ 1 đến %(most)s.", most=MOST_SEATS)),
        ],
        widget=TextInput(),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    driver = text_field(_("Lái xe"), 120, hint=_("Chỉ ghi cho xe"))
    note = text_field(_("Ghi chú"), 300)
    is_active = BooleanField(_("Đang dùng, cho đặt lịch"), default=True)

    @property
    def known_version(self) -> int | None:
        """The version that the form showed; none for a new one, 0 for what is no number."""
        typed = str(self.version.data or "")
        if not typed:
            return None
        return int(typed) if typed.isascii() and typed.isdigit() else 0

    def values(self) -> dict[str, Any]:
        """What was typed, for the service."""
        kind = ResourceKind(self.kind.data)
        return {
            "kind": kind,
            "name": self.name.data or "",
            "place": self.place.data or "",
            "seats": self.seats.data,
            "driver": (self.driver.data or "") if kind is ResourceKind.VEHICLE else "",
            "note": self.note.data or "",
            "is_active": bool(self.is_active.data),
        }


def resource_values(resource: Resource) -> dict[str, Any]:
    """A room or vehicle as the first contents of its form."""
    return {
        "version": resource.version,
        "kind": resource.kind.value,
        "name": resource.name,
        "place": resource.place,
        "seats": resource.seats,
        "driver": resource.driver,
        "note": resource.note,
        "is_active": resource.is_active,
    }


class CutoffForm(FlaskForm):
    """Until when units register for a week."""

    day = day_field(_("Ngày"), required=True)
    at = clock_field(_("Giờ"))

    def validate_at(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError(_("Hãy ghi giờ hết hạn đăng ký."))

    @property
    def typed(self) -> datetime:
        """The typed moment of a valid form."""
        return moment(self.day.data, self.at.data)


def cutoff_values(at: datetime) -> dict[str, Any]:
    """A cut-off as the first contents of its form."""
    begins = local(at)
    return {"day": begins.date(), "at": begins.time()}


class CalendarFileForm(FlaskForm):
    """A calendar file of another program."""

    file = FileField(_("Tệp lịch (.ics)"), [FileRequired(_("Hãy chọn một tệp."))])
