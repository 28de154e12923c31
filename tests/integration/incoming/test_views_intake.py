"""The door for files, the ledger, secrecy, the day's end, files of a letter, rules."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.clock import today
from app.db import reading, transaction
from app.files.store import current_store
from app.incoming.models import (
    HeldReason,
    IntakeItem,
    IntakeState,
    LetterFile,
    LetterFileRole,
    RoutingRule,
)
from app.incoming.quarantine import current_quarantine
from tests.factories import Office
from tests.integration.incoming.conftest import Desk, send
from tests.integration.incoming.pages import (
    SAMPLES,
    address,
    browser,
    intake,
    letter,
    page,
    read_sample,
    typed,
)

# What pages say and keep; the SQL beneath is tested on both kinds with its services and queries.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
TWO_PAGES = "02-bao-cao-hai-trang.pdf"


def upload(
    client: FlaskClient, content: bytes, name: str = "a.pdf", **fields: object
) -> TestResponse:
    data = {"file": (io.BytesIO(content), name), **fields}
    return client.post("/van-ban-den/tai-len", data=data, headers={"Accept": "application/json"})


def held(office: Office, content: bytes = b"%PDF-1.7\nmat") -> IntakeItem:
    """A file with a certain mark, as the worker leaves it."""
    taken = send(office.clerk, content)
    with transaction() as session:
        item = session.get_one(IntakeItem, taken.intake_id)
        item.hold(HeldReason.POSSIBLE, "MẬT", None)
    current_quarantine().keep_crop(taken.intake_id, PNG)
    return intake(taken.intake_id)


def count(table: type[object]) -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_an_uploaded_file_is_answered_with_its_letter(app: Flask, office: Office) -> None:
    answer = upload(browser(app, office.clerk), b"%PDF-1.7\n1")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["tone"] == "ok"
    assert answer.json["url"] == address(answer.json["letter"])


def test_what_is_refused_or_double_is_said_with_the_file_and_stays_in_the_ledger(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.clerk)
    upload(client, b"%PDF-1.7\n1")
    double, refused = upload(client, b"%PDF-1.7\n1", "lai.pdf"), upload(client, b"MZ\0\1", "x.exe")
    assert double.json is not None
    assert refused.json is not None
    assert double.json["url"].endswith("tab=trung")
    assert "x.exe" in refused.json["message"]
    assert "lai.pdf" in page(client, double.json["url"])
    assert "x.exe" in page(client, refused.json["url"])
    empty = client.post("/van-ban-den/tai-len", headers={"Accept": "application/json"})
    assert empty.status_code == 422


def test_a_browser_without_script_sends_all_files_at_once(app: Flask, office: Office) -> None:
    files = [(io.BytesIO(b"%PDF-1.7\n" + name.encode()), name) for name in ("1.pdf", "2.pdf")]
    client = browser(app, office.clerk)
    answer = client.post("/van-ban-den/tai-len", data={"file": files})
    assert answer.status_code == 302
    assert count(IntakeItem) == 2


def test_a_file_is_added_to_a_draft(app: Flask, office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    client, path = browser(app, office.clerk), address(taken.letter_id)
    upload(client, b"%PDF-1.7\n2", "phu-luc.pdf", letter=letter(taken.letter_id).token)
    strip = page(client, f"{path}/cac-tep", htmx=True)
    assert "<html" not in strip
    assert "phu-luc.pdf" in strip
    assert "Tách thành văn bản riêng" in strip


def test_only_those_who_register_bring_files_in(app: Flask, office: Office) -> None:
    for actor in (office.leader, office.head, office.specialist, office.admin):
        assert upload(browser(app, actor), b"%PDF-1.7\n1").status_code == 403
    assert count(IntakeItem) == 0


def test_a_held_file_shows_nothing_but_the_mark(app: Flask, office: Office) -> None:
    item = held(office)
    client = browser(app, office.clerk)
    html = page(client, "/van-ban-den/tiep-nhan")
    assert "Đúng, tài liệu mật" in html
    assert f"/van-ban-den/tiep-nhan/{item.token}/vung-dau" in html
    crop = client.get(f"/van-ban-den/tiep-nhan/{item.token}/vung-dau")
    assert crop.data == PNG
    assert crop.headers["Cache-Control"] == "no-store"
    draft = page(client, address(item.letter_id))
    assert "Có phải tài liệu mật không?" in draft
    assert "data-ctrl-enter" not in draft  # nothing to register yet
    assert browser(app, office.leader).get(crop.request.path).status_code == 403


def test_a_confirmed_secret_is_gone_and_the_page_says_what_to_wipe(
    app: Flask, office: Office
) -> None:
    item = held(office)
    client = browser(app, office.clerk)
    answer = client.post(f"/van-ban-den/tiep-nhan/{item.token}/mat")
    assert "bộ nhớ của máy quét" in answer.get_data(as_text=True)
    assert list(current_quarantine().ids()) == []
    assert intake(item.id).file_name == ""
    assert client.get(f"/van-ban-den/tiep-nhan/{item.token}/vung-dau").status_code == 404


def test_a_false_mark_is_released_with_a_reason_only(app: Flask, office: Office) -> None:
    item = held(office)
    client, path = browser(app, office.clerk), f"/van-ban-den/tiep-nhan/{item.token}/khong-mat"
    client.post(path, data={"reason": ""})
    assert intake(item.id).held
    client.post(path, data={"reason": "Chỉ nói về bảo vệ bí mật"})
    assert not intake(item.id).held


def test_a_clerk_declares_a_file_secret_before_it_is_stored(app: Flask, office: Office) -> None:
    taken = send(office.clerk, b"%PDF-1.7\n1")
    client = browser(app, office.clerk)
    client.post(f"/van-ban-den/tiep-nhan/{taken.token}/khai-mat")
    html = page(client, "/van-ban-den/tiep-nhan")
    assert "Văn thư khai là tài liệu mật." in html
    assert "/vung-dau" not in html


def test_a_draft_is_refused_with_a_reason(app: Flask, office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    client, path = browser(app, office.clerk), f"{address(taken.letter_id)}/tu-choi"
    client.post(path, data={"reason": " "})
    assert intake(taken.intake_id).state is IntakeState.READ
    assert client.post(path, data={"reason": "Gửi nhầm"}).headers["Location"] == "/van-ban-den"
    assert "Gửi nhầm" in page(client, "/van-ban-den/tiep-nhan?tab=khong-nhan")


def test_a_double_is_kept_with_a_reason(app: Flask, office: Office, desk: Desk) -> None:
    desk.read(b"1")
    double = send(office.clerk, b"%PDF-1.7\n1", "lai.pdf")
    client, path = browser(app, office.clerk), f"/van-ban-den/tiep-nhan/{double.token}"
    assert f"{path}/giu-ban-trung" in page(client, "/van-ban-den/tiep-nhan?tab=trung")
    answer = client.post(f"{path}/giu-ban-trung", data={"reason": "Gửi cho hai nơi nhận"})
    assert answer.headers["Location"] == address(intake(double.intake_id).letter_id)


def test_the_ledger_holds_every_file_and_filters_it(app: Flask, office: Office, desk: Desk) -> None:
    desk.register(b"1")
    send(office.clerk, b"%PDF-1.7\n2", "cho.pdf")
    client, path = browser(app, office.clerk), "/van-ban-den/tiep-nhan"
    assert "Số đến 1" in page(client, f"{path}?tab=da-vao-so")
    assert "cho.pdf" in page(client, path, htmx=True)
    assert "cho.pdf" not in page(client, f"{path}?q=khac")
    assert "cho.pdf" not in page(client, f"{path}?day=01/01/2020")
    assert "cho.pdf" in page(client, f"{path}?tab=x&source=y&day=z&page=99&size=7")


def test_the_day_is_reconciled(app: Flask, office: Office, desk: Desk) -> None:
    client, path = browser(app, office.clerk), "/van-ban-den/doi-chieu"
    desk.register(b"1")
    assert "Khớp: mọi tệp" in page(client, path)
    send(office.clerk, b"%PDF-1.7\n2", "con-lai.pdf")
    html = page(client, path)
    assert "Còn 1 tệp đến trong ngày chưa vào sổ" in html
    assert "con-lai.pdf" in html
    assert "Không có tệp nào đến trong ngày." in page(client, f"{path}?ngay=01/01/2020")


def test_files_of_a_draft_change_places_and_part(app: Flask, office: Office, desk: Desk) -> None:
    first, second = desk.read(b"1"), desk.read(b"2")
    client, path = browser(app, office.clerk), address(first.letter_id)
    client.post(
        "/van-ban-den/nhieu", data={"act": "join", "id": [first.letter_id, second.letter_id]}
    )
    client.post(f"{path}/thu-tu", data={"intake": second.intake_id})
    assert main_of(first.letter_id) == second.intake_id
    client.post(f"{path}/tach/{intake(first.intake_id).token}")
    assert intake(first.intake_id).letter_id != first.letter_id


def main_of(letter_id: int | None) -> int | None:
    rows = sa.select(LetterFile.intake_id).filter_by(letter_id=letter_id, role=LetterFileRole.MAIN)
    with reading() as session:
        return session.scalar(rows)


def test_a_scan_is_cut_by_pages_into_letters(app: Flask, office: Office) -> None:
    taken = read_sample(office, TWO_PAGES, "một", "hai")
    client = browser(app, office.clerk)
    path = f"{address(taken.letter_id)}/tach-trang/{taken.token}"
    assert "Tách theo trang" in page(client, path)
    for wrong in ("", "1;3", "1-x", "1;1"):
        assert client.post(path, data={"parts": wrong}).status_code == 422
    assert client.post(path, data={"parts": "1; 2"}).status_code == 302
    assert intake(taken.intake_id).state is IntakeState.REJECTED
    parts = sa.select(IntakeItem.file_name).where(IntakeItem.split_from_id == taken.intake_id)
    with reading() as session:
        names = set(session.scalars(parts))
    assert names == {"02-bao-cao-hai-trang (trang 1).pdf", "02-bao-cao-hai-trang (trang 2).pdf"}


def test_a_better_scan_takes_the_place_of_a_poor_one(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id, better = desk.register(b"1"), desk.read(b"2")
    client, path = browser(app, office.clerk), f"{address(letter_id)}/ban-quet"
    assert f'value="{better.intake_id}"' in page(client, path)
    data = {"intake_id": better.intake_id, "act": "replace"}
    assert client.post(path, data={"act": "replace"}).status_code == 422
    assert client.post(path, data=data).status_code == 409  # without a reason
    assert client.post(path, data=data | {"reason": "Bản cũ mờ"}).status_code == 302
    assert main_of(letter_id) == better.intake_id
    html = page(client, address(letter_id))
    assert "Bản quét cũ" in html
    assert "Bản cũ mờ" in html
    assert letter(letter_id).arrival_number == 1


def test_a_scan_comes_later_to_a_paper(app: Flask, office: Office, desk: Desk) -> None:
    client = browser(app, office.clerk)
    answer = client.post("/van-ban-den/khong-tep", data=typed(office, act="register"))
    path = answer.headers["Location"].split("?")[0]
    scan = desk.read(b"9")
    client.post(f"{path}/ban-quet", data={"intake_id": scan.intake_id, "act": "attach"})
    assert 'data-controller="viewer"' in page(client, path)


def test_the_arrival_stamp_goes_on_a_copy_once(app: Flask, office: Office) -> None:
    taken = read_sample(office, TWO_PAGES, "Kính gửi")
    client, path = browser(app, office.clerk), address(taken.letter_id)
    assert client.post(f"{path}/dong-dau").status_code == 409  # no number yet
    client.post(f"{path}/vao-so", data=typed(office, act="register"))
    client.post(f"{path}/dong-dau")
    client.post(f"{path}/dong-dau")
    html = page(client, path)
    assert html.count("Bản có dấu ĐẾN") == 1
    stamped = client.get(html.split('data-viewer-url-value="')[1].split('"')[0])
    original = (SAMPLES / TWO_PAGES).read_bytes()
    assert stamped.data.startswith(b"%PDF-")
    assert stamped.data != original
    sha256 = intake(taken.intake_id).sha256
    assert sha256 is not None
    assert current_store().path(sha256).read_bytes() == original


def test_the_chief_writes_a_rule_and_refusals_keep_the_text(app: Flask, office: Office) -> None:
    client, path = browser(app, office.chief), "/van-ban-den/luong-chuyen-thang"
    assert "Chưa có luồng nào" in page(client, path)
    data = {
        "name": "Mời họp", "source": "Điều 12", "document_type": "invitation", "outcome": "inform",
        "from_post_id": office.chief.post_id, "valid_from": f"{today():%d/%m/%Y}",
        "lead_unit_id": "",
    }  # fmt: skip
    refused = client.post(f"{path}/moi", data=data)
    assert refused.status_code == 422
    assert "Phải chọn nơi nhận để biết." in refused.get_data(as_text=True)
    assert 'value="Mời họp"' in refused.get_data(as_text=True)
    data["reader_unit_ids"] = office.culture
    assert client.post(f"{path}/moi", data=data).status_code == 302
    assert client.post(f"{path}/moi", data=data).status_code == 422  # the name is taken
    with reading() as session:
        rule_id = session.scalar(sa.select(RoutingRule.id))
    assert "Giấy mời" in page(client, path)
    assert 'value="Điều 12"' in page(client, f"{path}/{rule_id}")
    client.post(f"{path}/{rule_id}", data=data | {"source": "Điều 15"})
    assert "Điều 15" in page(client, path)
    ended = data | {"valid_to": "01/01/2020"}
    assert client.post(f"{path}/{rule_id}", data=ended).status_code == 422
    assert client.get(f"{path}/999").status_code == 404
