"""The schedule of the demo office: rooms and cars, two weeks that are over, this week with its
changes, and the next one, for which the units have registered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.clock import frozen, now, today
from app.db import transaction
from app.demo.office import DemoOffice, actor_of
from app.schedules import queries, services
from app.schedules.models import EntryKind, Frequency, ResourceKind, ScheduleEntry, Visibility
from app.schedules.services import ConclusionItem, EntryData, Recurrence
from app.schedules.times import moment, monday_of
from app.tasks.parties import Party

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MORNING = time(9, 0)
RESOURCES = (
    (ResourceKind.ROOM, "Phòng họp số 1", "Tầng 2", 30, ""),
    (ResourceKind.ROOM, "Phòng họp số 2", "Tầng 3", 15, ""),
    (ResourceKind.ROOM, "Hội trường", "Tầng 1", 200, ""),
    (ResourceKind.VEHICLE, "Xe 7 chỗ", "35A-000.01", 7, "Lái xe Mẫu Văn Tải"),
    (ResourceKind.VEHICLE, "Xe 16 chỗ", "35A-000.02", 16, "Lái xe Mẫu Văn Lộ"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """An entry of each week, or of every second one. Keys are those of the demo's posts."""

    weekday: int
    begins: time
    minutes: int
    title: str
    by: str  # account that registers it
    chair: str | None
    with_posts: tuple[str, ...] = ()
    with_units: tuple[str, ...] = ()
    resource: str = ""
    place: str = ""
    preparing: str = ""
    note: str = ""
    visibility: Visibility = Visibility.ORGAN
    kind: EntryKind = EntryKind.WORK
    every: int = 1


PUBLIC = Visibility.PUBLIC
PLANS = (
    Plan(0, time(7, 30), 60, "Chào cờ; giao ban đầu tuần", "chanhvp", "ct", ("pct",),
         ("kinh_te", "van_hoa", "van_phong"), "Phòng họp số 1", preparing="van_phong"),
    Plan(0, time(14, 0), 120, "Kiểm tra tiến độ đường vào khu dân cư số 3", "tpkinhte", "pct", (),
         ("kinh_te",), "Xe 7 chỗ", "Khu dân cư số 3", "kinh_te"),
    Plan(1, time(8, 0), 150, "Họp thẩm định hồ sơ quy hoạch chi tiết", "tpkinhte", "pct", (),
         ("kinh_te",), "Phòng họp số 2", preparing="kinh_te", every=2),
    Plan(1, time(14, 0), 90, "Làm việc với Ủy ban Mặt trận Tổ quốc phường", "chanhvp", "ct",
         ("pct",), (), "Phòng họp số 1", preparing="van_phong"),
    Plan(2, time(8, 0), 180, "Tiếp công dân định kỳ", "chanhvp", "ct", (), ("van_phong",), "",
         "Trụ sở tiếp công dân", "van_phong", visibility=PUBLIC),
    Plan(2, time(14, 0), 120, "Họp Ban Chỉ huy Phòng thủ dân sự phường", "tpkinhte", "ct", ("pct",),
         ("kinh_te", "van_hoa"), "Phòng họp số 1", preparing="kinh_te"),
    Plan(3, time(8, 0), 180, "Tập huấn dịch vụ công trực tuyến cho tổ dân phố", "tpvanhoa", "pct",
         (), ("van_hoa",), "Hội trường", preparing="van_hoa", note="Có trực tuyến",
         visibility=PUBLIC),
    Plan(3, time(15, 0), 60, "Khám sức khỏe", "chutich", "ct", (), (), "", "Bệnh viện tỉnh",
         visibility=Visibility.PRIVATE),
    Plan(4, time(8, 0), 150, "Phiên họp thường kỳ UBND phường", "chanhvp", "ct", ("pct",),
         ("kinh_te", "van_hoa", "van_phong"), "Phòng họp số 1", preparing="van_phong"),
    Plan(4, time(15, 30), 60, "Duyệt lịch công tác tuần sau", "chanhvp", "ct", (), ("van_phong",),
         "Phòng họp số 2", every=2),
    Plan(5, time(7, 30), 240, "Trực lãnh đạo", "chanhvp", "pct", kind=EntryKind.DUTY),
)  # fmt: skip

CONCLUSION = (
    "1. Thống nhất kế hoạch công tác tháng do Văn phòng trình.\n"
    "2. Các phòng gửi số liệu báo cáo tháng về Văn phòng trước ngày 25.\n"
    "3. Phòng Kinh tế chuẩn bị nội dung kiểm tra công tác phòng, chống thiên tai."
)
FROM_IT = (  # what the conclusion gives to whom
    ("Gửi số liệu báo cáo tháng về Văn phòng", "van_hoa"),
    ("Chuẩn bị nội dung kiểm tra công tác phòng, chống thiên tai", "kinh_te"),
)
AGAIN = Plan(3, time(10, 0), 60, "Giao ban Phòng Văn hóa - Xã hội", "tpvanhoa", None, (),
             ("van_hoa",), "Phòng họp số 2", preparing="van_hoa")  # fmt: skip


