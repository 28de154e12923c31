"""Invitations (giấy mời) are answered, not assigned: directive, entry and booking at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.incoming.models import IncomingDocument
from app.incoming.queries import get_letter
from app.incoming.services.directing import direct_letter
from app.organisation.queries import post_label, unit_label
from app.schedules.models import (
    AnswerKind,
    ChangeKind,
    EntryState,
    InvitationAnswer,
    ScheduleEntry,
    WeekState,
)
from app.schedules.queries import KIND, answer_of
from app.schedules.services import keeping
from app.schedules.services.entries import call_off
from app.schedules.services.keeping import EntryData
from app.security import Actor
from app.tasks.hooks import DirectiveRecalled
from app.tasks.models import Outcome
from app.tasks.parties import Party
from app.tasks.services.directives import DirectiveOrder

LETTER = "incoming"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An answer: who goes, when and where it is, who prepares, and with which vehicle or room.

    Time and place are not needed for DECLINE. `title` is that of the entry; empty: the subject of
    the letter.
    """

    answer: AnswerKind
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    title: str = ""
    text: str = ""  # the directive, in the leader's own words
    sent_post_id: int | None = None  # SEND
    preparing_unit_id: int | None = None
    participants: Sequence[Party] = ()  # who goes along
    resource_ids: Sequence[int] = ()
    is_online: bool = False


def answer_invitation(
    session: Session, actor: Actor, *, letter_id: int, invitation: Invitation
) -> InvitationAnswer:
    """Answer a letter that was submitted to the actor: the directive, the entry in the week and
    the booking in the caller's one transaction.

    The unit that prepares gets a task, due when the meeting begins; who is sent, and who goes
    along, gets the letter to read. A former answer's entry is called off.

    Raises:
        InvalidInput: nobody is sent, or time is missing.
        Booked: a room or vehicle is taken; nothing of the answer stands then.
        RuleViolated, PermissionDenied: as `direct_letter`.
    """
    letter = get_letter(session, actor, letter_id)
    _check(invitation)
    order = _order(session, invitation)
    former = answer_of(session, LETTER, letter.id)
    directive = direct_letter(session, actor, letter_id=letter.id, order=order)
    if former is not None and former.entry_id is not None:
        _withdraw(session, actor, former.entry_id, "Có ý kiến chỉ đạo mới về giấy mời")
    entry = None
    if invitation.answer is not AnswerKind.DECLINE:
        entry = _enter(session, actor.in_post(directive.from_post_id), letter, invitation)
    answer = InvitationAnswer(
        kind=LETTER,
        thing_id=letter.id,
        answer=invitation.answer,
        directive_id=directive.id,
        entry_id=entry.id if entry else None,
        sent_post_id=invitation.sent_post_id,
        by_post_id=directive.from_post_id,
        at=now(),
    )
    session.add(answer)
    session.flush()
    audit.record(
        session, actor, "invitation.answered", answer.id, letter=letter.id,
        answer=invitation.answer.value,
    )  # fmt: skip
    return answer


def on_directive_recalled(session: Session, happened: DirectiveRecalled) -> None:
    """The directive that answered an invitation was taken back: so is the entry."""
    directive = happened.directive
    answer = answer_of(session, directive.kind, directive.thing_id)
    if answer is not None and answer.directive_id == directive.id and answer.entry_id:
        _withdraw(session, happened.actor, answer.entry_id, "Thu hồi ý kiến về giấy mời")


def _withdraw(session: Session, actor: Actor, entry_id: int, reason: str) -> None:
    entry = session.get_one(ScheduleEntry, entry_id, with_for_update={"of": ScheduleEntry})
    if entry.state not in (EntryState.CANCELLED, EntryState.DONE):
        call_off(session, actor, entry, reason)


def _check(invitation: Invitation) -> None:
    if invitation.answer is AnswerKind.SEND and invitation.sent_post_id is None:
        raise InvalidInput("Phải chọn người được cử dự.", "sent_post_id")
    if invitation.answer is AnswerKind.DECLINE:
        return
    if invitation.starts_at is None:
        raise InvalidInput("Phải ghi ngày và giờ họp.", "starts_at")
    if invitation.ends_at is None:
        raise InvalidInput("Phải ghi giờ kết thúc dự kiến.", "ends_at")
    if invitation.starts_at < now():
        raise RuleViolated("Cuộc họp đã diễn ra. Hãy chọn “Không dự” hoặc lưu giấy mời.")


def _order(session: Session, invitation: Invitation) -> DirectiveOrder:
    """The directive that says the same: work for the unit that prepares, the letter to read for
    who goes, else nothing more to do with the letter."""
    text = invitation.text.strip() or _words(session, invitation)
    if invitation.answer is AnswerKind.DECLINE:
        return DirectiveOrder(Outcome.FILE, text)
    going = [Party(post_id=invitation.sent_post_id)] if invitation.sent_post_id else []
    going += [party for party in invitation.participants if party not in going]
    if invitation.preparing_unit_id is not None:
        lead = Party(unit_id=invitation.preparing_unit_id)
        readers = [party for party in going if party != lead]
        return DirectiveOrder(
            Outcome.ASSIGN, text, lead=lead, readers=readers, due_at=invitation.starts_at
        )
    return DirectiveOrder(Outcome.INFORM if going else Outcome.FILE, text, readers=going)


def _words(session: Session, invitation: Invitation) -> str:
    sent, unit = invitation.sent_post_id, invitation.preparing_unit_id
    words = {
        AnswerKind.ATTEND: "Tôi dự.",
        AnswerKind.DECLINE: "Không dự.",
        AnswerKind.SEND: f"Cử đồng chí {post_label(session, [sent or 0]).get(sent or 0, '')} dự.",
    }[invitation.answer]
    if unit is not None and invitation.answer is not AnswerKind.DECLINE:
        words += f" Giao {unit_label(session, [unit]).get(unit, '')} chuẩn bị nội dung."
    return words


def _enter(
    session: Session, actor: Actor, letter: IncomingDocument, invitation: Invitation
) -> ScheduleEntry:
    """The entry: the inviting organ chairs, so ours only take part. The leader has decided it:
    it needs no merging, and stands at once in a week that is published."""
    if invitation.starts_at is None or invitation.ends_at is None:
        raise InvalidInput("Phải ghi ngày và giờ họp.", "starts_at")
    sends = invitation.answer is AnswerKind.SEND
    goes = Party(post_id=invitation.sent_post_id if sends else actor.post_id)
    data = EntryData(
        title=invitation.title.strip() or letter.subject_summary,
        starts_at=invitation.starts_at,
        ends_at=invitation.ends_at,
        participants=[goes, *(p for p in invitation.participants if p != goes)],
        others=f"{letter.organ_name} mời" if letter.organ_name else "",
        place=invitation.place,
        is_online=invitation.is_online,
        preparing_unit_id=invitation.preparing_unit_id,
        resource_ids=invitation.resource_ids,
        source=(LETTER, letter.id),
    )
    sheet = keeping.week_sheet(session, keeping.day_of(data))
    published = sheet.state is WeekState.PUBLISHED
    state = EntryState.PUBLISHED if published else EntryState.APPROVED
    entry = keeping.make(session, actor, data, state)
    if sends:
        part = next(p for p in entry.participants if p.post_id == invitation.sent_post_id)
        part.substitutes_post_id = actor.post_id
    if published:
        keeping.note_change(session, actor, entry, ChangeKind.ADDED)
    outbox.changed(session, KIND, entry.id)
    return entry
