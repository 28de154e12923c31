"""From transitions to rows of `alarm`. That one is open at most, the partial unique index keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import outbox
from app.clock import now
from app.db import insert
from app.files.models import new_token
from app.sensors.events import AlarmCleared, AlarmRaised
from app.sensors.hooks import AlarmsChanged, alarms_changed
from app.sensors.models import Alarm, Severity
from app.sensors.models.alarms import OPEN
from app.sensors.rules import Transition

ALARMS = cast("sa.Table", Alarm.__table__)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one rule, in one version, said about one stream, in order."""

    rule: int
    no: int
    severity: Severity
    stream: int
    transitions: Sequence[Transition]


@dataclass(slots=True)
class Folded:
    """The same as changes to rows: the open one cleared, whole ones, a new open one."""

    cleared: list[tuple[Spoken, Transition]] = field(default_factory=list)
    whole: list[tuple[Spoken, Transition, Transition]] = field(default_factory=list)
    opened: list[tuple[Spoken, Transition]] = field(default_factory=list)


def fold(spoken: Sequence[Spoken]) -> Folded:
    """Put each raising with the clearing that follows it."""
    result = Folded()
    for one in spoken:
        raised: Transition | None = None
        for transition in one.transitions:
            if transition.raised:
                raised = transition
            elif raised is None:
                result.cleared.append((one, transition))
            else:
                result.whole.append((one, raised, transition))
                raised = None
        if raised is not None:
            result.opened.append((one, raised))
    return result


def keep(session: Session, spoken: Sequence[Spoken]) -> AlarmsChanged:
    """Write the alarms, publish them, tell upper rooms; at most four statements and the events."""
    folded = fold(spoken)
    cleared = _clear(session, folded.cleared)
    whole = _insert(session, [_row(s, up, down) for s, up, down in folded.whole])
    opened = _insert(session, [_row(s, up) for s, up in folded.opened])
    happened = AlarmsChanged(raised=[*whole, *opened], cleared=[*cleared, *whole])
    for alarm_id in happened.raised:
        outbox.publish(session, AlarmRaised(alarm_id))
    for alarm_id in happened.cleared:
        outbox.publish(session, AlarmCleared(alarm_id))
    if happened.raised or happened.cleared:
        alarms_changed(session, happened)
    return happened


def _clear(session: Session, cleared: Sequence[tuple[Spoken, Transition]]) -> list[int]:
    if not cleared:
        return []
    by_place: Mapping[tuple[int, int], Transition] = {(s.rule, s.stream): t for s, t in cleared}
    open_ones = session.execute(
        sa.select(Alarm.id, Alarm.rule_id, Alarm.datastream_id)
        .where(
            Alarm.cleared_at.is_(None),
            sa.tuple_(Alarm.rule_id, Alarm.datastream_id).in_(sorted(by_place)),
        )
        .order_by(Alarm.id)
        .with_for_update()
    ).all()
    changes = [
        {"which": id_, "moment": by_place[r, s].at, "number": by_place[r, s].value}
        for id_, r, s in open_ones
    ]
    if changes:
        session.connection().execute(
            sa.update(ALARMS)
            .where(ALARMS.c.id == sa.bindparam("which"))
            .values(cleared_at=sa.bindparam("moment"), cleared_value=sa.bindparam("number")),
            changes,
        )
    return [id_ for id_, _rule, _stream in open_ones]


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """The ids of the rows that were inserted: where one is open already, none is added."""
    if not rows:
        return []
    statement = (
        insert(ALARMS)
        .values(list(rows))
        .on_conflict_do_nothing(index_elements=["rule_id", "datastream_id"], index_where=OPEN)
        .returning(ALARMS.c.id)
    )
    return sorted(session.execute(statement).scalars())


def _row(spoken: Spoken, raised: Transition, cleared: Transition | None = None) -> dict[str, Any]:
    return {
        "token": new_token(),
        "rule_id": spoken.rule,
        "version_no": spoken.no,
        "datastream_id": spoken.stream,
        "severity": spoken.severity,
        "raised_at": raised.at,
        "raised_value": raised.value,
        "noticed_at": now(),
        "cleared_at": cleared.at if cleared else None,
        "cleared_value": cleared.value if cleared else None,
    }
