"""Vietnamese sentences for the checks of WTForms, which has no Vietnamese catalogue of its own."""

from __future__ import annotations

from babel.support import NullTranslations
from flask import Flask, request

SENTENCES = {
    "This field is required.": "Hãy điền ô này.",
    "Invalid input.": "Giá trị không hợp lệ.",
    "This field cannot be edited.": "Ô này không sửa được.",
    "This field is disabled and cannot have a value.": "Ô này đang khóa.",
    "Field must be equal to %(other_name)s.": "Giá trị phải giống ô %(other_name)s.",
    "Field must be at least %(min)d characters long.": "Cần ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d characters.": "Tối đa %(max)d ký tự.",
    "Field must be exactly %(max)d characters long.": "Cần đúng %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": (
        "Cần từ %(min)d đến %(max)d ký tự."
    ),
    "Number must be at least %(min)s.": "Số phải từ %(min)s trở lên.",
    "Number must be at most %(max)s.": "Số không được lớn hơn %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Số phải từ %(min)s đến %(max)s.",
    "Date must be at least %(min)s.": "Ngày phải từ %(min)s trở đi.",
    "Date must be at most %(max)s.": "Ngày không được sau %(max)s.",
    "Date must be between %(min)s and %(max)s.": "Ngày phải từ %(min)s đến %(max)s.",
    "Invalid email address.": "Địa chỉ thư điện tử không đúng.",
    "Invalid IP address.": "Địa chỉ IP không đúng.",
    "Invalid Mac address.": "Địa chỉ MAC không đúng.",
    "Invalid URL.": "Địa chỉ liên kết không đúng.",
    "Invalid UUID.": "Mã định danh không đúng.",
    "Invalid value, must be one of: %(values)s.": "Chỉ nhận một trong: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Không nhận: %(values)s.",
    "Invalid CSRF Token.": "Trang đã mở quá lâu. Hãy tải lại trang.",
    "CSRF token missing.": "Trang đã mở quá lâu. Hãy tải lại trang.",
    "CSRF failed.": "Trang đã mở quá lâu. Hãy tải lại trang.",
    "CSRF token expired.": "Trang đã mở quá lâu. Hãy tải lại trang.",
    "Invalid Choice: could not coerce.": "Hãy chọn một mục trong danh sách.",
    "Not a valid choice.": "Hãy chọn một mục trong danh sách.",
    "Invalid choice(s): one or more data inputs could not be coerced.": (
        "Có mục không nằm trong danh sách."
    ),
    "'%(value)s' are not valid choices for this field.": "“%(value)s” không nằm trong danh sách.",
    "Not a valid datetime value.": "Ngày giờ không đúng, ví dụ 18/11/2026 07:30.",
    "Not a valid date value.": "Ngày không đúng, ví dụ 18/11/2026.",
    "Not a valid time value.": "Giờ không đúng, ví dụ 07:30.",
    "Not a valid week value.": "Tuần không đúng.",
    "Not a valid integer value.": "Hãy nhập một số nguyên.",
    "Not a valid decimal value.": "Hãy nhập một số.",
    "Not a valid float value.": "Hãy nhập một số.",
}


class VietnameseMessages(NullTranslations):
    """What Flask-WTF asks for; Vietnamese has one form for every number."""

    def gettext(self, message: str) -> str:
        return SENTENCES.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return SENTENCES.get(msgid2, msgid2)

    ugettext = gettext
    ungettext = ngettext


MESSAGES = VietnameseMessages()


def install_form_messages(app: Flask) -> None:
    """Flask-WTF looks for the catalogue of a request at `request.wtforms_translations`."""

    @app.before_request
    def choose_messages() -> None:
        request.wtforms_translations = MESSAGES  # type: ignore[attr-defined]
