"""What a step of a playbook does when its turn comes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from app.clock import local, now
from app.errors import AppError, InvalidInput, RuleViolated
from app.notifications.services import notify
from app.operations.models import Happening, Incident, PlaybookStep, StepState
from app.operations.plans import Step, StepKind, due_at, fill
from app.operations.queries import KIND
from app.operations.queries.responders import answering_units
from app.operations.services import telling
from app.operations.services.answering import give_task, note_sent
from app.organisation import queries as organisation
from app.outgoing.services.drafts import DraftData, start_draft
from app.security import SYSTEM, Actor, Holding, Role
from app.sensors.models import SEVERITY_LABELS
from app.tasks.models import FLASH

TELEGRAM = "telegram"  # the document type Công điện
ROLES = {"leaders": Role.LEADER, "chief": Role.CHIEF_OF_OFFICE, "desk": Role.DUTY_OFFICER}


def desk_actor(session: Session) -> Actor:
    """The system acting for the duty desk, to which what comes of a playbook belongs; for the
    chief of office where there is no desk. Raises RuleViolated where there is neither."""
    for role in (Role.DUTY_OFFICER, Role.CHIEF_OF_OFFICE):
        for post in organisation.posts_with_role(session, role):
            holding = Holding(post.id, post.unit_id, frozenset({role}))
            return replace(SYSTEM, holding=holding)
    raise RuleViolated("Chưa có vị trí trực điều hành.")


def carry_out(session: Session, incident: Incident, step: Step, row: PlaybookStep) -> None:
    """Do it. What cannot be done is said in the timeline and holds nothing else up."""
    row.due_at = due_at(step, now())
    if step.kind in (StepKind.WAIT, StepKind.DECISION):
        return
    acts = {
        StepKind.TASK: _give_task,
        StepKind.MESSAGE: _send_message,
        StepKind.TELEGRAM: _draft_telegram,
    }
    try:
        with session.begin_nested():
            acts[step.kind](session, incident, step, row)
    except AppError as error:
        row.state, row.ended_at = StepState.FAILED, now()
        row.note = error.user_message[:500]
        text = f"{step.title}: {error.user_message}"
        telling.note(session, SYSTEM, incident, Happening.PLAYBOOK, text)


def _give_task(session: Session, incident: Incident, step: Step, row: PlaybookStep) -> None:
    unit = answering_units(session)[step.to]
    if unit.unit_id is None:
        raise InvalidInput(f"Chưa khai đơn vị nào là “{unit.responder.label}”.")
    lines = [f"Sự cố {incident.code}: {incident.title}", *(f"☐ {one}" for one in step.checklist)]
    task = give_task(
        session, desk_actor(session), incident, unit.unit_id, step.title, row.due_at,
        "\n".join(lines),
    )  # fmt: skip
    row.task_id = task.id
    if incident.lead_unit_id is None:
        incident.lead_unit_id = unit.unit_id
    note_sent(session, SYSTEM, incident)


def _send_message(session: Session, incident: Incident, step: Step, row: PlaybookStep) -> None:
    units, posts = list[int](), list[int]()
    answering = answering_units(session)
    for one in step.audience:
        if one in ROLES:
            posts += [post.id for post in organisation.posts_with_role(session, ROLES[one])]
        elif (unit_id := answering[one].unit_id) is not None:
            units.append(unit_id)
    prefix = "DIỄN TẬP: " if incident.is_exercise else ""
    text = prefix + fill(step.text, words_of(incident))
    count = notify(
        session, event="incident.message", kind=KIND, thing_id=incident.id, title=text[:200],
        text=text, post_ids=posts, unit_ids=units, urgent=not incident.is_exercise,
    )  # fmt: skip
    row.state, row.ended_at, row.note = StepState.DONE, now(), f"Đã báo {count} nơi"
    telling.note(session, SYSTEM, incident, Happening.TOLD, text, count=count)


def _draft_telegram(session: Session, incident: Incident, step: Step, row: PlaybookStep) -> None:
    if incident.is_exercise:
        row.state, row.ended_at = StepState.DONE, now()
        row.note = "Diễn tập: không soạn công điện thật"
        return
    bodies = organisation.issuing_bodies(session)
    if not bodies:
        raise RuleViolated("Chưa khai cơ quan ban hành văn bản.")
    body = next((one for one in bodies if "UBND" in one.short_name), bodies[0])
    subject = fill(step.text or step.title, words_of(incident))
    data = DraftData(
        issuing_body_id=body.id, document_type=TELEGRAM, subject_summary=subject, urgency=FLASH
    )
    document = start_draft(session, desk_actor(session), data)
    row.document_id = document.id
    row.state, row.ended_at = StepState.DONE, now()
    telling.note(
        session, SYSTEM, incident, Happening.LINKED, subject, kind="outgoing", thing=document.id
    )


def words_of(incident: Incident) -> dict[str, str]:
    """What templates may name of an incident."""
    return {
        "code": incident.code,
        "title": incident.title,
        "place": incident.place or "chưa rõ nơi",
        "severity": SEVERITY_LABELS[incident.severity].lower(),
        "time": f"{local(now()):%H:%M %d/%m/%Y}",
    }
