"""Handing over the work of a post (bàn giao công việc) in one act."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.casefiles.hooks import WorkHandedOver, work_handed_over
from app.casefiles.models import (
    CaseDocument,
    CaseFile,
    CaseState,
    CatalogueEntry,
    HandoverItem,
    WorkHandover,
)
from app.casefiles.permissions import HAND_OVER_WORK
from app.casefiles.queries import KIND
from app.casefiles.queries.holdings import HeldGroup, held_by
from app.clock import now
from app.errors import (
    EditConflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    ProgrammingFault,
    RuleViolated,
)
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.notifications.services import notify
from app.organisation import queries as organisation
from app.organisation.services.delegations import end_delegations_of_post
from app.security import Access, Actor, Scope, authorize, grant, post_term, revoke, unit_term
from app.tasks.services.succession import hand_over_tasks

HANDOVER = "work_handover"


def as_oneself(actor: Actor) -> Actor:
    """The person in their own posts only: whoever acts for another for a time may do the work,
    but neither give it away nor answer for who gets it."""
    if actor.person_id is None:
        return actor
    own = tuple(holding for holding in actor.holdings if holding.on_behalf_of is None)
    used = actor.holding if actor.holding in own else next(iter(own), None)
    terms = frozenset[str]().union(*(holding.terms for holding in own))
    return replace(actor, holding=used, holdings=own, terms=terms)


def may_hand_over(session: Session, actor: Actor, post_id: int) -> bool:
    """The post's holder, the heads of its unit, and those whose right reaches the whole organ; of
    delegations none counts."""
    actor = as_oneself(actor)
    if actor.person_id is None or post_id in actor.post_ids:
        return True
    if any(HAND_OVER_WORK.roles.get(role) is Scope.ALL for role in actor.roles):
        return True
    return unit_term(organisation.get_post(session, post_id).unit_id) in actor.terms


def hand_over_work(
    session: Session,
    actor: Actor,
    *,
    from_post_id: int,
    to_post_id: int,
    reason: str,
    expected: int | None = None,
) -> WorkHandover:
    """Hand everything a post holds to another post, and write down what it was.

    Each room moves its own rows: tasks and custody here, others in the hook `work_handed_over`.
    It is in force at once, so that nothing hangs between two people; a mistake is handed back in
    the same way, and both protocols stay.
    `expected` is how many things the page showed.

    Raises:
        PermissionDenied: the post's work is not the actor's to hand over.
        InvalidInput: no reason, the same post, or nobody holds the other one.
        EditConflict: more or less lies at the post than the page showed.
        RuleViolated: the post holds nothing.
    """
    actor = authorize(as_oneself(actor), HAND_OVER_WORK, post_id=from_post_id)
    if not may_hand_over(session, actor, from_post_id):
        raise PermissionDenied(f"post {from_post_id} is not person {actor.person_id}'s")
    _check(session, from_post_id, to_post_id, reason)
    groups = held_by(session, actor, from_post_id)
    count = sum(len(group.items) for group in groups)
    if not count:
        raise RuleViolated("Chức vụ này không còn giữ việc nào để bàn giao.")
    if expected is not None and expected != count:
        raise EditConflict(f"post {from_post_id} holds {count} things, not {expected}")
    handover = _written(session, actor, from_post_id, to_post_id, reason, groups)
    hand_over_tasks(session, actor, from_post_id=from_post_id, to_post_id=to_post_id)
    _move_files(session, actor, from_post_id, to_post_id)
    end_delegations_of_post(session, actor, post_id=from_post_id, reason=reason[:300])
    work_handed_over(session, WorkHandedOver(actor, from_post_id, to_post_id))
    session.flush()
    if left := held_by(session, actor, from_post_id):
        raise ProgrammingFault(f"not moved: {[(group.key, group.items) for group in left]}")
    notify(
        session,
        event="work_handover.done",
        kind=HANDOVER,
        thing_id=handover.id,
        title=f"Nhận bàn giao công việc từ {handover.from_label}",
        text=f"{count} nội dung",
        post_ids=[to_post_id],
    )
    audit.record(
        session, actor, "work_handover.done", handover.id, post=from_post_id, to=to_post_id,
        things=count,
    )  # fmt: skip
    return handover


def _check(session: Session, from_post_id: int, to_post_id: int, reason: str) -> None:
    organisation.get_post(session, from_post_id)
    organisation.get_post(session, to_post_id)
    if from_post_id == to_post_id:
        raise InvalidInput("Người nhận phải ở chức vụ khác.", "to_post_id")
    if not organisation.holders(session, to_post_id):
        raise InvalidInput("Chức vụ nhận bàn giao chưa có người giữ.", "to_post_id")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do bàn giao.", "reason")


def _written(
    session: Session,
    actor: Actor,
    from_post_id: int,
    to_post_id: int,
    reason: str,
    groups: list[HeldGroup],
) -> WorkHandover:
    wanted = [from_post_id, to_post_id, *([actor.post_id] if actor.post_id else [])]
    labels = organisation.post_label(session, wanted)
    handover = WorkHandover(
        from_post_id=from_post_id,
        to_post_id=to_post_id,
        from_label=labels[from_post_id][:300],
        to_label=labels[to_post_id][:300],
        reason=reason.strip()[:500],
        done_at=now(),
        done_by=actor.person_id,
        done_by_post_id=actor.post_id,
        done_by_label=labels.get(actor.post_id or 0, actor.name)[:300],
    )
    handover.items = [
        HandoverItem(
            group=group.key,
            kind=item.kind,
            thing_id=item.id,
            title=item.title[:500],
            subtitle=item.subtitle[:300],
        )
        for group in groups
        for item in group.items
    ]
    session.add(handover)
    session.flush()
    return handover


def _move_files(session: Session, actor: Actor, from_post_id: int, to_post_id: int) -> None:
    """Files go with what the leaving post could see of their documents."""
    rows = sa.select(CaseFile).where(
        CaseFile.keeper_post_id == from_post_id, CaseFile.state != CaseState.ARCHIVED
    )
    for case_file in session.scalars(rows).all():
        case_file.keeper_post_id = to_post_id
        revoke(session, KIND, case_file.id, post_term(from_post_id))
        revoke(session, KIND, case_file.id, post_term(to_post_id))  # it may have been shared
        grant(session, KIND, case_file.id, post_term(to_post_id), "keeper")
        inside = sa.select(CaseDocument.kind, CaseDocument.thing_id).where(
            CaseDocument.case_file_id == case_file.id,
            CaseDocument.removed_at.is_(None),
            sa.exists().where(
                Access.kind == CaseDocument.kind,
                Access.thing_id == CaseDocument.thing_id,
                Access.term == post_term(from_post_id),
            ),
        )
        for kind, thing_id in session.execute(inside).tuples().all():
            grant(session, kind, thing_id, post_term(to_post_id), "handed_over")
            outbox.changed(session, kind, thing_id)
        audit.record(session, actor, "case_file.handed_over", case_file.id, post=to_post_id)
        outbox.changed(session, KIND, case_file.id)
    session.execute(
        sa.update(CatalogueEntry)
        .where(CatalogueEntry.keeper_post_id == from_post_id)
        .values(keeper_post_id=to_post_id)
    )


def get_handover(session: Session, actor: Actor, token: str) -> WorkHandover:
    """A hand-over for those it concerns. Raises NotFound for all others."""
    found = session.scalar(sa.select(WorkHandover).filter_by(token=token))
    if found is not None:
        concerned = {found.from_post_id, found.to_post_id, found.done_by_post_id}
        if concerned & actor.post_ids or may_hand_over(session, actor, found.from_post_id):
            return found
    raise NotFound(f"hand-over {token}")


def handovers(session: Session, actor: Actor, *, limit: int = 50) -> list[WorkHandover]:
    """Hand-overs of the actor's posts, given, received or done for others, the newest first."""
    posts = sorted(actor.post_ids)
    rows = sa.select(WorkHandover).where(
        sa.or_(
            WorkHandover.from_post_id.in_(posts),
            WorkHandover.to_post_id.in_(posts),
            WorkHandover.done_by_post_id.in_(posts),
        )
    )
    return list(session.scalars(rows.order_by(WorkHandover.id.desc()).limit(limit)))


def keep_protocol(
    session: Session, actor: Actor, *, token: str, blob: StoredBlob, signers: str | None = None
) -> WorkHandover:
    """Attach the printed protocol, or with `signers` the signed one. The first of each stays."""
    handover = get_handover(session, actor, token)
    if (handover.signed_id if signers is not None else handover.protocol_id) is not None:
        return handover
    file: StoredFile = record_file(
        session, actor, blob,
        name="bien-ban-ban-giao-da-ky.pdf" if signers is not None else "bien-ban-ban-giao.pdf",
        media_type="application/pdf",
        role=FileRole.ATTACHMENT if signers is not None else FileRole.MAIN,
        kind=HANDOVER, thing_id=handover.id,
    )  # fmt: skip
    if signers is None:
        handover.protocol_id = file.id
    else:
        handover.signed_id, handover.signers = file.id, signers[:300]
        audit.record(session, actor, "work_handover.signed", handover.id, sha256=blob.sha256)
    return handover
