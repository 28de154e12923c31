"""The catalogue: versions, publication, search without tone marks; the fast lane's book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app.clock import VIETNAM, frozen
from app.db import reading, transaction
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.procedures import queries, records, services
from app.procedures.house import house
from app.procedures.models import DossierStatus, FinanceState, ProcedureVersion
from app.procedures.queries import ResultClass, result_class
from app.security import SYSTEM
from tests.factories import Office
from tests.integration.procedures.conftest import (
    BIRTH,
    COPY,
    LICENCE,
    MONDAY,
    PERSON,
    Counter,
    act,
    look,
)

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def names(text: str) -> list[str]:
    return [one.name for one in look(lambda s: queries.find_procedures(s, text))]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sao y", COPY.name),
        ("chứng thực bản", COPY.name),
        ("mo quan", LICENCE.name),
        ("kinh ho doanh", LICENCE.name),
        ("2.000815", COPY.name),
        ("khai si", BIRTH.name),
    ],
)
def test_a_procedure_is_found_by_words_without_tone_marks(
    counter: Counter, typed: str, found: str
) -> None:
    assert names(typed)[:1] == [found]
    assert names(f"{typed} zzz") == []


@pytest.mark.parametrize("typed", ["Nguyễn Thị", "mau hoa", "hoa nguyen", "HOA", "ho mẫ"])
def test_a_person_is_found_at_the_counter_by_words_of_the_name_in_any_order(
    counter: Counter, typed: str
) -> None:
    dossier = counter.receive()
    officer = counter.office.one_stop
    hits = look(lambda s: queries.counter_search(s, officer, typed))
    assert [one.full_name for one in hits.applicants] == [PERSON.full_name]
    assert [one.id for one in hits.dossiers] == [dossier.id]
    other = look(lambda s: queries.counter_search(s, officer, f"{typed} zzz"))
    assert (other.applicants, other.dossiers) == ([], [])


def test_a_dossier_keeps_the_version_of_its_day_and_one_version_is_valid_on_any_day(
    counter: Counter,
) -> None:
    before = counter.receive()
    newer = replace(LICENCE, limit_amount=5, valid_from=date(2026, 12, 1))
    act(services.import_catalogue, SYSTEM, records=[newer])
    ids = counter.ids[LICENCE.code]

    assert look(lambda s: queries.version_on(s, ids, date(2026, 11, 30))).limit_amount == 3
    assert look(lambda s: queries.version_on(s, ids, date(2026, 12, 1))).limit_amount == 5
    assert counter.now(before).procedure_version.limit_amount == 3
    with pytest.raises(RuleViolated, match="không có phiên bản"):
        look(lambda s: queries.version_on(s, ids, date(2024, 1, 1)))
    assert act(services.import_catalogue, SYSTEM, records=[newer]) == 0
    with pytest.raises(RuleViolated, match="từ ngày đó hoặc sau đó"):
        act(publish_again, SYSTEM, record=replace(newer, name="Tên khác"))


def publish_again(session: Any, actor: Any, *, record: records.Record) -> None:
    version = services.draft_version(session, actor, record=record)
    services.publish_version(session, actor, version_id=version.id)


@pytest.mark.parametrize(
    "change",
    [
        {"fees": (replace(LICENCE.fees[0], ground="Nghị quyết mới"),)},
        {"papers": (replace(LICENCE.papers[0], copies=2), *LICENCE.papers[1:])},
        {"steps": (*LICENCE.steps[:4], replace(LICENCE.steps[4], unit="Phòng Kinh tế"))},
        {"ways": (records.WayRecord("post", "3 ngày"),)},
        {"keywords": "mở tiệm"},
        {"most_extension_amount": 2},
    ],
)
def test_a_change_of_any_part_is_seen_by_the_import_and_compared_by_an_official_on_the_same_day(
    counter: Counter, change: dict[str, Any]
) -> None:
    procedure = counter.ids[LICENCE.code]
    assert act(services.import_catalogue, SYSTEM, records=[replace(LICENCE, **change)]) == 0
    assert look(lambda s: queries.draft_of(s, procedure)) is not None
    later = replace(LICENCE, **change, valid_from=date(2026, 12, 1))
    assert act(services.import_catalogue, SYSTEM, records=[later]) == 1
    assert act(services.import_catalogue, SYSTEM, records=[later]) == 0


def test_a_draft_leaves_the_words_and_the_unit_of_what_is_in_force_until_it_is_published(
    counter: Counter,
) -> None:
    procedure = counter.ids[LICENCE.code]

    def standing() -> tuple[str, int | None]:
        row = look(lambda s: queries.procedure_with_code(s, LICENCE.code))
        return row.keywords, row.unit_id

    before = standing()
    changed = replace(LICENCE, keywords="mở tiệm", unit="Văn phòng", valid_from=date(2026, 12, 1))
    draft = act(services.draft_version, counter.office.chief, record=changed)
    assert standing() == before
    kept = look(lambda s: services.record_of(s, queries.version_whole(s, draft.id)))
    assert kept.keywords == "mở tiệm"
    act(services.publish_version, counter.office.chief, version_id=draft.id)
    assert standing()[0] == "mở tiệm"
    assert standing()[1] not in (None, before[1])
    assert look(lambda s: queries.version_on(s, procedure, MONDAY.date())).keywords == "mở quán"


def test_a_published_version_never_changes_whoever_tries(counter: Counter) -> None:
    with pytest.raises(RuleViolated, match="không đổi được"), transaction() as session:
        row = session.scalars(sa.select(ProcedureVersion).limit(1)).one()
        row.limit_amount = 99
    with pytest.raises(PermissionDenied):
        act(services.draft_version, counter.office.specialist, record=LICENCE)
    with pytest.raises(InvalidInput, match="vượt thời hạn"):
        act(services.draft_version, counter.office.chief, record=replace(LICENCE, limit_amount=2))


def test_the_forty_procedures_that_come_with_the_system_can_be_published(office: Office) -> None:
    with transaction() as session:
        services.load_books(session, house().books)
        count = services.import_catalogue(session, SYSTEM, records=records.samples())

    assert count == len({one.code for one in records.samples()}) == 40
    assert names("khai sinh")[0] == "Đăng ký khai sinh"
    assert {one.is_illustrative for one in records.samples() if one.code[0] == "9"} == {True}
    with transaction() as session:
        assert services.import_catalogue(session, SYSTEM, records=records.samples()) == 0


def test_certified_copies_are_charged_by_page_numbered_and_done_in_one_act(
    counter: Counter,
) -> None:
    finish = {"values": {"document": "Bằng tốt nghiệp", "note": ""}}
    one = act(
        services.finish_fast, counter.office.one_stop,
        reception=counter.reception(COPY, pages=5, copies=3), **finish,
    )  # fmt: skip
    two = act(
        services.finish_fast, counter.office.one_stop,
        reception=counter.reception(COPY, pages=900, copies=1), **finish,
    )  # fmt: skip

    done = counter.now(one)
    assert (done.status, done.finance) == (DossierStatus.DELIVERED, FinanceState.PAID)
    assert result_class(done) is ResultClass.ON_TIME
    assert done.result == "Số 1/2026, Sổ chứng thực bản sao từ bản chính"
    with reading() as session:
        paid = [queries.payments_of(session, row.id)[0].amount for row in (one, two)]
    assert paid == [3 * (2 * 2000 + 3 * 1000), 200_000]
    with pytest.raises(InvalidInput, match="Tên bản chính"):
        act(
            services.finish_fast, counter.office.one_stop,
            reception=counter.reception(COPY), values={},
        )  # fmt: skip


def test_what_the_fast_lane_did_not_finish_goes_the_ordinary_way_on_the_next_day(
    counter: Counter,
) -> None:
    left = act(services.start_fast, counter.office.one_stop, reception=counter.reception(BIRTH))
    assert left.code is not None

    assert act(services.fast_to_ordinary, None, before=date(2026, 11, 23)) == 0
    with frozen(datetime(2026, 11, 25, 7, 0, tzinfo=VIETNAM)):
        assert act(services.fast_to_ordinary, None, before=date(2026, 11, 25)) == 1

    ordinary = counter.now(left)
    assert (ordinary.is_fast, ordinary.status) == (False, DossierStatus.PROCESSING)
    assert ordinary.handler_post_id == counter.office.head.post_id
