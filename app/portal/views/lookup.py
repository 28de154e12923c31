"""/cong-dan/ho-so: where a dossier stands, for whoever has the code and the check value."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now
from app.db import reading
from app.errors import NotFound
from app.organisation.services.throttle import Throttled
from app.portal import guarding, visit
from app.portal.forms import LookupForm, RatingForm
from app.portal.views.blueprint import bp
from app.procedures import queries
from app.procedures.models import (
    CHANNEL_LABELS,
    DELIVERY_LABELS,
    PAUSED,
    SATISFACTION_LABELS,
    STATUS_LABELS,
    Dossier,
    DossierStatus,
)
from app.procedures.queries import tidy_code
from app.security import SYSTEM
from app.web.gate import public
from app.worktime.showing import why_of

S = DossierStatus
TONES = {
    S.SUPPLEMENT: "warn",
    S.FINANCE: "warn",
    S.NOT_RECEIVED: "late",
    S.STOPPED: "late",
    S.DONE: "ok",
    S.DELIVERED: "ok",
}
PUBLIC_WORDS = {
    "received": "Đã tiếp nhận hồ sơ",
    "taken_over": "Đã tiếp nhận hồ sơ",
    "supplement_asked": "Yêu cầu bổ sung",
    "supplement_sent": "Đã nhận tệp bổ sung gửi qua liên kết",
    "supplemented": "Đã bổ sung đủ, tiếp tục giải quyết",
    "fees_asked": "Yêu cầu nộp phí, lệ phí",
    "paid": "Đã ghi nhận khoản nộp",
    "refused": "Từ chối giải quyết",
    "extended": "Xin lỗi và hẹn lại ngày trả",
    "stopped": "Dừng giải quyết",
    "withdrawn": "Đã rút hồ sơ theo yêu cầu",
    "result_given": "Đã có kết quả",
    "delivered": "Đã trả kết quả",
}
WRONG = "Không có hồ sơ nào khớp cả mã hồ sơ và mã kiểm tra. Hãy xem lại trên giấy tiếp nhận."


@bp.get("/tra-cuu")
@public
def lookup() -> ResponseReturnValue:
    """Ask for code and check value."""
    return render_template("portal/lookup.html", form=LookupForm(None), message=None)


@bp.post("/tra-cuu")
@public
def look_up() -> ResponseReturnValue:
    """Open the dossier in this browser for half an hour, if both are right."""
    form = LookupForm()
    if not form.validate_on_submit():
        return render_template("portal/lookup.html", form=form, message=None), 422
    return enter(form, form.ma.data, form.kt.data)


def enter(form: LookupForm, code: str, check: str) -> ResponseReturnValue:
    """To the dossier, or the form again with what is wrong."""
    try:
        dossier_id = check_both(code, check)
    except Throttled as error:
        return render_template("portal/lookup.html", form=form, message=error.user_message), 429
    if dossier_id is None:
        return render_template("portal/lookup.html", form=form, message=_(WRONG)), 422
    visit.open_for(visit.DOSSIER, dossier_id)
    return redirect(url_for("portal.dossier"))


def check_both(code: str, check: str) -> int | None:
    """The dossier of a code and its check value. Raises Throttled."""
    with guarding.look_up(request.remote_addr, tidy_code(code)[:60]) as one:
        with reading() as session:
            found = queries.public_dossier(session, code, check)
        if found is None:
            return None
        one.right()
        return found.id


@bp.get("/ho-so")
@public
def dossier() -> ResponseReturnValue:
    """The opened dossier. `?ma=&kt=`, as the QR code of the receipt has them, opens it first."""
    if "ma" in request.args:
        form = LookupForm(request.args, meta={"csrf": False})
        if not form.validate():
            return render_template("portal/lookup.html", form=form, message=None), 422
        return enter(form, form.ma.data, form.kt.data)
    dossier_id = visit.opened(visit.DOSSIER)
    if dossier_id is None:
        flash(_("Hãy nhập mã hồ sơ và mã kiểm tra để xem."), "info")
        return redirect(url_for("portal.lookup"))
    return show(dossier_id)


@bp.post("/ho-so/xong")
@public
def leave() -> ResponseReturnValue:
    """Close it on this device."""
    visit.close()
    return redirect(url_for("portal.home"))


def show(dossier_id: int, rating: RatingForm | None = None) -> str:
    """The page: no more of the person than the citizen needs to know it is theirs."""
    with reading() as session:
        one = queries.dossier_by_id(session, SYSTEM, dossier_id)
        supplement = queries.open_supplement(session, one.id)
        evaluation = queries.evaluation_of(session, one.id)
        return render_template(
            "portal/dossier.html",
            dossier=one,
            name=short_name(one.applicant_name),
            status=STATUS_LABELS[one.status],
            tone=TONES.get(one.status, "info"),
            late=is_late(one),
            paused=one.status in PAUSED,
            why=why_of(
                session, queries.KIND, one.id, started_at=one.received_at, due_at=one.due_at,
                finished_at=one.finished_at, began="Nhận",
            ),
            events=queries.history_of(session, one.id, public_only=True),
            words=PUBLIC_WORDS,
            supplement=supplement,
            owed=queries.amount_due(session, one.id),
            evaluation=evaluation,
            scores=SATISFACTION_LABELS,
            form=rating or RatingForm(None),
            may_rate=one.status in (S.DONE, S.DELIVERED) and evaluation is None,
            done=one.status is S.DONE,
            channel=CHANNEL_LABELS[one.channel],
            delivery=DELIVERY_LABELS[one.delivery],
        )  # fmt: skip


def is_late(dossier: Dossier) -> bool:
    """Whether the promised moment is past and there is no result."""
    return dossier.is_open and dossier.due_at is not None and dossier.due_at < now()


def short_name(name: str) -> str:
    """“Nguyễn Thị Mẫu Hoa” as “N. T. M. Hoa”: enough to know it is one's own."""
    words = name.split()
    return " ".join([f"{word[0]}." for word in words[:-1]] + words[-1:])


def opened_dossier() -> int:
    """The dossier this browser has opened. Raises NotFound."""
    found = visit.opened(visit.DOSSIER)
    if found is None:
        raise NotFound("no dossier is open in this browser")
    return found
