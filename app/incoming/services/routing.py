"""After registration: submit, propose, send back, forward, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now, today
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.incoming import permissions
from app.incoming.models import URGENCY_LABELS, IncomingDocument, IncomingStatus, Proposal, Urgency
from app.incoming.queries.letters import KIND, get_letter
from app.notifications.services import notify
from app.organisation.models import Post
from app.organisation.queries import get_post, get_unit, post_label
from app.security import Actor, Role, authorize, grant, post_term
from app.tasks import custody
from app.tasks.models import OPEN, Station, Task

S = IncomingStatus


def submit_letter(
    session: Session, actor: Actor, *, letter_id: int, to_post_id: int
) -> IncomingDocument:
    """Submit a registered letter to a leader, or to the chief of office who proposes first.

    A letter that waits at one leader may be submitted to another before it is directed.
    Raises RuleViolated for a letter in another state or a post that does not direct.
    """
    actor = authorize(actor, permissions.REGISTER)
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    submit_registered(session, actor, letter, to_post_id)
    audit.record(session, actor, "incoming.submitted", letter.id, post=to_post_id)
    outbox.changed(session, KIND, letter.id)
    return letter


def submit_registered(
    session: Session, actor: Actor, letter: IncomingDocument, to_post_id: int
) -> None:
    """Put the letter on a leader's desk; part of registering as well."""
    post = get_post(session, to_post_id)
    if not post.roles & {Role.LEADER, Role.CHIEF_OF_OFFICE}:
        raise InvalidInput("Chỉ trình lãnh đạo hoặc Chánh Văn phòng.", "submit_to_post_id")
    letter.become(S.SUBMITTED)
    _hand_to(session, letter, post)
    letter.submitted_at = now()


def _hand_to(session: Session, letter: IncomingDocument, post: Post) -> None:
    letter.submitted_to_post_id = post.id
    letter.handed_to = post_label(session, [post.id])[post.id][:300]
    letter.handed_on = today()
    station = Station.LEADER if Role.LEADER in post.roles else Station.CHIEF
    custody.move(session, KIND, letter.id, station=station, post_id=post.id, unit_id=post.unit_id)
    grant(session, KIND, letter.id, post_term(post.id), "submitted")
    flash = letter.urgency == Urgency.FLASH
    mark = f"{URGENCY_LABELS[letter.urgency]}: " if letter.urgency else ""
    notify(
        session,
        event="incoming.submitted",
        kind=KIND,
        thing_id=letter.id,
        title=f"{mark}Trình {letter.full_code or 'văn bản'} của {letter.organ_name}",
        text=letter.subject_summary,
        post_ids=[post.id],
        urgent=flash,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalData:
    """What the chief proposes. Exactly one lead or none; ids of units else."""

    to_post_id: int
    lead_unit_id: int | None = None
    lead_post_id: int | None = None
    coordinators: Sequence[int] = ()
    readers: Sequence[int] = ()
    due_at: datetime | None = None
    text: str = ""


def propose(session: Session, actor: Actor, *, letter_id: int, data: ProposalData) -> Proposal:
    """The chief of office proposes to a leader who handles a letter until when.

    Raises PermissionDenied for a letter that does not wait at the actor's post.
    """
    letter = get_letter(session, actor, letter_id)
    actor = authorize(actor, permissions.PROPOSE, post_id=letter.submitted_to_post_id)
    if letter.status is not S.SUBMITTED or letter.submitted_to_post_id not in actor.post_ids:
        raise PermissionDenied(
            f"incoming {letter_id} is not with {actor.post_id}",
            "Văn bản này không chờ ý kiến đề xuất của bạn.",
        )
    leader = get_post(session, data.to_post_id)
    if Role.LEADER not in leader.roles:
        raise InvalidInput("Hãy chọn lãnh đạo để trình.", "to_post_id")
    if data.lead_unit_id is not None and data.lead_post_id is not None:
        raise InvalidInput("Chỉ đề xuất một đơn vị hoặc một người chủ trì.", "lead_unit_id")
    for unit_id in {*data.coordinators, *data.readers} | {data.lead_unit_id} - {None}:
        get_unit(session, unit_id)  # type: ignore[arg-type]
    assert actor.post_id is not None  # noqa: S101  (only people with a post may propose)
    proposal = Proposal(
        letter_id=letter.id,
        by_post_id=actor.post_id,
        by_person_id=actor.person_id,
        to_post_id=leader.id,
        lead_unit_id=data.lead_unit_id,
        lead_post_id=data.lead_post_id,
        coordinators=list(data.coordinators),
        readers=list(data.readers),
        due_at=data.due_at,
        text=data.text.strip()[:2000],
        created_at=now(),
    )
    session.add(proposal)
    _hand_to(session, letter, leader)
    session.flush()
    audit.record(session, actor, "incoming.proposed", letter.id, proposal=proposal.id)
    outbox.changed(session, KIND, letter.id)
    return proposal


def return_to_sender(
    session: Session, actor: Actor, *, letter_id: int, reason: str
) -> IncomingDocument:
    """Send it back, as when the address or the form is wrong. The number stays in the book."""
    return _end(session, actor, letter_id, S.RETURNED_TO_SENDER, reason, "returned")


def forward_letter(
    session: Session, actor: Actor, *, letter_id: int, to_organ: str, reason: str = ""
) -> IncomingDocument:
    """Pass it on to the organ whose business it is."""
    if not to_organ.strip():
        raise InvalidInput("Phải ghi nơi chuyển đến.", "to_organ")
    sentence = f"Chuyển {to_organ.strip()}" + (f": {reason.strip()}" if reason.strip() else "")
    letter = _end(session, actor, letter_id, S.FORWARDED, sentence, "forwarded")
    letter.handed_to, letter.handed_on = to_organ.strip()[:300], today()
    return letter


def note_recalled(
    session: Session, actor: Actor, *, letter_id: int, reason: str
) -> IncomingDocument:
    """The sender has recalled it."""
    return _end(session, actor, letter_id, S.RECALLED_BY_SENDER, reason, "recalled_by_sender")


def _end(
    session: Session,
    actor: Actor,
    letter_id: int,
    status: IncomingStatus,
    reason: str,
    happened: str,
) -> IncomingDocument:
    actor = authorize(actor, permissions.CLOSE)
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do.", "reason")
    if open_tasks(session, letter.id):
        raise RuleViolated("Văn bản còn công việc đang thực hiện. Hãy thu hồi hoặc hủy việc trước.")
    letter.become(status)
    letter.closed_reason = reason.strip()[:500]
    custody.close(session, KIND, letter.id)
    audit.record(session, actor, f"incoming.{happened}", letter.id)
    outbox.changed(session, KIND, letter.id)
    return letter


def open_tasks(session: Session, letter_id: int) -> int:
    """How many tasks of the letter are not finished."""
    rows = sa.select(sa.func.count()).select_from(Task)
    rows = rows.where(Task.kind == KIND, Task.thing_id == letter_id, Task.status.in_(OPEN))
    return session.scalar(rows) or 0


def reopen_letter(
    session: Session, actor: Actor, *, letter_id: int, reason: str
) -> IncomingDocument:
    """Take a closed letter up again; it waits to be submitted or directed anew."""
    actor = authorize(actor, permissions.CLOSE)
    letter = get_letter(session, actor, letter_id)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do mở lại.", "reason")
    letter.become(S.REOPENED)
    letter.closed_reason = None
    custody.move(session, KIND, letter.id, station=Station.REGISTERING, post_id=actor.post_id)
    audit.record(session, actor, "incoming.reopened", letter.id)
    outbox.changed(session, KIND, letter.id)
    return letter
