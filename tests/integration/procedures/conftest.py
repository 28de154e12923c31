"""A counter with three procedures in the small office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
import yaml
from sqlalchemy.orm import Session

from app.clock import VIETNAM, frozen
from app.db import reading, transaction
from app.organisation.models import Organ, OrganCode
from app.procedures import queries, services
from app.procedures.house import house
from app.procedures.models import Dossier
from app.procedures.records import FeeRecord, PaperRecord, Record, StepRecord
from app.procedures.services import PaperGiven, Person, Reception
from app.security import SYSTEM, Actor
from app.worktime import services as worktime
from app.worktime.commands import DATA as CALENDAR
from tests.factories import Office

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
SINCE = date(2025, 7, 1)
WAY = (
    StepRecord("Tiếp nhận hồ sơ", "reception", "one_stop_officer"),
    StepRecord("Phân công xử lý", "assignment", "department_head", 50),
    StepRecord("Thẩm định", "handling", "specialist", 150),
    StepRecord("Ký kết quả", "signature", "leader", 100),
    StepRecord("Trả kết quả", "delivery", "one_stop_officer"),
)
LICENCE = Record(
    code="9.900001", name="Đăng ký thành lập hộ kinh doanh", field="Hộ kinh doanh",
    valid_from=SINCE, limit_amount=3, unit="Phòng Kinh tế", keywords="mở quán", most_supplements=1,
    papers=(PaperRecord("Giấy đề nghị", shape="declaration"), PaperRecord("Căn cước"),
            PaperRecord("Giấy ủy quyền", is_required=False)),
    fees=(FeeRecord("Lệ phí đăng ký", 100_000),), steps=WAY, online_supplements=True,
)  # fmt: skip
COPY = Record(
    code="2.000815", name="Chứng thực bản sao từ bản chính", field="Chứng thực",
    valid_from=SINCE, start_rule="from_reception", cutoff_minute=900, is_same_day=True,
    keywords="sao y công chứng", book="sao-y", papers=(PaperRecord("Bản chính"),),
    fees=(FeeRecord("Phí chứng thực", 2000, "fee", "page", further_from=3, further_amount=1000,
                    most=200_000),),
)  # fmt: skip
BIRTH = Record(
    code="9.900002", name="Đăng ký khai sinh", field="Hộ tịch", valid_from=SINCE,
    unit="Phòng Kinh tế", start_rule="from_reception", cutoff_minute=900, is_same_day=True,
    may_restart=True, papers=(PaperRecord("Giấy chứng sinh"),),
)  # fmt: skip
PERSON = Person("Nguyễn Thị Mẫu Hoa", identity_number="037190000001", phone="0912345678")


def act(service: Callable[..., Any], actor: Actor | None, **arguments: Any) -> Any:
    """Call a service in a transaction of its own, as a view does; None: for the citizen's."""
    with transaction() as session:
        first = (session,) if actor is None else (session, actor)
        return service(*first, **arguments)


def look(query: Callable[[Session], Any]) -> Any:
    with reading() as session:
        return query(session)


@dataclass(frozen=True, slots=True)
class Counter:
    """The office with the ids of its procedures."""

    office: Office
    ids: dict[str, int]

    def reception(self, record: Record = LICENCE, **changes: Any) -> Reception:
        """Everything that the procedure asks for is there, unless changed."""
        procedure_id = self.ids[record.code]
        if "papers" not in changes:
            with reading() as session:
                version = queries.version_on(session, procedure_id, MONDAY.date())
            changes["papers"] = [PaperGiven(paper.id) for paper in version.papers]
        values: dict[str, Any] = {"procedure_id": procedure_id, "person": PERSON}
        return Reception(**(values | changes))

    def receive(self, record: Record = LICENCE, **changes: Any) -> Dossier:
        found: Dossier = act(
            services.receive, self.office.one_stop, reception=self.reception(record, **changes)
        )
        return found

    def now(self, dossier: Dossier) -> Dossier:
        """As it is in the database."""
        found: Dossier = look(lambda s: queries.dossier_by_id(s, SYSTEM, dossier.id))
        return found


def set_up(session: Session, office: Office, *records: Record) -> dict[str, int]:
    """The organ's code, the calendars, the books and the procedures."""
    session.add(OrganCode(organ_id=office.organ_id, scheme="edxml", value="H42.16"))
    worktime.load(session, SYSTEM, yaml.safe_load(CALENDAR.read_text(encoding="utf-8")))
    services.load_books(session, house().books)
    services.import_catalogue(session, SYSTEM, records=records)
    found = (queries.procedure_with_code(session, record.code) for record in records)
    return {row.code: row.id for row in found if row is not None}


@pytest.fixture
def counter(office: Office) -> Counter:
    with transaction() as session:
        assert session.get(Organ, office.organ_id) is not None
        return Counter(office, set_up(session, office, LICENCE, COPY, BIRTH))


@pytest.fixture
def monday() -> Any:
    """It is Monday 23 November 2026, nine o'clock; Tuesday is a holiday."""
    with frozen(MONDAY):
        yield
