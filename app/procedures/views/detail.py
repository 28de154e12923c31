"""/mot-cua/ho-so/<token>: one dossier, where it is, what was asked, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import audit
from app.casefiles.opening import look_is_news
from app.db import reading, transaction
from app.notifications.services import mark_read
from app.organisation import queries as organisation
from app.outgoing.models import STATUS_LABELS as DOCUMENT_STATUS_LABELS
from app.outgoing.permissions import DRAFT
from app.procedures import permissions, queries
from app.procedures.clocks import calendar_id
from app.procedures.forms import (
    AddFeeForm,
    AnswerForm,
    AssignForm,
    DeliverForm,
    PayForm,
    ResultForm,
    StepForm,
    TakeForm,
)
from app.procedures.house import house
from app.procedures.models import (
    CHANNEL_LABELS,
    DELIVERY_LABELS,
    FINANCE_LABELS,
    FORM_NUMBER,
    NOTICE_LABELS,
    PAPER_LABELS,
    PAYMENT_LABELS,
    SATISFACTION_LABELS,
    STATUS_LABELS,
    Dossier,
    DossierStatus,
    FinanceState,
    ProcedureFee,
    StepKind,
    Supplement,
)
from app.procedures.printing import step_time, supplement_address
from app.procedures.queries import KIND, RESULT_LABELS
from app.procedures.queries.results import ISSUED
from app.procedures.views.blueprint import RESULT_TONES, TONES, bp
from app.procedures.views.panels import (
    PANELS,
    Act,
    Panel,
    at_counter_or_holder,
    finisher,
    holder,
)
from app.security import Actor, Role
from app.tasks import custody
from app.web.gate import needs
from app.web.shell import current_actor, settings
from app.web.template_helpers import datetime_vi
from app.worktime.queries import load_calendar
from app.worktime.showing import Why, why_of

S = DossierStatus
LIKELY = {S.NEW: Act.ACCEPT, S.SUPPLEMENT: Act.TAKE, S.FINANCE: Act.PAY, S.DONE: Act.DELIVER}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that this person may do now, with its form; the likely one stands open."""

    act: Act
    panel: Panel
    form: FlaskForm
    open: bool


@bp.get("/ho-so/<token>")
@needs(permissions.READ)
def dossier(token: str) -> ResponseReturnValue:
    """The page of a dossier. Opening it is written down."""
    actor = current_actor()
    with reading() as session:
        dossier_id = queries.get_dossier(session, actor, token).id
        waits = session.scalar(sa.select(custody.unopened(actor, KIND, dossier_id).exists()))
        is_news = bool(waits) or look_is_news(session, actor, KIND, dossier_id)
    if is_news:
        with transaction("procedures.read") as session:
            audit.record_read(session, actor, KIND, dossier_id, "read")
            mark_read(session, actor, thing=(KIND, dossier_id))
            custody.opened(session, actor, KIND, dossier_id)
    return show(token)


def show(
    token: str,
    refused: tuple[Act, FlaskForm] | None = None,
    message: str | None = None,
    code: str = "",
) -> str:
    """The page; after a refusal with the act that was tried; with a one-time code just given."""
    actor = current_actor()
    with reading() as session:
        one = queries.get_dossier(session, actor, token)
        posts = [
            one.handler_post_id,
            one.received_by_post_id,
            *(step.post_id for step in one.steps),
        ]
        events = queries.history_of(session, one.id)
        posts.extend(event.by_post_id for event in events)
        supplement = queries.open_supplement(session, one.id)
        return render_template(
            "procedures/detail.html",
            dossier=one,
            offered=offers(session, actor, one, refused),
            refused=refused[1] if refused else None,
            message=message,
            stations=stations(session, one),
            posts=organisation.post_label(session, [post for post in posts if post]),
            units=organisation.unit_label(session, [one.unit_id] if one.unit_id else []),
            why=explained(session, one),
            standing=queries.result_class(one),
            events=events,
            supplement=supplement,
            online=online_of(actor, one, supplement, code),
            **rows_of(session, one.id),
            answer=AnswerForm(),
            **rights_of(actor, one),
            max_mb=settings().limits.upload_bytes // (1024 * 1024),
            **WORDS,
        )


