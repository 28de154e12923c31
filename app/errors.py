"""What services raise. The log gets the detail, the user gets `user_message`."""

from __future__ import annotations


class AppError(Exception):
    """Base of all errors that a user may see. `user_message` is a whole Vietnamese sentence."""

    user_message = "Không thực hiện được yêu cầu."

    def __init__(self, detail: str = "", user_message: str | None = None) -> None:
        super().__init__(detail or user_message or self.user_message)
        if user_message is not None:
            self.user_message = user_message


class NotFound(AppError):
    """There is no such thing, or the actor may not know that there is."""

    user_message = "Không tìm thấy nội dung này, hoặc bạn không có quyền xem."


class PermissionDenied(AppError):
    """The actor may see the thing but not do this to it."""

    user_message = "Bạn không có quyền thực hiện thao tác này."


class RuleViolated(AppError):
    """A rule of the office forbids the act. Takes the sentence for the user first."""

    def __init__(self, user_message: str, detail: str = "") -> None:
        super().__init__(detail, user_message)


class InvalidInput(RuleViolated):
    """What was typed or uploaded cannot be used; `field` names where, if it is one field."""

    def __init__(self, user_message: str, field: str | None = None) -> None:
        super().__init__(user_message)
        self.field = field


class EditConflict(AppError):
    """Somebody else changed the thing after the form was opened."""

    user_message = "Nội dung này vừa được người khác sửa. Hãy xem bản mới rồi thực hiện lại."


class Busy(AppError):
    """The database stayed locked; nothing was written."""

    user_message = "Hệ thống đang bận, nội dung bạn nhập vẫn còn. Hãy thử lại sau ít giây."


class ProgrammingFault(Exception):
    """The code breaks a rule of the house; never shown to a user as such."""
