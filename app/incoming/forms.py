"""Forms of arriving documents: types and required fields. Choices come from the views."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextInput

from app.errors import InvalidInput
from app.incoming.models import URGENCY_LABELS
from app.organisation.forms import options

DATE_FORMATS = ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%d-%m-%y", "%d/%m/%y", "%Y-%m-%d"]
URGENCIES = options((str(level), label) for level, label in URGENCY_LABELS.items())
OUTCOMES = (("assign", _("Giao xử lý")), ("inform", _("Để biết")), ("file", _("Lưu")))


def _day(label: str, *validators: object) -> DateField:
    return DateField(label, validators or [Optional()], format=DATE_FORMATS, widget=TextInput())


class RegisterForm(FlaskForm):
    """What the book says of a letter, and where it goes next."""

    code_number = StringField(_("Số"), [Length(max=40)])
    no_number = BooleanField(_("Văn bản không ghi số"))
    code_notation = StringField(_("Ký hiệu"), [Length(max=60)])
    issued_date = _day(_("Ngày ban hành"))
    organ = SelectField(_("Cơ quan ban hành"), [InputRequired()], validate_choice=False)
    document_type = SelectField(_("Loại văn bản"), [Optional()], validate_choice=False)
    subject_summary = TextAreaField(
        _("Trích yếu"), [InputRequired(), Length(max=500)], render_kw={"rows": 3}
    )
    urgency = SelectField(_("Độ khẩn"), choices=URGENCIES)
    due_on = _day(_("Hạn ghi trong văn bản"))
    signer_name = StringField(_("Người ký"), [Length(max=100)])
    signer_authority = StringField(
        _("Thẩm quyền ký"), [Length(max=200)], render_kw={"placeholder": "TM. …; KT. …"}
    )
    signer_position = StringField(_("Chức vụ người ký"), [Length(max=200)])
    issuing_body_id = SelectField(_("Sổ của"), coerce=int)
    submit_to = SelectField(_("Trình"), validate_choice=False)
    copies = IntegerField(_("Số bản"), [Optional(), NumberRange(1, 999)], default=1)
    note = StringField(_("Ghi chú"), [Length(max=500)])
    duplicate_reason = StringField(_("Lý do vẫn vào sổ"), [Length(max=300)])
    version = HiddenField()

    def validate_code_number(self, field: StringField) -> None:
        """A symbol stands after a number; one that a pen wrote is left for a person to type."""
        if self.code_notation.data and not (field.data or "").strip() and not self.no_number.data:
            raise ValidationError(_("Có ký hiệu mà chưa có số: hãy nhập số trên văn bản."))

    def validate_submit_to(self, field: SelectField) -> None:
        """A value that was not offered is refused; none at all is the view's question."""
        if field.data and field.data not in [value for value, _label in field.choices]:
            raise ValidationError(_("Hãy chọn một mục trong danh sách."))


class CorrectForm(RegisterForm):
    """The same data after registration, with the reason of the correction."""

    reason = StringField(_("Lý do sửa"), [InputRequired(), Length(max=300)])


class PaperForm(RegisterForm):
    """A paper without a scan: an envelope by name, a thick dossier."""

    envelope_only = BooleanField(_("Bì thư gửi đích danh, không mở"))


class ProposeForm(FlaskForm):
    """What the chief of office proposes."""

    to_post_id = SelectField(_("Trình lãnh đạo"), coerce=int)
    lead = SelectField(_("Đề xuất chủ trì"), [Optional()], validate_choice=False)
    coordinators = SelectMultipleField(_("Phối hợp"), coerce=int)
    readers = SelectMultipleField(_("Để biết"), coerce=int)
    due_on = _day(_("Hạn đề xuất"))
    text = TextAreaField(_("Nội dung đề xuất"), [Length(max=2000)], render_kw={"rows": 3})


class ReasonForm(FlaskForm):
    reason = TextAreaField(_("Lý do"), [InputRequired(), Length(max=500)], render_kw={"rows": 2})


