"""Forms of operations: types and required fields. Choices come from the views."""

from __future__ import annotations

from typing import Any

import yaml
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FloatField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.errors import InvalidInput
from app.operations.services import Facts
from app.organisation.forms import options
from app.sensors.models import SEVERITY_LABELS, Severity

REQUIRED = InputRequired(_("Hãy điền ô này."))
MINUTES = (15, 30, 60, 120, 240, 480, 1440)


def words(label: str, *, required: bool = False, longest: int = 2000, rows: int = 3) -> Any:
    """A box for words of a person."""
    first = REQUIRED if required else Optional()
    return TextAreaField(label, [first, Length(max=longest)], render_kw={"rows": rows})


def severities() -> Any:
    """The four steps, lowest first."""
    return options((one.value, SEVERITY_LABELS[one]) for one in Severity)


def usual_or_chosen() -> Any:
    """The severity that a type usually has, or one of the four steps."""
    usual = [("", str(_("Theo loại sự cố")))]
    return options(usual + [(one.value, SEVERITY_LABELS[one]) for one in Severity])


class StepForm(FlaskForm):
    """Takes the incident to a state. What others did meanwhile does not matter as long as it can
    still go there: the timeline came in live."""

    text = words(_("Ghi thêm"), rows=2)


class ReviewForm(FlaskForm):
    text = words(_("Diễn biến, nguyên nhân, bài học"), required=True, longest=4000, rows=6)


class NoteForm(FlaskForm):
    """From the scene, too: words, pictures, where one stands."""

    text = words(_("Nội dung"))
    photos = MultipleFileField(
        _("Ảnh"), render_kw={"accept": "image/jpeg,image/png", "capture": "environment"}
    )
    latitude = HiddenField()
    longitude = HiddenField()

    @property
    def place(self) -> tuple[float, float] | None:
        """Where the writer stands, if the browser said so; no place outside the earth."""
        try:
            latitude, longitude = (
                float(field.data or "") for field in (self.latitude, self.longitude)
            )
        except ValueError:
            return None
        # Neither infinity nor “nan” passes the comparison.
        fits = abs(latitude) <= 90 and abs(longitude) <= 180
        return (latitude, longitude) if fits else None


class JudgeForm(FlaskForm):
    severity = RadioField(_("Mức độ"), validators=[REQUIRED])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severity.choices = severities()


class DispatchForm(FlaskForm):
    units = SelectMultipleField(_("Đơn vị"), coerce=int)
    work = StringField(_("Việc phải làm"), [Optional(), Length(max=300)])
    minutes = SelectField(_("Xong trong"), coerce=int)
    lead_agency = StringField(_("Cơ quan ngoài đã chuyển tin"), [Length(max=200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes.choices = options((one, minutes_label(one)) for one in MINUTES)


def minutes_label(minutes: int) -> str:
    """“30 phút”, “2 giờ”, “1 ngày”."""
    if minutes < 60:
        return str(_("%(n)s phút", n=minutes))
    if minutes < 1440:
        return str(_("%(n)s giờ", n=minutes // 60))
    return str(_("%(n)s ngày", n=minutes // 1440))


class FactsForm(FlaskForm):
    """What the desk corrects."""

    title = StringField(_("Tóm tắt"), [REQUIRED, Length(max=300)])
    description = words(_("Nội dung"), longest=4000)
    place = StringField(_("Địa điểm"), [Length(max=300)])
    area = StringField(_("Khu vực"), [Length(max=100)])
    latitude = FloatField(_("Vĩ độ"), [Optional(), NumberRange(-90, 90)])
    longitude = FloatField(_("Kinh độ"), [Optional(), NumberRange(-180, 180)])
    lead_agency = StringField(_("Cơ quan chủ trì bên ngoài"), [Length(max=200)])
    dead = IntegerField(_("Số người chết"), [Optional(), NumberRange(0, 100_000)])
    injured = IntegerField(_("Số người bị thương"), [Optional(), NumberRange(0, 100_000)])
    missing = IntegerField(_("Số người mất tích"), [Optional(), NumberRange(0, 100_000)])
    version = HiddenField()

    def facts(self) -> Facts:
        """The data of the service."""
        return Facts(
            title=self.title.data or "", description=self.description.data or "",
            place=self.place.data or "", area=self.area.data or "",
            latitude=self.latitude.data, longitude=self.longitude.data,
            lead_agency=self.lead_agency.data or "", dead=self.dead.data or 0,
            injured=self.injured.data or 0, missing=self.missing.data or 0,
        )  # fmt: skip


class MergeForm(FlaskForm):
    into = SelectField(_("Gộp vào"), coerce=int)


class PartForm(FlaskForm):
    """Undoes a merge; there is nothing to fill in."""


class StartForm(FlaskForm):
    playbook = SelectField(_("Kịch bản"), coerce=int)


class ChoiceForm(FlaskForm):
    """A decision of a running playbook, or why a step is passed over."""

    choice = StringField(_("Phương án"))
    reason = StringField(_("Lý do bỏ qua"), [Length(max=300)])


class CallForm(FlaskForm):
    """What the duty officer takes down while somebody is on the telephone."""

    type_key = SelectField(_("Loại sự cố"), [REQUIRED])
    place = StringField(_("Ở đâu"), [REQUIRED, Length(max=300)])
    title = StringField(_("Chuyện gì"), [Length(max=300)])
    severity = SelectField(_("Mức độ"))
    description = words(_("Ghi thêm"), longest=4000, rows=2)
    caller_name = StringField(_("Người báo"), [Length(max=100)])
    caller_phone = StringField(_("Số điện thoại"), [Length(max=20)])
    latitude = FloatField(_("Vĩ độ"), [Optional(), NumberRange(-90, 90)])
    longitude = FloatField(_("Kinh độ"), [Optional(), NumberRange(-180, 180)])
    exercise = BooleanField(_("Diễn tập"))
    ticket = HiddenField(validators=[Length(max=40)])  # a form sent twice is one call

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severity.choices = usual_or_chosen()


class PlaybookForm(FlaskForm):
    """A playbook as text: when it starts, its steps."""

    key = StringField(_("Mã"), [REQUIRED, Length(max=40)])
    name = StringField(_("Tên kịch bản"), [REQUIRED, Length(max=200)])
    definition = words(_("Nội dung"), required=True, longest=20_000, rows=24)
    version = HiddenField()

    def read(self) -> dict[str, Any]:
        """The definition. Raises InvalidInput for text that is no list of names and values."""
        try:
            # Every value as it is written: “yes” and “no” are choices here, no truth values.
            found = yaml.load(self.definition.data or "", Loader=yaml.BaseLoader)  # noqa: S506 (texts only)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" ở dòng {mark.line + 1}" if mark else ""
            raise InvalidInput(f"Nội dung viết sai{where}.", "definition") from None
        if not isinstance(found, dict):
            raise InvalidInput("Nội dung phải có hai phần when và steps.", "definition")
        return found


class WhatIfForm(FlaskForm):
    """An incident that is only thought of."""

    class Meta:
        csrf = False

    type_key = SelectField(_("Loại sự cố"))
    severity = SelectField(_("Mức độ"))
    area = StringField(_("Khu vực"), [Length(max=100)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severity.choices = usual_or_chosen()


class UnitsForm(FlaskForm):
    """The page of response units: its selects are made from the list of responders."""
