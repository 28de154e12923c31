"""Submitting, proposing, directing, taking back, sending away: acts on registered letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.incoming import permissions, queries, services
from app.incoming.forms import ForwardForm, ProposeForm, ReasonForm
from app.incoming.models import IncomingStatus
from app.incoming.queries import LetterView, past_directives
from app.incoming.services import ProposalData
from app.incoming.views import letter as page
from app.incoming.views.blueprint import (
    back_to,
    bp,
    end_of,
    first_error,
    leader_name,
    letter_id_of,
    party_choices,
    party_names,
    show_error,
)
from app.organisation import queries as organisation
from app.registers.queries import type_labels
from app.security import Actor, Role
from app.tasks import services as tasks
from app.tasks.directing import OUTCOME_LABELS, DirectiveForm, DirectivePanel, load_panel
from app.tasks.models import Outcome
from app.tasks.parties import Party
from app.tasks.permissions import DIRECT
from app.tasks.services import DirectiveOrder
from app.web.gate import needs
from app.web.shell import current_actor
from app.worktime.queries import load_calendar

FORWARD = "chuyen-noi-khac"
ENDS: dict[str, Any] = {
    "tra-lai": services.return_to_sender,
    FORWARD: services.forward_letter,
    "noi-gui-thu-hoi": services.note_recalled,
    "mo-lai": services.reopen_letter,
}


@dataclass(frozen=True, slots=True)
class DirectivePage:
    """The leader's panel and form on the page of a letter."""

    panel: DirectivePanel
    form: DirectiveForm


def directive_page(
    session: Session, actor: Actor, view: LetterView, given: DirectiveForm | None
) -> DirectivePage:
    """The form, prefilled from the chief's proposal, else from how such letters were directed."""
    letter = view.letter
    label = type_labels(session).get(letter.document_type or "", _("văn bản")).lower()
    panel = load_panel(
        session,
        actor,
        sender_due=letter.sender_due_at,
        urgency=letter.urgency,
        past=[directive for _letter, directive in past_directives(session, actor, letter)],
        subject=f"{label} gần nhất của {letter.organ_name}",
    )
    form = given or DirectiveForm(formdata=None)
    form.offer(panel)
    if given is None:
        form.start(panel, proposed_order(view))
    return DirectivePage(panel, form)


def proposed_order(view: LetterView) -> DirectiveOrder | None:
    """What the chief of office proposed last, as a prefilled decision."""
    proposal = view.proposals[-1] if view.proposals else None
    if proposal is None:
        return None
    lead = None
    if proposal.lead_unit_id or proposal.lead_post_id:
        unit_id = proposal.lead_unit_id
        lead = Party(unit_id=unit_id) if unit_id else Party(post_id=proposal.lead_post_id)
    return DirectiveOrder(
        Outcome.ASSIGN,
        text=proposal.text,
        lead=lead,
        coordinators=[Party(unit_id=unit_id) for unit_id in proposal.coordinators],
        readers=[Party(unit_id=unit_id) for unit_id in proposal.readers],
        due_at=proposal.due_at,
    )


@bp.post("/<token>/chi-dao")
@needs(DIRECT)
def direct(token: str) -> ResponseReturnValue:
    """Save the leader's directive; the next letter that waits opens by itself."""
    form, actor = DirectiveForm(), current_actor()
    with reading() as session:
        view = queries.load_letter(session, actor, token)
        directive_page(session, actor, view, form)
        calendar, letter = load_calendar(session), view.letter
    if not form.validate():
        return page.show(token, directive=form), 422
    try:
        order = form.order(calendar, urgency=letter.urgency)
        with transaction("incoming.direct") as session:
            services.direct_letter(session, actor, letter_id=letter.id, order=order)
    except InvalidInput as error:
        return page.show(token, directive=form, message=show_error(form, error)), 422
    except RuleViolated as error:
        return page.show(token, directive=form, message=error.user_message), 409
    with reading() as session:
        following = queries.next_waiting(session, actor)
        said = what_was_sent(session, order)
    if following is None:
        flash(said + " " + _("Không còn văn bản chờ ý kiến."), "ok")
        return redirect(url_for("incoming.index"))
    return back_to(following, said)


