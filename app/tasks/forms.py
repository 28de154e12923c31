"""Forms of tasks: types and required fields. Choices come from the views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from app.errors import InvalidInput
from app.tasks.models import SOURCE_LABELS, URGENCY_LABELS, RecurringUnit, TaskSource
from app.tasks.services import ResultFile

TIME_FORMATS = ["%H:%M", "%Hh%M", "%Hh", "%H"]
DATE_FORMATS = ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%d-%m-%y", "%d/%m/%y", "%Y-%m-%d"]
MANUAL_SOURCES = (TaskSource.ORAL, TaskSource.CONCLUSION, TaskSource.PLAN)
EVERY_LABELS = {
    RecurringUnit.WEEK: "Hằng tuần",
    RecurringUnit.MONTH: "Hằng tháng",
    RecurringUnit.QUARTER: "Hằng quý",
    RecurringUnit.HALF_YEAR: "Sáu tháng",
    RecurringUnit.YEAR: "Hằng năm",
}


def show_error(form: FlaskForm, error: InvalidInput) -> str | None:
    """Put a service's complaint under its field; the sentence itself if no field has it."""
    found: Any = form._fields.get(error.field or "")
    if found is None:
        return error.user_message
    found.errors = [*found.errors, error.user_message]
    return None


def _words(label: str, *, required: bool, longest: int, rows: int = 3) -> TextAreaField:
    first = InputRequired() if required else Optional()
    return TextAreaField(label, [first, Length(max=longest)], render_kw={"rows": rows})


class PlainForm(FlaskForm):
    """An act without anything to fill in."""


class AssignForm(FlaskForm):
    post_id = RadioField(
        _("Người thực hiện"), [InputRequired(_("Hãy chọn một người."))], coerce=int
    )
    note = _words(_("Dặn thêm"), required=False, longest=500, rows=2)
    version = HiddenField()


class ReportForm(FlaskForm):
    percent = IntegerField(
        _("Đã làm được (%)"),
        [
            InputRequired(),
            NumberRange(0, 99, _("Tiến độ là số từ 0 đến 99; xong thì báo hoàn thành.")),
        ],
        render_kw={"inputmode": "numeric", "min": 0, "max": 99},
    )
    text = _words(_("Nội dung báo cáo"), required=True, longest=2000)


class ResultForm(FlaskForm):
    """What was reached, in words, with files, and the document that came of it."""

    kept: Sequence[ResultFile] = ()
    """The files once their bytes are stored."""
    tickets: Sequence[tuple[str, str]] = ()
    """What stands for them in the form when it is shown again, and their names."""
    product = _words(_("Kết quả"), required=True, longest=4000, rows=5)
    document = StringField(
        _("Số, ký hiệu văn bản kết quả"),
        [Length(max=120)],
        description=_(
            "Văn bản đến hoặc đi trong hệ thống, ví dụ 128/UBND-KT; để trống nếu không có"
        ),
    )
    files = MultipleFileField(
        _("Tệp kèm theo"),
        description=_(
            "PDF, Word, Excel, ảnh, ZIP; chọn được nhiều tệp. "
            "Không nộp tài liệu mật: hệ thống này không được phép giữ."
        ),
        render_kw={"accept": ".pdf,.docx,.xlsx,.odt,.png,.jpg,.jpeg,.tif,.tiff,.eml,.zip"},
    )


class ReasonForm(FlaskForm):
    reason = _words(_("Lý do"), required=True, longest=500, rows=2)


class RedoForm(FlaskForm):
    reason = _words(_("Cần bổ sung, chỉnh sửa"), required=True, longest=500, rows=2)


class NoteForm(FlaskForm):
    text = _words(_("Nội dung"), required=False, longest=500, rows=2)


class OpinionForm(FlaskForm):
    text = _words(_("Ý kiến"), required=True, longest=2000)


class ExtendForm(FlaskForm):
    new_due_at = DateField(_("Hạn mới"), [InputRequired()], format=DATE_FORMATS, widget=TextInput())
    reason = _words(_("Lý do"), required=True, longest=1000, rows=2)


class DecideForm(FlaskForm):
    verdict = RadioField(
        _("Trả lời"),
        [InputRequired(_("Hãy chọn đồng ý hoặc không."))],
        choices=[("grant", _("Đồng ý gia hạn")), ("refuse", _("Không đồng ý"))],
    )
    answer = _words(_("Ý kiến"), required=False, longest=500, rows=2)


class PartForm(FlaskForm):
    title = StringField(_("Việc tách ra"), [InputRequired(), Length(max=500)])
    lead = SelectField(_("Người thực hiện"), [InputRequired(_("Hãy chọn người thực hiện."))])
    due_at = DateField(_("Hạn"), [Optional()], format=DATE_FORMATS, widget=TextInput())
    body = _words(_("Yêu cầu"), required=False, longest=2000, rows=2)


class TaskForm(FlaskForm):
    """A task by hand: the five things that must be clear."""

    title = StringField(_("Việc cần làm"), [InputRequired(), Length(max=500)])
    lead = SelectField(_("Chủ trì"), [InputRequired(_("Hãy chọn nơi chủ trì."))])
    coordinators = SelectMultipleField(_("Phối hợp"))
    readers = SelectMultipleField(_("Để biết"))
    due_at = DateField(
        _("Hạn xử lý"),
        [Optional()],
        format=DATE_FORMATS,
        widget=TextInput(),
        description=_("Để trống: không thời hạn"),
    )
    due_time = TimeField(
        _("Trước giờ"),
        [Optional()],
        format=TIME_FORMATS,
        widget=TextInput(),
        description=_("Ví dụ 17:00; để trống: hết giờ làm việc của ngày đó"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    urgency = SelectField(_("Độ khẩn"), coerce=int, choices=list(URGENCY_LABELS.items()))
    source = SelectField(
        _("Nguồn"), choices=[(source.value, SOURCE_LABELS[source]) for source in MANUAL_SOURCES]
    )
    body = _words(_("Yêu cầu và sản phẩm phải có"), required=False, longest=4000, rows=4)


class RuleForm(FlaskForm):
    """A report that falls due again and again."""

    title = StringField(_("Tên báo cáo"), [InputRequired(), Length(max=400)])
    lead = SelectField(_("Chủ trì"), [InputRequired(_("Hãy chọn nơi chủ trì."))])
    every = SelectField(
        _("Chu kỳ"), choices=[(unit.value, EVERY_LABELS[unit]) for unit in RecurringUnit]
    )
    anchor_on = DateField(
        _("Hạn của kỳ đầu"), [InputRequired()], format=DATE_FORMATS, widget=TextInput()
    )
    days_ahead = IntegerField(
        _("Giao trước (ngày)"),
        [InputRequired(), NumberRange(0, 60, _("Số ngày giao trước từ 0 đến 60."))],
        default=7,
        render_kw={"inputmode": "numeric", "min": 0, "max": 60},
    )
    ends_on = DateField(_("Kết thúc"), [Optional()], format=DATE_FORMATS, widget=TextInput())
    body = _words(_("Yêu cầu"), required=False, longest=4000)
