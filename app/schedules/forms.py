"""Forms of schedules: types and required fields. Choices come from the views."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import TextInput

from app.clock import local
from app.errors import InvalidInput
from app.organisation.forms import CheckList
from app.schedules.models import (
    FREQUENCY_LABELS,
    KIND_LABELS,
    VISIBILITY_LABELS,
    AnswerKind,
    EntryKind,
    Frequency,
    ScheduleEntry,
    Visibility,
)
from app.schedules.services.invitations import Invitation
from app.schedules.services.keeping import EntryData
from app.schedules.services.series import Recurrence
from app.schedules.times import DAY_NAMES, FIRST, LAST, moment
from app.tasks.parties import Party, parse_all

TIME_FORMATS = ["%H:%M", "%Hh%M", "%Hh", "%H"]
EVERY = NumberRange(1, 52, message=_("Nhập số từ 1 đến 52."))
DATE_FORMATS = ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%d-%m-%y", "%d/%m/%y", "%Y-%m-%d"]
MOST_SIDE_BY_SIDE = 6  # people whose days fit beside each other
DAY_STARTS, DAY_ENDS = time(7, 30), time(17, 0)  # of an entry without hours


def show_error(form: FlaskForm, error: InvalidInput) -> str | None:
    """Put a service's complaint under its field; the sentence itself if no field has it."""
    found: Any = form._fields.get(FIELDS.get(error.field or "", error.field or ""))
    if found is None:
        return error.user_message
    found.errors = [*found.errors, error.user_message]
    return None


FIELDS = {"starts_at": "starts", "ends_at": "ends", "resource_ids": "rooms"}


def text_field(label: str, longest: int, *, required: bool = False, hint: str = "") -> StringField:
    """A line of text of at most so many characters."""
    first = InputRequired() if required else Optional()
    return StringField(label, [first, Length(max=longest)], description=hint)


def day_field(label: str, *, required: bool = False) -> DateField:
    """A day as dd/mm/yyyy that has a week."""
    first = InputRequired() if required else Optional()
    return DateField(label, [first, day_in_reach], format=DATE_FORMATS, widget=TextInput())


def day_in_reach(_form: Form, field: DateField) -> None:
    """A slip in the year (26, 0206) is told before anything is computed with it."""
    if field.data is not None and not FIRST <= field.data <= LAST:
        raise ValidationError(_("Năm phải từ 2000 đến 2999."))


def clock_field(label: str) -> TimeField:
    """A time of day, as 8h, 8h30 or 08:30."""
    return TimeField(
        label,
        [Optional()],
        format=TIME_FORMATS,
        widget=TextInput(),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "placeholder": "08:00"},
    )


def id_or_none(value: object) -> int | None:
    """The number of a chosen row; None for the empty choice. ValueError for anything else."""
    return int(str(value)) if value not in (None, "", "None") else None


class EntryForm(FlaskForm):
    """An entry of the schedule."""

    version = HiddenField()
    title = TextAreaField(_("Nội dung"), [InputRequired(), Length(max=500)], render_kw={"rows": 2})
    day = day_field(_("Ngày"), required=True)
    starts = clock_field(_("Từ giờ"))
    ends = clock_field(_("Đến giờ"))
    all_day = BooleanField(_("Cả ngày"))
    kind = SelectField(
        _("Loại lịch"), choices=[(kind.value, KIND_LABELS[kind]) for kind in EntryKind]
    )
    chair = SelectField(_("Chủ trì"), coerce=int)
    participants = SelectMultipleField(_("Thành phần"))
    others = text_field(_("Thành phần ngoài cơ quan"), 500)
    preparing = SelectField(_("Đơn vị chuẩn bị"), coerce=int)
    preparation = text_field(_("Nội dung chuẩn bị"), 500)
    rooms = SelectMultipleField(_("Phòng họp"), coerce=int)
    vehicles = SelectMultipleField(_("Xe"), coerce=int)
    place = text_field(_("Địa điểm khác"), 300, hint=_("Khi không họp tại phòng của cơ quan"))
    is_online = BooleanField(_("Có họp trực tuyến"))
    visibility = SelectField(
        _("Phạm vi"),
        choices=[(one.value, VISIBILITY_LABELS[one]) for one in Visibility],
        default=Visibility.ORGAN.value,
        description=_("Lịch riêng: người khác chỉ thấy “Bận”"),
    )
    note = text_field(_("Ghi chú"), 500)
    reason = text_field(_("Lý do thay đổi"), 500)

    def validate_ends(self, field: TimeField) -> None:
        """Hours in pairs and in order, unless the entry takes the day."""
        if self.all_day.data:
            return
        if self.starts.data is None or field.data is None:
            raise ValidationError(_("Hãy ghi giờ bắt đầu và giờ kết thúc."))
        if field.data <= self.starts.data:
            raise ValidationError(_("Giờ kết thúc phải sau giờ bắt đầu."))

    def values(self, source: tuple[str, int] | None = None) -> EntryData:
        """What was typed, for the service. Raises InvalidInput for parties that are none."""
        whole = bool(self.all_day.data)
        begins = DAY_STARTS if whole else self.starts.data
        ends = DAY_ENDS if whole else self.ends.data
        return EntryData(
            title=self.title.data,
            starts_at=moment(self.day.data, begins),
            ends_at=moment(self.day.data, ends),
            all_day=whole,
            kind=EntryKind(self.kind.data),
            visibility=Visibility(self.visibility.data),
            chair_post_id=self.chair.data or None,
            participants=parse_all(self.participants.data or []),
            others=self.others.data or "",
            preparation=self.preparation.data or "",
            preparing_unit_id=self.preparing.data or None,
            place=self.place.data or "",
            is_online=bool(self.is_online.data),
            note=self.note.data or "",
            resource_ids=[*(self.rooms.data or []), *(self.vehicles.data or [])],
            source=source,
        )


