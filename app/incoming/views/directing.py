"""Submitting, proposing, directing, taking back, sending away: acts on registered letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app.clock import local, now
from app.db import reading, transaction
from app.errors import InvalidInput
from app.incoming import permissions, queries, services
from app.incoming.forms import DirectiveForm, ForwardForm, ProposeForm, ReasonForm, SubmitForm
from app.incoming.models import IncomingDocument
from app.incoming.queries import LetterView, past_directives
from app.incoming.services import ProposalData
from app.incoming.views import letter as page
from app.incoming.views.blueprint import (
    Choice,
    back_to,
    bp,
    end_of,
    first_error,
    letter_id_of,
    party_choices,
    show_error,
)
from app.organisation import queries as organisation
from app.registers.queries import type_labels
from app.security import Actor, Role
from app.tasks import queries as task_queries
from app.tasks import services as tasks
from app.tasks.habits import read_habits
from app.tasks.models import Outcome
from app.tasks.parties import Party, parse_all
from app.tasks.permissions import DIRECT
from app.tasks.proposals import DueProposal, propose_due
from app.tasks.services import DirectiveOrder
from app.tasks.suggestion import Suggestion, past_of, suggest_directive
from app.web.gate import needs
from app.web.shell import current_actor
from app.worktime.queries import load_calendar


@dataclass(frozen=True, slots=True)
class DirectivePage:
    """The leader's form with the suggestion that filled it."""

    form: DirectiveForm
    suggestion: Suggestion | None
    dues: list[DueProposal]
    phrases: tuple[str, ...]
    past: list[Choice]  # address and title of the letters behind the suggestion


def directive_page(
    session: Session, actor: Actor, view: LetterView, given: FlaskForm | None
) -> DirectivePage:
    """The form, prefilled from the chief's proposal or from how such letters were directed."""
    habits, letter = read_habits(), view.letter
    calendar = load_calendar(session)
    dues = propose_due(
        calendar, now(), sender_due=letter.due_at, limits=habits.limits.get(letter.urgency, ())
    )
    suggestion, past = suggest(session, actor, letter)
    form = given if isinstance(given, DirectiveForm) else prefilled(view, suggestion, dues)
    fill_choices(session, actor, form)
    return DirectivePage(form, suggestion, dues, habits.phrases, past)


def suggest(
    session: Session, actor: Actor, letter: IncomingDocument
) -> tuple[Suggestion | None, list[Choice]]:
    """What was done with the last letters of the same organ and type."""
    history = past_directives(session, actor, letter)
    if not history:
        return None, []
    directives = [directive for _letter, directive in history]
    whole = task_queries.tasks_of(session, queries.KIND, [row.id for row, _d in history])
    made = {task.directive_id: task for task in whole if task.directive_id and not task.parent_id}
    past = past_of(directives, made, load_calendar(session))
    label = type_labels(session).get(letter.document_type or "", _("văn bản")).lower()
    units = organisation.unit_label(session, [p.lead.unit_id for p in past if p.lead and p.lead.unit_id])
    posts = organisation.post_label(
        session, [p.lead.post_id for p in past if p.lead and p.lead.post_id]
    )

    def name(party: Party) -> str:
        return units.get(party.unit_id or 0) or posts.get(party.post_id or 0) or party.term

    found = suggest_directive(f"{label} gần nhất của {letter.organ_name}", past, name)
    if found is None:
        return None, []
    titles = {row.id: (row.token, row.subject_summary) for row, _d in history}
    links = [
        (url_for("incoming.detail", token=titles[i][0]), titles[i][1])
        for i in found.thing_ids
        if i in titles
    ]
    return found, links


