"""/lich/<token>/ket-luan: what a meeting concluded, and the tasks that follow from it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.kinds import Card
from app.links import linked_to
from app.schedules import queries, services
from app.schedules.forms import ConclusionForm, ConclusionItemForm, show_error
from app.schedules.models import ScheduleEntry
from app.schedules.services.conclusions import may_conclude, tidy
from app.schedules.views.blueprint import bp
from app.security import Actor
from app.tasks import showing
from app.tasks.parties import Party, parse_all
from app.tasks.permissions import CREATE
from app.tasks.views.blueprint import end_of
from app.web.gate import needs
from app.web.shell import current_actor

LINES = 5  # tasks that one form takes; it may be filled in again


@bp.get("/<token>/ket-luan")
@needs(CREATE)
def conclude(token: str) -> ResponseReturnValue:
    """The conclusion as it stands, and empty lines for tasks."""
    entry = entry_to_conclude(token)
    form = ConclusionForm(formdata=None, version=entry.version, conclusion=entry.conclusion)
    return show_form(form, lines(), entry)


@bp.post("/<token>/ket-luan")
@needs(CREATE)
def take(token: str) -> ResponseReturnValue:
    """Keep the conclusion and give its tasks, once for each form."""
    form, items, entry = ConclusionForm(), lines(), entry_to_conclude(token)
    offer_parties(items)
    wanted = [item for item in items if not item.is_empty]
    if not all([form.validate(), *(item.validate() for item in wanted)]):
        return show_form(form, items, entry, _("Chưa lưu được. Hãy sửa các ô sau.")), 422
    text = form.conclusion.data or ""
    try:
        with transaction("schedules.conclude") as session:
            made = services.take_conclusions(
                session, current_actor(), entry_id=entry.id,
                version=form.known_version,
                text=text, items=[ordered(session, item) for item in wanted],
            )  # fmt: skip
    except InvalidInput as error:
        return show_form(form, items, entry, show_error(form, error)), 422
    except RuleViolated as error:
        return show_form(form, items, entry, error.user_message), 409
    except EditConflict:
        return taken_already(form, items, entry, tidy(text, bool(wanted)))
    flash(said(len(made)), "ok")
    return redirect(url_for("schedules.detail", token=token))


def said(number: int) -> str:
    if not number:
        return _("Đã ghi kết luận cuộc họp.")
    return _("Đã ghi kết luận và giao %(n)s việc.", n=number)


def taken_already(
    form: ConclusionForm, items: list[ConclusionItemForm], entry: ScheduleEntry, text: str
) -> ResponseReturnValue:
    """The same form a second time needs nothing more; another one is shown beside what stands."""
    with reading() as session:
        given = {card.title for card in tasks_from(session, current_actor(), entry)}
    wanted = {(item.title.data or "").strip() for item in items if not item.is_empty}
    if text == entry.conclusion and wanted <= given:
        flash(_("Kết luận này đã được ghi, các việc đã giao một lần."), "ok")
        return redirect(url_for("schedules.detail", token=entry.token))
    form.version.data = str(entry.version)
    message = _(
        "Lịch hoặc kết luận này vừa được sửa. Nội dung đồng chí nhập vẫn còn ở dưới nhưng chưa "
        "được lưu. Hãy xem các việc đã giao rồi lưu lại."
    )
    return show_form(form, items, entry, message), 409


def entry_to_conclude(token: str) -> ScheduleEntry:
    """Raises NotFound for an entry whose conclusions are not the actor's."""
    actor = current_actor()
    with reading() as session:
        entry = queries.get_entry(session, actor, token)
        if not may_conclude(actor, entry):
            raise NotFound(f"conclusions of schedule entry {token}")
        return entry


def shows_conclude(actor: Actor, entry: ScheduleEntry) -> bool:
    """Whether the button is offered: the meeting has begun."""
    return entry.starts_at <= now() and may_conclude(actor, entry)


def lines() -> list[ConclusionItemForm]:
    typed = request.form if request.method == "POST" else None
    return [ConclusionItemForm(typed, prefix=f"viec-{n}-") for n in range(1, LINES + 1)]


def offer_parties(items: list[ConclusionItemForm]) -> None:
    """Leads within the actor's reach; anybody may be asked to coordinate."""
    with reading() as session:
        leads = [("", ""), *showing.lead_choices(session, current_actor())]
        everybody = showing.party_choices(session)
    for item in items:
        item.lead.choices, item.coordinators.choices = leads, everybody


def ordered(session: Session, item: ConclusionItemForm) -> services.ConclusionItem:
    """A filled line for the service. Raises InvalidInput for a party that is none."""
    return services.ConclusionItem(
        title=(item.title.data or "").strip(),
        lead=Party.parse(item.lead.data),
        due_at=end_of(session, item.due_on.data),
        coordinators=parse_all(item.coordinators.data or []),
    )


def tasks_from(session: Session, actor: Actor, entry: ScheduleEntry) -> list[Card]:
    """The tasks that came from a meeting, as far as the actor may see them."""
    found = linked_to(session, actor, queries.KIND, entry.id)
    return [one.card for one in found if one.card.kind == "task"]


def show_form(
    form: ConclusionForm,
    items: list[ConclusionItemForm],
    entry: ScheduleEntry,
    message: str | None = None,
) -> str:
    offer_parties(items)
    with reading() as session:
        given = tasks_from(session, current_actor(), entry)
    return render_template(
        "schedules/conclude.html", form=form, items=items, entry=entry, message=message, given=given
    )
