"""How each act on a task looks: its words, its form, and the permission of its route."""

from __future__ import annotations

from dataclasses import dataclass

from flask_wtf import FlaskForm

from app.security import Permission
from app.tasks import forms, permissions
from app.tasks.acting import Act


@dataclass(frozen=True, slots=True)
class Panel:
    """`label` opens the form, `verb` stands on its button, `done` is said afterwards."""

    label: str
    verb: str
    icon: str
    done: str
    form: type[FlaskForm]
    needs: Permission
    tone: str = "primary"


PANELS: dict[Act, Panel] = {
    Act.ASSIGN: Panel(
        "Phân công", "Phân công", "user-plus", "Đã phân công.",
        forms.AssignForm, permissions.CREATE,
    ),
    Act.REPORT: Panel(
        "Báo cáo tiến độ", "Gửi báo cáo", "progress", "Đã ghi báo cáo tiến độ.",
        forms.ReportForm, permissions.HANDLE,
    ),
    Act.SUBMIT: Panel(
        "Báo hoàn thành", "Báo hoàn thành", "circle-check",
        "Đã báo hoàn thành, chờ duyệt kết quả.", forms.ResultForm, permissions.HANDLE,
    ),
    Act.ACCEPT: Panel(
        "Chấp nhận kết quả", "Chấp nhận kết quả", "thumb-up", "Đã chấp nhận kết quả.",
        forms.PlainForm, permissions.ACCEPT,
    ),
    Act.REJECT: Panel(
        "Yêu cầu làm lại", "Gửi lại để làm tiếp", "reload", "Đã gửi lại để làm tiếp.",
        forms.RedoForm, permissions.ACCEPT,
    ),
    Act.RETURN: Panel(
        "Trả lại", "Trả lại", "arrow-back-up", "Đã trả lại nơi giao.",
        forms.ReasonForm, permissions.HANDLE,
    ),
    Act.SEND_AGAIN: Panel(
        "Giao lại", "Giao lại", "arrow-forward-up", "Đã giao lại.",
        forms.NoteForm, permissions.CREATE,
    ),
    Act.EXTEND: Panel(
        "Xin gia hạn", "Xin gia hạn", "calendar-plus", "Đã gửi đề nghị gia hạn.",
        forms.ExtendForm, permissions.HANDLE,
    ),
    Act.DECIDE: Panel(
        "Trả lời gia hạn", "Trả lời", "calendar-event", "Đã trả lời đề nghị gia hạn.",
        forms.DecideForm, permissions.ACCEPT,
    ),
    Act.SPLIT: Panel(
        "Tách việc", "Giao việc tách ra", "arrows-split", "Đã tách việc.",
        forms.PartForm, permissions.CREATE,
    ),
    Act.WAIVE: Panel(
        "Bỏ qua việc tách chưa xong", "Bỏ qua", "checks",
        "Việc này hoàn thành được dù còn việc tách ra.", forms.PlainForm, permissions.HANDLE,
    ),
    Act.OPINION: Panel(
        "Ý kiến phối hợp", "Gửi ý kiến", "message-2", "Đã gửi ý kiến.",
        forms.OpinionForm, permissions.HANDLE,
    ),
    Act.URGE: Panel(
        "Đôn đốc", "Đôn đốc", "bell-ringing", "Đã nhắc người thực hiện.",
        forms.NoteForm, permissions.MONITOR,
    ),
    Act.URGE_HELPERS: Panel(
        "Đôn đốc phối hợp", "Nhắc nơi phối hợp", "bell-ringing",
        "Đã nhắc các nơi chưa cho ý kiến.", forms.NoteForm, permissions.URGE,
    ),
    Act.RECALL: Panel(
        "Thu hồi", "Thu hồi", "arrow-back-up", "Đã thu hồi ý kiến chỉ đạo.",
        forms.ReasonForm, permissions.DIRECT, "danger",
    ),
    Act.ASK_BACK: Panel(
        "Yêu cầu trả lại", "Yêu cầu trả lại", "hand-stop", "Đã yêu cầu trả lại.",
        forms.ReasonForm, permissions.DIRECT,
    ),
    Act.CANCEL: Panel(
        "Hủy việc", "Hủy việc", "circle-x", "Đã hủy việc.",
        forms.ReasonForm, permissions.CREATE, "danger",
    ),
}  # fmt: skip
