"""/van-ban-di/sao: certified copies of documents going out and of letters that came in."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, kinds
from app.db import reading, transaction
from app.errors import AppError, InvalidInput, NotFound
from app.files.models import StoredFile
from app.files.serving import send
from app.files.store import current_store
from app.kinds import Card
from app.organisation.queries import issuing_bodies
from app.outgoing import permissions
from app.outgoing.forms import CopyForm
from app.outgoing.models import CopyKind
from app.outgoing.models.issuing import COPY_LABELS
from app.outgoing.queries import KIND
from app.outgoing.services import CopyOrder, copy_work, make_copy
from app.outgoing.services import copies as services
from app.outgoing.views.blueprint import bp, show_error, signer_choices
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor


@bp.route("/sao/<kind>/<int:thing_id>", methods=["GET", "POST"])
@needs(permissions.ISSUE)
def copies(kind: str, thing_id: int) -> ResponseReturnValue:
    """The copies made of a thing, and another one. The original is never touched."""
    actor, form = current_actor(), CopyForm(prefix="sao")
    with reading() as session:
        card = card_of(session, kind, thing_id)
        source = services.source_of(session, actor, kind, thing_id)
        fill_choices(session, form)
    if not form.validate_on_submit():
        return show(form, card, source), 422 if form.errors else 200
    try:
        take(actor, order_of(form, card), form, has_file=source is not None)
    except InvalidInput as error:
        message = show_error(form, error)
        return show(form, card, source, message), 422
    except AppError as error:
        return show(form, card, source, error.user_message), 422
    return redirect(url_for("outgoing.copies", kind=kind, thing_id=thing_id))


def take(actor: Actor, order: CopyOrder, form: CopyForm, *, has_file: bool) -> None:
    """Let a worker make the copy; of what has no file only a number can be given, at once."""
    if has_file:
        with transaction("outgoing.want_copy") as session:
            copy_work.want_copy(
                session, actor, order,
                electronic=form.medium.data == "electronic", pages=form.pages.data or "",
            )  # fmt: skip
        flash(_("Đang làm bản sao; số được cấp khi làm xong."), "ok")
        return
    with transaction("outgoing.copy") as session:
        code = make_copy(session, actor, order).full_code
    flash(_("Đã cấp số bản sao %(code)s. Văn bản chưa có tệp để sao.", code=code), "warn")


def card_of(session: Session, kind: str, thing_id: int) -> Card:
    """What is copied, as lists show it. Raises NotFound for anything but documents."""
    found = kinds.cards(session, current_actor(), [(kind, thing_id)])
    if kind not in (KIND, services.INCOMING) or not found:
        raise NotFound(f"{kind} {thing_id}")
    return found[0]


def fill_choices(session: Session, form: CopyForm) -> None:
    bodies = list(issuing_bodies(session))
    form.issuing_body_id.choices = [(body.id, body.name) for body in bodies]
    seen: dict[int, str] = {}
    for body in bodies:
        seen |= dict(signer_choices(session, body.id))
    form.signer_post_id.choices = list(seen.items())
    ours = next((body for body in bodies if body.short_name == "UBND"), None)
    if form.issuing_body_id.data is None and ours is not None:
        form.issuing_body_id.data = ours.id


def order_of(form: CopyForm, card: Card) -> CopyOrder:
    return CopyOrder(
        kind=card.kind,
        thing_id=card.id,
        copy_kind=CopyKind(form.copy_kind.data),
        issuing_body_id=form.issuing_body_id.data,
        copies=form.copies.data or 1,
        for_whom=form.for_whom.data or "",
        part=form.part.data or "",
        signer_post_id=form.signer_post_id.data,
    )


def show(form: CopyForm, card: Card, source: StoredFile | None, message: str | None = None) -> str:
    with reading() as session:
        return render_template(
            "outgoing/copies.html",
            form=form,
            card=card,
            source=source,
            message=message,
            rows=services.copies_of(session, card.kind, card.id),
            wanted=copy_work.wanted_of(session, card.kind, card.id),
            labels=COPY_LABELS,
            letter=card.kind == services.INCOMING,
        )


@bp.get("/sao/tep/<token>.pdf")
@needs(permissions.READ)
def copy_file(token: str) -> Response:
    """A marked copy, to download."""
    actor = current_actor()
    with transaction("outgoing.copy_read") as session:
        copy, file = services.copy_file(session, actor, token)
        audit.record_read(session, actor, services.KIND, copy.id, "downloaded")
    return send(current_store(), file)
