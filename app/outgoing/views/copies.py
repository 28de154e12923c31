"""/van-ban-di/sao: certified copies of documents going out and of letters that came in."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

import ocr
from app import audit, kinds
from app.clock import now
from app.db import reading, transaction
from app.errors import AppError, InvalidInput, NotFound
from app.files.models import StoredFile
from app.files.serving import send
from app.files.store import StoredBlob, current_store
from app.kinds import Card
from app.organisation.queries import issuing_bodies
from app.outgoing import permissions
from app.outgoing.forms import CopyForm
from app.outgoing.models import CertifiedCopy, CopyKind
from app.outgoing.models.issuing import COPY_LABELS
from app.outgoing.papers.copies import CopyFacts, made_safely, pages_named
from app.outgoing.queries import KIND
from app.outgoing.services import CopyOrder, make_copy
from app.outgoing.services import copies as services
from app.outgoing.views.blueprint import bp, show_error, signer_choices
from app.web.gate import needs
from app.web.shell import current_actor

PDF = "application/pdf"


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
        pages = pages_named(form.pages.data or "")
        order = order_of(form, card)
        try_out(order, source, form, pages)
        with transaction("outgoing.copy") as session:
            copy_id = make_copy(session, actor, order).id
    except InvalidInput as error:
        message = show_error(form, error)
        return show(form, card, source, message), 422
    except AppError as error:
        return show(form, card, source, error.user_message), 422
    tell(copy_id, source, form, pages)
    return redirect(url_for("outgoing.copies", kind=kind, thing_id=thing_id))


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


def try_out(
    order: CopyOrder, source: StoredFile | None, form: CopyForm, pages: list[int] | None
) -> None:
    """Make the copy once without a number: what cannot be copied must not use one up."""
    if source is None:
        return
    with reading() as session:
        copy = services.planned_copy(session, current_actor(), order)
        facts = services.facts_for_copy(session, copy, form.signer_post_id.data, pages)
    marked(source, facts, electronic=form.medium.data == "electronic")


def tell(copy_id: int, source: StoredFile | None, form: CopyForm, pages: list[int] | None) -> None:
    """Make the file of a numbered copy, and say what has come of it: the number stays given."""
    with reading() as session:
        copy = session.get_one(CertifiedCopy, copy_id)
        code = copy.full_code
    if source is None:
        flash(_("Đã cấp số bản sao %(code)s. Văn bản chưa có tệp để sao.", code=code), "warn")
        return
    try:
        with reading() as session:
            copy = session.get_one(CertifiedCopy, copy_id)
            facts = services.facts_for_copy(session, copy, form.signer_post_id.data, pages)
        blob = made(source, facts, electronic=form.medium.data == "electronic")
        with transaction("outgoing.copy_file") as session:
            services.keep_copy_file(
                session, current_actor(), copy_id=copy_id, blob=blob, source_id=source.id
            )
    except AppError as error:
        why = error.user_message
        flash(_("Đã cấp số bản sao %(code)s, chưa có tệp: %(why)s", code=code, why=why), "warn")
        return
    flash(_("Đã cấp bản sao %(code)s. Tải xuống ở danh sách bản sao.", code=code), "ok")


def made(source: StoredFile, facts: CopyFacts, *, electronic: bool) -> StoredBlob:
    """The marked copy of a stored file, in the store."""
    return current_store().put(io.BytesIO(marked(source, facts, electronic=electronic)))


def marked(source: StoredFile, facts: CopyFacts, *, electronic: bool) -> bytes:
    """The marked copy of a stored file, a PDF. Raises InvalidInput when it cannot be copied."""
    path = current_store().path(source.sha256)
    with tempfile.TemporaryDirectory(prefix="copy-") as folder:
        if source.media_type != PDF:
            picture, path = path, Path(folder, "source.pdf")
            try:
                ocr.to_pdf(picture, path)
            except ocr.FileRefused as refused:
                raise InvalidInput(refused.sentence) from refused
        return made_safely(path, facts, now() if electronic else None)


def show(form: CopyForm, card: Card, source: StoredFile | None, message: str | None = None) -> str:
    with reading() as session:
        return render_template(
            "outgoing/copies.html",
            form=form,
            card=card,
            source=source,
            message=message,
            rows=services.copies_of(session, card.kind, card.id),
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
