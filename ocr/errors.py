"""Why a file was refused: a code for programs, a Vietnamese sentence for people."""

from __future__ import annotations

SENTENCES = {
    "encrypted": "Tệp được đặt mật khẩu, không mở được. Đề nghị nơi gửi bỏ mật khẩu.",
    "broken": "Tệp bị hỏng hoặc bị cắt cụt, không mở được.",
    "empty": "Tệp rỗng, không có dữ liệu.",
    "zero_pages": "Tệp không có trang nào.",
    "too_many_pages": "Tệp có quá nhiều trang so với giới hạn cho phép.",
    "too_many_pixels": "Ảnh quá lớn so với giới hạn cho phép.",
    "too_big": "Tệp quá lớn so với giới hạn cho phép.",
    "timeout": "Đọc tệp quá thời gian cho phép nên đã dừng.",
    "memory": "Đọc tệp cần quá nhiều bộ nhớ nên đã dừng.",
    "not_a_document": "Tệp không phải là PDF, TIFF, PNG hoặc JPEG nên không đọc được.",
    "crashed": "Chương trình đọc tệp dừng bất thường với tệp này.",
    "missing": "Không tìm thấy tệp.",
    "no_engine": "Chưa cài chương trình nhận dạng chữ (Tesseract, tiếng Việt).",
    "bad_request": "Yêu cầu xử lý tệp không hợp lệ.",
}


class FileRefused(Exception):
    """This file cannot be read within the limits. `code` is a key of `SENTENCES`."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code if code in SENTENCES else "crashed"
        self.sentence = SENTENCES[self.code]
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)

    @property
    def user_message(self) -> str:
        return self.sentence
