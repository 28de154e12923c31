"""The acts on a dossier: which form each has, who may do it, and in which states it is offered."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app.errors import PermissionDenied
from app.procedures import forms, permissions, services, standing
from app.procedures.models import (
    DeliveryWay,
    Dossier,
    DossierStatus,
    PaymentWay,
    StepKind,
    SupplementStage,
)
from app.security import Actor, Role

S = DossierStatus
Call = Callable[[Session, Actor, Dossier, Any], object]
Who = Callable[[Actor, Dossier], bool]


class Act(enum.Enum):
    """What may be done; the value is the address and the prefix of the form."""

    ACCEPT = "tiep-nhan"
    ASSIGN = "phan-cong"
    STEP = "xong-buoc"
    RESULT = "ket-qua"
    DELIVER = "tra-ket-qua"
    TAKE = "nhan-bo-sung"
    SUPPLEMENT = "yeu-cau-bo-sung"
    PAY = "thu-tien"
    ADD_FEE = "khoan-thu"
    FEES = "yeu-cau-tai-chinh"
    OPINION = "hoi-y-kien"
    RETURN = "tra-buoc"
    EXTEND = "gia-han"
    REFUSE = "tu-choi"
    STOP = "dung"
    WITHDRAW = "rut"


@dataclass(frozen=True, slots=True)
class Panel:
    """One act on the page."""

    label: str
    icon: str
    form: type[FlaskForm]
    who: Who
    states: frozenset[DossierStatus]
    call: Call
    done: str
    verb: str = ""
    tone: str | None = None

    def offered(self, actor: Actor, dossier: Dossier) -> bool:
        return dossier.status in self.states and self.who(actor, dossier)


def _assign(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    version = form.version.data or ""
    return services.assign(
        session, actor, dossier_id=one.id, post_id=form.post_id.data, note=form.note.data or "",
        version=int(version) if version.isdigit() else None,
    )  # fmt: skip


def _step(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    chosen = form.next_post_id.data or ""
    return services.finish_step(
        session, actor, dossier_id=one.id, note=form.note.data or "",
        next_post_id=int(chosen) if chosen.isdigit() else None,
    )  # fmt: skip


def _return(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.return_step(session, actor, dossier_id=one.id, reason=form.reason.data)


def _supplement(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    items = [line.strip(" -•\t") for line in form.items.data.splitlines()]
    return services.ask_supplements(
        session, actor, dossier_id=one.id, items=[item for item in items if item],
        reason=form.reason.data, legal_ground=form.legal_ground.data or "",
        guide=form.guide.data or "", stage=SupplementStage(form.stage.data), until=form.until.data,
    )  # fmt: skip


def _take(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.take_supplements(
        session, actor, dossier_id=one.id, answer=form.answer.data or "",
        restart=bool(form.restart.data),
    )  # fmt: skip


def _fees(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.ask_fees(session, actor, dossier_id=one.id, reason=form.reason.data)


def _add_fee(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.add_fee(
        session, actor, dossier_id=one.id, fee_id=form.fee.data, amount=form.amount.data
    )


def _pay(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.pay(
        session, actor, dossier_id=one.id, amount=form.amount.data,
        way=PaymentWay(form.way.data), receipt_number=form.receipt_number.data or None,
        reference=form.reference.data or "",
    )  # fmt: skip


def _opinion(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.ask_opinion(
        session, actor, dossier_id=one.id, asked_of=form.asked_of.data,
        question=form.question.data, document=form.document.data or "", until=form.until.data,
        pauses=bool(form.pauses.data),
    )  # fmt: skip


def _extend(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.extend(
        session, actor, dossier_id=one.id, amount=form.amount.data, reason=form.reason.data,
        document=form.document.data or "",
    )  # fmt: skip


def _refuse(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.refuse(
        session, actor, dossier_id=one.id, reason=form.reason.data,
        legal_ground=form.legal_ground.data or "",
    )  # fmt: skip


def _stop(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.stop(
        session, actor, dossier_id=one.id, reason=form.reason.data,
        request=form.request.data or "", legal_ground=form.legal_ground.data or "",
    )  # fmt: skip


def _withdraw(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.withdraw(session, actor, dossier_id=one.id, reason=form.reason.data)


def _result(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    chosen = form.document.data or ""
    return services.give_result(
        session, actor, dossier_id=one.id, result=form.result.data or "",
        document_id=int(chosen) if chosen.isdigit() else None,
    )  # fmt: skip


def _deliver(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.deliver(
        session, actor, dossier_id=one.id, receiver_name=form.receiver_name.data or "",
        way=DeliveryWay(form.way.data),
    )  # fmt: skip


def _accept(session: Session, actor: Actor, one: Dossier, form: Any) -> object:
    return services.accept(session, actor, dossier_id=one.id)


def at_counter(actor: Actor, one: Dossier) -> bool:
    return actor.may(permissions.RECEIVE)


def holder(actor: Actor, one: Dossier) -> bool:
    """Who has the dossier now, or heads the unit that has it."""
    try:
        standing.as_holder(actor, one)
    except PermissionDenied:
        return False
    return True


def decider(actor: Actor, one: Dossier) -> bool:
    try:
        standing.as_decider(actor, one)
    except PermissionDenied:
        return False
    return True


def at_counter_or_holder(actor: Actor, one: Dossier) -> bool:
    return at_counter(actor, one) or holder(actor, one)


def asker(actor: Actor, one: Dossier) -> bool:
    """Before acceptance the counter asks for what is missing, then whoever has the dossier."""
    return at_counter(actor, one) if one.status is S.NEW else holder(actor, one)


def refuser(actor: Actor, one: Dossier) -> bool:
    return at_counter(actor, one) if one.status is S.NEW else decider(actor, one)


def stepper(actor: Actor, one: Dossier) -> bool:
    """Whoever has it; a step that a leader signs only who decides. Before handing over comes the
    result, not the next step."""
    step = one.open_step
    after = next((s for s in one.steps if step and s.position > step.position), None)
    if step is None or after is None or after.kind is StepKind.DELIVERY:
        return False
    signs = step.role is Role.LEADER or step.kind is StepKind.SIGNATURE
    return holder(actor, one) and (decider(actor, one) if signs else True)


def finisher(actor: Actor, one: Dossier) -> bool:
    """Who decides says what the result is; after the signature whoever has the dossier."""
    signing = [step for step in one.steps if step.kind is StepKind.SIGNATURE]
    signed = bool(signing) and all(step.finished_at is not None for step in signing)
    return holder(actor, one) and (signed or decider(actor, one))


WORKING = frozenset({S.PROCESSING})
ASKABLE = frozenset({S.NEW, S.PROCESSING})
PAYABLE = frozenset({S.RECEIVED, S.PROCESSING, S.FINANCE, S.DONE})

PANELS: dict[Act, Panel] = {
    Act.ACCEPT: Panel(
        "Tiếp nhận", "check", forms.PlainForm, at_counter, frozenset({S.NEW}), _accept,
        "Đã tiếp nhận hồ sơ. Thời hạn bắt đầu được tính.",
    ),
    Act.ASSIGN: Panel(
        "Phân công", "user-share", forms.AssignForm, decider, WORKING, _assign,
        "Đã phân công xử lý hồ sơ.",
    ),
    Act.STEP: Panel(
        "Xong bước, chuyển tiếp", "arrow-right", forms.StepForm, stepper, WORKING, _step,
        "Đã xong bước, hồ sơ chuyển sang bước sau.",
    ),
    Act.RESULT: Panel(
        "Có kết quả", "circle-check", forms.ResultForm, holder, WORKING, _result,
        "Đã ghi kết quả. Hồ sơ chờ trả cho người dân.",
    ),
    Act.DELIVER: Panel(
        "Trả kết quả", "send", forms.DeliverForm, at_counter, frozenset({S.DONE}), _deliver,
        "Đã trả kết quả cho người dân.",
    ),
    Act.TAKE: Panel(
        "Nhận bổ sung", "inbox", forms.TakeForm, at_counter_or_holder,
        frozenset({S.SUPPLEMENT}), _take, "Đã nhận đủ bổ sung. Thời hạn được tính tiếp.",
    ),
    Act.PAY: Panel(
        "Thu phí, lệ phí", "receipt", forms.PayForm, at_counter, PAYABLE, _pay, "Đã ghi thu tiền.",
    ),
    Act.SUPPLEMENT: Panel(
        "Yêu cầu bổ sung (mẫu 02)", "file-plus", forms.SupplementForm, asker, ASKABLE,
        _supplement, "Đã lập phiếu yêu cầu bổ sung. Thời hạn tạm dừng.", "Yêu cầu bổ sung",
    ),
    Act.ADD_FEE: Panel(
        "Ghi khoản thu theo thông báo", "receipt", forms.AddFeeForm, holder, WORKING, _add_fee,
        "Đã ghi khoản phải nộp.", "Ghi khoản thu",
    ),
    Act.FEES: Panel(
        "Yêu cầu nghĩa vụ tài chính", "receipt-tax", forms.FeesForm, holder, WORKING, _fees,
        "Đã yêu cầu thực hiện nghĩa vụ tài chính.",
    ),
    Act.OPINION: Panel(
        "Hỏi ý kiến cơ quan khác", "messages", forms.OpinionForm, holder, WORKING, _opinion,
        "Đã ghi việc hỏi ý kiến.",
    ),
    Act.RETURN: Panel(
        "Trả lại bước trước", "arrow-back-up", forms.ReasonForm, holder, WORKING, _return,
        "Đã trả lại bước trước.",
    ),
    Act.EXTEND: Panel(
        "Xin lỗi và gia hạn (mẫu 04)", "calendar-plus", forms.ExtendForm, decider, WORKING,
        _extend, "Đã lập văn bản xin lỗi và gia hạn.", "Gia hạn",
    ),
    Act.WITHDRAW: Panel(
        "Công dân rút hồ sơ", "file-export", forms.ReasonForm, at_counter, WORKING, _withdraw,
        "Đã ghi công dân rút hồ sơ.",
    ),
    Act.STOP: Panel(
        "Dừng giải quyết (mẫu 05)", "hand-stop", forms.StopForm, decider,
        frozenset({S.PROCESSING, S.SUPPLEMENT}), _stop, "Đã dừng giải quyết hồ sơ.",
        "Dừng giải quyết", "danger",
    ),
    Act.REFUSE: Panel(
        "Từ chối (mẫu 03)", "circle-x", forms.ReasonForm, refuser, ASKABLE, _refuse,
        "Đã lập phiếu từ chối.", "Từ chối hồ sơ", "danger",
    ),
}  # fmt: skip
