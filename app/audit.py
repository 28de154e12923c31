"""The trail of acts: inserted with the act, sealed into a chain a second later.

Rows carry ids and codes, never content or names of citizens. A chain computed inside the
transaction would make all writers queue on its head; the relay seals instead.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import request_context
from app.clock import now
from app.db import Base, Nfc
from app.security import Actor

READ_WINDOW = timedelta(minutes=15)
LATE_IDS = 5000
"""How far ids may commit out of order and still be sealed within a second."""
GENESIS = "0" * 64


class AuditLog(Base):
    """One act, or one reading of a thing. Triggers refuse UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "audit_log"
    __table_args__ = (
        sa.Index("ix_audit_log_thing", "kind", "thing_id", "id"),
        sa.Index("ix_audit_log_person", "person_id", "id"),
        sa.Index("ix_audit_log_at", "at"),
        sa.Index("ix_audit_log_read", "action", "kind", "thing_id", "post_id", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(Nfc(60))
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int | None]
    person_id: Mapped[int | None]
    post_id: Mapped[int | None]
    on_behalf_of: Mapped[int | None]
    detail: Mapped[dict[str, Any]]
    address: Mapped[str | None] = mapped_column(Nfc(60))
    request_id: Mapped[str | None] = mapped_column(Nfc(40))


class AuditSeal(Base):
    """Position of an act in the chain, and the chain's value there."""

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_log.id"), unique=True)
    chain: Mapped[str] = mapped_column(Nfc(64))


def record(
    session: Session, actor: Actor, action: str, thing_id: int | None = None, **detail: Any
) -> None:
    """Write down an act. `action` is `kind.happened`; `detail` holds ids and codes only."""
    session.add(
        AuditLog(
            at=now(),
            action=action,
            kind=action.partition(".")[0],
            thing_id=thing_id,
            person_id=actor.person_id,
            post_id=actor.post_id,
            on_behalf_of=actor.on_behalf_of,
            detail=detail,
            address=request_context.remote_address.get(),
            request_id=request_context.request_id.get(),
        )
    )


def record_read(session: Session, actor: Actor, kind: str, thing_id: int, how: str) -> bool:
    """Write down that a thing was opened or downloaded: once a post, thing and 15 minutes.

    Returns whether a row was written.
    """
    if session.scalar(read_lately(actor, kind, thing_id, how).limit(1)) is not None:
        return False
    record(session, actor, f"{kind}.{how}", thing_id)
    return True


def read_lately(
    actor: Actor, kind: str, thing_id: int | sa.SQLColumnExpression[int], how: str
) -> sa.Select[tuple[int]]:
    """The rows that make a further one of the same reading needless."""
    return sa.select(AuditLog.id).where(
        AuditLog.action == f"{kind}.{how}",
        AuditLog.kind == kind,
        AuditLog.thing_id == thing_id,
        AuditLog.post_id == actor.post_id,
        AuditLog.person_id == actor.person_id,
        AuditLog.at > now() - READ_WINDOW,
    )


def canonical(row: AuditLog) -> bytes:
    """The bytes of a row that the chain covers: JSON with sorted keys, times in UTC."""
    values = {column.key: getattr(row, column.key) for column in sa.inspect(AuditLog).column_attrs}
    values["at"] = row.at.isoformat(timespec="microseconds")
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def link(key: bytes, previous: str, row: AuditLog) -> str:
    """The chain's next value: HMAC-SHA256(key, previous ‖ canonical row), in hex."""
    return hmac.new(key, previous.encode() + canonical(row), hashlib.sha256).hexdigest()


def seal(
    session: Session, key: bytes, *, limit: int = 500, after: int | None = None
) -> AuditSeal | None:
    """Seal what is not yet sealed, in the order found; returns the new head, or None.

    An anti-join, not “ids above the last”: ids commit out of order. It looks at ids above `after`,
    or back from the newest sealed row by `LATE_IDS`: the whole trail is too long for every second.
    One relay calls this.
    """
    head = session.scalar(sa.select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1))
    position, chain = (head.position, head.chain) if head else (0, GENESIS)
    if after is None:
        after = (session.scalar(sa.select(sa.func.max(AuditSeal.audit_id))) or 0) - LATE_IDS
    rows = session.scalars(
        _unsealed(sa.select(AuditLog)).where(AuditLog.id > after).order_by(AuditLog.id).limit(limit)
    )
    newest: AuditSeal | None = None
    for row in rows:
        position, chain = position + 1, link(key, chain, row)
        newest = AuditSeal(position=position, audit_id=row.id, chain=chain)
        session.add(newest)
    return newest


def oldest_unsealed(session: Session) -> int | None:
    """Id of the first row without a seal, by looking at the whole trail."""
    found: int | None = session.scalar(
        _unsealed(sa.select(AuditLog.id)).order_by(AuditLog.id).limit(1)
    )
    return found


def _unsealed(rows: sa.Select[Any]) -> sa.Select[Any]:
    sealed = sa.select(AuditSeal.audit_id).where(AuditSeal.audit_id == AuditLog.id)
    return rows.where(~sealed.exists())


def write_head(path: Path, head: AuditSeal) -> None:
    """Keep the head outside the database, so that a truncated chain shows."""
    with path.open("a", encoding="utf-8") as out:
        out.write(f"{now().isoformat()} {head.position} {head.chain}\n")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` can say. `faults` are sentences; none: intact as far as known."""

    sealed: int
    unsealed: int
    faults: tuple[str, ...]
    cannot_prove: tuple[str, ...]


def _sealed_rows(session: Session) -> Iterator[tuple[AuditSeal, AuditLog]]:
    """All sealed rows in order, a thousand at a time: the trail of years fits into no memory."""
    pairs = sa.select(AuditSeal, AuditLog).join(AuditLog).order_by(AuditSeal.position).limit(1000)
    rows = session.execute(pairs).tuples().all()
    while rows:
        yield from rows
        after = AuditSeal.position > rows[-1][0].position
        rows = session.execute(pairs.where(after)).tuples().all()


def verify(session: Session, key: bytes, heads: Iterator[str]) -> Verdict:
    """Check every link, and that each head once written outside is still part of the chain."""
    chain, expected, faults = GENESIS, 1, list[str]()
    by_position: dict[int, str] = {}
    for sealed, row in _sealed_rows(session):
        if sealed.position != expected:
            faults.append(f"Thiếu mắt xích từ vị trí {expected} đến {sealed.position - 1}.")
        chain, expected = link(key, chain, row), sealed.position + 1
        if not hmac.compare_digest(chain, sealed.chain):
            faults.append(f"Dòng nhật ký {row.id} (vị trí {sealed.position}) đã bị sửa.")
            chain = sealed.chain
        by_position[sealed.position] = sealed.chain
    for line in heads:
        _, position, value = line.split()
        if by_position.get(int(position)) != value:
            faults.append(f"Chuỗi không còn khớp mốc đã ghi ngoài cơ sở dữ liệu tại {position}.")
    total = session.scalar(sa.select(sa.func.count()).select_from(AuditLog)) or 0
    return Verdict(
        sealed=len(by_position),
        unsealed=total - len(by_position),
        faults=tuple(faults),
        cannot_prove=(
            "Dòng bị xóa trước khi được niêm phong (trong vòng một giây) không để lại dấu vết.",
            "Người giữ cả khóa niêm phong và tệp mốc có thể dựng lại toàn bộ chuỗi.",
        ),
    )