def explained(session: Session, one: Dossier) -> Why | None:
    """Why the dossier is due when it is."""
    return why_of(
        session, KIND, one.id, started_at=one.received_at, due_at=one.due_at,
        finished_at=one.finished_at, began="Nhận",
    )  # fmt: skip


def rights_of(actor: Actor, one: Dossier) -> dict[str, bool]:
    """What the page offers beside the acts."""
    return {
        "may_receive": actor.may(permissions.RECEIVE),
        "may_process": actor.may(permissions.PROCESS),
        "may_draft": one.status is S.PROCESSING and holder(actor, one) and actor.may(DRAFT),
    }


def rows_of(session: Session, dossier_id: int) -> dict[str, Any]:
    """What was written, asked and paid for a dossier, as the page names it."""
    return {
        "documents": queries.result_documents(session, dossier_id),
        "notices": queries.notices_of(session, dossier_id),
        "opinions": queries.opinions_of(session, dossier_id),
        "fees": queries.fees_of(session, dossier_id),
        "payments": queries.payments_of(session, dossier_id),
        "to_pay": queries.amount_due(session, dossier_id),
        "evaluation": queries.evaluation_of(session, dossier_id),
    }


@dataclass(frozen=True, slots=True)
class Online:
    """The citizen's way to answer by link, for those who may open it; `code` only once."""

    address: str
    code: str
    minutes: int


def online_of(
    actor: Actor, one: Dossier, supplement: Supplement | None, code: str
) -> Online | None:
    """None where this procedure takes nothing by link, or it is not for this person."""
    if supplement is None or not one.procedure_version.online_supplements:
        return None
    if not at_counter_or_holder(actor, one):
        return None
    address = supplement_address(supplement.link_token) if supplement.link_token else ""
    return Online(address, code, house().code_minutes)


WORDS: dict[str, Any] = {
    "tones": TONES,
    "statuses": STATUS_LABELS,
    "result_labels": RESULT_LABELS,
    "result_tones": RESULT_TONES,
    "channels": CHANNEL_LABELS,
    "deliveries": DELIVERY_LABELS,
    "finances": FINANCE_LABELS,
    "form_numbers": FORM_NUMBER,
    "notice_labels": NOTICE_LABELS,
    "paper_labels": PAPER_LABELS,
    "payment_labels": PAYMENT_LABELS,
    "satisfactions": SATISFACTION_LABELS,
    "document_statuses": DOCUMENT_STATUS_LABELS,
}


def offers(
    session: Session, actor: Actor, one: Dossier, refused: tuple[Act, FlaskForm] | None
) -> list[Offer]:
    """The acts of this person on this dossier now, the likely one first and open."""
    likely = refused[0] if refused else likely_act(actor, one)
    found: list[Offer] = []
    for act, panel in PANELS.items():
        if not panel.offered(actor, one):
            continue
        if act is Act.RESULT and not may_finish(session, actor, one):
            continue
        if act is Act.ADD_FEE and not fees_by_notice(session, one):
            continue
        if act is Act.FEES and one.finance is not FinanceState.DUE:
            continue
        form = refused[1] if refused and refused[0] is act else panel.form(None, prefix=act.value)
        if not (refused and refused[0] is act):
            fill_choices(session, one, form)
            preset(session, one, form)
        found.append(Offer(act, panel, form, open=act is likely))
    return sorted(found, key=lambda offer: not offer.open)


def may_finish(session: Session, actor: Actor, one: Dossier) -> bool:
    """Who decides says what the result is; whoever has the dossier when a document was issued."""
    return finisher(actor, one) or any(
        document.status in ISSUED for document in queries.result_documents(session, one.id)
    )


def fees_by_notice(session: Session, one: Dossier) -> list[ProcedureFee]:
    """Fees of the dossier's version that have no fixed amount."""
    version = queries.version_whole(session, one.procedure_version_id)
    return [fee for fee in version.fees if fee.amount is None]


