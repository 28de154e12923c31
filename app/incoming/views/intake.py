"""The ledger of arrived files, what is secret and what is not, the reconciliation of a day."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now, today
from app.db import reading, transaction
from app.errors import NotFound
from app.incoming import entry, permissions, queries, services
from app.incoming.forms import ReasonForm
from app.incoming.models import IntakeSource
from app.incoming.quarantine import current_quarantine
from app.incoming.queries.arrivals import (
    FATE_LABELS,
    ArrivalFilter,
    Fate,
    letters_of,
    page_of_arrivals,
)
from app.incoming.views.blueprint import (
    SOURCE_LABELS,
    Page,
    back_to,
    bp,
    first_error,
    page_number,
    page_size,
)
from app.incoming.views.lists import day_of
from app.organisation import queries as organisation
from app.web.gate import needs
from app.web.shell import current_actor

STATE_LABELS = {
    "received": "Đang nhận",
    "quarantined": "Đang kiểm tra",
    "stored": "Đã lưu",
    "waiting": "Chờ đọc",
    "reading": "Đang đọc",
    "read": "Đã đọc, chờ vào sổ",
    "review": "Cần người xem",
    "registered": "Đã vào sổ",
    "rejected": "Không nhận",
    "duplicate": "Trùng",
}
STATE_TONES = {"registered": "ok", "rejected": "late", "duplicate": "warn", "review": "warn"}


@bp.get("/tiep-nhan")
@needs(permissions.REGISTER)
def ledger() -> ResponseReturnValue:
    """Held files first; then every file that ever came, by what became of it."""
    actor = current_actor()
    key = request.args.get("tab", "")
    source = request.args.get("source", "")
    wanted = ArrivalFilter(
        fate=next((fate for fate in Fate if fate.value == key), Fate.WAITING),
        text=request.args.get("q", "").strip()[:200],
        source=IntakeSource(source) if source in SOURCE_LABELS else None,
        day=day_of("day"),
    )
    with reading() as session:
        found = page_of_arrivals(session, actor, wanted, page=page_number(), size=page_size())
        template = "_ledger.html" if "HX-Request" in request.headers else "ledger.html"
        return render_template(
            f"incoming/{template}",
            held=queries.held_items(session, actor),
            items=found.items,
            letters=letters_of(session, actor, found.items),
            page=Page(found.number, found.size, found.total, found.pages),
            tab=wanted.fate.value,
            tabs=ledger_tabs(found.counts),
            wanted=wanted,
            now=now(),
            states=STATE_LABELS,
            tones=STATE_TONES,
            sources=SOURCE_LABELS,
        )


def ledger_tabs(counts: dict[Fate, int]) -> list[dict[str, object]]:
    """The tabs with their numbers; the other conditions of the address stay."""
    kept = {name: request.args[name] for name in ("q", "source", "day") if request.args.get(name)}
    return [
        {
            "key": fate.value,
            "label": _(label),
            "url": url_for("incoming.ledger", tab=fate.value, **kept),  # type: ignore[arg-type]
            "count": counts.get(fate, 0),
            "urgent": False,
        }
        for fate, label in FATE_LABELS.items()
    ]


@bp.get("/tiep-nhan/<token>/vung-dau")
@needs(permissions.REGISTER)
def crop(token: str) -> Response:
    """The piece of page 1 that bears the mark: all that anybody sees of a held file."""
    with reading() as session:
        item = queries.get_intake_by_token(session, current_actor(), token)
        if not item.held:
            raise NotFound(f"intake {token} is not held")
        intake_id = item.id
    png = current_quarantine().crop(intake_id)
    return Response(png, mimetype="image/png", headers={"Cache-Control": "no-store"})


@bp.post("/tiep-nhan/<token>/mat")
@needs(permissions.REGISTER)
def confirm_secret(token: str) -> ResponseReturnValue:
    """“Đúng, tài liệu mật”: everything of it goes; the page names what to wipe by hand."""
    actor = current_actor()
    with reading() as session:
        intake_id = queries.get_intake_by_token(session, actor, token).id
    purge = entry.confirm_secret(actor, intake_id)
    with reading():
        return render_template("incoming/purged.html", by_hand=purge.by_hand)


@bp.post("/tiep-nhan/<token>/khong-mat")
@needs(permissions.REGISTER)
def release(token: str) -> ResponseReturnValue:
    """“Không phải dấu mật”: it goes on to be read."""
    form, actor = ReasonForm(), current_actor()
    if not form.validate_on_submit():
        flash(first_error(form), "warn")
        return redirect(url_for("incoming.ledger"))
    with transaction("incoming.release") as session:
        item = queries.get_intake_by_token(session, actor, token)
        services.release(session, actor, intake_id=item.id, reason=form.reason.data or "")
    flash(_("Đã ghi nhận, hệ thống tiếp tục đọc tệp."), "ok")
    return redirect(url_for("incoming.ledger"))


@bp.post("/tiep-nhan/<token>/khai-mat")
@needs(permissions.REGISTER)
def declare_secret(token: str) -> ResponseReturnValue:
    """The clerk says a file that is still in quarantine is secret."""
    actor = current_actor()
    with transaction("incoming.declare_secret") as session:
        item = queries.get_intake_by_token(session, actor, token)
        services.declare_secret(session, actor, intake_id=item.id)
    flash(_("Tệp được giữ lại, chưa lưu vào kho. Hãy xác nhận."), "warn")
    return redirect(url_for("incoming.ledger"))


@bp.post("/tiep-nhan/<token>/giu-ban-trung")
@needs(permissions.REGISTER)
def keep_double(token: str) -> ResponseReturnValue:
    """Make a draft of a double file all the same."""
    form, actor = ReasonForm(), current_actor()
    if not form.validate_on_submit():
        flash(first_error(form), "warn")
        return redirect(url_for("incoming.ledger", tab="trung"))
    with transaction("incoming.keep_double") as session:
        item = queries.get_intake_by_token(session, actor, token)
        letter = services.keep_duplicate(
            session, actor, intake_id=item.id, reason=form.reason.data or ""
        )
        draft = letter.token
    return back_to(draft, _("Đã lập văn bản từ tệp trùng."))


@bp.post("/<token>/tu-choi")
@needs(permissions.REGISTER)
def reject(token: str) -> ResponseReturnValue:
    """Refuse a draft with all its files."""
    form, actor = ReasonForm(), current_actor()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    with transaction("incoming.reject") as session:
        letter = queries.get_letter_by_token(session, actor, token)
        ids = services.reject_letter(
            session, actor, letter_id=letter.id, reason=form.reason.data or ""
        )
    quarantine = current_quarantine()
    for intake_id in ids:
        quarantine.purge(intake_id)
    flash(_("Đã từ chối tiếp nhận. Dòng trong sổ tiếp nhận vẫn còn."), "ok")
    with reading() as session:
        following = queries.next_to_register(session, actor)
    if following is None:
        return redirect(url_for("incoming.index"))
    return redirect(url_for("incoming.detail", token=following))


@bp.get("/doi-chieu")
@needs(permissions.RECONCILE)
def reconciliation() -> ResponseReturnValue:
    """The day's end: arrived, registered, waiting, rejected, by way in."""
    actor, day = current_actor(), day_of("ngay") or today()
    with reading() as session:
        found = queries.day_end(session, actor, day)
        return render_template(
            "incoming/reconciliation.html",
            found=found,
            letters=letters_of(session, actor, [*found.waiting, *found.rejected]),
            before=day - timedelta(days=1),
            after=day + timedelta(days=1) if day < today() else None,
            sources=SOURCE_LABELS,
            states=STATE_LABELS,
            tones=STATE_TONES,
        )


@bp.get("/co-quan")
@needs(permissions.READ)
def organs() -> ResponseReturnValue:
    """Organs of the directory for the picker."""
    with reading() as session:
        found = organisation.organ_choices(session, request.args.get("q", "")[:100])
        return [
            {"value": str(organ.id), "text": organ.name, "sub": organ.short_name} for organ in found
        ]
