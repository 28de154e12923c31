"""/ho-so/dua-vao/<kind>/<id>: put a letter, a task or another thing into a file."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import kinds
from app.casefiles import permissions, queries, services
from app.casefiles.forms import PlaceForm
from app.casefiles.views.blueprint import bp
from app.db import reading, transaction
from app.errors import NotFound
from app.kinds import Card
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/dua-vao/<kind>/<int:thing_id>")
@needs(permissions.MAKE)
def place(kind: str, thing_id: int) -> ResponseReturnValue:
    """Choose the file."""
    form = PlaceForm(formdata=None, case_file_id=request.args.get("chon", type=int))
    return show_place(kind, thing_id, form)


@bp.post("/dua-vao/<kind>/<int:thing_id>")
@needs(permissions.MAKE)
def put(kind: str, thing_id: int) -> ResponseReturnValue:
    """Put it in, and go back to the thing."""
    actor, form = current_actor(), PlaceForm()
    if not form.validate_on_submit():
        return show_place(kind, thing_id, form), 422
    with reading() as session:
        back = card_of(session, actor, kind, thing_id).url
    with transaction("casefiles.add_document") as session:
        services.add_document(
            session,
            actor,
            case_file_id=form.case_file_id.data,
            kind=kind,
            thing_id=thing_id,
            note=form.note.data or "",
        )
    flash(_("Đã đưa vào hồ sơ."), "ok")
    return redirect(back)


def show_place(kind: str, thing_id: int, form: PlaceForm) -> str:
    actor = current_actor()
    with reading() as session:
        card = card_of(session, actor, kind, thing_id)
        inside = queries.files_of_thing(session, actor, kind, thing_id)
        taken = {case_file.id for case_file in inside}
        choices = [one for one in queries.open_files(session, actor) if one.id not in taken]
        form.case_file_id.choices = [
            (one.id, f"{one.notation}/{one.year} – {one.title}") for one in choices
        ]
        return render_template(
            "casefiles/place.html",
            card=card,
            kind=kind,
            thing_id=thing_id,
            form=form,
            inside=inside,
            choices=choices,
            new_url=url_for("casefiles.new", kind=kind, thing_id=thing_id),
        )


def card_of(session: Session, actor: Actor, kind: str, thing_id: int) -> Card:
    """Raises NotFound for what the actor may not see."""
    found = kinds.cards(session, actor, [(kind, thing_id)])
    if not found:
        raise NotFound(f"{kind} {thing_id}")
    return found[0]
