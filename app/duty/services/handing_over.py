"""The log is written; a shift hands over and the next one takes over, both by name."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.duty.models import DutyHandover, DutyLog
from app.duty.permissions import KEEP
from app.duty.queries import carried_over, get_handover
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.security import Actor, authorize

TAKEN = "Ca này đã được nhận bàn giao."


def write_log(session: Session, actor: Actor, text: str) -> DutyLog:
    """Add a line; it cannot be changed later. Raises InvalidInput for an empty one."""
    acting = authorize(actor, KEEP)
    if not text.strip():
        raise InvalidInput("Hãy ghi nội dung.", "text")
    line = DutyLog(text=text.strip(), person_id=acting.person_id, post_id=acting.post_id)
    session.add(line)
    session.flush()
    return line


def hand_over(session: Session, actor: Actor, text: str) -> DutyHandover:
    """Hand the desk over with all that is open; whoever writes it has signed it.

    Raises:
        InvalidInput: nothing is said. RuleViolated: another one waits to be taken.
    """
    acting = authorize(actor, KEEP)
    if acting.person_id is None or acting.post_id is None:
        raise PermissionDenied("a person hands over")
    if not text.strip():
        raise InvalidInput("Hãy ghi tình hình ca trực.", "text")
    things = carried_over(session, acting)
    note = DutyHandover(
        text=text.strip(),
        items=[{"kind": kind, "id": thing_id} for kind, thing_id in things],
        given_by_person_id=acting.person_id,
        given_by_post_id=acting.post_id,
    )
    try:
        with session.begin_nested():
            session.add(note)
    except IntegrityError:
        raise RuleViolated("Còn một biên bản bàn giao chưa có người nhận.") from None
    audit.record(session, acting, "duty_handover.given", note.id, items=len(things))
    return note


def take_over(session: Session, actor: Actor, token: str, remark: str = "") -> DutyHandover:
    """The next shift signs. Raises RuleViolated: it was taken, or by its own giver."""
    acting = authorize(actor, KEEP)
    note = get_handover(session, token, lock=True)
    if note.taken_at is not None:
        raise RuleViolated(TAKEN)
    if acting.person_id == note.given_by_person_id:
        raise RuleViolated("Người bàn giao không tự nhận ca của mình.")
    note.is_waiting = None
    note.taken_at, note.taken_by_person_id = now(), acting.person_id
    note.taken_by_post_id, note.remark = acting.post_id, remark.strip()[:500]
    audit.record(session, acting, "duty_handover.taken", note.id)
    return note
