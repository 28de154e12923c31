"""/lien-ket: link a thing to another that is found by its number, or by words of its title."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, kinds, links
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.kinds import Card
from app.links import LABELS, Relation
from app.security import Actor
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor
from app.web.views import bp as bp


@bp.get("/lien-ket/<kind>/<int:thing_id>")
@needs(SIGNED_IN)
def link_form(kind: str, thing_id: int) -> ResponseReturnValue:
    """Look for the other thing by `?q=`; what the person may not see is not found."""
    return show(kind, thing_id)


@bp.post("/lien-ket/<kind>/<int:thing_id>")
@needs(SIGNED_IN)
def link(kind: str, thing_id: int) -> ResponseReturnValue:
    """Link the two; both have to be visible to the person."""
    actor = current_actor()
    try:
        with transaction("web.link") as session:
            here = card_of(session, actor, kind, thing_id)
            there = chosen(session, actor, here)
            relation = relation_of(request.form.get("relation", ""))
            links.connect(session, actor, (here.kind, here.id), relation, (there.kind, there.id))
            audit.record(session, actor, f"{here.kind}.linked", here.id, other=there.kind,
                         other_id=there.id)  # fmt: skip
    except InvalidInput as error:
        return show(kind, thing_id, error.user_message), 422
    flash(_("Đã liên kết với “%(title)s”.", title=there.title), "ok")
    return redirect(here.url)


@bp.post("/lien-ket/<kind>/<int:thing_id>/go/<int:link_id>")
@needs(SIGNED_IN)
def unlink(kind: str, thing_id: int, link_id: int) -> ResponseReturnValue:
    """Remove a link that was made by mistake; the reason stays in the trail."""
    actor, reason = current_actor(), request.form.get("reason", "").strip()[:300]
    try:
        with transaction("web.unlink") as session:
            here = card_of(session, actor, kind, thing_id)
            ours = (here.kind, here.id)
            other, other_id = links.cut(session, actor, ours, link_id, reason)
            audit.record(session, actor, f"{here.kind}.unlinked", here.id, other=other,
                         other_id=other_id)  # fmt: skip
    except InvalidInput as error:
        return show(kind, thing_id, error.user_message), 422
    flash(_("Đã gỡ liên kết."), "ok")
    return redirect(url_for("web.link_form", kind=kind, thing_id=thing_id))


def show(kind: str, thing_id: int, message: str = "") -> str:
    actor, words = current_actor(), request.values.get("q", "").strip()[:200]
    with reading() as session:
        here = card_of(session, actor, kind, thing_id)
        found = kinds.find(session, actor, words)
        return render_template(
            "web/link.html",
            here=here,
            words=words,
            found=[one for one in found if (one.kind, one.id) != (here.kind, here.id)],
            linked=links.linked_to(session, actor, here.kind, here.id),
            labels={one.name: one.label for one in kinds.all_kinds()},
            relations=[(one.value, LABELS[one][0]) for one in Relation],
            message=message,
        )


def card_of(session: Session, actor: Actor, kind: str, thing_id: int) -> Card:
    """Raises NotFound for what is not there or not the actor's to see."""
    found = kinds.cards(session, actor, [(kind, thing_id)])
    if not found:
        raise NotFound(f"{kind} {thing_id}")
    return found[0]


def chosen(session: Session, actor: Actor, here: Card) -> Card:
    """The thing that was ticked. Raises InvalidInput for none, or the thing itself."""
    kind, _colon, number = request.form.get("target", "").partition(":")
    if not number.isdigit() or len(number) > 18:
        raise InvalidInput("Hãy chọn một văn bản, công việc hoặc hồ sơ.", "target")
    if (kind, int(number)) == (here.kind, here.id):
        raise InvalidInput("Không liên kết một nội dung với chính nó.", "target")
    return card_of(session, actor, kind, int(number))


def relation_of(value: str) -> Relation:
    """Raises InvalidInput for a relation that is none."""
    try:
        return Relation(value)
    except ValueError:
        raise InvalidInput("Hãy chọn quan hệ.", "relation") from None