def likely_act(actor: Actor, one: Dossier) -> Act:
    """What most people come for in this state."""
    if one.status is S.DONE and one.finance is FinanceState.DUE:
        return Act.PAY
    if one.status in LIKELY:
        return LIKELY[one.status]
    step = one.open_step
    may_assign = PANELS[Act.ASSIGN].offered(actor, one)
    if step is not None and step.kind is StepKind.ASSIGNMENT and may_assign:
        return Act.ASSIGN
    return Act.STEP if PANELS[Act.STEP].offered(actor, one) else Act.RESULT


def fill_choices(session: Session, one: Dossier, form: Any) -> None:
    """Whom a dossier may go to."""
    if isinstance(form, AssignForm):
        people = organisation.people_choices(session, unit_id=one.unit_id, leadership=False)
        able = organisation.people_choices(session, unit_id=one.unit_id, role=Role.SPECIALIST)
        chosen = dict.fromkeys((person.post_id, person.label) for person in (*able, *people))
        form.post_id.choices = list(chosen)  # those who usually do it first
    elif isinstance(form, AddFeeForm):
        form.fee.choices = [(fee.id, fee.name) for fee in fees_by_notice(session, one)]
    elif isinstance(form, ResultForm):
        found = queries.results_to_choose(session, current_actor(), one)
        form.document.choices = [
            ("", "Không có văn bản riêng"),
            *((str(row.id), f"{row.full_code}: {row.subject_summary}"[:160]) for row in found),
        ]
    elif isinstance(form, StepForm):
        after = next((s for s in one.steps if s.position > (one.step_position or 0)), None)
        unit_id = after.unit_id if after else one.unit_id
        role = after.role if after else None
        people = organisation.people_choices(session, unit_id=unit_id, role=role)
        form.next_post_id.choices = [
            ("", "Người phụ trách bước sau"),
            *((str(person.post_id), person.label) for person in people),
        ]


def preset(session: Session, one: Dossier, form: Any) -> None:
    """What is known already stands in the form."""
    if isinstance(form, AssignForm):
        form.version.data = str(one.version)
    elif isinstance(form, PayForm):
        form.amount.data = queries.amount_due(session, one.id) or None
    elif isinstance(form, ResultForm):
        drafted = {str(document.id) for document in queries.result_documents(session, one.id)}
        issued = [value for value, _label in form.document.choices if value in drafted]
        form.document.data = issued[0] if issued else ""
    elif isinstance(form, DeliverForm):
        form.way.data = one.delivery.value
        form.receiver_name.data = one.submitter_name or one.applicant_name
    elif isinstance(form, TakeForm) and not one.procedure_version.may_restart:
        del form.restart


@dataclass(frozen=True, slots=True)
class Station:
    """A step as the chain strip shows it."""

    title: str
    who: str
    at: str
    waited: str
    state: str


def stations(session: Session, one: Dossier) -> list[Station]:
    """The steps of the dossier: done, where it is now, and what comes."""
    labels = organisation.post_label(session, [step.post_id for step in one.steps if step.post_id])
    units = organisation.unit_label(session, [step.unit_id for step in one.steps if step.unit_id])
    calendar, found = load_calendar(session, calendar_id(session)), []
    for step in one.steps:
        now_here = step.position == one.step_position and one.is_open
        state = "done" if step.finished_at else "now" if now_here else "wait"
        who = labels.get(step.post_id or 0, "") or units.get(step.unit_id or 0, "")
        who = "" if state == "wait" else who
        when = step.finished_at or (step.due_at if now_here else None)
        spent = step_time(calendar, step) if state != "wait" else ""
        found.append(Station(step.name, who, moment(when, due=now_here), spent, state))
    return found


def moment(when: datetime | None, *, due: bool) -> str:
    """When a step ended, or by when it has to."""
    text = datetime_vi(when)
    return f"hạn {text}" if text and due else text
