"""Keeping the dated list of titles that make a paper secret."""

from __future__ import annotations

import unicodedata
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import EditConflict, InvalidInput
from app.incoming import permissions
from app.incoming.models import SecretHead
from app.incoming.queries.secret_heads import get_secret_head
from app.security import Actor, authorize

SHORTEST = 6
"""A shorter title would hold letters that only bear the word."""


def save_secret_head(
    session: Session,
    actor: Actor,
    *,
    title: str,
    basis: str,
    valid_from: date,
    valid_to: date | None,
    head_id: int | None = None,
    version: int | None = None,
) -> SecretHead:
    """Write a new title or change one; it counts for files that are judged from then on.

    None is ever deleted: it gets a last day.

    Raises:
        InvalidInput: too short, no basis, ends before it begins, or the same days twice.
        EditConflict: somebody else changed it meanwhile.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    head = SecretHead() if head_id is None else get_secret_head(session, head_id)
    if head_id is not None and version is not None and head.version != version:
        raise EditConflict(f"secret head {head_id} is at {head.version}, not {version}")
    head.title = " ".join(unicodedata.normalize("NFC", title).split()).upper()[:100]
    head.basis, head.valid_from, head.valid_to = basis.strip()[:300], valid_from, valid_to
    _check(session, head, head_id)
    head.changed_at, head.changed_by = now(), actor.person_id
    session.add(head)
    session.flush()
    audit.record(session, actor, "secret_head.saved", head.id, title=head.title)
    return head


def _check(session: Session, head: SecretHead, head_id: int | None) -> None:
    if len(head.title) < SHORTEST:
        raise InvalidInput(f"Tiêu đề phải có ít nhất {SHORTEST} ký tự.", "title")
    if not head.basis:
        raise InvalidInput("Phải ghi căn cứ.", "basis")
    if head.valid_to is not None and head.valid_to < head.valid_from:
        raise InvalidInput("Ngày kết thúc phải sau ngày bắt đầu.", "valid_to")
    others = sa.select(SecretHead).where(
        SecretHead.title == head.title, SecretHead.id.is_distinct_from(head_id)
    )
    with session.no_autoflush:
        for other in session.scalars(others):
            if _overlap(head, other):
                raise InvalidInput("Tiêu đề này đã có trong những ngày đó.", "title")


def _overlap(a: SecretHead, b: SecretHead) -> bool:
    return (a.valid_to is None or b.valid_from <= a.valid_to) and (
        b.valid_to is None or a.valid_from <= b.valid_to
    )
