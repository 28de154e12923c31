"""Forms of arriving documents: types and required fields. Choices come from the views."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from app.incoming.models import URGENCY_LABELS

DATE_FORMATS = ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%d-%m-%y", "%d/%m/%y", "%Y-%m-%d"]
URGENCIES = [(str(level), label) for level, label in URGENCY_LABELS.items()]


def _day(label: str) -> DateField:
    return DateField(label, [Optional()], format=DATE_FORMATS, widget=TextInput())


class RegisterForm(FlaskForm):
    """What the book says of a letter, and where it goes next."""

    code_number = StringField(_("Số"), [Length(max=40)])
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
    signer_position = StringField(_("Chức vụ người ký"), [Length(max=200)])
    issuing_body_id = SelectField(_("Sổ của"), coerce=int)
    submit_to = SelectField(_("Trình"), validate_choice=False)
    note = StringField(_("Ghi chú"), [Length(max=500)])
    duplicate_reason = StringField(_("Lý do vẫn vào sổ"), [Length(max=300)])
    version = HiddenField()


class CorrectForm(RegisterForm):
    """The same data after registration, with the reason of the correction."""

    reason = StringField(_("Lý do sửa"), [InputRequired(), Length(max=300)])


class PaperForm(RegisterForm):
    """A paper without a scan: an envelope by name, a thick dossier."""

    envelope_only = BooleanField(_("Bì thư gửi đích danh, không mở"))


class ProposeForm(FlaskForm):
    """What the chief of office proposes."""

    to_post_id = SelectField(_("Trình"), coerce=int, validate_choice=False)
    lead = SelectField(_("Đề xuất chủ trì"), [Optional()], validate_choice=False)
    coordinators = SelectMultipleField(_("Phối hợp"), coerce=int, validate_choice=False)
    due_on = _day(_("Hạn đề xuất"))
    text = TextAreaField(_("Nội dung đề xuất"), [Length(max=2000)], render_kw={"rows": 3})


class SubmitForm(FlaskForm):
    to_post_id = SelectField(_("Trình"), coerce=int, validate_choice=False)


class ReasonForm(FlaskForm):
    reason = TextAreaField(_("Lý do"), [InputRequired(), Length(max=500)], render_kw={"rows": 2})


class ForwardForm(ReasonForm):
    to = StringField(_("Nơi nhận"), [InputRequired(), Length(max=300)])


class SplitForm(FlaskForm):
    """Where each letter of one scan begins: “1, 4, 9”."""

    starts = StringField(_("Trang đầu của mỗi văn bản"), [InputRequired(), Length(max=200)])


class BookForm(FlaskForm):
    """Which numbers of a book to print. A GET form."""

    class Meta:
        csrf = False

    year = IntegerField(_("Năm"), [InputRequired(), NumberRange(2000, 2100)])
    series_id = SelectField(_("Sổ"), coerce=int)
    first = IntegerField(_("Từ số"), [Optional(), NumberRange(min=1)])
    last = IntegerField(_("Đến số"), [Optional(), NumberRange(min=1)])
