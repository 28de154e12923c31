"""Sources and the devices that may speak for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.db import insert
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.feeds.mapping import check, check_settings
from app.feeds.models import FeedDevice, FeedPoll, FeedSource
from app.feeds.permissions import CONFIGURE
from app.feeds.processors import target_named, targets
from app.feeds.words import Format, SourceKind
from app.security import Actor, authorize

LONGEST_PAUSE = 86_400
LONGEST_KEPT = 3650
NEED_ADDRESS = {
    SourceKind.POLL: "Hãy nhập địa chỉ (https://…) để lấy dữ liệu.",
    SourceKind.MQTT: "Hãy nhập chủ đề (topic) MQTT.",
    SourceKind.SYSLOG: "Hãy nhập địa chỉ IP của máy gửi nhật ký.",
}


@dataclass(frozen=True, slots=True)
class SourceFields:
    """What is said of a source."""

    name: str
    kind: SourceKind
    target: str
    format: Format = Format.JSON
    address: str = ""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    expected_seconds: int | None = None
    poll_seconds: int = 60
    keep_days: int = 30
    is_active: bool = True


def add_source(session: Session, actor: Actor, fields: SourceFields) -> FeedSource:
    """Declare a source; if it is polled, it is looked at next."""
    authorize(actor, CONFIGURE)
    _check(session, fields, None)
    source = FeedSource(**asdict(fields))
    session.add(source)
    session.flush()
    _plan(session, source)
    audit.record(session, actor, "feed_source.added", source.id)
    return source


def change_source(
    session: Session, actor: Actor, source_id: int, fields: SourceFields, *, version: int
) -> FeedSource:
    """Raises EditConflict if it was changed since `version`, RuleViolated for a built-in one's
    kind or target."""
    authorize(actor, CONFIGURE)
    source = session.get(FeedSource, source_id, with_for_update=True)
    if source is None:
        raise NotFound(f"feed source {source_id}")
    if source.version != version:
        raise EditConflict
    if source.built_in and (fields.kind, fields.target) != (source.kind, source.target):
        raise RuleViolated("Nguồn có sẵn không đổi được cách nhận và loại nội dung.")
    _check(session, fields, source_id)
    for name, value in asdict(fields).items():
        setattr(source, name, value)
    session.flush()
    _plan(session, source)
    audit.record(session, actor, "feed_source.changed", source.id)
    return source


def built_in_source(session: Session, name: str, fields: SourceFields) -> FeedSource:
    """The source that a room brings along; made when it is first needed, once however many need
    it at a time. Raises RuleViolated when another source has its name."""
    wanted = sa.select(FeedSource).where(FeedSource.built_in == name)
    found = session.scalar(wanted)
    if found is None:
        values = asdict(fields) | {"built_in": name, "version": 1}
        session.execute(insert(FeedSource.__table__).values(values).on_conflict_do_nothing())
        found = session.scalar(wanted)
    if found is None:
        raise RuleViolated(f"Đã có nguồn khác tên “{fields.name}”; quản trị phải đổi tên nguồn đó.")
    return found


def add_device(session: Session, actor: Actor, source_id: int, name: str) -> FeedDevice:
    """Let a device push in the source's name; `devices.device_secret` gives its secret."""
    acting = authorize(actor, CONFIGURE)
    source = session.get(FeedSource, source_id, with_for_update=True)
    if source is None:
        raise NotFound(f"feed source {source_id}")
    if source.kind is not SourceKind.PUSH:
        raise RuleViolated("Chỉ nguồn nhận qua HTTP mới có thiết bị gửi.")
    name = name.strip()
    if not name:
        raise InvalidInput("Hãy nhập tên thiết bị.", "name")
    if any(device.name == name for device in source.devices):
        raise InvalidInput("Nguồn này đã có thiết bị mang tên này.", "name")
    device = FeedDevice(source=source, name=name, made_by_post_id=acting.post_id)
    session.add(device)
    session.flush()
    audit.record(session, actor, "feed_device.added", device.id, source=source_id)
    return device


def revoke_device(session: Session, actor: Actor, device_id: int) -> None:
    """Its signature is worth nothing from now on."""
    authorize(actor, CONFIGURE)
    device = session.get(FeedDevice, device_id)
    if device is None:
        raise NotFound(f"feed device {device_id}")
    device.revoked_at = device.revoked_at or now()
    audit.record(session, actor, "feed_device.revoked", device.id, source=device.source_id)


def ask_poll(session: Session, actor: Actor, source_id: int) -> None:
    """“Chạy ngay”: the source is looked at next, whatever the plan or the back-off says."""
    authorize(actor, CONFIGURE)
    poll = session.get(FeedPoll, source_id)
    if poll is None:
        raise RuleViolated("Nguồn này không phải nguồn lấy về theo chu kỳ.")
    poll.due_at = now()
    audit.record(session, actor, "feed_source.asked", source_id)


def _plan(session: Session, source: FeedSource) -> None:
    if source.kind is SourceKind.POLL and session.get(FeedPoll, source.id) is None:
        session.add(FeedPoll(source_id=source.id, due_at=now()))
        session.flush()


def _check(session: Session, fields: SourceFields, own_id: int | None) -> None:
    if not fields.name.strip():
        raise InvalidInput("Hãy nhập tên nguồn.", "name")
    twin = session.scalar(sa.select(FeedSource.id).where(FeedSource.name == fields.name))
    if twin not in (None, own_id):
        raise InvalidInput("Đã có nguồn mang tên này.", "name")
    if fields.target not in {target.name for target in targets()}:
        raise InvalidInput("Hãy chọn loại nội dung.", "target")
    if fields.kind in NEED_ADDRESS and not fields.address.strip():
        raise InvalidInput(NEED_ADDRESS[fields.kind], "address")
    if fields.kind is SourceKind.POLL and not fields.address.startswith(("http://", "https://")):
        raise InvalidInput(NEED_ADDRESS[SourceKind.POLL], "address")
    if fields.expected_seconds is not None and fields.expected_seconds < 1:
        raise InvalidInput("Khoảng cách giữa hai lần gửi phải từ 1 giây.", "expected_seconds")
    if not 1 <= fields.poll_seconds <= LONGEST_PAUSE:
        raise InvalidInput("Chu kỳ lấy về từ 1 giây đến 1 ngày.", "poll_seconds")
    if not 1 <= fields.keep_days <= LONGEST_KEPT:
        raise InvalidInput("Thời gian giữ dữ liệu gốc từ 1 đến 3650 ngày.", "keep_days")
    _check_reading(fields)


def _check_reading(fields: SourceFields) -> None:
    """How its bytes are read and what becomes of them."""
    wrong = check(fields.mapping, target_named(fields.target).fields)
    if wrong:
        raise InvalidInput(" ".join(wrong), "mapping")
    odd = check_settings(fields.settings)
    if odd:
        raise InvalidInput(" ".join(odd), "settings")
