"""Delegations (“xử lý thay”): proposed by the office, approved by a leader, ended early."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation import queries
from app.organisation.models import Delegation, DelegationState, Person, Post
from app.organisation.permissions import APPROVE_DELEGATION, PROPOSE_DELEGATION
from app.security import Actor, Role, authorize

LONGEST = timedelta(days=366)


def propose_delegation(
    session: Session,
    actor: Actor,
    *,
    from_post_id: int,
    to_person_id: int,
    valid_from: datetime,
    valid_to: datetime,
    scope: str,
    doc_ref: str = "",
) -> Delegation:
    """Propose that a person acts in another's post for a time. Nothing changes until approved.

    Raises:
        InvalidInput: the time is wrong, or the person is not the right one.
        RuleViolated: nobody holds the post, or an overlapping delegation exists.
    """
    actor = authorize(actor, PROPOSE_DELEGATION)
    _check_time(valid_from, valid_to)
    post, holder = _delegable(session, from_post_id)
    receiver = queries.get_person(session, to_person_id)
    if not receiver.is_active or receiver.is_machine:
        raise InvalidInput("Tài khoản nhận ủy quyền đã khóa.", "to_person_id")
    if receiver in queries.holders(session, post.id):
        raise InvalidInput("Người này đang giữ chính chức vụ đó.", "to_person_id")
    _refuse_overlap(session, post.id, receiver.id, valid_from, valid_to)
    delegation = Delegation(
        from_post_id=post.id,
        from_person_id=holder.id,
        to_person_id=receiver.id,
        scope=scope.strip(),
        doc_ref=doc_ref.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        made_by=actor.person_id,
    )
    session.add(delegation)
    session.flush()
    audit.record(session, actor, "delegation.proposed", delegation.id, post=post.id, to=receiver.id)
    return delegation


def _delegable(session: Session, post_id: int) -> tuple[Post, Person]:
    """A post that may be delegated, and who holds it."""
    post = queries.get_post(session, post_id)
    holders = queries.holders(session, post.id)
    if not holders:
        raise RuleViolated("Chức vụ này chưa có người giữ nên không ủy quyền được.")
    if post.roles == {Role.ADMINISTRATOR}:
        raise RuleViolated("Quyền quản trị không ủy quyền được.")
    return post, holders[0]


def approve_delegation(session: Session, actor: Actor, *, delegation_id: int) -> None:
    """A leader approves; it is in force within its time from now on.

    Raises:
        RuleViolated: it is decided or over already, or the leader would empower themselves.
    """
    actor = authorize(actor, APPROVE_DELEGATION)
    delegation = _get(session, delegation_id)
    _undecided(delegation)
    if actor.person_id in (delegation.to_person_id, delegation.made_by):
        raise RuleViolated("Người đề nghị hoặc người nhận ủy quyền không tự duyệt được.")
    if actor.on_behalf_of is not None and actor.on_behalf_of == delegation.to_person_id:
        raise RuleViolated("Người nhận ủy quyền không tự duyệt được.")
    if delegation.valid_to <= now():
        raise RuleViolated("Thời gian ủy quyền đã qua.")
    _decide(session, actor, delegation, DelegationState.APPROVED)


def reject_delegation(session: Session, actor: Actor, *, delegation_id: int, reason: str) -> None:
    """A leader refuses, with the reason."""
    actor = authorize(actor, APPROVE_DELEGATION)
    delegation = _get(session, delegation_id)
    _undecided(delegation)
    _decide(session, actor, delegation, DelegationState.REJECTED, reason)


def revoke_delegation(session: Session, actor: Actor, *, delegation_id: int, reason: str) -> None:
    """End a delegation before its time: its holder, the office or a leader may.

    Raises:
        RuleViolated: it is over or was never in force.
    """
    delegation = _get(session, delegation_id)
    if actor.person_id != delegation.from_person_id:
        may_decide = actor.may(APPROVE_DELEGATION)
        actor = authorize(actor, APPROVE_DELEGATION if may_decide else PROPOSE_DELEGATION)
    open_states = (DelegationState.PROPOSED, DelegationState.APPROVED)
    if delegation.state not in open_states or delegation.valid_to <= now():
        raise RuleViolated("Ủy quyền này không còn hiệu lực.")
    _decide(session, actor, delegation, DelegationState.REVOKED, reason)


def end_delegations_of_post(
    session: Session, actor: Actor, *, post_id: int, reason: str
) -> list[Delegation]:
    """End what a post has delegated or proposed to, because its holder leaves it.

    Delegated power is never passed on further, so nothing goes to the successor. The caller has
    decided that the actor may.
    """
    rows = sa.select(Delegation).where(
        Delegation.from_post_id == post_id,
        Delegation.state.in_((DelegationState.PROPOSED, DelegationState.APPROVED)),
        Delegation.valid_to > now(),
    )
    found = list(session.scalars(rows.with_for_update()))
    for delegation in found:
        _decide(session, actor, delegation, DelegationState.REVOKED, reason)
    return found


def _decide(
    session: Session,
    actor: Actor,
    delegation: Delegation,
    state: DelegationState,
    reason: str = "",
) -> None:
    delegation.state, delegation.reason = state, reason.strip()
    delegation.decided_by, delegation.decided_at = actor.person_id, now()
    audit.record(session, actor, f"delegation.{state.value}", delegation.id)


def _get(session: Session, delegation_id: int) -> Delegation:
    delegation = session.get(Delegation, delegation_id, with_for_update={"of": Delegation})
    if delegation is None:
        raise NotFound(f"delegation {delegation_id}")
    return delegation


def _undecided(delegation: Delegation) -> None:
    if delegation.state is not DelegationState.PROPOSED:
        raise RuleViolated("Đề nghị ủy quyền này đã được xử lý.")


def _check_time(valid_from: datetime, valid_to: datetime) -> None:
    if valid_to <= valid_from:
        raise InvalidInput("Thời điểm kết thúc phải sau thời điểm bắt đầu.", "valid_to")
    if valid_to <= now():
        raise InvalidInput("Thời gian ủy quyền đã qua.", "valid_to")
    if valid_to - valid_from > LONGEST:
        raise InvalidInput("Ủy quyền có thời hạn, không quá một năm.", "valid_to")


def _refuse_overlap(
    session: Session, post_id: int, person_id: int, valid_from: datetime, valid_to: datetime
) -> None:
    same = sa.select(Delegation.id).where(
        Delegation.from_post_id == post_id,
        Delegation.to_person_id == person_id,
        Delegation.state.in_([DelegationState.PROPOSED, DelegationState.APPROVED]),
        Delegation.valid_from < valid_to,
        Delegation.valid_to > valid_from,
    )
    if session.scalar(same) is not None:
        raise RuleViolated("Đã có ủy quyền cho người này trong khoảng thời gian đó.")
