"""The one-stop counter of the demo office: the sample procedures, and two months of dossiers in
every state, acted out by the people of the office. All citizens are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle

from sqlalchemy.orm import Session

from app.clock import frozen, now, today
from app.db import transaction
from app.demo.office import DemoOffice, actor_of
from app.procedures import queries, records, services
from app.procedures.house import house
from app.procedures.models import (
    Channel,
    Dossier,
    DossierStatus,
    FinanceState,
    PaymentWay,
    StepKind,
)
from app.procedures.services import PaperGiven, Person, Reception
from app.security import SYSTEM, Actor
from app.worktime.calendar import Calendar, at_minute
from app.worktime.queries import load_calendar

HEADS = {"kinh_te": "tpkinhte", "van_hoa": "tpvanhoa"}
SPECIALISTS = {"kinh_te": "cv1", "van_hoa": "cv2"}
ACCOUNTS = {"cv1": "cvkinhte", "cv2": "cvvanhoa", "cv3": "vanthu2"}
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khôi", "Lan", "Minh", "Ngọc", "Phúc", "Quỳnh")
STREETS = ("Tổ 1", "Tổ 2", "Tổ 5", "Tổ 7", "Khu phố 3", "Khu phố 6")
COPY, SIGNATURE, EXTRACT = "2.000815", "2.000884", "9.900005"
SAME_DAY = (COPY, COPY, SIGNATURE, COPY, EXTRACT, SIGNATURE)
ORDINARY = ("9.900021", "9.900004", "9.900027", "9.900011", "9.900022", "9.900006", "9.900012",
            "9.900016", "9.900024", "9.900015", "9.900008", "9.900017")  # fmt: skip

# What happens on which working day after the receipt: f one step on, r the result, d handed over,
# s supplement asked for, t supplement taken, e apology, x stopped, w withdrawn, m money asked for.
FATES: dict[str, tuple[tuple[int, str], ...]] = {
    "early": ((0, "f"), (1, "f"), (2, "r"), (2, "d")),
    "late": ((1, "f"), (9, "f"), (22, "r"), (23, "d")),
    "ready": ((0, "f"), (1, "f"), (2, "r")),
    "running": ((0, "f"),),
    "new": (),
    "waiting": ((0, "f"), (1, "s")),
    "supplemented": ((0, "f"), (1, "s"), (3, "t"), (4, "r"), (5, "d")),
    "extended": ((0, "f"), (1, "e")),
    "stopped": ((0, "f"), (1, "s"), (8, "x")),
    "withdrawn": ((0, "f"), (1, "w")),
    "money": ((0, "f"), (1, "m")),
}
PLAN = (  # fate, how many, received so many working days ago (the first), then each so much earlier
    ("early", 12, 6, 2),
    ("late", 3, 26, 4),
    ("ready", 4, 4, 1),
    ("running", 6, 1, 1),
    ("running", 3, 24, 3),
    ("new", 3, 1, 1),
    ("waiting", 4, 3, 2),
    ("supplemented", 3, 12, 5),
    ("extended", 1, 2, 1),
    ("stopped", 1, 15, 1),
    ("withdrawn", 1, 9, 1),
    ("money", 1, 2, 1),
)
AT_ONCE = 4  # visits a transaction: others write between them
FAST_PER_DAY = ((0, 3), (1, 5), (2, 3), (5, 1))


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the counter: what they want, when, and what becomes of it."""

    code: str
    at: datetime
    fate: str
    person: Person


def load(office: DemoOffice) -> int:
    """Publish the procedures and act the dossiers out. Returns how many there are."""
    with transaction("demo.procedures") as session:
        services.load_books(session, house().books)
        services.save_mapping(session, SYSTEM, **house().mapping)
        calendar = load_calendar(session)
    samples = records.samples()
    for first in range(0, len(samples), AT_ONCE):
        with transaction("demo.procedures") as session:
            services.import_catalogue(session, SYSTEM, records=samples[first : first + AT_ONCE])
    visits = sorted(_visits(calendar), key=lambda visit: visit.at)
    actors: dict[str, Actor] = {}
    for first in range(0, len(visits), AT_ONCE):
        with transaction("demo.dossiers") as session:
            cast = _Cast(session, office, calendar, actors)
            for visit in visits[first : first + AT_ONCE]:
                _act_out(session, cast, visit)
    return len(visits)


