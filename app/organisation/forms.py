"""Forms of the organisation: types and required fields; the rules are in the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.addresses import is_address
from app.clock import VIETNAM
from app.errors import InvalidInput
from app.organisation.dates import parse_date
from app.organisation.models import API_SCOPES as SCOPES
from app.organisation.models import OrganLevel, SuccessionRelation, UnitKind
from app.security import ROLE_LABELS, Role

REQUIRED = InputRequired(_("Hãy điền ô này."))


def check_address(_form: object, field: StringField) -> None:
    """Refuse what is no address of mail."""
    if not is_address((field.data or "").strip()):
        raise ValidationError(_("Địa chỉ thư chưa đúng."))


EMAIL = (Optional(), check_address)
UNIT_KINDS = [
    (UnitKind.LEADERSHIP.value, _("Lãnh đạo")),
    (UnitKind.OFFICE.value, _("Văn phòng")),
    (UnitKind.DEPARTMENT.value, _("Phòng")),
    (UnitKind.CENTRE.value, _("Trung tâm")),
    (UnitKind.TEAM.value, _("Tổ, đội")),
    (UnitKind.COMMITTEE.value, _("Ban, hội đồng")),
]
LEVELS = [
    (OrganLevel.CENTRAL.value, _("Trung ương")),
    (OrganLevel.PROVINCE.value, _("Tỉnh, thành phố")),
    (OrganLevel.DISTRICT.value, _("Huyện (trước 01/7/2025)")),
    (OrganLevel.COMMUNE.value, _("Xã, phường, đặc khu")),
    (OrganLevel.EXTERNAL.value, _("Cơ quan, tổ chức khác")),
    (OrganLevel.CITIZEN_GROUP.value, _("Tổ chức của công dân")),
]
RELATIONS = [
    (SuccessionRelation.MERGE.value, _("Sáp nhập vào")),
    (SuccessionRelation.SPLIT.value, _("Chia tách thành")),
    (SuccessionRelation.RENAME.value, _("Đổi tên thành")),
    (SuccessionRelation.ABOLISH.value, _("Giải thể, chuyển nhiệm vụ cho")),
]


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Choices of a select from pairs of value and text."""
    return [SelectChoice(value, text) for value, text in pairs]


class DateField(StringField):
    """A day typed dd/mm/yyyy; `data` is a date or None."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%d/%m/%Y") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = parse_date(text)
        except ValueError:
            raise ValidationError(_("Hãy nhập ngày dạng dd/mm/yyyy.")) from None


class MomentField(StringField):
    """A day with an optional time, “18/11/2026 07:30”, on Vietnamese clocks; `data` is aware."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        day, _sep, clock = text.partition(" ")
        try:
            hour = datetime.strptime(clock.strip() or "00:00", "%H:%M").time()  # noqa: DTZ007
            self.data = datetime.combine(parse_date(day), hour, VIETNAM)
        except ValueError:
            raise ValidationError(_("Hãy nhập dạng dd/mm/yyyy giờ:phút.")) from None


class OptionalId(SelectField):
    """A select of ids, where an empty choice means none."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(
            label,
            coerce=lambda value: int(value) if value not in (None, "", "None") else None,
            validators=kwargs.pop("validators", [Optional()]),
            **kwargs,
        )

    def offer(self, choices: Iterable[tuple[int, str]], none: Any = "–") -> None:
        self.choices = options([("", none), *((str(key), text) for key, text in choices)])


class CheckList(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def show_error(form: FlaskForm, error: InvalidInput) -> str | None:
    """Put a service's sentence at its field. Returns it when it belongs to no field."""
    field = form._fields.get(error.field or "")
    if field is None:
        return error.user_message
    field.errors = [*field.errors, error.user_message]
    return None


class SignInForm(FlaskForm):
    login = StringField(_("Tên đăng nhập"), [REQUIRED, Length(max=60)])
    password = PasswordField(_("Mật khẩu"), [REQUIRED, Length(max=200)])
    next = HiddenField()


class CodeForm(FlaskForm):
    code = StringField(_("Mã xác thực"), [REQUIRED, Length(max=40)])


class NewPasswordForm(FlaskForm):
    password = PasswordField(_("Mật khẩu mới"), [REQUIRED])
    again = PasswordField(_("Nhập lại mật khẩu mới"), [REQUIRED])

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(_("Hai lần nhập chưa giống nhau."))


class ChangePasswordForm(NewPasswordForm):
    old = PasswordField(_("Mật khẩu hiện tại"), [REQUIRED, Length(max=200)])


class ConfirmPasswordForm(FlaskForm):
    password = PasswordField(_("Mật khẩu"), [REQUIRED, Length(max=200)])


class ProfileForm(FlaskForm):
    email = StringField(_("Thư điện tử"), EMAIL)
    phone = StringField(_("Điện thoại"), [Length(max=40)])
    shortcuts_off = BooleanField(_("Tắt phím tắt một phím"))


