"""Forms of sources: types and required fields; the rules are in the services."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.feeds.models import FeedSource
from app.feeds.processors import targets
from app.feeds.services import SourceFields
from app.feeds.words import FORMAT_LABELS, KIND_LABELS, Format, SourceKind
from app.organisation.forms import options

REQUIRED = InputRequired(_("Hãy điền ô này."))
LONGEST_JSON = 20_000
DECLARED = (SourceKind.PUSH, SourceKind.MQTT, SourceKind.POLL)
"""What people tell comes over forms of the house, whose sources are built in; of logs the lines
are understood, but nothing listens for them yet."""


class EmptyForm(FlaskForm):
    """A button with its token."""


class ReasonForm(FlaskForm):
    """Why something is given up."""

    reason = StringField(_("Lý do"), [REQUIRED, Length(max=300)])


class DeviceForm(FlaskForm):
    """A device that may push."""

    name = StringField(_("Tên thiết bị"), [REQUIRED, Length(max=200)])


def json_object(_form: FlaskForm, field: Field) -> None:
    """Empty, or an object of JSON."""
    parsed_object(field.data)


def parsed_object(text: str | None) -> dict[str, Any]:
    """The object in a text area; an empty one is empty. Raises ValidationError."""
    if not (text or "").strip():
        return {}
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):
        raise ValidationError(_("Nội dung phải là JSON hợp lệ.")) from None
    if not isinstance(value, dict):
        raise ValidationError(_("Nội dung phải là một đối tượng JSON {…}."))
    return value


def as_text(value: dict[str, Any]) -> str:
    """An object as people edit it."""
    return json.dumps(value, ensure_ascii=False, indent=2) if value else ""


class SourceForm(FlaskForm):
    """What is said of a source."""

    name = StringField(_("Tên nguồn"), [REQUIRED, Length(max=200)])
    kind = SelectField(_("Cách nhận"))
    target = SelectField(_("Loại nội dung"))
    format = SelectField(
        _("Định dạng"), choices=options((f.value, t) for f, t in FORMAT_LABELS.items())
    )
    address = StringField(_("Địa chỉ"), [Length(max=500)])
    poll_seconds = IntegerField(_("Chu kỳ lấy về (giây)"), [Optional(), NumberRange(1, 86_400)])
    expected_seconds = IntegerField(
        _("Khoảng cách giữa hai tin (giây)"), [Optional(), NumberRange(1, 31 * 86_400)]
    )
    keep_days = IntegerField(_("Giữ dữ liệu gốc (ngày)"), [Optional(), NumberRange(1, 3650)])
    mapping = TextAreaField(_("Cách lấy các trường"), [Length(max=LONGEST_JSON), json_object])
    settings = TextAreaField(_("Thiết lập khác"), [Length(max=LONGEST_JSON), json_object])
    is_active = BooleanField(_("Đang nhận"), default=True)

    def __init__(self, source: FeedSource | None = None) -> None:
        start = {} if source is None else start_of(source)
        super().__init__(data=start or {"keep_days": 30, "poll_seconds": 60, "is_active": True})
        kinds = [source.kind] if source is not None and source.built_in else DECLARED
        self.kind.choices = options((kind.value, KIND_LABELS[kind]) for kind in kinds)
        self.target.choices = options((one.name, one.label) for one in targets())

    def fields(self) -> SourceFields:
        """What was typed."""
        return SourceFields(
            name=(self.name.data or "").strip(),
            kind=SourceKind(self.kind.data),
            target=self.target.data,
            format=Format(self.format.data),
            address=(self.address.data or "").strip(),
            mapping=parsed_object(self.mapping.data),
            settings=parsed_object(self.settings.data),
            expected_seconds=self.expected_seconds.data,
            poll_seconds=self.poll_seconds.data or 60,
            keep_days=self.keep_days.data or 30,
            is_active=self.is_active.data,
        )


def start_of(source: FeedSource) -> dict[str, Any]:
    """What the form of a source begins with."""
    return {
        "name": source.name,
        "kind": source.kind.value,
        "target": source.target,
        "format": source.format.value,
        "address": source.address,
        "mapping": as_text(source.mapping),
        "settings": as_text(source.settings),
        "expected_seconds": source.expected_seconds,
        "poll_seconds": source.poll_seconds,
        "keep_days": source.keep_days,
        "is_active": source.is_active,
    }


class SampleForm(FlaskForm):
    """A sample of what a source sends, tried with a mapping."""

    target = SelectField(_("Loại nội dung"))
    format = SelectField(
        _("Định dạng"), choices=options((f.value, t) for f, t in FORMAT_LABELS.items())
    )
    mapping = TextAreaField(_("Cách lấy các trường"), [Length(max=LONGEST_JSON), json_object])
    settings = TextAreaField(_("Thiết lập khác"), [Length(max=LONGEST_JSON), json_object])
    sample = TextAreaField(_("Mẫu dữ liệu"), [REQUIRED, Length(max=200_000)])

    def __init__(self, source: FeedSource | None = None, sample: str = "") -> None:
        start = {} if source is None else start_of(source)
        super().__init__(data=start | {"sample": sample})
        self.target.choices = options((one.name, one.label) for one in targets())
