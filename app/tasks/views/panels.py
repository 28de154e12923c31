"""How each act on a task looks: its words, its form, and the permission of its route."""

from __future__ import annotations

from dataclasses import dataclass

from flask_wtf import FlaskForm

from app.security import Permission
from app.tasks import forms, permissions
from app.tasks.acting import Act


@dataclass(frozen=True, slots=True)
class Panel:
    """`label` opens the form, `verb` stands on its button, `done` is said afterwards, with the
    names of those concerned: lead, acceptor, assigner, part (who got a split task)."""

    label: str
    verb: str
    icon: str
    done: str
    form: type[FlaskForm]
    needs: Permission
    tone: str = "primary"


PANELS: dict[Act, Panel] = {
    Act.ASSIGN: Panel(
        "Phân công", "Phân công", "user-plus", "Đã giao việc cho %(lead)s.",
        forms.AssignForm, permissions.CREATE,
    ),
    Act.REPORT: Panel(
        "Báo cáo tiến độ", "Gửi báo cáo", "progress",
        "Đã ghi báo cáo tiến độ; %(assigner)s xem được.",
        forms.ReportForm, permissions.HANDLE,
    ),
    Act.SUBMIT: Panel(
        "Báo hoàn thành", "Báo hoàn thành", "circle-check",
        "Đã gửi kết quả tới %(acceptor)s, chờ duyệt.", forms.ResultForm, permissions.HANDLE,
    ),
    Act.ACCEPT: Panel(
        "Chấp nhận kết quả", "Chấp nhận kết quả", "thumb-up",
        "Đã chấp nhận kết quả của %(lead)s.",
        forms.PlainForm, permissions.ACCEPT,
    ),
    Act.REJECT: Panel(
        "Yêu cầu làm lại", "Gửi lại để làm tiếp", "reload",
        "Đã gửi lại %(lead)s để làm tiếp.",
        forms.RedoForm, permissions.ACCEPT,
    ),
    Act.RETURN: Panel(
        "Trả lại", "Trả lại", "arrow-back-up", "Đã trả lại %(assigner)s.",
        forms.ReasonForm, permissions.HANDLE,
    ),
    Act.SEND_AGAIN: Panel(
        "Giao lại", "Giao lại", "arrow-forward-up", "Đã giao lại cho %(lead)s.",
        forms.NoteForm, permissions.CREATE,
    ),
    Act.EXTEND: Panel(
        "Xin gia hạn", "Xin gia hạn", "calendar-plus", "Đã gửi đề nghị gia hạn tới %(acceptor)s.",
        forms.ExtendForm, permissions.HANDLE,
    ),
    Act.DECIDE: Panel(
        "Trả lời gia hạn", "Trả lời", "calendar-event",
        "Đã trả lời đề nghị gia hạn của %(lead)s.",
        forms.DecideForm, permissions.ACCEPT,
    ),
    Act.SPLIT: Panel(
        "Tách việc", "Giao việc tách ra", "arrows-split", "Đã giao việc tách ra cho %(part)s.",
        forms.PartForm, permissions.CREATE,
    ),
    Act.WAIVE: Panel(
        "Bỏ qua việc tách chưa xong", "Bỏ qua", "checks",
        "Việc này hoàn thành được dù còn việc tách ra.", forms.PlainForm, permissions.HANDLE,
    ),
    Act.OPINION: Panel(
        "Ý kiến phối hợp", "Gửi ý kiến", "message-2", "Đã gửi ý kiến tới %(lead)s.",
        forms.OpinionForm, permissions.HANDLE,
    ),
    Act.URGE: Panel(
        "Đôn đốc", "Đôn đốc", "bell-ringing", "Đã nhắc %(lead)s.",
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
        "Yêu cầu trả lại", "Yêu cầu trả lại", "hand-stop", "Đã yêu cầu %(lead)s trả lại.",
        forms.ReasonForm, permissions.DIRECT,
    ),
    Act.CANCEL: Panel(
        "Hủy việc", "Hủy việc", "circle-x", "Đã hủy việc và báo cho %(lead)s.",
        forms.ReasonForm, permissions.CREATE, "danger",
    ),
}  # fmt: skip