def prefilled(
    view: LetterView, suggestion: Suggestion | None, dues: list[DueProposal]
) -> DirectiveForm:
    """The chief's proposal comes first, then the habit, then an empty assignment."""
    form = DirectiveForm(formdata=None)
    form.outcome.data = "assign"
    proposal = view.proposals[-1] if view.proposals else None
    if proposal is not None:
        unit, post = proposal.lead_unit_id, proposal.lead_post_id
        form.lead.data = f"unit:{unit}" if unit else f"post:{post}" if post else None
        form.coordinators.data = [f"unit:{unit_id}" for unit_id in proposal.coordinators]
        form.text.data = proposal.text
        form.due_on.data = local(proposal.due_at).date() if proposal.due_at else None
    elif suggestion is not None:
        form.outcome.data = suggestion.outcome.value
        form.lead.data = suggestion.lead.term if suggestion.lead else None
        form.coordinators.data = [party.term for party in suggestion.coordinators]
        form.readers.data = [party.term for party in suggestion.readers]
        form.to_post_id.data = str(suggestion.to_post_id or "")
        form.text.data = suggestion.text
        form.suggested.data = "1"
    if form.due_on.data is None and view.letter.due_at is not None and dues:
        form.due_on.data = local(dues[0].at).date()
    return form


def fill_choices(session: Session, actor: Actor, form: DirectiveForm) -> None:
    parties = party_choices(session)
    form.lead.choices = [("", _("Chọn đơn vị hoặc người chủ trì")), *parties]
    form.coordinators.choices = form.readers.choices = parties
    leaders = organisation.people_choices(session, role=Role.LEADER)
    others = [(str(one.post_id), one.label) for one in leaders if one.post_id not in actor.post_ids]
    form.to_post_id.choices = [("", _("Chọn lãnh đạo")), *others]


def order_from(form: DirectiveForm, due_at: datetime | None, urgency: int) -> DirectiveOrder:
    """The typed decision; what the chosen outcome does not need is left out."""
    outcome = Outcome(form.outcome.data)
    assign = outcome is Outcome.ASSIGN
    reads = outcome in (Outcome.ASSIGN, Outcome.INFORM)
    to_post = form.to_post_id.data or ""
    return DirectiveOrder(
        outcome=outcome,
        text=form.text.data or "",
        lead=Party.parse(form.lead.data) if assign and form.lead.data else None,
        coordinators=parse_all(form.coordinators.data or []) if assign else (),
        readers=parse_all(form.readers.data or []) if reads else (),
        due_at=due_at if assign else None,
        to_post_id=int(to_post) if outcome is Outcome.REDIRECT and to_post.isdigit() else None,
        urgency=urgency,
        suggested=bool(form.suggested.data),
    )


@bp.post("/<token>/chi-dao")
@needs(DIRECT)
def direct(token: str) -> ResponseReturnValue:
    """Save the leader's directive; the next letter that waits opens by itself."""
    form, actor = DirectiveForm(), current_actor()
    with reading() as session:
        letter = queries.get_letter_by_token(session, actor, token)
        fill_choices(session, actor, form)
        due_at = end_of(session, form.due_on.data) if form.validate() else None
        following = queries.next_waiting(session, actor, letter.id)
    if form.errors:
        return page.show(token, directive=form), 422
    try:
        order = order_from(form, due_at, letter.urgency)
        with transaction("incoming.direct") as session:
            services.direct_letter(session, actor, letter_id=letter.id, order=order)
    except InvalidInput as error:
        return page.show(token, directive=form, message=show_error(form, error)), 422
    flash(_("Đã lưu ý kiến chỉ đạo."), "ok")
    target = following or token
    return redirect(url_for("incoming.detail", token=target))


@bp.post("/<token>/trinh")
@needs(permissions.REGISTER)
def submit(token: str) -> ResponseReturnValue:
    """Submit a registered letter."""
    form, actor = SubmitForm(), current_actor()
    with transaction("incoming.submit") as session:
        services.submit_letter(
            session, actor,
            letter_id=letter_id_of(session, actor, token), to_post_id=form.to_post_id.data or 0,
        )  # fmt: skip
    return back_to(token, _("Đã trình văn bản."))


