"""Forms of sensors: types and required fields; the rules are in the services."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FloatField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.organisation.forms import MomentField, options
from app.sensors.models import (
    MEASURED_LABELS,
    RULE_LABELS,
    SEVERITY_LABELS,
    THING_LABELS,
    Measured,
    RuleKind,
    Severity,
    ThingKind,
)
from app.sensors.rules import Definition
from app.sensors.services import PlaceFields, StreamFields

REQUIRED = InputRequired(_("Hãy điền ô này."))
BY_FORM = [kind for kind in RuleKind if kind is not RuleKind.COMBINATION]
"""Combinations have a limit for each stream; they are written by the interface of services."""
MINUTE = 60.0


class NumberField(FloatField):
    """A number as people here write it: 3,05 or 3.05."""

    def _value(self) -> str:
        if self.raw_data or self.data is None:
            return str(self.raw_data[0]) if self.raw_data else ""
        return f"{self.data:.10g}".replace(".", ",")

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([str(value).strip().replace(",", ".") for value in valuelist])


class ThingForm(FlaskForm):
    """A station, camera or gateway."""

    name = StringField(_("Tên"), [REQUIRED, Length(max=200)])
    kind = SelectField(
        _("Loại"), choices=options((k.value, text) for k, text in THING_LABELS.items())
    )
    place = StringField(_("Địa điểm"), [Length(max=300)])
    area = StringField(_("Khu vực"), [Length(max=100)])
    latitude = NumberField(_("Vĩ độ"), [Optional()])
    longitude = NumberField(_("Kinh độ"), [Optional()])

    def fields(self) -> PlaceFields:
        """What was typed."""
        return PlaceFields(
            name=(self.name.data or "").strip(),
            kind=ThingKind(self.kind.data),
            place=(self.place.data or "").strip(),
            area=(self.area.data or "").strip(),
            latitude=self.latitude.data,
            longitude=self.longitude.data,
        )


class StreamForm(FlaskForm):
    """One quantity that a thing measures."""

    key = StringField(_("Mã luồng (bên gửi dùng)"), [REQUIRED, Length(max=120)])
    name = StringField(_("Tên"), [REQUIRED, Length(max=200)])
    measured = SelectField(
        _("Đại lượng"), choices=options((m.value, text) for m, text in MEASURED_LABELS.items())
    )
    unit_symbol = StringField(_("Đơn vị đo"), [Length(max=20)])
    interval_seconds = IntegerField(_("Chu kỳ đo (giây)"), [REQUIRED, NumberRange(min=1)])
    lowest = NumberField(_("Nhỏ nhất đo được"), [Optional()])
    highest = NumberField(_("Lớn nhất đo được"), [Optional()])
    stuck_after = IntegerField(_("Số giá trị giống nhau liên tiếp thì nghi hỏng"), [Optional()])
    alarm_level_1 = NumberField(_("Báo động I (m)"), [Optional()])
    alarm_level_2 = NumberField(_("Báo động II (m)"), [Optional()])
    alarm_level_3 = NumberField(_("Báo động III (m)"), [Optional()])

    def fields(self) -> StreamFields:
        """What was typed."""
        return StreamFields(
            key=(self.key.data or "").strip(),
            name=(self.name.data or "").strip(),
            measured=Measured(self.measured.data),
            unit_symbol=(self.unit_symbol.data or "").strip(),
            interval_seconds=self.interval_seconds.data or 0,
            lowest=self.lowest.data,
            highest=self.highest.data,
            stuck_after=self.stuck_after.data,
            alarm_level_1=self.alarm_level_1.data,
            alarm_level_2=self.alarm_level_2.data,
            alarm_level_3=self.alarm_level_3.data,
        )


class WordingForm(FlaskForm):
    """What a rule says about one or several streams, each by itself."""

    streams = SelectMultipleField(_("Luồng đo"), [REQUIRED], coerce=int)
    raise_at = NumberField(_("Ngưỡng cảnh báo"), [Optional()])
    clear_at = NumberField(_("Ngưỡng hết cảnh báo"), [Optional()])
    below = BooleanField(_("Cảnh báo khi thấp hơn ngưỡng"))
    hold_minutes = NumberField(_("Kéo dài ít nhất (phút)"), [Optional(), NumberRange(min=0)])
    within_minutes = NumberField(_("Trong khoảng (phút)"), [Optional(), NumberRange(min=0)])
    times = IntegerField(_("Số lần"), [Optional(), NumberRange(min=1)])
    silence_minutes = NumberField(_("Mất dữ liệu quá (phút)"), [Optional(), NumberRange(min=0)])

    def stored(self) -> dict[str, Any]:
        """The definition that was typed, as `definitions.parse` reads it."""
        return {
            "streams": self.streams.data or [],
            "raise_at": self.raise_at.data,
            "clear_at": self.clear_at.data,
            "above": not self.below.data,
            "hold_seconds": (self.hold_minutes.data or 0) * MINUTE,
            "within_seconds": (self.within_minutes.data or 0) * MINUTE,
            "times": self.times.data or 1,
            "silence_seconds": (self.silence_minutes.data or 0) * MINUTE,
        }

    @staticmethod
    def typed(definition: Definition) -> dict[str, Any]:
        """A definition as somebody would have typed it."""
        d, limit = definition, definition.limit
        silence = d.silence.total_seconds() / MINUTE if d.silence else None
        return {
            "streams": list(d.streams),
            "raise_at": limit.raise_at if limit else None,
            "clear_at": limit.clear_at if limit else None,
            "below": limit is not None and not limit.above,
            "hold_minutes": d.hold.total_seconds() / MINUTE or None,
            "within_minutes": d.within.total_seconds() / MINUTE or None,
            "times": d.times if d.times > 1 else None,
            "silence_minutes": silence,
        }


class RuleForm(WordingForm):
    """A new rule."""

    name = StringField(_("Tên quy tắc"), [REQUIRED, Length(max=200)])
    kind = SelectField(_("Loại"), choices=options((k.value, RULE_LABELS[k]) for k in BY_FORM))
    severity = SelectField(
        _("Mức độ"), choices=options((s.value, text) for s, text in SEVERITY_LABELS.items()),
        default=Severity.MEDIUM.value,
    )  # fmt: skip


class MaintenanceForm(FlaskForm):
    """From when until when no rule speaks about a station, and why."""

    starts_at = MomentField(_("Từ lúc"), [REQUIRED])
    ends_at = MomentField(_("Đến lúc"), [REQUIRED])
    reason = StringField(_("Lý do"), [REQUIRED, Length(max=300)])


class EmptyForm(FlaskForm):
    """A button: only the token."""
