"""The form of a version: what a procedure asks and promises, with its papers, fees and steps."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from app.organisation import queries as organisation
from app.procedures import queries
from app.procedures.comparing import FROM_RECEPTION, NEXT_DAY
from app.procedures.models import (
    CHANNEL_LABELS,
    FEE_LABELS,
    ONLINE_LABELS,
    PER_LABELS,
    STEP_LABELS,
    TIMING_LABELS,
)
from app.procedures.paper_kinds import known_kinds
from app.procedures.records import FeeRecord, PaperRecord, Record, StepRecord, WayRecord
from app.registers.queries import document_types
from app.security import ROLE_LABELS, Role
from app.tasks.forms import DATE_FORMATS
from app.worktime.rules import UNIT_WORDS, StartRule

BLANK_LINES = 2
MOST_LINES = 60
REQUIRED = InputRequired(_("Hãy điền ô này."))
WORKERS = (Role.ONE_STOP_OFFICER, Role.SPECIALIST, Role.DEPARTMENT_HEAD, Role.CHIEF_OF_OFFICE,
           Role.LEADER, Role.CLERK)  # fmt: skip
START_LABELS = {StartRule.NEXT_WORKING_DAY: NEXT_DAY, StartRule.FROM_RECEPTION: FROM_RECEPTION}
NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}


def _choices(labels: Any) -> list[tuple[str, str]]:
    return [(key.value, label) for key, label in labels.items()]


def _number(label: Any, least: int = 0, default: int | None = None) -> IntegerField:
    rules = [Optional(), NumberRange(least, 1_000_000_000, _("Hãy điền một số."))]
    return IntegerField(label, rules, default=default, render_kw=NUMERIC)


def _text(label: Any, most: int, *rules: Any) -> StringField:
    return StringField(label, [*rules, Length(max=most)])


def _area(label: Any, most: int, rows: int = 4) -> TextAreaField:
    return TextAreaField(label, [Length(max=most)], render_kw={"rows": rows})


def _shapes() -> list[tuple[str, str]]:
    """The kinds of papers that reading tells apart."""
    return [("", "–"), *((one.key, one.label) for one in known_kinds())]


class PaperLine(Form):
    """A line without a name is left out."""

    name = _text(_("Giấy tờ"), 500)
    originals = _number(_("Bản chính"), default=1)
    copies = _number(_("Bản sao"), default=0)
    is_required = BooleanField(_("Bắt buộc"), default=True)
    case = _text(_("Chỉ khi"), 300)
    form_name = _text(_("Mẫu"), 200)
    shape = SelectField(_("Máy đọc phải thấy"), choices=_shapes)


class FeeLine(Form):
    name = _text(_("Khoản thu"), 200)
    kind = SelectField(_("Loại"), choices=_choices(FEE_LABELS), default="charge")
    amount = _number(_("Số tiền (đồng)"))
    per = SelectField(_("Tính theo"), choices=_choices(PER_LABELS))
    further_from = _number(_("Từ trang thứ"), 1)
    further_amount = _number(_("mỗi trang (đồng)"))
    most = _number(_("Nhiều nhất (đồng)"))
    timing = SelectField(_("Thu khi"), choices=_choices(TIMING_LABELS))
    case = _text(_("Chỉ khi"), 300)
    ground = _text(_("Căn cứ"), 300)


class StepLine(Form):
    name = _text(_("Bước"), 200)
    kind = SelectField(_("Việc"), choices=_choices(STEP_LABELS), default="handling")
    role = SelectField(
        _("Vai trò"), choices=[(one.value, ROLE_LABELS[one]) for one in WORKERS],
        default=Role.SPECIALIST.value,
    )  # fmt: skip
    hundredths = _number(_("Phần thời hạn (trăm phần)"), default=0)
    unit = SelectField(_("Đơn vị"), validate_choice=False)


class WayLine(Form):
    """A line without a channel is left out."""

    channel = SelectField(_("Cách nộp"), choices=[("", "–"), *_choices(CHANNEL_LABELS)])
    limit_words = _text(_("Thời hạn"), 200)
    fee_words = _text(_("Phí, lệ phí"), 500)
    description = _text(_("Mô tả"), 1000)


class VersionForm(FlaskForm):
    """A draft. `seen`: the draft that was shown, so that two people do not overwrite each other."""

    seen = HiddenField()
    code = _text(_("Mã thủ tục"), 40, REQUIRED)
    name = _text(_("Tên thủ tục"), 500, REQUIRED)
    field = _text(_("Lĩnh vực"), 120, REQUIRED)
    unit = SelectField(_("Đơn vị xử lý"), validate_choice=False)
    keywords = _text(_("Từ khóa tìm"), 300)
    sort = _text(_("Loại thủ tục"), 120)
    valid_from = DateField(
        _("Dự kiến có hiệu lực từ"), [REQUIRED], format=DATE_FORMATS, widget=TextInput()
    )
    decision = _text(_("Quyết định công bố"), 200)
    limit_amount = IntegerField(
        _("Thời hạn"), [REQUIRED, NumberRange(1, 999, _("Hãy điền số từ 1 đến 999."))],
        render_kw=NUMERIC,
    )  # fmt: skip
    limit_unit = SelectField(_("Đơn vị thời hạn"), choices=_choices(UNIT_WORDS))
    start_rule = SelectField(_("Cách tính"), choices=_choices(START_LABELS))
    is_same_day = BooleanField(_("Trả ngay trong ngày"))
    cutoff = TimeField(
        _("Nhận sau giờ này thì trả ngày làm việc sau"), [Optional()], widget=TextInput(),
        render_kw={"placeholder": "15:00", "autocomplete": "off"},
    )  # fmt: skip
    may_restart = BooleanField(_("Tính lại thời hạn từ khi đủ hồ sơ"))
    restart_ground = _text(_("Căn cứ tính lại"), 300)
    pauses_for_fees = BooleanField(_("Tạm dừng trong khi chờ nộp tiền"))
    pauses_for_opinions = BooleanField(_("Tạm dừng trong khi hỏi ý kiến"))
    most_supplements = _number(_("Bổ sung nhiều nhất (lần)"))
    most_extensions = _number(_("Gia hạn nhiều nhất (lần)"), default=1)
    most_extension_amount = _number(_("Mỗi lần gia hạn nhiều nhất"), 1)
    online_level = SelectField(_("Dịch vụ trực tuyến"), choices=_choices(ONLINE_LABELS))
    online_supplements = BooleanField(_("Nhận bổ sung qua liên kết có mã một lần"))
    book = SelectField(_("Sổ riêng"), validate_choice=False)
    result_document_type = SelectField(_("Loại văn bản kết quả"), validate_choice=False)
    subjects = _area(_("Đối tượng"), 1000, 2)
    implementing_organ = _text(_("Cơ quan thực hiện"), 300)
    competent_organ = _text(_("Cơ quan có thẩm quyền"), 300)
    coordinating_organ = _text(_("Cơ quan phối hợp"), 300)
    receiving_place = _text(_("Nơi tiếp nhận"), 300)
    result = _text(_("Kết quả"), 500)
    sequence = _area(_("Trình tự thực hiện"), 20000, 6)
    conditions = _area(_("Yêu cầu, điều kiện"), 10000)
    legal_grounds = _area(_("Căn cứ pháp lý"), 10000)
    papers = FieldList(FormField(PaperLine), max_entries=MOST_LINES)
    fees = FieldList(FormField(FeeLine), max_entries=MOST_LINES)
    steps = FieldList(FormField(StepLine), max_entries=MOST_LINES)
    ways = FieldList(FormField(WayLine), max_entries=MOST_LINES)


class PublishForm(FlaskForm):
    """From which day the draft is in force; `seen` is the draft whose changes were looked at."""

    seen = HiddenField(validators=[REQUIRED])
    valid_from = DateField(
        _("Có hiệu lực từ ngày"), [REQUIRED], format=DATE_FORMATS, widget=TextInput()
    )


def fill_choices(session: Session, form: VersionForm) -> None:
    """Units, books and types of documents."""
    nothing = ("", "–")
    form.unit.choices = [nothing, *((one.name, one.name) for one in organisation.units(session))]
    form.book.choices = [nothing, *((one.code, one.name) for one in queries.books(session))]
    types = ((one.code, one.label) for one in document_types(session))
    form.result_document_type.choices = [nothing, *types]


def show_record(form: VersionForm, record: Record) -> None:
    """A version in the form, with some empty lines at the end of each list."""
    for one in fields(Record):
        if one.name in form and one.name not in PARTS:
            form[one.name].data = getattr(record, one.name)
    if record.cutoff_minute is not None:
        form.cutoff.data = time(*divmod(record.cutoff_minute, 60))
    for name in PARTS:
        for line in getattr(record, name):
            form[name].append_entry(line)
    add_blank_lines(form)


def add_blank_lines(form: VersionForm) -> None:
    """Room for more in each list, and the units to choose from in each step."""
    for name in PARTS:
        for _n in range(BLANK_LINES):
            form[name].append_entry()
    for line in form.steps:
        line.form.unit.choices = [("", _("Đơn vị của thủ tục")), *(form.unit.choices or [])[1:]]


def record_from(form: VersionForm, base: Record) -> Record:
    """What was typed; what no form shows (level, sample data) stays as it is in `base`."""
    given = {
        one.name: form[one.name].data
        for one in fields(Record)
        if one.name in form and one.name not in PARTS
    }
    given = {name: "" if value is None and name not in NULLABLE else value
             for name, value in given.items()}  # fmt: skip
    given["most_extensions"] = form.most_extensions.data or 0
    cutoff = form.cutoff.data
    given["cutoff_minute"] = cutoff.hour * 60 + cutoff.minute if cutoff else None
    if given["is_same_day"] and cutoff is None:
        given["cutoff_minute"] = USUAL_CUTOFF
    return replace(
        base,
        **given,
        papers=_lines(form.papers, PaperRecord, "name"),
        fees=_lines(form.fees, FeeRecord, "name"),
        steps=_lines(form.steps, StepRecord, "name"),
        ways=_lines(form.ways, WayRecord, "channel"),
    )


PARTS = ("papers", "fees", "steps", "ways")
USUAL_CUTOFF = 15 * 60  # minutes of the day
NULLABLE = frozenset({"most_supplements", "most_extension_amount"})
ZERO = frozenset({"originals", "copies", "hundredths"})


def _lines(line_list: Any, kind: Any, key: str) -> Any:
    """The lines that have a name (or channel), each with just what stands in it: two of one name
    stay two."""
    found = []
    for line in line_list.data:
        line.pop("csrf_token", None)
        values = {name: 0 if name in ZERO and value is None else value
                  for name, value in line.items()}  # fmt: skip
        values[key] = " ".join(str(values[key] or "").split())
        if values[key]:
            found.append(kind(**values))
    return tuple(found)