class ForwardForm(ReasonForm):
    to = StringField(_("Nơi nhận"), [InputRequired(), Length(max=300)])


class SplitForm(FlaskForm):
    """How a scan is cut: “1-3; 4; 5-8”, a part between semicolons, pages in their order."""

    parts = StringField(_("Các phần"), [InputRequired(), Length(max=400)])

    def groups(self, most: int) -> list[list[int]]:
        """The page numbers of each part. `most` bounds what a range may unfold to.

        Raises InvalidInput for a text that is no list of pages.
        """
        return [
            page_list(part, most) for part in (self.parts.data or "").split(";") if part.strip()
        ]


def page_list(text: str, most: int) -> list[int]:
    """1-3,7 as [1, 2, 3, 7]; 3-1 runs backwards. Raises InvalidInput."""
    pages: list[int] = []
    for item in text.replace(" ", "").split(","):
        first, dash, last = item.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()) or len(item) > 11:
            raise InvalidInput("Hãy ghi dạng 1-3; 4; 5-8.", "parts")
        start, end = int(first), int(last or first)
        if max(start, end) > most:
            raise InvalidInput(f"Tệp có {most} trang.", "parts")
        pages += range(start, end + 1) if start <= end else range(start, end - 1, -1)
    return pages


class ScanForm(FlaskForm):
    """Which waiting scan goes to a registered letter, and whether in place of the main one."""

    intake_id = RadioField(_("Bản quét"), coerce=int, validate_choice=False)
    reason = StringField(_("Lý do thay bản chính"), [Length(max=300)])


class RuleForm(FlaskForm):
    """A kind of letter that the regulation lets the clerk route without a leader."""

    name = StringField(_("Tên luồng"), [InputRequired(), Length(max=200)])
    source = StringField(_("Điều khoản của quy chế"), [InputRequired(), Length(max=300)])
    document_type = SelectField(_("Loại văn bản"))
    organ = SelectField(_("Cơ quan ban hành"), [Optional()], validate_choice=False)
    words = StringField(_("Các từ trong trích yếu"), [Length(max=200)])
    outcome = RadioField(
        _("Chuyển thế nào"),
        choices=options(OUTCOMES),
        default="assign",
    )
    from_post_id = SelectField(_("Nhân danh"), coerce=int)
    lead_unit_id = SelectField(_("Đơn vị chủ trì"))
    reader_unit_ids = SelectMultipleField(_("Nơi nhận để biết"), coerce=int)
    due_days = IntegerField(_("Hạn xử lý (ngày làm việc)"), [Optional(), NumberRange(1, 365)])
    valid_from = _day(_("Áp dụng từ ngày"), InputRequired())
    valid_to = _day(_("Đến hết ngày"))

    def validate_valid_to(self, field: DateField) -> None:
        """A rule may not end before it begins."""
        start: date | None = self.valid_from.data
        if field.data is not None and start is not None and field.data < start:
            raise ValidationError(_("Ngày kết thúc phải sau ngày bắt đầu."))


class SecretHeadForm(FlaskForm):
    """A title that makes a paper secret, and its days."""

    version = HiddenField()
    title = StringField(_("Tiêu đề"), [InputRequired(), Length(max=100)])
    basis = StringField(_("Căn cứ"), [InputRequired(), Length(max=300)])
    valid_from = _day(_("Áp dụng từ ngày"), InputRequired())
    valid_to = _day(_("Đến hết ngày"))


class BookForm(FlaskForm):
    """Which numbers or days of a book to print. A GET form."""

    class Meta:
        csrf = False

    series_id = SelectField(_("Sổ"), coerce=int)
    year = IntegerField(_("Năm"), [InputRequired(), NumberRange(2000, 2100)])
    first = IntegerField(_("Từ số"), [Optional(), NumberRange(min=1)])
    last = IntegerField(_("Đến số"), [Optional(), NumberRange(min=1)])
    since = _day(_("Từ ngày"))
    until = _day(_("Đến ngày"))
