"""The duty desk of the demo ward: playbooks in force, a foreign system that tells of incidents,
a call, and how some of yesterday's were answered. The stations' alarms come from `measuring`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM, frozen, now, today
from app.db import reading, transaction
from app.demo.office import DemoOffice, actor_of
from app.duty import services as duty
from app.duty.services import Line
from app.feeds import entry
from app.feeds.models import FeedSignal
from app.feeds.preparing import Arrived, SourceInfo
from app.feeds.queries import info_of
from app.feeds.services import SourceFields, add_device, add_source
from app.feeds.words import SourceKind
from app.operations import services
from app.operations.models import Incident, IncidentSignal, IncidentState
from app.operations.processing import TARGET
from app.operations.services import playbooks
from app.operations.services.calls import record_call
from app.security import Actor
from app.sensors.models import Measured
from app.sensors.services import PlaceFields, StreamFields, add_stream, add_thing

S = IncidentState
SOURCE = "Hệ thống camera và tổng đài (giả lập)"
DRAINS = tuple((20.2535 + 0.0011 * (at % 5), 105.9725 + 0.0021 * (at // 5)) for at in range(10))
RESPONDERS = {
    "police": "van_phong", "military": "van_phong", "health": "van_hoa",
    "infrastructure": "kinh_te", "environment": "kinh_te", "society": "van_hoa",
    "office": "van_phong", "digital": "van_phong",
}  # fmt: skip
"""The demo office has no police of its own: its bureau hands such work on by telephone."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event, how many minutes ago it was told, and the states it went through since, each
    after so many minutes."""

    ago: float
    fields: dict[str, Any]
    states: tuple[tuple[float, IncidentState, str], ...] = ()


EVENTS = (
    Told(1500, {"type": "accident", "title": "Xe máy và ô tô va chạm, một người bị thương",
                "place": "Ngã tư Chợ Minh Họa", "area": "Trung tâm", "latitude": 20.2561,
                "longitude": 105.9752, "severity": "medium"},
         ((4, S.VERIFIED, "Camera ngã tư xác nhận"), (9, S.DISPATCHED, "Báo 115 và công an"),
          (18, S.ON_SCENE, "Xe cứu thương đã tới"), (41, S.CONTROLLED, "Đường thông một làn"),
          (75, S.RESOLVED, "Đã dọn hiện trường"))),
    Told(1320, {"type": "fallen_tree", "title": "Cây đổ chắn nửa đường", "area": "Phía bắc",
                "place": "Đường Đồi Sim", "latitude": 20.2701, "longitude": 105.9693},
         ((12, S.VERIFIED, ""), (20, S.DISPATCHED, ""), (95, S.RESOLVED, "Đã cưa, dọn xong"))),
    Told(900, {"type": "brawl", "title": "Đánh nhau tại quán ăn", "area": "Trung tâm",
               "place": "Phố ẩm thực Minh Họa", "latitude": 20.2571, "longitude": 105.9721},
         ((6, S.FALSE_ALARM, "Khách hát to, không có xô xát"),)),
    Told(640, {"type": "power_cut", "title": "Mất điện khu dân cư số 7", "severity": "medium",
               "place": "Khu dân cư số 7", "area": "Phía bắc", "latitude": 20.2715,
               "longitude": 105.9688},
         ((15, S.VERIFIED, "Điện lực xác nhận đứt cầu chì"), (120, S.RESOLVED, "Có điện lại"))),
    Told(55, {"type": "congestion", "title": "Ùn tắc đầu cầu Họa", "place": "Đầu cầu Họa, phía bắc",
              "area": "Ven sông", "latitude": 20.2631, "longitude": 105.9843},
         ((5, S.VERIFIED, "Camera đầu cầu: dòng xe dài 300 m"),)),
    Told(48, {"type": "congestion", "title": "Xe dồn lại ở dốc cầu Họa", "place": "Cầu Họa",
              "area": "Ven sông", "latitude": 20.2623, "longitude": 105.9838}),
    Told(26, {"type": "malware", "title": "Máy tính bộ phận một cửa nghi nhiễm mã độc",
              "key": "EDR-MC-03", "place": "Trung tâm Phục vụ hành chính công",
              "area": "Trung tâm", "latitude": 20.2552, "longitude": 105.9744,
              "severity": "high"}),
)  # fmt: skip
CALL = {
    "type": "manhole", "title": "Hố ga mất nắp trước cổng trường", "latitude": 20.2542,
    "longitude": 105.9769, "place": "Cổng Trường tiểu học Mẫu", "caller_name": "Bà Mẫu Thị Hòa",
    "caller_phone": "0900 000 999", "description": "Trẻ em sắp tan học, đã có người đứng chắn.",
}  # fmt: skip


def load_playbooks(office: DemoOffice) -> None:
    """Put the playbooks in force and say who answers as what, before anything happens."""
    with transaction("demo.playbooks") as session:
        desk, leader = desk_of(session, office), actor_of(session, office, "chutich")
        playbooks.load_samples(session, desk, leader)
        for responder, unit in RESPONDERS.items():
            playbooks.set_response_unit(
                session, desk, responder=responder, unit_id=office.units[unit]
            )


def desk_of(session: Session, office: DemoOffice) -> Actor:
    """Whoever sits at the duty desk, in that post."""
    return actor_of(session, office, "cvvanhoa").in_post(office.posts["tb1"])


def load(office: DemoOffice) -> int:
    """Let things happen. Returns how many incidents there are."""
    start = now()
    with frozen(start - timedelta(days=2)), transaction("demo.events") as session:
        admin = actor_of(session, office, "quantri")
        fields = SourceFields(SOURCE, SourceKind.PUSH, TARGET, keep_days=90)
        source = info_of(add_source(session, admin, fields))
        add_device(session, admin, source.id, "Cổng của tổng đài")
        _small_stations(session, office)
    for number, told in enumerate(EVENTS, start=1):
        happened = start - timedelta(minutes=told.ago)
        with frozen(happened):
            incident_id = _tell(source, f"demo-{number}", told)
        for after, to, text in told.states:
            with frozen(happened + timedelta(minutes=after)), transaction("demo.act") as session:
                desk = desk_of(session, office)
                services.move(session, desk, incident_id=incident_id, to=to, text=text)
    with transaction("demo.duty") as session:
        _duty(session, office)
    with frozen(start - timedelta(minutes=11)), transaction("demo.call") as session:
        record_call(session, desk_of(session, office), CALL)
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Incident)) or 0


def _duty(session: Session, office: DemoOffice) -> None:
    """The desk is planned by day for a week, and the log has its first line."""
    desk = desk_of(session, office)
    seven = datetime.combine(today(), time(7), VIETNAM)
    begins = [seven + timedelta(days=day) for day in range(7)]
    lines = [Line(desk.person_id or 0, begin, begin + timedelta(hours=12)) for begin in begins]
    duty.add_shifts(session, desk, lines)
    duty.write_log(
        session, desk, "Nhận ca. Thiết bị, đường dây nóng, camera hoạt động bình thường."
    )


def _small_stations(session: Session, office: DemoOffice) -> None:
    """Twenty small gauges without a past: they speak when the simulator runs."""
    actor = actor_of(session, office, "quantri")
    for number, (latitude, longitude) in enumerate(DRAINS, start=1):
        place = PlaceFields(
            f"Điểm thoát nước số {number}", place=f"Cống số {number}", area="Trung tâm",
            latitude=latitude, longitude=longitude, owner_unit_id=office.units["kinh_te"],
        )  # fmt: skip
        thing = add_thing(session, actor, place)
        for fields in (
            StreamFields(f"cong-{number}/muc-nuoc", "Mực nước cống", Measured.WATER_LEVEL, "m",
                         60, lowest=-1, highest=5),
            StreamFields(f"cong-{number}/mua", "Mưa", Measured.RAIN, "mm", 60, lowest=0,
                         highest=200),
        ):  # fmt: skip
            add_stream(session, actor, thing.id, fields)


def _tell(source: SourceInfo, no: str, told: Told) -> int:
    record = told.fields | {"id": no, "at": now().isoformat()}
    entry.arrive(source, Arrived(json.dumps([record]).encode(), now()))
    with reading() as session:
        joined = sa.select(IncidentSignal.incident_id).join(
            FeedSignal, FeedSignal.id == IncidentSignal.signal_id
        )
        return session.scalars(joined.where(FeedSignal.external_id == no)).one()