def _visits(calendar: Calendar) -> Iterator[Visit]:
    people, ordinary, fast = _people(), cycle(ORDINARY), cycle(SAME_DAY)
    for fate, count, first, apart in PLAN:
        for n in range(count):
            day = _back(calendar, first + n * apart)
            yield Visit(next(ordinary), at_minute(day, 480 + 17 * n), fate, next(people))
    for back, count in FAST_PER_DAY:
        for n in range(count):
            at = at_minute(_back(calendar, back), 490 + 13 * n)
            if at < now() or back:
                yield Visit(next(fast), at, "fast", next(people))


def _back(calendar: Calendar, days: int) -> date:
    """So many working days ago; none: today, or the last working day before."""
    day = today()
    if not calendar.is_working_day(day):
        day = calendar.previous_working_day(day)
    for _ in range(days):
        day = calendar.previous_working_day(day)
    return day


def _people() -> Iterator[Person]:
    """Names that nobody has, and numbers that no card has."""
    for n in range(1000):
        given, woman = GIVEN[n % len(GIVEN)], n % 2 == 0
        middle = "Thị Mẫu" if woman else "Mẫu"
        yield Person(
            full_name=f"{FAMILIES[n % len(FAMILIES)]} {middle} {given}",
            identity_number=f"000{n:09d}",
            born_on=date(1960 + n % 40, 1 + n % 12, 1 + n % 28),
            gender="Nữ" if woman else "Nam",
            address=f"{STREETS[n % len(STREETS)]}, phường Minh Họa",
            phone=f"0900{n:06d}",
        )


class _Cast:
    """Who of the office acts, and when."""

    def __init__(
        self, session: Session, office: DemoOffice, calendar: Calendar, actors: dict[str, Actor]
    ) -> None:
        self.session, self.office, self.calendar, self.actors = session, office, calendar, actors
        self.units = {unit_id: key for key, unit_id in office.units.items()}

    def actor(self, account: str) -> Actor:
        if account not in self.actors:
            self.actors[account] = actor_of(self.session, self.office, account)
        return self.actors[account]

    def head(self, dossier: Dossier) -> Actor:
        """The head of its unit; a leader where the unit has no such head."""
        return self.actor(HEADS.get(self.units[dossier.unit_id or 0], "chutich"))

    def holder(self, dossier: Dossier) -> Actor:
        posts = {post_id: key for key, post_id in self.office.posts.items()}
        account = ACCOUNTS.get(posts.get(dossier.handler_post_id or 0, ""))
        return self.actor(account) if account else self.head(dossier)

    def moment(self, start: datetime, days: int, number: int) -> datetime:
        """On the working day so many after the receipt, a little later with each act."""
        day = start.date()
        for _ in range(days):
            day = self.calendar.next_working_day(day)
        at = at_minute(day, 540 + 20 * number)
        return max(start + timedelta(minutes=5 * (number + 1)), at)


def _act_out(session: Session, cast: _Cast, visit: Visit) -> None:
    with frozen(visit.at):
        dossier = _receive(session, cast, visit)
    for number, (days, act) in enumerate(FATES.get(visit.fate, ())):
        at = cast.moment(visit.at, days, number)
        if at >= now():
            return
        with frozen(at):
            ACTS[act](session, cast, queries.dossier_by_id(session, SYSTEM, dossier.id))


