"""Import from Excel: what is shown is what is written, and nothing before it was confirmed."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from app.db import reading
from app.organisation import queries
from app.organisation.models import Organ, PendingImport, Person, Post, Unit
from app.security import Role
from tests.factories import Office
from tests.integration.organisation.conftest import browser_of, text_of

UNITS = ["Mã", "Tên đơn vị", "Tên ngắn", "Loại", "Thuộc đơn vị (mã)", "Thứ tự", "Từ ngày"]
POSTS = ["Mã đơn vị", "Tên chức vụ", "Vai trò", "Cấp trưởng, phó", "Thứ bậc"]
PEOPLE = ["Tên đăng nhập", "Họ và tên", "Thư điện tử", "Điện thoại", "Mã đơn vị", "Chức vụ"]
ORGANS = ["Tên cơ quan", "Tên ngắn", "Cấp", "Tên gọi khác", "Mã định danh"]


def workbook(**sheets: list[list[Any]]) -> bytes:
    """A workbook; sheets are named by key: units, posts, people, organs."""
    names = {"units": "Đơn vị", "posts": "Chức vụ", "people": "Người dùng", "organs": "Cơ quan"}
    heads = {"units": UNITS, "posts": POSTS, "people": PEOPLE, "organs": ORGANS}
    book = Workbook()
    book.remove(book.worksheets[0])
    for key, rows in sheets.items():
        sheet = book.create_sheet(names[key])
        for row in [heads[key], *rows]:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WHOLE: dict[str, list[list[Any]]] = {
    "units": [
        ["TP", "Phòng Tư pháp", "Phòng Tư pháp", "Phòng", None, 7, "01/01/2026"],
        ["HT", "Tổ hộ tịch", "Tổ hộ tịch", "Tổ", "TP", 8, None],
    ],
    "posts": [
        ["TP", "Trưởng phòng", "Trưởng phòng", "có", 1],
        ["HT", "Chuyên viên", "Chuyên viên", None, None],
        ["HT", "Chuyên viên", "Chuyên viên", None, None],
    ],
    "people": [
        ["tptuphap", "Đinh Mẫu Hòa", "tptuphap@minhhoa.example", None, "TP", "Trưởng phòng"],
        ["cvhotich1", "Lưu Mẫu Khôi", None, "0900 000 201", "HT", "Chuyên viên"],
        ["cvhotich2", "Cao Mẫu Liên", None, None, "HT", "Chuyên viên"],
        ["tptuphap", "Đinh Mẫu Hòa", None, None, None, None],
    ],
    "organs": [["Sở Tư pháp", "STP", "Tỉnh", "Sở Tư pháp tỉnh; STP tỉnh", "H00.12"]],
}


def upload(client: FlaskClient, data: bytes, name: str = "to-chuc.xlsx") -> TestResponse:
    return client.post(
        "/quan-tri/nhap-excel",
        data={"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def confirm(client: FlaskClient, page: str) -> TestResponse:
    html = client.get(page).get_data(as_text=True)
    [digest] = re.findall(r'name="digest" value="([0-9a-f]+)"', html)
    return client.post(page, data={"digest": digest})


def counts() -> tuple[int, ...]:
    with reading() as session:
        return tuple(
            session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (Unit, Post, Person, Organ)
        )


def test_nothing_is_written_before_it_was_confirmed_and_then_all_of_it(
    admin: FlaskClient,
) -> None:
    before = counts()
    page = upload(admin, workbook(**WHOLE)).headers["Location"]
    shown = text_of(admin.get(page).get_data(as_text=True))
    assert counts() == before
    # The repeated person without a post repeats nothing: its unit and title are empty.
    assert "Thêm 9, sửa 0, giữ nguyên 1, lỗi 0" in shown

    assert confirm(admin, page).status_code == 302

    assert counts() == tuple(a + b for a, b in zip(before, (2, 3, 3, 1), strict=True))
    with reading() as session:
        person = queries.person_with_login(session, "tptuphap")
        assert person is not None
        actor = queries.actor_for(session, person.id)
        assert actor.roles == {Role.DEPARTMENT_HEAD}
        assert sum(term.startswith("unit:") for term in actor.terms) == 2
        holders = [
            queries.holders(session, post.id)
            for post in session.scalars(sa.select(Post).join(Unit).where(Unit.code == "HT"))
        ]
        assert sorted(len(people) for people in holders) == [1, 1]
        found = queries.find_organ(session, "so tu phap tinh")
        assert found is not None
        assert found.short_name == "STP"
        assert session.scalar(sa.select(sa.func.count()).select_from(PendingImport)) == 0


def test_the_same_file_again_changes_nothing(admin: FlaskClient) -> None:
    data = workbook(**WHOLE)
    confirm(admin, upload(admin, data).headers["Location"])
    after = counts()

    page = upload(admin, data).headers["Location"]

    html = admin.get(page).get_data(as_text=True)
    assert "Mọi dòng đã có đúng như trong tệp." in html
    assert 'name="digest"' not in html
    assert admin.post(page, data={"digest": "x"}).status_code == 409
    assert counts() == after


def test_changes_show_the_old_and_the_new_value(admin: FlaskClient) -> None:
    data = workbook(
        units=[["PKT", "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng KTHTĐT", None, None, 2, None]],
        people=[["vanthu", "Phạm Thị Mẫu Hạnh", None, "0900 000 104", None, None]],
    )
    page = upload(admin, data).headers["Location"]
    shown = text_of(admin.get(page).get_data(as_text=True))
    assert "Họ và tên: Phạm Mẫu Hạnh → Phạm Thị Mẫu Hạnh" in shown

    confirm(admin, page)

    with reading() as session:
        person = queries.person_with_login(session, "vanthu")
        assert person is not None
        assert (person.full_name, person.phone) == ("Phạm Thị Mẫu Hạnh", "0900 000 104")


def test_faulty_rows_are_named_and_stop_everything(admin: FlaskClient) -> None:
    before = counts()
    data = workbook(
        units=[
            ["TP", "Phòng Tư pháp", "Tư pháp", "Lâu đài", "KHONGCO", "mười", "30/02/2026"],
            ["TP", "Phòng Tư pháp hai", "Tư pháp", None, None, None, None],
            [None, "Không mã", None, None, None, None, None],
        ],
        posts=[["XX", "Trưởng phòng", "Vua", "có lẽ", "-1"]],
        people=[["Có Dấu", "A", "khong phai thu", None, "TP", None]],
        organs=[["!!!", None, "Vũ trụ", None, None]],
    )
    page = upload(admin, data).headers["Location"]
    shown = text_of(admin.get(page).get_data(as_text=True))

    for sentence in (
        "Không có loại đơn vị “Lâu đài”.",
        "Không có đơn vị mã “KHONGCO”",
        "“mười” không phải là số",
        "“30/02/2026” không phải là ngày",
        "Trùng với dòng 2.",
        "Thiếu “Mã”.",
        "Không có đơn vị mã “XX”.",
        "Không có vai trò “Vua”.",
        "Tên đăng nhập gồm",
        "không phải là địa chỉ thư",
        "Cần cả mã đơn vị và chức vụ",
        "Không có cấp “Vũ trụ”.",
        "Tên cơ quan không có chữ nào.",
    ):
        assert sentence in shown, sentence
    assert "Ghi " not in shown
    assert admin.post(page, data={"digest": "x"}).status_code == 409
    assert counts() == before


def test_what_changed_meanwhile_is_shown_again_instead_of_written(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    page = upload(admin, workbook(**WHOLE)).headers["Location"]
    html = admin.get(page).get_data(as_text=True)
    [digest] = re.findall(r'name="digest" value="([0-9a-f]+)"', html)
    only_units = workbook(units=WHOLE["units"][:1])
    confirm(admin, upload(admin, only_units).headers["Location"])

    assert admin.post(page, data={"digest": digest}).status_code == 409


def test_one_administrator_does_not_see_the_file_of_another(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    page = upload(admin, workbook(**WHOLE)).headers["Location"]

    assert browser_of(app, office, "leader").get(page).status_code == 403
    assert admin.get(page + "x").status_code == 404


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "không phải là Excel"),
        (b"%PDF-1.7 not a workbook", "không phải là Excel"),
        (b"PK\x03\x04" + b"\0" * 200, "không phải là Excel"),
        (b"x" * (2 * 1024 * 1024 + 1), "lớn quá 2 MB"),
    ],
)
def test_a_file_that_is_no_workbook_gets_a_sentence(
    admin: FlaskClient, data: bytes, sentence: str
) -> None:
    answer = upload(admin, data)

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_the_template_is_read_back_as_an_empty_file(admin: FlaskClient) -> None:
    data = admin.get("/quan-tri/nhap-excel/mau.xlsx").data
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Đơn vị", "Chức vụ", "Người dùng", "Cơ quan", "Hướng dẫn"]
    assert [cell.value for cell in book["Đơn vị"][1]] == UNITS

    answer = upload(admin, data)

    assert "không có dòng dữ liệu nào" in answer.get_data(as_text=True)
