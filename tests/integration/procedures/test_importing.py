"""The daily list of the provincial system: again and again, and nothing is entered twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook

from app.clock import local
from app.db import transaction
from app.errors import InvalidInput
from app.procedures import listing, queries, services
from app.procedures.house import house
from app.procedures.models import DifferenceKind, DossierImport, DossierStatus
from app.security import SYSTEM
from tests.integration.procedures.conftest import LICENCE, Counter, act, look

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
HEAD = "Mã hồ sơ,Mã TTHC,Chủ hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,Trạng thái"
ONE = "H42.16-261120-0001,9.900001,Trần Văn Mẫu,20/11/2026 08:30,26/11/2026,Đang xử lý"


def take(counter: Counter, *lines: str, name: str = "ngay.csv") -> DossierImport:
    data = "\n".join(["Danh sách ngày 23/11/2026", HEAD, *lines]).encode()
    return take_bytes(counter, data, name)


def take_bytes(counter: Counter, data: bytes, name: str) -> DossierImport:
    mapping: Any = house().mapping
    with transaction() as session:
        row = services.save_mapping(session, counter.office.one_stop, **mapping)
        mapping_id = row.id
    made_id = listing.take_in(counter.office.one_stop, mapping_id=mapping_id, data=data, name=name)
    found: DossierImport = look(lambda s: s.get(DossierImport, made_id))
    return found


def counts(made: DossierImport) -> tuple[int, int, int]:
    return made.added, made.changed, made.same


def test_the_same_list_twice_changes_nothing(counter: Counter) -> None:
    assert counts(take(counter, ONE)) == (1, 0, 0)
    assert counts(take(counter, ONE)) == (0, 0, 1)

    dossier = look(
        lambda s: queries.dossier_with_code(s, counter.office.one_stop, "h42.16-261120-0001")
    )
    assert dossier is not None
    assert (dossier.status, dossier.code) == (DossierStatus.PROCESSING, None)
    assert f"{local(dossier.due_at):%H:%M %d/%m}" == "17:00 26/11"
    assert dossier.unit_id == counter.office.economy
    assert look(queries.differences) == []


def test_a_workbook_is_read_as_well_as_a_text_file(counter: Counter) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEAD, ONE):
        sheet.append(line.split(","))
    out = io.BytesIO()
    book.save(out)

    assert counts(take_bytes(counter, out.getvalue(), "ngay.xlsx")) == (1, 0, 0)


def test_what_was_done_here_is_not_overwritten_but_listed_until_somebody_decides(
    counter: Counter,
) -> None:
    take(counter, ONE)
    theirs = ONE.replace("Đang xử lý", "Đã trả kết quả")

    assert counts(take(counter, theirs)) == (0, 1, 0)
    take(counter, theirs)
    [line] = look(queries.differences)
    assert (line.kind, line.field) == (DifferenceKind.CHANGED, "status")
    assert (line.ours, line.theirs) == ("Đang xử lý", "Đã trả kết quả")

    act(
        services.settle_difference, counter.office.one_stop, difference_id=line.id,
        take_theirs=True,
    )  # fmt: skip
    dossier = look(lambda s: queries.dossier_by_id(s, SYSTEM, line.dossier_id))
    assert dossier.status is DossierStatus.DELIVERED
    assert dossier.delivered_at is not None
    assert counts(take(counter, theirs)) == (0, 0, 1)


def test_a_dossier_that_is_open_here_and_not_in_the_list_of_its_day_is_named(
    counter: Counter,
) -> None:
    take(counter, ONE)
    other = ONE.replace("0001", "0002", 1)

    take(counter, other)
    [line] = look(queries.differences)
    assert (line.kind, line.external_code) == (DifferenceKind.MISSING_THERE, "H42.16-261120-0001")

    take(counter, ONE, other)
    assert look(queries.differences) == []


def test_lines_that_cannot_be_understood_stop_no_other(counter: Counter) -> None:
    bad = [
        ONE.replace("9.900001", "9.999999").replace("0001", "0005", 1),
        ONE.replace("Đang xử lý", "Bay mất").replace("0001", "0006", 1),
        ONE.replace("26/11/2026", "31/02/2026").replace("0001", "0007", 1),
    ]

    assert counts(take(counter, *bad, ONE)) == (1, 0, 0)
    found = look(queries.differences)
    assert {one.external_code[-4:] for one in found} == {"0005", "0006", "0007"}
    assert {one.kind for one in found} == {DifferenceKind.UNREADABLE}
    with pytest.raises(InvalidInput, match="dòng tiêu đề"):
        take_bytes(counter, b"a,b\n1,2\n", "x.csv")


def test_a_dossier_taken_in_by_its_code_is_the_one_of_the_list(counter: Counter) -> None:
    counter.receive(LICENCE, external_code="H42.16-261120-0001")

    made = take(counter, ONE.replace("Trần Văn Mẫu", "NGUYỄN THỊ MẪU HOA"))

    assert made.added == 0
    assert look(queries.differences) == []