def _receive(session: Session, cast: _Cast, visit: Visit) -> Dossier:
    counter = cast.actor("motcua")
    procedure = queries.procedure_with_code(session, visit.code)
    assert procedure is not None  # noqa: S101  (the samples have it)
    version = queries.version_on(session, procedure.id, visit.at.date())
    online = visit.at.minute % 3 == 0 and visit.fate != "fast"
    reception = Reception(
        procedure.id,
        visit.person,
        papers=[PaperGiven(paper.id, copies=paper.copies) for paper in version.papers],
        channel=Channel.ONLINE if online else Channel.COUNTER,
        pages=1 + visit.at.minute % 4,
        copies=1 + visit.at.minute % 3,
        accept=visit.fate != "new" or not online,
    )
    if visit.fate == "fast":
        values = {"document": "Bằng tốt nghiệp", "subject": visit.person.full_name}
        return services.finish_fast(session, counter, reception=reception, values=values)
    dossier = services.receive(session, counter, reception=reception)
    owed = queries.amount_due(session, dossier.id)
    if owed and visit.fate != "money":
        way = PaymentWay.ONLINE if online else PaymentWay.CASH
        services.pay(session, counter, dossier_id=dossier.id, amount=owed, way=way)
    return dossier


def _forward(session: Session, cast: _Cast, dossier: Dossier) -> None:
    step = dossier.open_step
    if step is None or step.kind is StepKind.DELIVERY:
        return
    unit = cast.units[dossier.unit_id or 0]
    if step.kind is StepKind.ASSIGNMENT:
        post_id = cast.office.posts[SPECIALISTS[unit]]
        services.assign(session, cast.head(dossier), dossier_id=dossier.id, post_id=post_id)
    elif step.kind is not StepKind.SIGNATURE:
        services.finish_step(
            session, cast.holder(dossier), dossier_id=dossier.id, note="Đủ điều kiện giải quyết."
        )


def _result(session: Session, cast: _Cast, dossier: Dossier) -> None:
    text = f"{dossier.procedure_version.result}, số {dossier.id:02d}/UBND"
    services.give_result(session, cast.actor("chutich"), dossier_id=dossier.id, result=text)


def _deliver(session: Session, cast: _Cast, dossier: Dossier) -> None:
    services.deliver(session, cast.actor("motcua"), dossier_id=dossier.id)
    if dossier.id % 3:
        services.evaluate(session, dossier_id=dossier.id, score=5 - dossier.id % 2)


def _ask_supplements(session: Session, cast: _Cast, dossier: Dossier) -> None:
    services.ask_supplements(
        session, cast.holder(dossier), dossier_id=dossier.id,
        items=["Bản sao giấy tờ chứng minh nơi cư trú còn mờ, đề nghị nộp bản rõ hơn"],
        reason="Giấy tờ nộp không đọc được đầy đủ",
        guide="Nộp tại Trung tâm Phục vụ hành chính công hoặc theo liên kết được gửi.",
    )  # fmt: skip


def _take_supplements(session: Session, cast: _Cast, dossier: Dossier) -> None:
    services.take_supplements(
        session, cast.actor("motcua"), dossier_id=dossier.id, answer="Đã nộp đủ"
    )


def _extend(session: Session, cast: _Cast, dossier: Dossier) -> None:
    services.extend(
        session, cast.head(dossier), dossier_id=dossier.id, amount=1,
        reason="Chờ kết quả xác minh thực địa",
    )  # fmt: skip


def _stop(session: Session, cast: _Cast, dossier: Dossier) -> None:
    services.stop(
        session, cast.head(dossier), dossier_id=dossier.id,
        reason="Quá thời hạn bổ sung mà người nộp không bổ sung hồ sơ",
    )  # fmt: skip


def _withdraw(session: Session, cast: _Cast, dossier: Dossier) -> None:
    services.withdraw(
        session, cast.actor("motcua"), dossier_id=dossier.id, reason="Công dân không còn nhu cầu"
    )


def _ask_money(session: Session, cast: _Cast, dossier: Dossier) -> None:
    if dossier.finance is FinanceState.DUE and dossier.status is DossierStatus.PROCESSING:
        services.ask_fees(
            session, cast.holder(dossier), dossier_id=dossier.id, reason="Nộp lệ phí theo quy định"
        )


ACTS = {
    "f": _forward,
    "r": _result,
    "d": _deliver,
    "s": _ask_supplements,
    "t": _take_supplements,
    "e": _extend,
    "x": _stop,
    "w": _withdraw,
    "m": _ask_money,
}
