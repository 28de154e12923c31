"""Pages of the one-stop counter: three steps, the fast lane, acts on a dossier, papers."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.files.store import current_store
from app.incoming.quarantine import current_quarantine
from app.procedures import queries
from app.procedures.models import (
    BookEntry,
    Dossier,
    DossierNotice,
    DossierStatus,
    PaperState,
    Procedure,
    Supplement,
)
from app.registers.printing import archival_pdf
from app.security import SYSTEM, Actor
from app.web.shell import settings
from tests.factories import sign_in_as
from tests.integration.procedures.conftest import BIRTH, COPY, LICENCE, Counter, look
from workflows import paper_scans
from workflows.runtime import Runtime

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
MAPPING = {
    "name": "Danh sách của tỉnh",
    "column-external_code": "Mã hồ sơ",
    "column-procedure_code": "Mã TTHC",
    "column-procedure_name": "Tên TTHC",
    "column-applicant_name": "Chủ hồ sơ",
    "column-received_at": "Ngày tiếp nhận",
    "column-status": "Trạng thái",
    "statuses": "Đang xử lý = 4\r\nĐã trả kết quả = 10",
}
JSON = {"Accept": "application/json"}
PERSON = {"full_name": "Trần Mẫu Văn", "identity_number": "037190000002", "phone": "0900000111"}


def browser(app: Flask, actor: Actor) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in_as(client, actor)
    return client


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.get_data(as_text=True)


def token_of(code: str) -> str:
    found: str = look(lambda s: s.scalar(sa.select(Procedure.token).filter_by(code=code)))
    return found


def only_dossier() -> Dossier:
    found: Dossier = look(
        lambda s: queries.dossier_by_id(s, SYSTEM, s.scalar(sa.select(Dossier.id)) or 0)
    )
    return found


def paper_keys() -> dict[str, str]:
    """The ticks of all papers of the licence."""

    def ids(session: Any) -> list[int]:
        procedure = session.scalar(sa.select(Procedure.id).filter_by(code=LICENCE.code))
        version = queries.version_on(session, procedure, LICENCE.valid_from)
        return [paper.id for paper in queries.version_whole(session, version.id).papers]

    return {f"paper-{one}": "1" for one in look(ids)}


def test_the_box_of_the_counter_finds_procedures_dossiers_and_people(
    app: Flask, counter: Counter
) -> None:
    made = counter.receive()
    client = browser(app, counter.office.one_stop)
    assert "Đăng ký thành lập hộ kinh doanh" in page(client, "/mot-cua/quay")
    found = client.get("/mot-cua/quay?q=mo+quan", headers={"HX-Request": "true"})
    assert "Đăng ký thành lập hộ kinh doanh" in found.get_data(as_text=True)
    assert "<html" not in found.get_data(as_text=True)
    by_code = page(client, f"/mot-cua/quay?q={made.code}")
    assert f"/mot-cua/ho-so/{made.token}" in by_code
    by_name = page(client, "/mot-cua/quay?q=nguyen+thi+mau")
    assert "Người đã từng nộp" in by_name
    assert "Không thấy" in page(client, "/mot-cua/quay?q=zzzzzz")


def test_a_dossier_is_received_in_three_steps_with_a_receipt(app: Flask, counter: Counter) -> None:
    client = browser(app, counter.office.one_stop)
    address = f"/mot-cua/quay/{token_of(LICENCE.code)}"
    assert "Giấy đề nghị" in page(client, address)
    answer = client.post(address, data=PERSON | paper_keys())
    assert answer.status_code == 302
    made = only_dossier()
    assert made.code == "H42.16-261123-0001"
    shown = page(client, answer.headers["Location"])
    assert made.shown_code in shown
    assert made.check_value in shown
    for size in ("a5", "a4"):
        pdf = client.get(f"/mot-cua/ho-so/{made.token}/mau-01-{size}.pdf")
        with pikepdf.open(io.BytesIO(pdf.data)) as paper:
            assert paper.open_metadata().pdfa_status == "2B"
            assert len(paper.pages) == 1
            width = float(paper.pages[0].mediabox[2])
            assert width == pytest.approx(420 if size == "a5" else 595, abs=1)
    assert only_dossier().receipt_printed_at is not None


def test_a_missing_paper_is_said_before_the_dossier_is_taken(app: Flask, counter: Counter) -> None:
    client = browser(app, counter.office.one_stop)
    address = f"/mot-cua/quay/{token_of(LICENCE.code)}"
    first = next(iter(paper_keys()))
    refused = client.post(address, data=PERSON | {first: "1"})
    assert refused.status_code == 422
    assert "Còn thiếu giấy tờ bắt buộc" in refused.get_data(as_text=True)
    assert look(lambda s: s.scalar(sa.select(sa.func.count()).select_from(Dossier))) == 0
    taken = client.post(address, data=PERSON | {first: "1", "act": "missing"})
    assert taken.status_code == 302
    states = [paper.state for paper in only_dossier().papers]
    assert states == [PaperState.RECEIVED, PaperState.MISSING, PaperState.NOT_NEEDED]

    made = only_dossier()
    handed_in = f"/mot-cua/ho-so/{made.token}/giay-to/{made.papers[1].id}/da-nhan"
    assert handed_in in page(client, f"/mot-cua/ho-so/{made.token}")
    assert client.post(handed_in).status_code == 302
    assert only_dossier().papers[1].state is PaperState.RECEIVED
    stranger = browser(app, counter.office.specialist2)
    assert stranger.post(handed_in).status_code == 404


def test_a_dossier_of_the_province_gets_no_second_code_and_no_receipt(
    app: Flask, counter: Counter
) -> None:
    client = browser(app, counter.office.one_stop)
    address = f"/mot-cua/quay/{token_of(LICENCE.code)}"
    data = PERSON | paper_keys() | {"external_code": "000.00.16.H42-261123-0042"}
    assert client.post(address, data=data).status_code == 302
    made = only_dossier()
    assert made.code is None
    page(client, f"/mot-cua/ho-so/{made.token}/mau-01-a5.pdf", 409)
    again = client.post(address, data=data)
    assert again.status_code == 422


def test_a_person_who_was_here_before_is_known_by_the_card(app: Flask, counter: Counter) -> None:
    counter.receive()
    client = browser(app, counter.office.one_stop)
    known = client.post("/mot-cua/nguoi-nop", data={"number": "037190000001"})
    assert known.get_json() == {"phone": "0912345678", "email": ""}
    assert client.post("/mot-cua/nguoi-nop", data={"number": "0371"}).get_json() == {}
    refused = browser(app, counter.office.specialist).post("/mot-cua/nguoi-nop")
    assert refused.status_code == 403


def test_the_fast_lane_numbers_charges_and_finishes_in_one_post(
    app: Flask, counter: Counter
) -> None:
    client = browser(app, counter.office.one_stop)
    assert client.get("/mot-cua/tra-ngay").status_code == 302
    address = f"/mot-cua/tra-ngay/{token_of(COPY.code)}"
    page(client, address)
    fee = client.get(f"{address}/phi?pages=3&copies=2").get_data(as_text=True)
    assert "10.000" in fee  # (2,000 + 2,000 + 1,000) đồng a copy
    data = PERSON | {"pages": "3", "copies": "2", "paid": "cash", "value-document": "Bằng lái xe"}
    done = client.post(address, data=data)
    assert done.status_code == 302
    made = only_dossier()
    assert made.status is DossierStatus.DELIVERED
    [entry] = look(lambda s: list(s.scalars(sa.select(BookEntry))))
    assert (entry.number, entry.values["document"]) == (1, "Bằng lái xe")
    shown = page(client, done.headers["Location"])
    assert "Vừa xong" in shown
    assert 'value="Bằng lái xe"' in shown  # offered for the next one
    book = client.get(f"/mot-cua/so/{entry.book_id}.xlsx")
    rows = list(load_workbook(io.BytesIO(book.data)).worksheets[0].iter_rows(values_only=True))
    assert "Bằng lái xe" in [cell for row in rows for cell in row]
    # Each line names a citizen: who sees none of the dossiers gets an empty book.
    other = browser(app, counter.office.specialist2).get(f"/mot-cua/so/{entry.book_id}.xlsx")
    lines = list(load_workbook(io.BytesIO(other.data)).worksheets[0].iter_rows(values_only=True))
    assert "Bằng lái xe" not in [cell for line in lines for cell in line]


def test_what_is_not_finished_at_once_gets_a_receipt_and_is_finished_later(
    app: Flask, counter: Counter
) -> None:
    client = browser(app, counter.office.one_stop)
    address = f"/mot-cua/tra-ngay/{token_of(BIRTH.code)}"
    started = client.post(address, data=PERSON | {"act": "later"})
    assert "/quay/da-nhan/" in started.headers["Location"]
    page(client, started.headers["Location"])
    token = only_dossier().token
    assert only_dossier().status is not DossierStatus.DELIVERED
    assert f"tiep={token}" in page(client, address)
    assert f'name="dossier" value="{token}"' in page(client, f"{address}?tiep={token}")
    assert client.post(address, data=PERSON | {"dossier": token}).status_code == 302
    assert only_dossier().status is DossierStatus.DELIVERED


def test_a_dossier_waits_for_supplements_and_goes_on_to_the_result(
    app: Flask, counter: Counter
) -> None:
    made, office = counter.receive(), counter.office
    base = f"/mot-cua/ho-so/{made.token}"
    head, specialist = browser(app, office.head), browser(app, office.specialist)
    assert "Phân công" in page(head, base)
    post = {"phan-cong-post_id": str(office.specialist.post_id), "phan-cong-version": ""}
    assert head.post(f"{base}/phan-cong", data=post).status_code == 302

    empty = specialist.post(f"{base}/yeu-cau-bo-sung", data={"yeu-cau-bo-sung-items": ""})
    assert empty.status_code == 422
    asked = {"items": "- Giấy ủy quyền\n- Bản vẽ", "reason": "Chưa đủ căn cứ", "stage": "appraisal"}
    data = {f"yeu-cau-bo-sung-{key}": value for key, value in asked.items()}
    assert specialist.post(f"{base}/yeu-cau-bo-sung", data=data).status_code == 302
    [supplement] = look(lambda s: list(s.scalars(sa.select(Supplement))))
    assert supplement.items == ["Giấy ủy quyền", "Bản vẽ"]
    assert counter.now(made).due_at is None
    notice = look(lambda s: s.scalar(sa.select(DossierNotice.token)))
    assert specialist.get(f"{base}/thong-bao/{notice}.pdf").data.startswith(b"%PDF-")

    one_stop = browser(app, office.one_stop)
    assert "Bản vẽ" in page(one_stop, base)
    assert one_stop.post(f"{base}/nhan-bo-sung", data={}).status_code == 302
    assert counter.now(made).due_at is not None
    result = {"ket-qua-result": "Giấy chứng nhận số 12/GCN"}
    assert specialist.post(f"{base}/ket-qua", data=result).status_code == 403  # not signed
    assert "Có kết quả" not in page(specialist, base)
    assert specialist.post(f"{base}/xong-buoc", data={}).status_code == 302
    leader = browser(app, office.leader)
    assert "Có kết quả" in page(leader, base)
    assert leader.post(f"{base}/ket-qua", data=result).status_code == 302
    assert counter.now(made).status is DossierStatus.DONE
    given = {"tra-ket-qua-receiver_name": "Nguyễn Thị Mẫu Hoa", "tra-ket-qua-way": "counter"}
    unpaid = one_stop.post(f"{base}/tra-ket-qua", data=given)
    assert unpaid.status_code == 409
    paid = {"thu-tien-amount": "100000", "thu-tien-way": "cash"}
    assert one_stop.post(f"{base}/thu-tien", data=paid).status_code == 302
    assert one_stop.post(f"{base}/tra-ket-qua", data=given).status_code == 302
    assert counter.now(made).status is DossierStatus.DELIVERED
    assert one_stop.get(f"{base}/mau-06.pdf").data.startswith(b"%PDF-")


def test_nobody_acts_beyond_their_rights(app: Flask, counter: Counter) -> None:
    made = counter.receive()
    base = f"/mot-cua/ho-so/{made.token}"
    one_stop = browser(app, counter.office.one_stop)
    assert one_stop.post(f"{base}/gia-han", data={}).status_code == 403
    assert one_stop.post(f"{base}/khong-co", data={}).status_code == 404
    page(browser(app, counter.office.specialist2), base, 404)
    page(browser(app, counter.office.clerk), "/mot-cua", 403)


def test_the_register_and_the_lists_show_what_came_in(app: Flask, counter: Counter) -> None:
    made = counter.receive()
    client = browser(app, counter.office.one_stop)
    for tab in ("processing", "mine", "due_today", "late", "supplement", "to_return", "all"):
        page(client, f"/mot-cua?tab={tab}")
    assert made.shown_code in page(client, "/mot-cua?q=nguyen+thi")
    page(client, "/mot-cua/so")
    answer = client.get("/mot-cua/so/mau-07.xlsx?tu=01/11/2026&den=30/11/2026")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert made.shown_code in [cell for row in rows for cell in row]
    assert client.get("/mot-cua/so/mau-07.pdf?tu=x&den=30/11/2026").status_code in (409, 422)
    shown = page(client, "/mot-cua/thu-tuc?q=ho+kinh+doanh")
    assert "hộ kinh doanh" in shown
    page(client, f"/mot-cua/thu-tuc/{token_of(LICENCE.code)}")
    person = look(lambda s: s.get_one(Dossier, made.id).applicant.token)
    assert made.shown_code in page(client, f"/mot-cua/nguoi-nop/{person}")


def test_the_daily_list_is_taken_in_once_and_what_differs_is_settled(
    app: Flask, counter: Counter
) -> None:
    client = browser(app, counter.office.one_stop)
    assert client.post("/mot-cua/danh-sach-tinh/ghep-cot/0", data=MAPPING).status_code == 302
    mapping = look(lambda s: queries.mappings(s)[0]).id
    head = "Mã hồ sơ,Mã TTHC,Tên TTHC,Chủ hồ sơ,Ngày tiếp nhận,Trạng thái"
    line = f"H42.16-261123-0007,{LICENCE.code},{LICENCE.name},Lê Mẫu Hoa,23/11/2026 08:00,"

    def send(state: str) -> Any:
        data = f"{head}\n{line}{state}\n".encode()
        file = (io.BytesIO(data), "danh-sach.csv")
        return client.post("/mot-cua/danh-sach-tinh", data={"mapping": mapping, "file": file})

    page(client, "/mot-cua/danh-sach-tinh")
    assert send("Đang xử lý").status_code == 302
    assert "Lê Mẫu Hoa" in page(client, f"/mot-cua/ho-so/{only_dossier().token}")
    assert send("Đã trả kết quả").status_code == 302
    shown = page(client, "/mot-cua/danh-sach-tinh")
    assert "Theo tỉnh" in shown
    number = look(lambda s: queries.differences(s)[0]).id
    settled = client.post(f"/mot-cua/danh-sach-tinh/chenh-lech/{number}", data={"take": "theirs"})
    assert settled.status_code == 302
    assert only_dossier().status is DossierStatus.DELIVERED
    assert "Hai bên khớp nhau" in page(client, "/mot-cua/danh-sach-tinh")

    wrong = client.post(
        "/mot-cua/danh-sach-tinh",
        data={"mapping": mapping, "file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")},
    )
    assert wrong.status_code == 422


def test_the_mapping_of_the_list_is_changed_and_keeps_what_was_typed(
    app: Flask, counter: Counter
) -> None:
    client = browser(app, counter.office.one_stop)
    address = "/mot-cua/danh-sach-tinh/ghep-cot/0"
    assert 'value="Mã hồ sơ"' in page(client, address)  # as the settings of the office have it
    page(client, "/mot-cua/danh-sach-tinh/ghep-cot/99", 404)
    data = {"name": "Tỉnh", "column-external_code": "SO HO SO", "column-status": "TT"}
    refused = client.post(address, data=data | {"statuses": "Đang xử lý: bốn"})
    assert refused.status_code == 422
    assert "SO HO SO" in refused.get_data(as_text=True)
    assert client.post(address, data=data | {"statuses": "Đang xử lý = 4"}).status_code == 302
    changed = look(lambda s: queries.mappings(s)[0])
    assert (changed.columns["external_code"], changed.statuses) == ("SO HO SO", {"Đang xử lý": 4})


def paper_pdf(title: str) -> bytes:
    """A page with a title and a text, as a citizen's paper."""
    text = "Căn cứ nhu cầu của người dân, Ủy ban nhân dân phường xác nhận nội dung sau đây. " * 6
    return archival_pdf(f"<p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><h1>{title}</h1><p>{text}</p>")


