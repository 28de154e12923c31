"""Forms of documents going out: types and required fields. Choices come from the views."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from app.incoming.models import URGENCY_LABELS
from app.organisation.forms import options
from app.outgoing.models import Delivery
from app.outgoing.models.issuing import COPY_LABELS, DELIVERY_LABELS

DATE_FORMATS = ["%d/%m/%Y", "%d%m%Y", "%d-%m-%Y", "%d-%m-%y", "%d/%m/%y", "%Y-%m-%d"]
URGENCIES = options((str(level), label) for level, label in URGENCY_LABELS.items())
MEDIA = options((("electronic", _("Bản điện tử, ký số")), ("paper", _("Bản giấy, ký tay"))))
TOLD = [one for one in Delivery if one is not Delivery.PLANNED]


def _day(label: str, *validators: object) -> DateField:
    return DateField(label, validators or [Optional()], format=DATE_FORMATS, widget=TextInput())


class DraftForm(FlaskForm):
    """What a draft says of itself."""

    document_type = SelectField(_("Loại văn bản"), [InputRequired()])
    issuing_body_id = SelectField(_("Cơ quan ban hành"), coerce=int)
    subject_summary = TextAreaField(
        _("Trích yếu"), [InputRequired(), Length(max=500)], render_kw={"rows": 2}
    )
    addressees = TextAreaField(
        _("Kính gửi"), [Length(max=3000)], render_kw={"rows": 2},
        description=_("Mỗi dòng một nơi."),
    )  # fmt: skip
    units = SelectMultipleField(_("Gửi đơn vị trong cơ quan"), coerce=int)
    paper = TextAreaField(
        _("Gửi bản giấy"), [Length(max=3000)], render_kw={"rows": 2},
        description=_("Mỗi dòng một nơi."),
    )  # fmt: skip
    edxml = TextAreaField(
        _("Gửi qua trục liên thông"), [Length(max=3000)], render_kw={"rows": 2},
        description=_("Mỗi dòng một cơ quan."),
    )  # fmt: skip
    email = TextAreaField(
        _("Gửi thư điện tử"), [Length(max=3000)], render_kw={"rows": 2},
        description=_("Mỗi dòng: tên nơi nhận, dấu phẩy, địa chỉ thư."),
    )  # fmt: skip
    signer_post_id = SelectField(_("Người ký"), coerce=int)
    urgency = SelectField(_("Độ khẩn"), choices=URGENCIES)
    medium = SelectField(_("Hình thức"), choices=MEDIA)
    copies = IntegerField(_("Số bản"), [Optional(), NumberRange(1, 999)], default=1)
    closes_incoming = BooleanField(_("Phát hành xong thì kết thúc văn bản đến"), default=True)
    note = StringField(_("Ghi chú"), [Length(max=500)])
    version = HiddenField()


class BodyForm(FlaskForm):
    """A letter written in the browser; `body` holds the editor's HTML or plain lines."""

    body = TextAreaField(_("Nội dung"), [InputRequired(_("Chưa viết nội dung nào."))])
    note = StringField(_("Ghi chú phiên bản"), [Length(max=300)])


class TemplateForm(FlaskForm):
    """A new version of a template, by file."""

    file = FileField(_("Tệp mẫu (.docx)"))
    note = StringField(
        _("Đã đổi gì"), [Length(max=300)], description=_("Ví dụ: đổi địa chỉ ở chân trang.")
    )


class SubmitForm(FlaskForm):
    signer_post_id = SelectField(_("Trình người ký"), coerce=int)
    urgent_reason = StringField(
        _("Trình thẳng vì"), [Length(max=300)],
        description=_("Chỉ văn bản khẩn; để trống thì trình lần lượt."),
    )  # fmt: skip


class DecideForm(FlaskForm):
    comment = TextAreaField(_("Ý kiến"), [Length(max=2000)], render_kw={"rows": 2})
    version_no = IntegerField(validators=[Optional()])


class ReturnForm(FlaskForm):
    to = RadioField(_("Trả lại"), [InputRequired()])
    comment = TextAreaField(
        _("Nội dung cần sửa"), [InputRequired(), Length(max=2000)], render_kw={"rows": 3}
    )


class ReasonForm(FlaskForm):
    reason = TextAreaField(_("Lý do"), [InputRequired(), Length(max=500)], render_kw={"rows": 2})


class CommentForm(FlaskForm):
    text = TextAreaField(_("Nhận xét"), [InputRequired(), Length(max=2000)], render_kw={"rows": 2})
    page = IntegerField(_("Trang"), [Optional(), NumberRange(1, 999)])
    box = HiddenField()  # x0,y0,x1,y1 as fractions of the page, from a tap on it


class OpinionForm(FlaskForm):
    unit_ids = SelectMultipleField(_("Xin ý kiến của"), coerce=int)
    due_on = _day(_("Hạn cho ý kiến"), InputRequired())
    question = TextAreaField(_("Nội dung hỏi"), [Length(max=1000)], render_kw={"rows": 2})


class AnswerForm(FlaskForm):
    agrees = RadioField(
        _("Ý kiến"),
        [InputRequired()],
        choices=options((("1", _("Nhất trí")), ("0", _("Có ý kiến khác")))),
    )
    text = TextAreaField(_("Nội dung"), [Length(max=2000)], render_kw={"rows": 3})


class DeliveryForm(FlaskForm):
    delivery = SelectField(
        _("Trạng thái"), choices=options((d.value, DELIVERY_LABELS[d]) for d in TOLD)
    )
    envelope = StringField(_("Số bì"), [Length(max=60)])
    detail = StringField(_("Ghi chú"), [Length(max=500)])


class CopyForm(FlaskForm):
    """A certified copy: of what kind, on what, by whom."""

    copy_kind = SelectField(
        _("Hình thức sao"),
        choices=options((kind.value, label) for kind, label in COPY_LABELS.items()),
    )
    issuing_body_id = SelectField(_("Cơ quan sao"), coerce=int)
    medium = RadioField(
        _("Bản sao"),
        default="electronic",
        choices=options(
            (("electronic", _("Điện tử: dấu bản sao ở góc trên bên phải trang đầu")),
             ("paper", _("Để in: thể thức bản sao ở dưới trang cuối")))
        ),
    )  # fmt: skip
    signer_post_id = SelectField(_("Người ký bản sao"), coerce=int)
    pages = StringField(
        _("Trang được sao"), [Length(max=100)], description=_("Để trống là tất cả. Ví dụ: 1-3, 5.")
    )
    part = StringField(_("Phần trích sao"), [Length(max=500)])
    copies = IntegerField(_("Số bản"), [Optional(), NumberRange(1, 999)], default=1)
    for_whom = StringField(_("Nơi nhận bản sao"), [Length(max=300)])


class BookForm(FlaskForm):
    """Which book, which days, as of when."""

    class Meta:
        csrf = False

    series_id = SelectField(_("Sổ"), coerce=int)
    year = IntegerField(_("Năm"), [InputRequired(), NumberRange(2000, 2200)])
    since = _day(_("Từ ngày"))
    until = _day(_("Đến ngày"))
    as_of = _day(_("Theo tình trạng ngày"))

    def days(self, today: date) -> tuple[date, date]:
        """The days of the post book: this month's when none are typed."""
        return self.since.data or today.replace(day=1), self.until.data or today
