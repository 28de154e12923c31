"""Short ways to make entries, rooms and invitations in the small office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import frozen
from app.db import reading, transaction
from app.incoming.models import IncomingDocument, IncomingStatus
from app.registers.models import DocumentType
from app.schedules import services
from app.schedules.models import Resource, ResourceKind, ScheduleEntry
from app.schedules.services import EntryData
from app.schedules.times import moment
from app.security import Actor, grant, post_term
from tests.factories import Office

MONDAY = date(2026, 11, 23)
THURSDAY_BEFORE = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)  # 09:00 here
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def before_the_cutoff() -> Iterator[None]:
    """Registration for the week of 23/11/2026 is open."""
    with frozen(THURSDAY_BEFORE):
        yield


def act(service: Callable[..., Any], actor: Actor, *data: Any, **arguments: Any) -> Any:
    """Call a service in a transaction of its own, as a view does."""
    with transaction() as session:
        return service(session, actor, *data, **arguments)


def look(query: Callable[[Session], Any]) -> Any:
    with reading() as session:
        return query(session)


def at(hour: int, minute: int = 0, day: date = date(2026, 11, 25)) -> datetime:
    return moment(day, time(hour, minute))


def data(title: str = "Họp giao ban", begins: int = 8, ends: int = 10, **more: Any) -> EntryData:
    values = {"starts_at": at(begins), "ends_at": at(ends)} | more
    return EntryData(title=title, **values)


def register(actor: Actor, title: str = "Họp giao ban", **more: Any) -> ScheduleEntry:
    made: ScheduleEntry = act(services.register_entry, actor, data(title, **more))
    return made


def make_room(office: Office, name: str = "Phòng họp số 1") -> int:
    room: Resource = act(services.save_resource, office.clerk, kind=ResourceKind.ROOM, name=name)
    return room.id


def publish(office: Office) -> Any:
    """Merge all that is registered, approve and publish the week."""
    from app.schedules import queries

    rows = look(lambda s: queries.waiting_entries(s, office.clerk, MONDAY))
    act(services.merge_entries, office.clerk, entry_ids=[row.entry_id for row in rows])
    act(services.approve_week, office.chief, monday=MONDAY)
    return act(services.publish_week, office.chief, monday=MONDAY)


def make_invitation(office: Office, number: int = 7) -> int:
    """A registered giấy mời, submitted to the leader."""
    with transaction() as session:
        session.merge(
            DocumentType(
                code="invitation",
                label="Giấy mời",
                family="administrative",
                position=1,
                valid_from=date(2020, 3, 5),
            )
        )
        session.flush()
        letter = IncomingDocument(
            status=IncomingStatus.SUBMITTED,
            issuing_body_id=office.committee_id,
            arrival_number=number,
            arrival_year=2026,
            arrival_date=date(2026, 11, 18),
            subject_summary="Họp về phòng, chống bão",
            document_type="invitation",
            organ_name="UBND tỉnh Mẫu",
            submitted_to_post_id=office.leader.post_id,
        )
        session.add(letter)
        session.flush()
        grant(session, "incoming", letter.id, post_term(office.leader.post_id or 0), "submitted")
        return letter.id