def test_a_scan_of_another_paper_than_asked_for_is_seen(app: Flask, counter: Counter) -> None:
    made = counter.receive()
    client = browser(app, counter.office.one_stop)
    paper = counter.now(made).papers[0]  # asks for a declaration
    address = f"/mot-cua/ho-so/{made.token}/giay-to/{paper.id}/tep"
    running = Runtime(settings(app), current_store(), current_quarantine())

    def send(content: bytes, name: str = "quet.pdf") -> int:
        answer = client.post(
            address,
            data={"file": (io.BytesIO(content), name)},
            headers=JSON,
        )
        return answer.status_code

    assert not paper_scans.run_next(running)
    assert send(paper_pdf("GIẤY KHAI SINH")) == 200
    assert "đang đọc" in page(client, f"/mot-cua/ho-so/{made.token}")
    assert paper_scans.run_next(running)
    shown = page(client, f"/mot-cua/ho-so/{made.token}")
    assert "Có vẻ là: Giấy khai sinh" in shown
    assert send(paper_pdf("TỜ KHAI")) == 200
    assert paper_scans.run_next(running)
    assert not paper_scans.run_next(running)
    scans = counter.now(made).papers[0].scans
    assert [scan.differs for scan in scans] == [True, False]
    file = client.get(f"/mot-cua/ho-so/{made.token}/tep/{scans[0].id}")
    assert file.data.startswith(b"%PDF-")
    assert send(b"", "rong.pdf") == 422
    assert send(b"MZ not a scan", "x.exe") == 422
    page(client, f"/mot-cua/ho-so/{made.token}/tep/9999", 404)


def test_a_scan_with_a_secrecy_mark_is_not_kept(app: Flask, counter: Counter) -> None:
    made = counter.receive()
    client = browser(app, counter.office.one_stop)
    paper = counter.now(made).papers[0]
    answer = client.post(
        f"/mot-cua/ho-so/{made.token}/giay-to/{paper.id}/tep",
        data={"file": (io.BytesIO(paper_pdf("TỐI MẬT")), "quet.pdf")},
        headers=JSON,
    )
    assert answer.status_code == 422
    assert "dấu độ mật" in answer.get_json()["message"]
    assert counter.now(made).papers[0].scans == []