def what_was_sent(session: Session, order: DirectiveOrder) -> str:
    """“Đã gửi ý kiến “Giao xử lý” tới Phòng Kinh tế.”"""
    what = OUTCOME_LABELS[order.outcome]
    to = [order.lead] if order.lead else list(order.readers)
    if order.to_post_id is not None:
        to = [Party(post_id=order.to_post_id)]
    names = party_names(session, to)
    if not names:
        return str(_("Đã lưu ý kiến “%(what)s”.", what=what))
    return str(_("Đã gửi ý kiến “%(what)s” tới %(to)s.", what=what, to="; ".join(names)))


@bp.post("/<token>/trinh")
@needs(permissions.REGISTER)
def submit(token: str) -> ResponseReturnValue:
    """Submit a registered letter; the next one that waits to be submitted opens."""
    actor, to_post_id = current_actor(), request.form.get("to_post_id", 0, type=int)
    with transaction("incoming.submit") as session:
        letter = queries.get_letter_by_token(session, actor, token)
        first_time = letter.status is not IncomingStatus.SUBMITTED
        services.submit_letter(session, actor, letter_id=letter.id, to_post_id=to_post_id)
    with reading() as session:
        following = next_to_submit(session, actor) if first_time else None
        leader = leader_name(session, to_post_id)
    return back_to(following or token, _("Đã trình đồng chí %(leader)s.", leader=leader))


def next_to_submit(session: Session, actor: Actor) -> str | None:
    """Token of the next letter that waits to be submitted, the most urgent first."""
    found = queries.page_of_letters(
        session, actor, queries.LetterFilter(tab=queries.Tab.TO_SUBMIT), size=1
    )
    return found.letters[0].token if found.letters else None


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
    """The chief of office proposes and passes the letter to the leader; the next one opens."""
    form, actor = ProposeForm(), current_actor()
    with reading() as session:
        offer(session, form)
        due_at = end_of(session, form.due_on.data) if form.validate() else None
    if form.errors:
        return show_proposal(token, form), 422
    try:
        data = proposal_from(form, due_at)
        with transaction("incoming.propose") as session:
            letter = queries.get_letter_by_token(session, actor, token)
            services.propose(session, actor, letter_id=letter.id, data=data)
    except InvalidInput as error:
        return show_proposal(token, form, show_error(form, error)), 422
    with reading() as session:
        following = queries.next_waiting(session, actor)
        leader = leader_name(session, data.to_post_id)
    said = _("Đã đề xuất và trình đồng chí %(leader)s.", leader=leader)
    return back_to(following or token, said)


def proposal_from(form: ProposeForm, due_at: datetime | None) -> ProposalData:
    """Raises InvalidInput for a lead that is no unit or post."""
    lead = Party.parse(form.lead.data) if form.lead.data else None
    return ProposalData(
        to_post_id=form.to_post_id.data,
        lead_unit_id=lead.unit_id if lead else None,
        lead_post_id=lead.post_id if lead else None,
        coordinators=tuple(form.coordinators.data or ()),
        readers=tuple(form.readers.data or ()),
        due_at=due_at,
        text=form.text.data or "",
    )


def offer(session: Session, form: ProposeForm) -> None:
    """The choices of the proposal."""
    leaders = organisation.people_choices(session, role=Role.LEADER)
    units = [(unit.id, unit.short_name) for unit in organisation.units(session)]
    form.to_post_id.choices = [(one.post_id, one.label) for one in leaders]
    form.lead.choices = [("", _("Chưa đề xuất")), *party_choices(session)]
    form.coordinators.choices = form.readers.choices = units


def show_proposal(token: str, form: ProposeForm, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        offer(session, form)
        view = queries.load_letter(session, actor, token)
        letter = view.letter
        return render_template(
            "incoming/propose.html",
            form=form,
            letter=letter,
            shown=page.shown_file(view, None),
            due=queries.due_for_unit(session, letter),
            message=message,
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
    if act not in ENDS:
        raise NotFound(f"act {act}")
    form = ForwardForm() if act == FORWARD else ReasonForm()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    actor, reason = current_actor(), form.reason.data or ""
    with transaction(f"incoming.{act}") as session:
        letter_id = letter_id_of(session, actor, token)
        if isinstance(form, ForwardForm):
            services.forward_letter(
                session, actor, letter_id=letter_id, to_organ=form.to.data or "", reason=reason
            )
        else:
            ENDS[act](session, actor, letter_id=letter_id, reason=reason)
    return back_to(token, _("Đã ghi nhận."))
