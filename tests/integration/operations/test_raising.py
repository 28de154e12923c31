"""What is told becomes incidents: one open of a key, every signal kept, severities that follow."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import reading, transaction
from app.feeds.models import FeedSignal
from app.feeds.words import SignalState
from app.notifications.live import News, message_for
from app.notifications.models import Notification
from app.operations import indexing, services
from app.operations.models import (
    Domain,
    Happening,
    Incident,
    IncidentSignal,
    IncidentState,
    Origin,
)
from app.security import terms_of
from app.sensors.models import Measured, RuleKind, Severity
from app.sensors.services import PlaceFields, StreamFields, add_stream, add_thing
from tests.factories import Office
from tests.integration.operations.conftest import (
    AT,
    BRIDGE,
    event,
    incidents,
    only_incident,
    source_of_events,
    tell,
    timeline,
)
from tests.integration.sensors.test_observations import item, put_in_force, send

WRITERS = 32
S = IncidentState


def test_an_event_becomes_an_incident_that_the_duty_desk_hears_of(office: Office) -> None:
    source = source_of_events(office)

    taken = tell(source, event("e1", place="Cầu Mẫu", severity="Nghiêm trọng", **BRIDGE))

    one = only_incident()
    assert taken.accepted == 1
    assert (one.domain, one.type_key, one.severity) == (
        Domain.INFRASTRUCTURE, "fallen_tree", Severity.CRITICAL,
    )  # fmt: skip
    assert (one.code, one.state, one.origin) == ("SC-20261123-0001", S.REPORTED, Origin.FEED)
    with reading() as session:
        signal = session.scalars(sa.select(FeedSignal)).one()
        assert (signal.kind, signal.thing_id) == ("incident", one.id)
        [notice] = session.scalars(sa.select(Notification))
        assert (notice.post_id, notice.urgent) == (office.duty.post_id, True)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": "volcano"}, "Không có loại sự cố “volcano”."),
        ({"severity": "rất to"}, "Không hiểu mức độ “rất to”."),
        ({"latitude": 121, "longitude": 10}, "Tọa độ nằm ngoài trái đất."),
        ({"latitude": "21,04", "longitude": "?"}, "Tọa độ không phải là số."),
        ({"origin": "gods"}, "Không hiểu nguồn tin “gods”."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_tells_of_nothing_known_is_kept_with_its_reason(
    office: Office, fields: dict[str, Any], reason: str
) -> None:
    taken = tell(source_of_events(office), event("e1", **fields), event("e2"))

    assert (taken.accepted, taken.refused) == (1, 1)
    assert len(incidents()) == 1
    with reading() as session:
        dead = session.scalars(sa.select(FeedSignal).where(FeedSignal.external_id == "e1")).one()
        assert (dead.state, dead.reason) == (SignalState.DEAD, reason)


def test_events_of_one_case_are_one_incident_as_long_as_it_is_open(office: Office) -> None:
    source = source_of_events(office)
    tell(source, event("e1", key="c7"), event("e2", key="c7", severity="high"), event("e3"))
    first, other = incidents()
    assert (first.severity, other.severity) == (Severity.HIGH, Severity.MEDIUM)

    with transaction() as session:
        services.move(session, office.duty, incident_id=first.id, to=S.RESOLVED)
    tell(source, event("e4", key="c7"))

    again = incidents()[-1]
    assert (len(incidents()), again.state, again.dedup_key) == (3, S.REPORTED, first.dedup_key)
    assert [one.code[-4:] for one in incidents()] == ["0001", "0002", "0003"]


def test_32_sources_that_tell_of_the_same_open_exactly_one_incident(office: Office) -> None:
    source, barrier = source_of_events(office), Barrier(WRITERS)
    faults = list[Exception]()

    def send_one(no: int) -> None:
        barrier.wait()
        try:
            tell(source, event(f"e{no}", key="one"), event(f"f{no}", key="two"))
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=send_one, args=(no,)) for no in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert faults == []
    found = incidents()
    assert sorted(one.dedup_key[-3:] for one in found if one.dedup_key) == ["one", "two"]
    assert sorted(one.code[-4:] for one in found) == ["0001", "0002"]
    with reading() as session:
        count = sa.select(sa.func.count()).select_from(IncidentSignal)
        joined = session.scalar(count.where(IncidentSignal.incident_id == found[0].id))
        assert joined == WRITERS


def test_an_alarm_of_a_station_opens_an_incident_and_its_end_is_told(office: Office) -> None:
    with transaction() as session:
        place = PlaceFields("Trạm Bến Mẫu", place="Bến Mẫu", latitude=21.04, longitude=105.86)
        thing = add_thing(session, office.admin, place)
        fields = StreamFields(
            "river", "Mực nước", measured=Measured.WATER_LEVEL, unit_symbol="m",
            interval_seconds=60,
        )  # fmt: skip
        stream = add_stream(session, office.admin, thing.id, fields).id
        put_in_force(
            session, office, RuleKind.THRESHOLD, streams=[stream], raise_at=4.0, clear_at=3.5
        )

    send(item(0, 3.9), item(1, 4.25))

    one = only_incident()
    assert (one.domain, one.type_key, one.origin) == (Domain.DISASTER, "flood", Origin.SENSOR)
    assert (one.title, one.place) == ("Trạm Bến Mẫu: Nước cao", "Bến Mẫu")
    assert one.description == "Mực nước: 4,25 m"
    send(item(2, 3.0), item(3, 4.4))
    assert only_incident().id == one.id  # up again while it is open: the same incident
    told = [entry.happening for entry in timeline(one.id)]
    assert told == [Happening.RAISED, Happening.SIGNAL, Happening.SIGNAL_OVER]
    with reading() as session:
        signals = session.scalars(sa.select(IncidentSignal).order_by(IncidentSignal.at)).all()
        assert [signal.over_at is None for signal in signals] == [False, True]


def test_severity_is_that_of_the_gravest_open_signal_unless_a_person_judged(
    office: Office,
) -> None:
    source = source_of_events(office)
    tell(source, event("e1", key="c", severity="low"))
    one = only_incident()
    with transaction() as session:
        services.judge(session, office.leader, incident_id=one.id, severity=Severity.CRITICAL)
    tell(source, event("e2", key="c", severity="high"))
    assert only_incident().severity is Severity.CRITICAL

    with transaction() as session:
        services.judge(session, office.duty, incident_id=one.id, severity=Severity.LOW)
    tell(source, event("e3", key="c", severity="high"), at=AT + timedelta(minutes=1))

    assert only_incident().severity is Severity.HIGH
    assert only_incident().hand_severity is None


def test_the_timeline_cannot_be_changed(office: Office) -> None:
    tell(source_of_events(office), event("e1"))

    for statement in ("UPDATE incident_entry SET text = 'x'", "DELETE FROM incident_entry"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
            session.execute(sa.text(statement))


def test_two_open_incidents_of_one_key_are_refused_by_the_database(office: Office) -> None:
    tell(source_of_events(office), event("e1", key="c"))
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        one = session.scalars(sa.select(Incident)).one()
        values = {
            column.key: getattr(one, column.key)
            for column in sa.inspect(Incident).column_attrs
            if column.key not in ("id", "token", "code")
        }
        session.add(Incident(**values, code="SC-20261123-9999"))
        session.flush()


def test_pages_of_the_desk_hear_of_an_incident_and_those_of_a_clerk_do_not(office: Office) -> None:
    tell(source_of_events(office), event("e1"))
    incident_id = only_incident().id

    with reading() as session:
        things = {
            ("incident", incident_id): terms_of(session, "incident", [incident_id])[incident_id]
        }
        news = News(things, {}, [])
    assert f"incident-{incident_id}" in message_for(office.duty, news)["changed"]
    assert message_for(office.clerk, news) == {}  # though a clerk sees every document
    with reading() as session:
        [record] = indexing.records(session, [incident_id])
    assert not record.acl & office.clerk.terms
    assert record.acl & office.leader.terms
