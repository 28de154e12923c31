"""The sources of the demo ward: its own stations push, one of them before it was declared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from app.clock import frozen
from app.demo.office import DemoOffice, actor_of
from app.feeds import entry
from app.feeds.preparing import Arrived, SourceInfo
from app.feeds.processors import Item
from app.feeds.queries import info_of
from app.feeds.services import SourceFields, add_device, add_source
from app.feeds.words import SourceKind
from app.sensors.ingesting import TARGET

STATIONS = "Trạm quan trắc của phường"
UNDECLARED = "cau-moi/muc-nuoc"


def declare(session: Session, office: DemoOffice, *, expected_seconds: int) -> SourceInfo:
    """The source of the ward's stations, with two devices that may push."""
    actor = actor_of(session, office, "quantri")
    fields = SourceFields(
        STATIONS, SourceKind.PUSH, TARGET, expected_seconds=expected_seconds, keep_days=7
    )
    source = add_source(session, actor, fields)
    for name in ("Bộ ghi trạm Bến Mẫu", "Bộ thu tập trung trụ sở"):
        add_device(session, actor, source.id, name)
    return info_of(source)


def push(source: SourceInfo, items: Sequence[Item]) -> None:
    """Let readings come through the door, those of a moment at once; and with the last ones a
    gauge that nobody has declared."""
    moments = [(at, list(group)) for at, group in groupby(items, key=lambda item: item.received_at)]
    for at, group in moments:
        records = [dict(item.fields) | {"at": at.isoformat()} for item in group]
        if at == moments[-1][0]:
            records.append({"stream": UNDECLARED, "value": 1.2, "at": at.isoformat()})
        with frozen(at):
            entry.arrive(source, Arrived(json.dumps(records).encode(), at))
