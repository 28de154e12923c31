"""Stations, their streams, and when they are in maintenance."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import EditConflict, InvalidInput, NotFound
from app.security import Actor, authorize
from app.sensors.levels import check_levels
from app.sensors.models import Datastream, MaintenanceWindow, Measured, Thing, ThingKind
from app.sensors.permissions import CONFIGURE, MAINTAIN

LONGEST_MAINTENANCE = timedelta(days=31)
LONGEST_INTERVAL = 31 * 86_400


@dataclass(frozen=True, slots=True)
class PlaceFields:
    """What is said of a thing."""

    name: str
    kind: ThingKind = ThingKind.STATION
    place: str = ""
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    owner_unit_id: int | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class StreamFields:
    """What is said of a stream; `alarm_level_…` are all three or none."""

    key: str
    name: str
    measured: Measured = Measured.OTHER
    unit_symbol: str = ""
    interval_seconds: int = 300
    lowest: float | None = None
    highest: float | None = None
    stuck_after: int | None = None
    alarm_level_1: float | None = None
    alarm_level_2: float | None = None
    alarm_level_3: float | None = None
    calibration_due_on: date | None = None
    is_active: bool = True


def add_thing(session: Session, actor: Actor, fields: PlaceFields) -> Thing:
    """Put up a station, camera or gateway."""
    authorize(actor, CONFIGURE)
    _check_place(session, fields, None)
    thing = Thing(**asdict(fields))
    session.add(thing)
    session.flush()
    audit.record(session, actor, "thing.added", thing.id)
    return thing


def change_thing(
    session: Session, actor: Actor, thing_id: int, fields: PlaceFields, *, version: int
) -> Thing:
    """Raises EditConflict if it was changed since `version`."""
    authorize(actor, CONFIGURE)
    thing = session.get(Thing, thing_id, with_for_update=True)
    if thing is None:
        raise NotFound(f"thing {thing_id}")
    if thing.version != version:
        raise EditConflict
    _check_place(session, fields, thing_id)
    for name, value in asdict(fields).items():
        setattr(thing, name, value)
    audit.record(session, actor, "thing.changed", thing.id)
    return thing


def add_stream(session: Session, actor: Actor, thing_id: int, fields: StreamFields) -> Datastream:
    """Let a thing measure something."""
    authorize(actor, CONFIGURE)
    if session.get(Thing, thing_id) is None:
        raise NotFound(f"thing {thing_id}")
    _check_stream(session, fields, None)
    stream = Datastream(thing_id=thing_id, **asdict(fields))
    session.add(stream)
    session.flush()
    audit.record(session, actor, "datastream.added", stream.id)
    return stream


def change_stream(
    session: Session, actor: Actor, stream_id: int, fields: StreamFields, *, version: int
) -> Datastream:
    """Raises EditConflict if it was changed since `version`."""
    authorize(actor, CONFIGURE)
    stream = session.get(Datastream, stream_id, with_for_update=True)
    if stream is None:
        raise NotFound(f"datastream {stream_id}")
    if stream.version != version:
        raise EditConflict
    _check_stream(session, fields, stream_id)
    for name, value in asdict(fields).items():
        setattr(stream, name, value)
    audit.record(session, actor, "datastream.changed", stream.id)
    return stream


def announce_maintenance(
    session: Session, actor: Actor, thing_id: int, starts: datetime, ends: datetime, reason: str
) -> MaintenanceWindow:
    """No rule speaks about the thing's streams from `starts` until `ends`."""
    acting = authorize(actor, MAINTAIN)
    if session.get(Thing, thing_id) is None:
        raise NotFound(f"thing {thing_id}")
    if ends <= starts:
        raise InvalidInput("Thời điểm kết thúc phải sau thời điểm bắt đầu.", "ends_at")
    if ends - starts > LONGEST_MAINTENANCE:
        raise InvalidInput("Mỗi đợt bảo trì dài nhất 31 ngày.", "ends_at")
    window = MaintenanceWindow(
        thing_id=thing_id, starts_at=starts, ends_at=ends, reason=reason.strip(),
        made_by_post_id=acting.post_id,
    )  # fmt: skip
    session.add(window)
    session.flush()
    audit.record(session, actor, "thing.maintenance", thing_id)
    return window


def _check_place(session: Session, fields: PlaceFields, own_id: int | None) -> None:
    if not fields.name.strip():
        raise InvalidInput("Hãy nhập tên trạm.", "name")
    if fields.latitude is not None and not -90 <= fields.latitude <= 90:
        raise InvalidInput("Vĩ độ phải từ -90 đến 90.", "latitude")
    if fields.longitude is not None and not -180 <= fields.longitude <= 180:
        raise InvalidInput("Kinh độ phải từ -180 đến 180.", "longitude")
    if (fields.latitude is None) != (fields.longitude is None):
        raise InvalidInput("Hãy nhập cả vĩ độ và kinh độ.", "longitude")
    twin = session.scalar(sa.select(Thing.id).where(Thing.name == fields.name))
    if twin not in (None, own_id):
        raise InvalidInput("Đã có trạm mang tên này.", "name")


def _check_stream(session: Session, fields: StreamFields, own_id: int | None) -> None:
    if not fields.key.strip() or not fields.name.strip():
        raise InvalidInput("Hãy nhập mã và tên luồng đo.", "key")
    if not 1 <= fields.interval_seconds <= LONGEST_INTERVAL:
        raise InvalidInput("Chu kỳ đo từ 1 giây đến 31 ngày.", "interval_seconds")
    low, high = fields.lowest, fields.highest
    if low is not None and high is not None and low >= high:
        raise InvalidInput("Giới hạn trên phải lớn hơn giới hạn dưới.", "highest")
    if fields.stuck_after is not None and fields.stuck_after < 2:
        raise InvalidInput("Số giá trị giống nhau liên tiếp phải từ 2.", "stuck_after")
    levels = (fields.alarm_level_1, fields.alarm_level_2, fields.alarm_level_3)
    given = [level for level in levels if level is not None]
    if given and not check_levels(given):
        raise InvalidInput("Hãy nhập đủ báo động I, II, III theo thứ tự tăng.", "alarm_level_1")
    twin = session.scalar(sa.select(Datastream.id).where(Datastream.key == fields.key))
    if twin not in (None, own_id):
        raise InvalidInput("Mã luồng đo này đã được dùng.", "key")
