"""`POST /api/v1/feeds/<source>`: devices push signed batches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock
from app.db import reading, transaction
from app.feeds import chores, devices, services
from app.feeds.models import FeedBatch, FeedFault, FeedSource
from app.feeds.words import FaultKind, Format, SourceKind
from app.sensors.ingesting import TARGET
from app.sensors.models import Reading
from app.sensors.services import PlaceFields, StreamFields, add_stream, add_thing
from config.settings import Settings
from tests.factories import Office

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass(slots=True)
class Device:
    """A device in the field: it has its key, its secret and a clock."""

    client: FlaskClient
    url: str
    key: str
    secret: str
    device_id: int
    source_id: int
    timestamp: str = str(int(AT.timestamp()))

    def send(self, body: bytes, **changed: str) -> TestResponse:
        signature = devices.sign(self.secret, self.timestamp, body)
        headers = {
            "X-Device": self.key, "X-Timestamp": self.timestamp,
            "X-Signature": f"sha256={signature}",
        } | changed  # fmt: skip
        with clock.frozen(AT):
            return self.client.post(self.url, data=body, headers=headers)


def values(*numbers: float, stream: str = "nuoc") -> bytes:
    return json.dumps(
        [
            {"stream": stream, "at": f"2026-11-23T02:{no:02}:00Z", "value": number}
            for no, number in enumerate(numbers)
        ]
    ).encode()


def told(answer: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.text)
    return found


@pytest.fixture
def device(client: FlaskClient, office: Office, settings: Settings) -> Device:
    with transaction() as session:
        thing = add_thing(session, office.admin, PlaceFields("Trạm Bến Mẫu"))
        add_stream(
            session, office.admin, thing.id, StreamFields("nuoc", "Mực nước", interval_seconds=60)
        )
        source = services.add_source(
            session, office.admin,
            services.SourceFields("Trạm đo mưa, nước", SourceKind.PUSH, TARGET, Format.JSON),
        )  # fmt: skip
        made = services.add_device(session, office.admin, source.id, "Bộ ghi số 1")
        secret = devices.device_secret(settings.secret_key, made.key)
        return Device(client, f"/api/v1/feeds/{source.token}", made.key, secret, made.id, source.id)


def count(table: type[Reading | FeedBatch | FeedFault]) -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_signed_readings_are_stored_and_a_repetition_changes_nothing(device: Device) -> None:
    first, again = device.send(values(1.5, 1.6)), device.send(values(1.5, 1.6))

    assert (first.status_code, again.status_code) == (200, 200)
    assert (told(first)["accepted"], told(first)["repeated"]) == (2, False)
    assert (told(again)["accepted"], told(again)["repeated"]) == (2, True)
    assert (count(Reading), count(FeedBatch)) == (2, 1)


def test_what_is_refused_is_named_by_its_place(device: Device) -> None:
    body = json.loads(values(1.5)) + json.loads(values(2.5, stream="gio"))

    answer = told(device.send(json.dumps(body).encode()))

    assert (answer["accepted"], answer["refused"]) == (1, 1)
    assert answer["reasons"] == [{"position": 1, "reason": "Không có luồng đo “gio”."}]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Signature": "sha256=" + "0" * 64},
        {"X-Signature": "ký"},
        {"X-Device": "khong-co"},
        {"X-Timestamp": "1795402801"},
        {"X-Timestamp": "hôm nay"},
        {"X-Timestamp": ""},
    ],
)
def test_who_does_not_prove_who_it_is_leaves_nothing(
    device: Device, headers: dict[str, str]
) -> None:
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}

    answer = device.send(values(1.5), **encoded)

    assert answer.status_code == 401
    assert (count(Reading), count(FeedBatch)) == (0, 0)


def test_a_revoked_device_and_a_source_that_is_off_are_refused(
    device: Device, office: Office
) -> None:

    with transaction() as session:
        session.execute(sa.update(FeedSource).values(is_active=False))
    assert device.send(values(1.5)).status_code == 403
    with transaction() as session:
        services.revoke_device(session, office.admin, device.device_id)
    assert device.send(values(1.5)).status_code == 401


def test_what_a_device_with_a_wrong_clock_sends_is_held_for_a_person(
    device: Device, office: Office
) -> None:
    device.timestamp = str(int(AT.timestamp()) - 601)

    answer = device.send(values(1.5))

    assert (answer.status_code, count(Reading)) == (202, 0)
    assert told(answer)["message"] == devices.CLOCK_WRONG
    with reading() as session:
        fault = session.scalars(sa.select(FeedFault)).one()
    assert fault.kind is FaultKind.HELD

    with transaction() as session:
        services.ask_replay(session, office.duty, fault.id)
    chores.work_on_faults()
    assert count(Reading) == 1


def test_too_large_and_unreadable_bodies_are_told_so(device: Device) -> None:
    assert device.send(b" " * (1024 * 1024 + 1)).status_code == 413
    answer = device.send(b"1,2,3")

    assert (answer.status_code, count(FeedBatch)) == (422, 1)
    assert "JSON" in told(answer)["message"]