def start_values(entry: ScheduleEntry) -> dict[str, Any]:
    """An entry as the first contents of its form."""
    begins, ends = local(entry.starts_at), local(entry.ends_at)
    lent = [booking.resource_id for booking in entry.bookings]
    return {
        "version": entry.version,
        "title": entry.title,
        "day": begins.date(),
        "starts": begins.time(),
        "ends": ends.time(),
        "all_day": entry.all_day,
        "kind": entry.kind.value,
        "chair": entry.chair_post_id or 0,
        "participants": [Party(p.unit_id, p.post_id).term for p in entry.participants],
        "others": entry.others,
        "preparing": entry.preparing_unit_id or 0,
        "preparation": entry.preparation,
        "rooms": lent,
        "vehicles": lent,
        "place": entry.place,
        "is_online": entry.is_online,
        "visibility": entry.visibility.value,
        "note": entry.note,
    }


class BusyForm(FlaskForm):
    """Whose days are laid side by side, in which week, and how long a free time shall be."""

    ai = SelectMultipleField(
        _("Những người cần xem"), coerce=int, description=_("Nhiều nhất 6 người")
    )
    ngay = day_field(_("Tuần có ngày"))
    phut = SelectField(
        _("Cần rảnh liền"),
        coerce=int,
        choices=[(30, _("30 phút")), (60, _("1 giờ")), (90, _("1 giờ 30 phút")),
                 (120, _("2 giờ")), (180, _("3 giờ"))],
        default=60,
    )  # fmt: skip

    def validate_ai(self, field: SelectMultipleField) -> None:
        if len(field.data or []) > MOST_SIDE_BY_SIDE:
            raise ValidationError(_("Chọn nhiều nhất 6 người."))


class ReasonForm(FlaskForm):
    """Why an entry is called off or given back."""

    reason = text_field(_("Lý do"), 500)


class PublishForm(FlaskForm):
    """What stands below the table of the week."""

    note = TextAreaField(
        _("Ghi chú dưới lịch"), [Optional(), Length(max=1000)], render_kw={"rows": 2}
    )


class SubstituteForm(FlaskForm):
    """Who goes in whose place."""

    for_post_id = SelectField(_("Thay cho"), coerce=int)
    to_post_id = SelectField(_("Cử dự thay"), coerce=int)
    reason = text_field(_("Lý do"), 500)


