"""How each act on an incident looks: its words, its form, and the permission of its route."""

from __future__ import annotations

from dataclasses import dataclass

from flask_wtf import FlaskForm

from app.operations import forms, permissions
from app.operations.acting import Act
from app.security import Permission


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


P = permissions
PANELS: dict[Act, Panel] = {
    Act.VERIFY: Panel(
        "Xác minh", "Đã xác minh", "check", "Đã xác minh sự cố.", forms.StepForm, P.RECORD
    ),
    Act.DISPATCH: Panel(
        "Điều động", "Điều động", "send", "Đã giao việc cho các đơn vị.",
        forms.DispatchForm, P.RECORD,
    ),
    Act.ARRIVE: Panel(
        "Đã tới hiện trường", "Đã tới hiện trường", "map-pin", "Đã ghi: tới hiện trường.",
        forms.StepForm, P.HANDLE,
    ),
    Act.CONTROL: Panel(
        "Đã khống chế", "Đã khống chế", "shield-check", "Đã ghi: khống chế được.",
        forms.StepForm, P.HANDLE,
    ),
    Act.RESOLVE: Panel(
        "Giải quyết xong", "Giải quyết xong", "circle-check", "Đã khép lại sự cố.",
        forms.StepForm, P.DECIDE,
    ),
    Act.REVIEW: Panel(
        "Rút kinh nghiệm", "Ghi bài học", "notes", "Đã ghi bài học rút ra.",
        forms.ReviewForm, P.DECIDE,
    ),
    Act.NOTE: Panel(
        "Ghi chú, gửi ảnh", "Gửi", "photo", "Đã ghi vào diễn biến.", forms.NoteForm, P.HANDLE
    ),
    Act.JUDGE: Panel(
        "Đổi mức độ", "Đổi mức độ", "flag", "Đã đổi mức độ.", forms.JudgeForm, P.DECIDE
    ),
    Act.EDIT: Panel(
        "Sửa thông tin, thiệt hại", "Lưu", "pencil", "Đã lưu thông tin.",
        forms.FactsForm, P.RECORD,
    ),
    Act.START: Panel(
        "Chạy kịch bản", "Chạy kịch bản", "player-play", "Kịch bản đã chạy.",
        forms.StartForm, P.RECORD,
    ),
    Act.MERGE: Panel(
        "Gộp vào sự cố khác", "Gộp", "arrow-merge", "Đã gộp; tin mới sẽ vào sự cố này.",
        forms.MergeForm, P.RECORD,
    ),
    Act.PART: Panel(
        "Bỏ gộp", "Bỏ gộp", "arrows-split", "Đã tách lại thành hai sự cố.",
        forms.PartForm, P.RECORD,
    ),
    Act.FALSE_ALARM: Panel(
        "Báo nhầm", "Đánh dấu báo nhầm", "bell-off", "Đã khép lại: báo nhầm.",
        forms.StepForm, P.RECORD, "danger",
    ),
    Act.REOPEN: Panel(
        "Mở lại", "Mở lại", "reload", "Sự cố lại mở.", forms.StepForm, P.RECORD
    ),
}  # fmt: skip
