"""Forms of case files: types and required fields. Choices come from the views."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import TextInput

from app.tasks.forms import DATE_FORMATS

REQUIRED = InputRequired(_("Hãy điền ô này."))


class OpenForm(FlaskForm):
    """A new file: of the catalogue, or outside it with the reason."""

    entry_id = SelectField(_("Theo danh mục hồ sơ"))
    title = StringField(_("Tiêu đề hồ sơ"), [Length(max=500)])
    outside_reason = StringField(_("Lý do lập ngoài danh mục"), [Length(max=500)])
    retention_rule = SelectField(_("Thời hạn bảo quản"))
    description = TextAreaField(_("Mô tả"), [Length(max=500)])


class EditForm(FlaskForm):
    title = StringField(_("Tiêu đề hồ sơ"), [REQUIRED, Length(max=500)])
    description = TextAreaField(_("Mô tả"), [Length(max=500)])
    version = HiddenField()


class PlaceForm(FlaskForm):
    """Into which file a thing goes."""

    case_file_id = SelectField(
        _("Hồ sơ"), [InputRequired(_("Hãy chọn hồ sơ."))], coerce=int, validate_choice=False
    )
    note = StringField(_("Ghi chú"), [Length(max=500)])


class EntryForm(FlaskForm):
    """A planned file of the catalogue."""

    unit_id = SelectField(_("Đơn vị"), coerce=int)
    notation = StringField(_("Số, ký hiệu"), [Length(max=20)])
    heading = StringField(_("Đề mục"), [Length(max=200)])
    title = StringField(_("Tiêu đề hồ sơ"), [REQUIRED, Length(max=500)])
    retention_rule = SelectField(_("Thời hạn bảo quản"))
    keeper_post_id = SelectField(_("Người lập"))
    note = StringField(_("Ghi chú"), [Length(max=500)])


class CatalogueFileForm(FlaskForm):
    file = FileField(_("Tệp Excel (.xlsx)"), [FileRequired(_("Hãy chọn một tệp."))])


class KeepForm(FlaskForm):
    """The unit keeps a closed file longer."""

    until = DateField(_("Giữ đến ngày"), [REQUIRED], format=DATE_FORMATS, widget=TextInput())
    consent = StringField(_("Văn bản đồng ý của lưu trữ"), [REQUIRED, Length(max=500)])


class HandOverForm(FlaskForm):
    """To whom all of it goes, and why."""

    to_post_id = SelectField(_("Người nhận bàn giao"), [InputRequired(_("Hãy chọn người nhận."))])
    reason = StringField(_("Lý do bàn giao"), [REQUIRED, Length(max=500)])
    expected = HiddenField()


class SignedForm(FlaskForm):
    file = FileField(_("Biên bản đã ký (.pdf)"), [FileRequired(_("Hãy chọn một tệp."))])


class ShareForm(FlaskForm):
    post_id = SelectField(_("Cho người này xem"), [Optional()])
