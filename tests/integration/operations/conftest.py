"""Sources of events, and stations whose alarms become incidents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import clock, relay
from app.db import reading, transaction
from app.feeds import entry
from app.feeds.preparing import Arrived, SourceInfo
from app.feeds.queries import info_of
from app.feeds.services import SourceFields, add_source
from app.feeds.services.taking import Taken
from app.feeds.words import SourceKind
from app.operations import handlers
from app.operations.models import Incident, IncidentEntry
from app.operations.processing import TARGET
from tests.factories import Office, sign_in_as
from tests.integration.incoming.conftest import books

__all__ = ["books"]

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BRIDGE = {"latitude": 21.0401, "longitude": 105.8601}


@pytest.fixture(autouse=True)
def noon(app: Flask) -> Iterator[None]:
    """The room is registered, and it is always the same moment."""
    with clock.frozen(AT + timedelta(minutes=1)):
        yield


@pytest.fixture
def pages(app: Flask, office: Office) -> Any:
    """Clients of people by their role."""

    def client(who: str) -> FlaskClient:
        made = app.test_client()
        sign_in_as(made, getattr(office, who))
        return made

    app.config["WTF_CSRF_ENABLED"] = False
    return client


def source_of_events(office: Office, name: str = "Tổng đài thử") -> SourceInfo:
    with transaction() as session:
        fields = SourceFields(name, SourceKind.PUSH, TARGET)
        return info_of(add_source(session, office.admin, fields))


def tell(source: SourceInfo, *events: dict[str, Any], at: datetime = AT) -> Taken:
    return entry.arrive(source, Arrived(json.dumps(list(events)).encode(), at))


def deliver() -> None:
    """What the relay would do for playbooks, now."""
    while relay.deliver_once(handlers.consumer()):
        pass


def event(no: str, **fields: Any) -> dict[str, Any]:
    plain = {"id": no, "at": "2026-11-23T02:59:00Z", "type": "fallen_tree", "title": "Cây đổ"}
    return plain | fields


def incidents() -> list[Incident]:
    with reading() as session:
        return list(session.scalars(sa.select(Incident).order_by(Incident.id)))


def only_incident() -> Incident:
    [one] = incidents()
    return one


def timeline(incident_id: int) -> list[IncidentEntry]:
    with reading() as session:
        rows = sa.select(IncidentEntry).where(IncidentEntry.incident_id == incident_id)
        return list(session.scalars(rows.order_by(IncidentEntry.id)))