def load(office: DemoOffice) -> int:
    """Act the weeks out. Returns how many entries there are."""
    with transaction("demo.resources") as session:
        for kind, name, place, seats, driver in RESOURCES:
            services.save_resource(
                session, actor_of(session, office, "vanthu"), kind=kind, name=name, place=place,
                seats=seats, driver=driver,
            )  # fmt: skip
    made, this = 0, monday_of(today())
    for number in (-2, -1, 0, 1):
        made += _week(office, this + number * WEEK, number)
    _conclude(office, this - WEEK)
    _change(office, this)
    return made + _come_again(office, this + WEEK)


def _come_again(office: DemoOffice, monday: date) -> int:
    """A unit meets every week for two months, but for one week that it left out."""
    with transaction("demo.schedules") as session, frozen(_past(moment(monday - 4 * DAY, MORNING))):
        data = _data(session, office, AGAIN, monday)
        first = monday + AGAIN.weekday * DAY
        rule = Recurrence(Frequency.WEEKLY, first + 7 * WEEK, skipped=frozenset({first + 2 * WEEK}))
        actor = actor_of(session, office, AGAIN.by)
        series = services.register_series(session, actor, data, rule)
        return len(services.occurrences(series.first_on, rule))


def _conclude(office: DemoOffice, monday: date) -> None:
    """What the chair wrote down after last week's meeting of the committee."""
    plan = PLANS[8]
    day = monday + timedelta(days=plan.weekday)
    with transaction("demo.schedules") as session, frozen(_past(moment(day, time(16, 0)))):
        leader = actor_of(session, office, "chutich")
        rows = queries.rows_between(session, leader, day, day)
        [held] = [row for row in rows if row.title == plan.title]
        entry = session.get_one(ScheduleEntry, held.entry_id)
        due_at = moment(monday + WEEK + 3 * DAY, time(17, 0))
        items = [
            ConclusionItem(title, Party(unit_id=office.units[unit]), due_at)
            for title, unit in FROM_IT
        ]
        services.take_conclusions(
            session, leader, entry_id=entry.id, version=entry.version, text=CONCLUSION, items=items
        )


def _week(office: DemoOffice, monday: date, number: int) -> int:
    """Registered on Thursday, merged and published on Friday; the next week only registered."""
    registering = _past(moment(monday - 4 * DAY, MORNING))
    plans = [plan for plan in PLANS if plan.every == 1 or number % plan.every == 0]
    with transaction("demo.schedules") as session, frozen(registering):
        for plan in plans:
            data = _data(session, office, plan, monday)
            services.register_entry(session, actor_of(session, office, plan.by), data)
    if number == 1:
        return len(plans)
    with (
        transaction("demo.schedules") as session,
        frozen(moment(monday - timedelta(days=3), time(16, 30))),
    ):
        clerk, chief = (actor_of(session, office, who) for who in ("vanthu", "chanhvp"))
        rows = queries.waiting_entries(session, clerk, monday)
        services.merge_entries(session, clerk, entry_ids=[row.entry_id for row in rows])
        services.approve_week(session, chief, monday=monday)
        services.publish_week(session, chief, monday=monday)
    return len(plans)


def _past(at: datetime) -> datetime:
    return min(at, now())


def _data(session: Session, office: DemoOffice, plan: Plan, monday: date) -> EntryData:
    starts_at = moment(monday + timedelta(days=plan.weekday), plan.begins)
    ids = {resource.name: resource.id for resource in queries.resources(session)}
    people = [Party(post_id=office.posts[key]) for key in plan.with_posts]
    people += [Party(unit_id=office.units[key]) for key in plan.with_units]
    return EntryData(
        title=plan.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=plan.minutes),
        kind=plan.kind,
        visibility=plan.visibility,
        chair_post_id=office.posts[plan.chair] if plan.chair else None,
        participants=people,
        place=plan.place,
        preparing_unit_id=office.units.get(plan.preparing),
        note=plan.note,
        resource_ids=[ids[plan.resource]] if plan.resource else [],
    )


def _change(office: DemoOffice, monday: date) -> None:
    """This week: one meeting begins later, one leader sends the other."""
    at = _past(moment(monday, time(7, 0)))
    with transaction("demo.schedules") as session, frozen(at):
        clerk = actor_of(session, office, "vanthu")
        rows = {row.title: row for row in queries.rows_between(session, clerk, monday,
                                                               monday + WEEK)}  # fmt: skip
        moved, sent = rows[PLANS[5].title], rows[PLANS[4].title]
        entry = session.get_one(ScheduleEntry, moved.entry_id)
        data = _data(session, office, PLANS[5], monday)
        later = timedelta(minutes=60)
        services.edit_entry(
            session, clerk, entry_id=entry.id, version=entry.version, reason="Trùng lịch họp tỉnh",
            data=_shifted(data, later),
        )  # fmt: skip
        services.substitute(
            session, clerk, entry_id=sent.entry_id, for_post_id=office.posts["ct"],
            to_post_id=office.posts["pct"], reason="Chủ tịch họp tỉnh",
        )  # fmt: skip


def _shifted(data: EntryData, by: timedelta) -> EntryData:
    return replace(data, starts_at=data.starts_at + by, ends_at=data.ends_at + by)