class ConclusionForm(FlaskForm):
    """What a meeting concluded; its tasks are forms of their own."""

    version = HiddenField()
    conclusion = TextAreaField(
        _("Kết luận cuộc họp"),
        description=_("Nhiều nhất 4.000 ký tự"),
        render_kw={"rows": 8},
    )

    @property
    def known_version(self) -> int:
        """The version that the form showed; 0, which no entry has, for anything else."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() else 0


class ConclusionItemForm(Form):
    """One thing to be done after a meeting. A row without any word of it is left out."""

    title = StringField(_("Việc cần làm"), [Length(max=500)])
    lead = SelectField(_("Chủ trì"))
    coordinators = SelectMultipleField(_("Phối hợp"))
    due_on = day_field(_("Hạn xử lý"))

    @property
    def is_empty(self) -> bool:
        return not (self.title.data or "").strip() and not any(
            (
                self.lead.data,
                self.coordinators.data,
                self.due_on.raw_data and any(self.due_on.raw_data),
            )
        )

    def validate_title(self, field: StringField) -> None:
        """A row that was begun says what and who."""
        if not self.is_empty and not (field.data or "").strip():
            raise StopValidation(_("Phải ghi nội dung việc cần làm."))

    def validate_lead(self, field: SelectField) -> None:
        if not self.is_empty and not field.data:
            raise ValidationError(_("Hãy chọn nơi chủ trì."))


CHOICES = {
    AnswerKind.ATTEND: _("Tôi dự"),
    AnswerKind.SEND: _("Cử … dự"),
    AnswerKind.DECLINE: _("Không dự"),
}


class AnswerForm(FlaskForm):
    """Who goes, when and where it is, who prepares, and with which vehicle."""

    answer = RadioField(
        _("Trả lời giấy mời"),
        [InputRequired(_("Hãy chọn cách trả lời."))],
        choices=[(kind.value, label) for kind, label in CHOICES.items()],
        default=AnswerKind.ATTEND.value,
    )
    sent = SelectField(_("Cử ai dự"), coerce=id_or_none)
    day = day_field(_("Ngày họp"))
    starts = clock_field(_("Từ giờ"))
    ends = clock_field(_("Đến giờ"))
    place = text_field(_("Địa điểm"), 300)
    is_online = BooleanField(_("Họp trực tuyến"))
    preparing = SelectField(_("Đơn vị chuẩn bị"), coerce=id_or_none)
    participants = SelectMultipleField(_("Cùng dự"))
    vehicles = SelectMultipleField(_("Xe"), coerce=int)
    text = TextAreaField(_("Ý kiến"), [Optional(), Length(max=2000)], render_kw={"rows": 2})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"prefix": "invite"} | kwargs))

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Begin and end as typed; None for what is not."""
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        return (
            moment(day, starts) if day and starts else None,
            moment(day, ends) if day and ends else None,
        )

    def values(self) -> Invitation:
        """What was typed, for the service. Raises InvalidInput for parties that are none."""
        answer = AnswerKind(self.answer.data)
        starts_at, ends_at = self.span()
        return Invitation(
            answer=answer,
            starts_at=starts_at,
            ends_at=ends_at,
            place=self.place.data or "",
            is_online=bool(self.is_online.data),
            text=self.text.data or "",
            sent_post_id=self.sent.data if answer is AnswerKind.SEND else None,
            preparing_unit_id=self.preparing.data,
            participants=parse_all(self.participants.data or []),
            resource_ids=self.vehicles.data or [],
        )


class RepeatForm(FlaskForm):
    """Beside the form of an entry: nothing chosen means that it comes once."""

    class Meta:
        csrf = False  # the form around it has the token

    frequency = SelectField(
        _("Lặp lại"),
        choices=[("", _("Không lặp")), *((one.value, FREQUENCY_LABELS[one]) for one in Frequency)],
        default="",
    )
    every = IntegerField(
        _("Mỗi (tuần hoặc tháng)"), [Optional(), EVERY], default=1, widget=TextInput(),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )  # fmt: skip
    weekdays = CheckList(
        _("Vào các ngày (khi lặp hằng tuần)"),
        choices=[(str(no), name) for no, name in enumerate(DAY_NAMES)],
    )
    last_on = day_field(_("Lặp đến hết ngày"))
    skipped = text_field(_("Trừ các ngày"), 500, hint=_("Ví dụ: 01/12/2026; 15/12/2026"))

    def validate_frequency(self, field: SelectField) -> None:
        """Without an end a rule would go on for ever."""
        if field.data and self.last_on.data is None and not any(self.last_on.raw_data or ()):
            raise ValidationError(_("Hãy ghi ngày lặp cuối."))

    def validate_skipped(self, field: StringField) -> None:
        """Each word is a day."""
        if read_days(field.data or "") is None:
            raise ValidationError(
                _("Hãy ghi các ngày dạng dd/mm/yyyy, cách nhau bằng dấu chấm phẩy.")
            )

    def rule(self) -> Recurrence | None:
        """What was chosen in a valid form; None for an entry that comes once."""
        if not self.frequency.data:
            return None
        return Recurrence(
            Frequency(self.frequency.data),
            self.last_on.data,
            every=self.every.data or 1,
            weekdays=tuple(int(no) for no in self.weekdays.data or ()),
            skipped=frozenset(read_days(self.skipped.data or "") or ()),
        )


def read_days(text: str) -> list[date] | None:
    """The days of a list as people write it; None when something in it is none."""
    found = [_read_day(word) for word in re.split(r"[;,\s]+", text) if word]
    known = [day for day in found if day is not None]
    return known if len(known) == len(found) else None


def _read_day(word: str) -> date | None:
    for pattern in DATE_FORMATS:
        try:
            day = datetime.strptime(word, pattern).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
        return day if FIRST <= day <= LAST else None
    return None