@bp.post("/<token>/chuyen-thang/<int:rule_id>")
@needs(permissions.REGISTER)
def route(token: str, rule_id: int) -> ResponseReturnValue:
    """Route as the regulation says."""
    actor = current_actor()
    with transaction("incoming.route") as session:
        services.route_straight(
            session, actor, letter_id=letter_id_of(session, actor, token), rule_id=rule_id
        )
    return back_to(token, _("Đã chuyển thẳng theo quy chế."))


@bp.get("/<token>/de-xuat")
@needs(permissions.PROPOSE)
def propose_form(token: str) -> ResponseReturnValue:
    return show_proposal(token, ProposeForm(formdata=None))


@bp.post("/<token>/de-xuat")
@needs(permissions.PROPOSE)
def propose(token: str) -> ResponseReturnValue:
    """The chief of office proposes and passes the letter to the leader."""
    form, actor = ProposeForm(), current_actor()
    if not form.validate():
        return show_proposal(token, form), 422
    with reading() as session:
        due_at = end_of(session, form.due_on.data)
    lead = Party.parse(form.lead.data) if form.lead.data else None
    data = ProposalData(
        to_post_id=form.to_post_id.data,
        lead_unit_id=lead.unit_id if lead else None,
        lead_post_id=lead.post_id if lead else None,
        coordinators=tuple(form.coordinators.data or ()),
        due_at=due_at,
        text=form.text.data or "",
    )
    try:
        with transaction("incoming.propose") as session:
            letter_id = letter_id_of(session, actor, token)
            services.propose(session, actor, letter_id=letter_id, data=data)
    except InvalidInput as error:
        return show_proposal(token, form, show_error(form, error)), 422
    return back_to(token, _("Đã đề xuất và trình lãnh đạo."))


def show_proposal(token: str, form: ProposeForm, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        leaders = organisation.people_choices(session, role=Role.LEADER)
        form.to_post_id.choices = [(one.post_id, one.label) for one in leaders]
        form.lead.choices = [("", _("Chưa đề xuất")), *party_choices(session)]
        form.coordinators.choices = [(u.id, u.name) for u in organisation.units(session)]
        letter = queries.get_letter_by_token(session, actor, token)
        return render_template(
            "incoming/propose.html", form=form, letter=letter, message=message
        )


@bp.post("/<token>/thu-hoi/<int:directive_id>")
@needs(DIRECT)
def recall(token: str, directive_id: int) -> ResponseReturnValue:
    """Take a directive back while nobody has opened it."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    with transaction("incoming.recall") as session:
        letter_id_of(session, current_actor(), token)
        tasks.recall_directive(
            session, current_actor(), directive_id=directive_id, reason=form.reason.data or ""
        )
    return back_to(token, _("Đã thu hồi ý kiến chỉ đạo."))


@bp.post("/<token>/ket-thuc/<act>")
@needs(permissions.CLOSE)
def end(token: str, act: str) -> ResponseReturnValue:
    """Return to the sender, forward elsewhere, note a recall, or open again: with a reason."""
    form = ForwardForm() if act == "chuyen-noi-khac" else ReasonForm()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    actor, reason = current_actor(), form.reason.data or ""
    with transaction(f"incoming.{act}") as session:
        letter_id = letter_id_of(session, actor, token)
        match act:
            case "tra-lai":
                services.return_to_sender(session, actor, letter_id=letter_id, reason=reason)
            case "chuyen-noi-khac":
                services.forward_letter(
                    session, actor, letter_id=letter_id, to_organ=request.form["to"], reason=reason
                )
            case "noi-gui-thu-hoi":
                services.note_recalled(session, actor, letter_id=letter_id, reason=reason)
            case _:
                services.reopen_letter(session, actor, letter_id=letter_id, reason=reason)
    return back_to(token, _("Đã ghi nhận."))
