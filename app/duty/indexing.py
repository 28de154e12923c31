"""Reports of the duty desk as notices show them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.duty.models import DutyReport
from app.duty.permissions import READ
from app.kinds import Card, Kind
from app.security import Actor

KIND = "duty_report"
BASE = "/truc-ban/bao-cao"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the reports, for who may read them: one query."""
    if not actor.may(READ):
        return []
    rows = session.scalars(sa.select(DutyReport).where(DutyReport.id.in_(ids)))
    return [
        Card(
            kind=KIND,
            id=one.id,
            title=f"Báo cáo trực ban ngày {one.day:%d/%m/%Y}",
            subtitle="",
            url=f"{BASE}/{one.day.isoformat()}.pdf",
        )
        for one in rows
    ]


kind = Kind(name=KIND, label="Báo cáo trực ban", icon="report", cards=cards)
