"""The workbook reader and the plan hold against whatever a file contains."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.errors import InvalidInput
from app.organisation.dates import parse_date
from app.organisation.importing import workbook
from app.organisation.importing.plan import Act, make_plan
from app.organisation.importing.snapshot import Snapshot
from app.organisation.importing.workbook import SHEETS, Line, read_workbook
from ocr import sheets as cells

TODAY = date(2026, 11, 23)
CELLS = st.one_of(
    st.none(),
    st.text(max_size=40).map(lambda text: "".join(c for c in text if c.isprintable())),
    st.sampled_from(["TP", "Trưởng phòng", "có", "01/01/2026", "Phòng", "Quản trị, Văn thư", ";"]),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(2200, 1, 1)),
)


def packed(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines_or_sentence(data: bytes) -> tuple[list[Line], str]:
    """What the reader gives: rows, or the sentence for the user. Any other error is a failure."""
    try:
        return read_workbook(data), ""
    except InvalidInput as error:
        return [], error.user_message


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_cells_give_a_plan_or_a_sentence(data: st.DataObject) -> None:
    sheets: dict[str, list[list[Any]]] = {}
    for name in data.draw(st.lists(st.sampled_from(list(SHEETS)), min_size=1, unique=True)):
        columns = [column.heading for column in SHEETS[name]]
        rows = data.draw(st.lists(st.lists(CELLS, max_size=len(columns) + 2), max_size=6))
        sheets[name] = [columns, *rows]
    lines, sentence = lines_or_sentence(packed(sheets))
    assert bool(lines) != bool(sentence.endswith("."))
    plan = make_plan(lines, Snapshot(), on=TODAY)
    assert len(plan.rows) == len(lines)
    for row in plan.rows:
        assert (row.act is Act.ERROR) == bool(row.errors)
        assert all(len(text) <= workbook.LONGEST_CELL for text in row.line.cells.values())


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 5000), st.booleans())
def test_a_mutilated_workbook_never_ends_in_a_crash(junk: bytes, at: int, cut: bool) -> None:
    whole = packed({"Đơn vị": [[column.heading for column in SHEETS["Đơn vị"]], ["A", "B", "C"]]})
    at %= len(whole)
    broken = whole[:at] if cut else whole[:at] + junk + whole[at + len(junk) :]
    lines, sentence = lines_or_sentence(broken)
    assert bool(lines) != bool(sentence.endswith("."))


def test_a_file_that_unpacks_to_too_much_is_refused_unread() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/workbook.xml", b"0" * (cells.MOST_UNPACKED + 1))
    assert len(out.getvalue()) < cells.MOST_BYTES

    with pytest.raises(InvalidInput, match="quá lớn khi mở ra"):
        read_workbook(out.getvalue())


def test_too_many_rows_and_a_missing_column_are_said() -> None:
    head = [column.heading for column in SHEETS["Cơ quan"]]
    with pytest.raises(InvalidInput, match="quá 1000 dòng"):
        read_workbook(packed({"Cơ quan": [head, *([f"Sở {n}"] for n in range(1001))]}))
    with pytest.raises(InvalidInput, match="thiếu cột “Tên cơ quan”"):
        read_workbook(packed({"Cơ quan": [["Tên", "Cấp"], ["Sở Y tế", "Tỉnh"]]}))
    with pytest.raises(InvalidInput, match="ít nhất một trang tính"):
        read_workbook(packed({"Sheet1": [["a"]]}))


def test_headings_are_known_without_marks_and_in_any_order() -> None:
    [line] = read_workbook(packed({"Cơ quan": [["CẤP", "ten co quan"], ["Tỉnh", "Sở  Y tế"]]}))

    assert line.cells == {"level": "Tỉnh", "name": "Sở Y tế"}


def test_a_unit_may_stand_under_one_of_an_earlier_row_only() -> None:
    def unit(number: int, code: str, parent: str) -> Line:
        cells = {"code": code, "name": f"Tên {code}", "short_name": code, "parent": parent}
        return Line("Đơn vị", number, cells)

    good = make_plan([unit(2, "A", ""), unit(3, "B", "A")], Snapshot(), on=TODAY)
    bad = make_plan([unit(2, "B", "A"), unit(3, "A", "")], Snapshot(), on=TODAY)

    assert [row.act for row in good.rows] == [Act.ADD, Act.ADD]
    assert [row.act for row in bad.rows] == [Act.ERROR, Act.ADD]


@pytest.mark.parametrize(
    "text", ["18/11/2026", "18-11-26", "18112026", " 18.11.2026", "2026-11-18"]
)
def test_days_are_read_as_people_type_them(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 18)


@pytest.mark.parametrize("text", ["", "30/02/2026", "hôm nay", "18/11", "18/11/0026"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text)
