"""Forms of dossiers: types and required fields. Choices come from the views."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from app.procedures.models import (
    CHANNEL_LABELS,
    DELIVERY_LABELS,
    PAYMENT_LABELS,
    STAGE_LABELS,
    Channel,
    DeliveryWay,
    PaymentWay,
    SupplementStage,
)
from app.tasks.forms import DATE_FORMATS

REQUIRED = InputRequired(_("Hãy điền ô này."))
NUMBER_KEYS = {"inputmode": "numeric", "autocomplete": "off"}


def _card(name: str) -> dict[str, str]:
    """Which part of an identity card goes into the field."""
    return {"data-card": name, "autocomplete": "off"}


def _date(label: str, card: str | None = None) -> DateField:
    marks = _card(card) if card else {}
    rules = [Optional()]
    return DateField(label, rules, format=DATE_FORMATS, widget=TextInput(), render_kw=marks)


def _count(label: str, default: int | None = None) -> IntegerField:
    rules = [Optional(), NumberRange(0, 9999, _("Hãy điền số từ 0 đến 9999."))]
    return IntegerField(label, rules, default=default, render_kw=NUMBER_KEYS)


class PersonForm(FlaskForm):
    """The person at the counter, from the card or typed."""

    full_name = StringField(
        _("Họ và tên"), [REQUIRED, Length(max=200)], render_kw=_card("full_name")
    )
    identity_number = StringField(
        _("Số căn cước"),
        [Length(max=20)],
        render_kw={**_card("identity_number"), "inputmode": "numeric"},
    )
    old_identity_number = HiddenField(render_kw=_card("old_identity_number"))
    identity_issued_on = _date(_("Ngày cấp"), "identity_issued_on")
    born_on = _date(_("Ngày sinh"), "born_on")
    gender = StringField(_("Giới tính"), [Length(max=10)], render_kw=_card("gender"))
    address = StringField(_("Địa chỉ"), [Length(max=300)], render_kw=_card("address"))
    phone = StringField(
        _("Điện thoại"),
        [Length(max=20)],
        render_kw={"data-earlier": "phone", "inputmode": "tel", "autocomplete": "off"},
    )
    email = StringField(
        _("Thư điện tử"),
        [Length(max=120)],
        render_kw={"data-earlier": "email", "inputmode": "email", "autocomplete": "off"},
    )
    is_organisation = BooleanField(_("Là tổ chức"))


class ReceptionForm(PersonForm):
    """Step 2 of the counter. The papers come with names of their own (`paper-12`)."""

    submitter_name = StringField(_("Người nộp thay"), [Length(max=200)])
    submitter_identity = StringField(_("Số căn cước người nộp thay"), [Length(max=20)])
    content = TextAreaField(
        _("Nội dung yêu cầu giải quyết"), [Length(max=1000)], render_kw={"rows": 2}
    )
    sets = IntegerField(
        _("Số bộ hồ sơ"),
        [Optional(), NumberRange(1, 99, _("Hãy điền số từ 1 đến 99."))],
        default=1,
        render_kw=NUMBER_KEYS,
    )
    pages = _count(_("Số trang"))
    copies = _count(_("Số bản"))
    signatures = _count(_("Số chữ ký"))
    channel = SelectField(
        _("Hình thức nộp"),
        choices=[(one.value, CHANNEL_LABELS[one]) for one in Channel],
        default=Channel.COUNTER.value,
    )
    delivery = SelectField(
        _("Nhận kết quả"),
        choices=[(one.value, DELIVERY_LABELS[one]) for one in DeliveryWay],
        default=DeliveryWay.COUNTER.value,
    )
    delivery_address = StringField(_("Địa chỉ nhận kết quả"), [Length(max=300)])
    fee_case = SelectField(_("Trường hợp tính phí"), validate_choice=False)
    exempt_ground = StringField(_("Căn cứ miễn phí, lệ phí"), [Length(max=300)])
    external_code = StringField(
        _("Mã hồ sơ của hệ thống tỉnh"), [Length(max=60)], render_kw={"autocomplete": "off"}
    )
    applicant = HiddenField()


class FastForm(PersonForm):
    """The fast lane: who, how many, how it was paid. Columns of the book come as `value-…`."""

    pages = _count(_("Số trang"), 1)
    copies = _count(_("Số bản"), 1)
    signatures = _count(_("Số chữ ký"), 1)
    paid = SelectField(
        _("Đã thu"),
        choices=[(one.value, PAYMENT_LABELS[one]) for one in PaymentWay],
        default=PaymentWay.CASH.value,
    )
    receipt_number = StringField(
        _("Số biên lai"), [Length(max=60)], render_kw={"autocomplete": "off"}
    )
    exempt_ground = StringField(_("Căn cứ miễn phí"), [Length(max=300)])


class PlainForm(FlaskForm):
    """An act without anything to fill in."""


class AssignForm(FlaskForm):
    post_id = SelectField(_("Người xử lý"), [REQUIRED], coerce=int)
    note = TextAreaField(_("Dặn thêm"), [Length(max=500)], render_kw={"rows": 2})
    version = HiddenField()


class StepForm(FlaskForm):
    note = TextAreaField(_("Ý kiến, kết quả của bước"), [Length(max=1000)], render_kw={"rows": 3})
    next_post_id = SelectField(_("Chuyển cho"), [Optional()])


class SupplementForm(FlaskForm):
    """Form 02: everything that is missing, in one notice."""

    items = TextAreaField(
        _("Giấy tờ phải bổ sung, hoàn thiện"), [REQUIRED, Length(max=4000)], render_kw={"rows": 3}
    )
    reason = TextAreaField(_("Lý do"), [REQUIRED, Length(max=2000)], render_kw={"rows": 2})
    legal_ground = StringField(_("Căn cứ"), [Length(max=500)])
    guide = StringField(_("Hướng dẫn"), [Length(max=1000)])
    stage = SelectField(
        _("Giai đoạn"),
        choices=[(one.value, STAGE_LABELS[one]) for one in SupplementStage],
        default=SupplementStage.APPRAISAL.value,
    )
    until = _date(_("Bổ sung trước ngày"))


class TakeForm(FlaskForm):
    answer = TextAreaField(_("Đã nhận những gì"), [Length(max=1000)], render_kw={"rows": 2})
    restart = BooleanField(_("Tính lại thời hạn từ khi đủ hồ sơ"))


class ReasonForm(FlaskForm):
    """A refusal (form 03), giving a step back, a withdrawal."""

    reason = TextAreaField(_("Lý do"), [REQUIRED, Length(max=2000)], render_kw={"rows": 3})
    legal_ground = StringField(_("Căn cứ"), [Length(max=500)])


class ExtendForm(FlaskForm):
    """Form 04: how much longer, in the unit of the limit."""

    amount = IntegerField(
        _("Xin thêm"),
        [REQUIRED, NumberRange(1, 999, _("Hãy điền số từ 1 đến 999."))],
        render_kw=NUMBER_KEYS,
    )
    reason = TextAreaField(_("Nguyên nhân chậm"), [REQUIRED, Length(max=2000)])
    document = StringField(_("Số văn bản xin lỗi"), [Length(max=300)])


class StopForm(ReasonForm):
    """Form 05."""

    request = StringField(_("Theo yêu cầu của"), [Length(max=1000)])


class FeesForm(FlaskForm):
    reason = TextAreaField(
        _("Nội dung nghĩa vụ tài chính"), [REQUIRED, Length(max=1000)], render_kw={"rows": 2}
    )


class AddFeeForm(FlaskForm):
    """A fee whose amount comes by notice, as a tax duty."""

    fee = SelectField(_("Khoản thu theo thông báo"), [REQUIRED], coerce=int)
    amount = IntegerField(
        _("Số tiền theo thông báo (đồng)"),
        [REQUIRED, NumberRange(1, 10_000_000_000, _("Số tiền phải lớn hơn 0."))],
        render_kw=NUMBER_KEYS,
    )


class ExemptForm(FlaskForm):
    ground = StringField(_("Căn cứ miễn"), [REQUIRED, Length(max=300)])


class PayForm(FlaskForm):
    amount = IntegerField(
        _("Số tiền (đồng)"),
        [REQUIRED, NumberRange(1, 10_000_000_000, _("Số tiền phải lớn hơn 0."))],
        render_kw=NUMBER_KEYS,
    )
    way = RadioField(
        _("Cách nộp"),
        choices=[(one.value, PAYMENT_LABELS[one]) for one in PaymentWay],
        default=PaymentWay.CASH.value,
    )
    receipt_number = StringField(_("Số biên lai"), [Length(max=60)])
    reference = StringField(_("Mã giao dịch"), [Length(max=120)])


class OpinionForm(FlaskForm):
    asked_of = StringField(_("Cơ quan, đơn vị được hỏi"), [REQUIRED, Length(max=300)])
    question = TextAreaField(_("Nội dung xin ý kiến"), [REQUIRED, Length(max=1000)])
    document = StringField(_("Số văn bản"), [Length(max=300)])
    until = _date(_("Trả lời trước ngày"))
    pauses = BooleanField(_("Tạm dừng tính thời hạn trong khi chờ"))


class AnswerForm(FlaskForm):
    answer = TextAreaField(_("Ý kiến trả lời"), [REQUIRED, Length(max=2000)])


class ResultForm(FlaskForm):
    document = SelectField(_("Văn bản đã phát hành"), [Optional()])
    result = TextAreaField(
        _("Kết quả (tên, số, ngày)"), [Length(max=1000)], render_kw={"rows": 2},
        description=_("Đã chọn văn bản thì không cần ghi."),
    )  # fmt: skip


class DeliverForm(FlaskForm):
    receiver_name = StringField(_("Người nhận"), [Length(max=200)])
    way = SelectField(
        _("Cách trả"), choices=[(one.value, DELIVERY_LABELS[one]) for one in DeliveryWay]
    )


class ListForm(FlaskForm):
    """The daily list of the provincial system."""

    mapping = SelectField(_("Cách ghép cột"), [REQUIRED], coerce=int)
    file = FileField(_("Tệp danh sách (.xlsx, .csv)"), [FileRequired(_("Hãy chọn một tệp."))])