class PersonForm(FlaskForm):
    full_name = StringField(_("Họ và tên"), [REQUIRED, Length(max=120)])
    login = StringField(_("Tên đăng nhập"), [REQUIRED, Length(max=60)])
    email = StringField(_("Thư điện tử"), EMAIL)
    phone = StringField(_("Điện thoại"), [Length(max=40)])
    version = HiddenField()


class HoldingForm(FlaskForm):
    post_id = OptionalId(_("Chức vụ"), validators=[REQUIRED])
    valid_from = DateField(_("Từ ngày"), [REQUIRED])
    is_main = BooleanField(_("Chức vụ chính"))


class EndForm(FlaskForm):
    valid_to = DateField(_("Đến hết ngày"), [REQUIRED])


class UnitForm(FlaskForm):
    name = StringField(_("Tên đơn vị"), [REQUIRED, Length(max=200)])
    short_name = StringField(_("Tên ngắn"), [REQUIRED, Length(max=80)])
    code = StringField(_("Mã, ký hiệu"), [REQUIRED, Length(max=40)])
    kind = SelectField(
        _("Loại đơn vị"), choices=options(UNIT_KINDS), default=UnitKind.DEPARTMENT.value
    )
    parent_id = OptionalId(_("Thuộc đơn vị"))
    position = IntegerField(_("Thứ tự"), [Optional(), NumberRange(0, 9999)], default=0)
    valid_from = DateField(_("Từ ngày"), [REQUIRED])
    version = HiddenField()


class EndUnitForm(EndForm):
    relation = SelectField(_("Lý do kết thúc"), choices=options(RELATIONS))
    successor_ids = CheckList(_("Đơn vị kế thừa"), coerce=int)


class PostForm(FlaskForm):
    title = StringField(_("Tên chức vụ"), [REQUIRED, Length(max=120)])
    unit_id = OptionalId(_("Đơn vị"), validators=[REQUIRED])
    roles = CheckList(
        _("Vai trò"),
        choices=options((role.value, ROLE_LABELS[role]) for role in Role),
        coerce=str,
    )
    is_head = BooleanField(_("Cấp trưởng hoặc cấp phó (xem mọi việc của đơn vị)"))
    rank = IntegerField(_("Thứ bậc (1: cấp trưởng)"), [Optional(), NumberRange(1, 999)], default=50)
    valid_from = DateField(_("Từ ngày"), [REQUIRED])
    version = HiddenField()


class DelegationForm(FlaskForm):
    from_post_id = OptionalId(_("Chức vụ được xử lý thay"), validators=[REQUIRED])
    to_person_id = OptionalId(_("Người xử lý thay"), validators=[REQUIRED])
    valid_from = MomentField(_("Từ"), [REQUIRED])
    valid_to = MomentField(_("Đến"), [REQUIRED])
    scope = TextAreaField(_("Nội dung được ủy quyền"), [REQUIRED, Length(max=300)])
    doc_ref = StringField(_("Văn bản ủy quyền"), [Length(max=120)])


class ReasonForm(FlaskForm):
    reason = StringField(_("Lý do"), [REQUIRED, Length(max=300)])


class BodyForm(FlaskForm):
    name = StringField(_("Tên chủ thể ban hành"), [REQUIRED, Length(max=200)])
    short_name = StringField(_("Viết tắt trong ký hiệu"), [REQUIRED, Length(max=40)])
    head_lines = TextAreaField(_("Các dòng ở góc trái văn bản"), [REQUIRED, Length(max=400)])
    place = StringField(_("Địa danh"), [Length(max=80)])
    seal = StringField(_("Con dấu"), [Length(max=200)])
    position = IntegerField(_("Thứ tự"), [Optional(), NumberRange(0, 9999)], default=0)
    version = HiddenField()


class SignerForm(FlaskForm):
    post_id = OptionalId(_("Người ký"), validators=[REQUIRED])
    authority = SelectField(_("Thẩm quyền ký"))


class OrganForm(FlaskForm):
    name = StringField(_("Tên cơ quan"), [REQUIRED, Length(max=200)])
    short_name = StringField(_("Tên ngắn"), [Length(max=80)])
    level = SelectField(_("Cấp"), choices=options(LEVELS), default=OrganLevel.EXTERNAL.value)
    aliases = TextAreaField(_("Tên gọi khác, mỗi dòng một tên"), [Length(max=2000)])
    code = StringField(_("Mã định danh"), [Length(max=60)])
    version = HiddenField()


class MergeForm(FlaskForm):
    target_id = OptionalId(_("Gộp vào cơ quan"), validators=[REQUIRED])


class ImportForm(FlaskForm):
    file = FileField(_("Tệp Excel (.xlsx)"), [FileRequired(_("Hãy chọn một tệp."))])


class TokenForm(FlaskForm):
    name = StringField(_("Tên máy hoặc phần mềm"), [REQUIRED, Length(max=120)])
    post_id = OptionalId(_("Hoạt động với chức vụ"), validators=[REQUIRED])
    scopes = CheckList(_("Phạm vi"), choices=options(SCOPES.items()), coerce=str)
