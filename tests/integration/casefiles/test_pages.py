"""Pages of case files: who may open which, forms, papers, queries."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from app.audit import AuditLog
from app.casefiles import chores, queries, retention
from app.casefiles.models import CaseFile, CatalogueEntry, CatalogueState, WorkHandover
from app.clock import now, today
from app.db import reading, transaction
from app.incoming.models import IncomingDocument
from app.links import Link
from app.notifications.models import Notification
from app.registers.printing import XLSX
from app.security import Actor
from app.tasks import services as tasks
from app.tasks.models import Task
from app.tasks.parties import Party
from app.tasks.services import TaskOrder
from tests.factories import Office, sign_in_as
from tests.integration.casefiles.conftest import (
    act,
    closed_file,
    count,
    look,
    make_letter,
    open_outside,
    put_in,
)
from tests.integration.tasks.test_views_pages import statements

ROLES = ("leader", "chief", "clerk", "head", "specialist", "one_stop", "duty", "admin")
WORKERS = set(ROLES) - {"admin"}


# Pages are tested on the embedded database; the SQL behind them on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def browser(app: Flask, actor: Actor) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in_as(client, actor)
    return client


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_each_role_opens_exactly_its_pages(app: Flask, office: Office) -> None:
    year = today().year
    wanted = {
        "/ho-so": WORKERS,
        "/ho-so/moi": WORKERS,
        f"/ho-so/danh-muc/{year}": WORKERS,
        "/ho-so/ban-giao": WORKERS,
        "/ho-so/nop-luu": {"clerk", "chief"},
    }
    found = {
        path: {
            role
            for role in ROLES
            if browser(app, getattr(office, role)).get(path).status_code == 200
        }
        for path in wanted
    }

    assert found == wanted


def test_a_file_is_linked_from_its_menu_and_shows_what_its_reader_may_see(
    app: Flask, office: Office
) -> None:
    letter_id = make_letter(office, 1, office.specialist)
    case_file = open_outside(office.specialist)
    client, where = browser(app, office.specialist), f"/ho-so/{case_file.token}"
    form = f"/lien-ket/case_file/{case_file.id}"
    assert form in page(client, where)

    sent = {"target": f"incoming:{letter_id}", "relation": "refers_to", "q": "x"}
    assert client.post(form, data=sent).headers["Location"].endswith(where)

    with reading() as session:
        letter = f"/van-ban-den/{session.get_one(IncomingDocument, letter_id).token}"
    assert letter in page(client, where)

    with reading() as session:
        link_id = session.scalars(sa.select(Link.id)).one()
    cut = f"{form}/go/{link_id}"
    assert client.post(cut, data={"reason": " "}).status_code == 422
    stranger = browser(app, office.specialist2)
    assert stranger.post(cut, data={"reason": "Nhầm"}).status_code in (403, 404)
    assert letter in page(client, where)
    client.post(cut, data={"reason": "Liên kết nhầm"})
    assert letter not in page(client, where)
    with reading() as session:
        row = session.get_one(Link, link_id)
        assert (row.cut_by, row.cut_reason) == (office.specialist.person_id, "Liên kết nhầm")
        acts = session.scalars(sa.select(AuditLog.action).where(AuditLog.kind == "case_file"))
        assert "case_file.unlinked" in set(acts)
    client.post(form, data=sent)  # it was right after all
    assert letter in page(client, where)

    put_in(office.specialist, case_file, letter_id)  # it stands among the documents now
    assert page(client, where).count(letter) == 1


def test_a_letter_is_put_into_a_new_file_from_its_page(app: Flask, office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist)
    client = browser(app, office.specialist)
    place = f"/ho-so/dua-vao/incoming/{letter_id}"
    with reading() as session:
        letter = f"/van-ban-den/{session.get_one(IncomingDocument, letter_id).token}"
    assert place in page(client, letter)
    assert "Bạn không có hồ sơ nào đang mở" in page(client, place)

    refused = client.post("/ho-so/moi", data={"entry_id": "", "title": "Quy hoạch"})
    assert refused.status_code == 422
    assert "Quy hoạch" in refused.get_data(as_text=True)
    made = client.post(
        f"/ho-so/moi?kind=incoming&thing_id={letter_id}",
        data={
            "entry_id": "", "title": "Quy hoạch khu dân cư", "outside_reason": "Phát sinh",
            "retention_rule": "case_work",
        },
    )  # fmt: skip
    assert place in made.headers["Location"]
    case_file = look(lambda session: session.scalar(sa.select(CaseFile)))
    done = client.post(place, data={"case_file_id": case_file.id})

    assert done.headers["Location"] == letter
    assert "Quy hoạch khu dân cư" in page(client, letter)  # among what the letter is linked to
    assert "Về việc rà soát quy hoạch 1" in page(client, f"/ho-so/{case_file.token}")
    page(browser(app, office.specialist2), f"/ho-so/{case_file.token}", 404)
    page(browser(app, office.specialist2), place, 404)


def test_a_task_and_what_caused_it_are_filed_from_the_task(app: Flask, office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist, office.head)
    order = TaskOrder("Rà soát", lead=Party(post_id=office.specialist.post_id))
    task = act(tasks.create_task, office.head, order=order)
    with transaction() as session:  # as the directive on a letter would have made it
        made = session.get_one(Task, task.id)
        made.kind, made.thing_id = "incoming", letter_id
    shown = page(browser(app, office.specialist), f"/cong-viec/{task.token}")

    for kind, thing_id in (("incoming", letter_id), ("task", task.id)):
        place = f"/ho-so/dua-vao/{kind}/{thing_id}"
        assert place in shown
        assert "Đưa vào hồ sơ" in page(browser(app, office.specialist), place)


def test_the_index_is_printed_with_seven_columns(app: Flask, office: Office) -> None:
    case_file = open_outside(office.specialist)
    put_in(office.specialist, case_file, make_letter(office, 1, office.specialist))
    client = browser(app, office.specialist)

    pdf = client.get(f"/ho-so/{case_file.token}/muc-luc.pdf")
    sheet = load_workbook(io.BytesIO(client.get(f"/ho-so/{case_file.token}/muc-luc.xlsx").data))
    rows = list(sheet.worksheets[0].iter_rows(values_only=True))

    assert pdf.data.startswith(b"%PDF-")
    with pikepdf.open(io.BytesIO(pdf.data)) as paper:
        assert paper.open_metadata().pdfa_status == "2B"
    assert list(rows[4]) == [
        "STT", "Số, ký hiệu văn bản", "Ngày, tháng, năm", "Tên loại và trích yếu nội dung",
        "Tác giả", "Tờ số / trang số", "Ghi chú",
    ]  # fmt: skip
    assert rows[5][1] == "101/SXD-QH"


def workbook(*rows: tuple[object, ...]) -> io.BytesIO:
    book, out = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["Số, ký hiệu", "Đề mục", "Tiêu đề hồ sơ", "Thời hạn bảo quản", "Đơn vị"])
    for row in rows:
        sheet.append(list(row))
    book.save(out)
    out.seek(0)
    return out


def test_a_catalogue_comes_from_excel_whole_or_not_at_all(app: Flask, office: Office) -> None:
    client, year = browser(app, office.clerk), today().year
    base = f"/ho-so/danh-muc/{year}"
    client.post(f"{base}/bat-dau")

    def take(*rows: tuple[object, ...]) -> Any:
        data = {"file": (workbook(*rows), "danh-muc.xlsx", XLSX)}
        return client.post(f"{base}/nhap", data=data)

    good = ("01.KT", "Quy hoạch", "Quy hoạch đô thị", "Vĩnh viễn", "Phòng Kinh tế")
    faulty = take(good, ("02.KT", "", "Nhà ở", "lâu dài", "Phòng Lạ"))
    assert faulty.status_code == 422
    assert "Dòng 3" in faulty.get_data(as_text=True)
    assert count(CatalogueEntry) == 0
    assert take(good, ("02.KT", "", "Nhà ở", 20, "phong kinh te")).status_code == 302
    assert take(("02.KT", "", "Nhà ở xã hội", "10 năm", "Phòng Kinh tế")).status_code == 302

    entries = look(lambda session: queries.entries_of(session, 1))
    assert [(e.notation, e.title, e.retention_years) for e in entries] == [
        ("01.KT", "Quy hoạch đô thị", None),
        ("02.KT", "Nhà ở xã hội", 10),
    ]
    assert client.get(f"{base}/danh-muc-ho-so.pdf").data.startswith(b"%PDF-")
    client.post(f"{base}/trinh")
    assert client.post(f"{base}/duyet").status_code == 403
    leader = browser(app, office.leader)
    leader.post(f"{base}/duyet")
    found = look(lambda session: queries.catalogue_of(session, year))
    assert found.state is CatalogueState.APPROVED
    assert "Quy hoạch đô thị" in page(browser(app, office.head), "/ho-so/moi")


def test_a_package_is_asked_for_made_and_downloaded(app: Flask, office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist, content=b"%PDF-1.7 letter")
    case_file = closed_file(office, office.specialist, letter_id)
    client = browser(app, office.clerk)
    assert case_file.title in page(client, "/ho-so/nop-luu")
    client.post("/ho-so/nop-luu", data={"ids": [case_file.id]})
    assert "Chờ đóng gói" in page(client, "/ho-so/nop-luu")
    chores.make_packages()

    shown = page(client, "/ho-so/nop-luu")
    address = shown.split('href="/ho-so/nop-luu/')[1].split('"')[0]
    answer = client.get(f"/ho-so/nop-luu/{address}")
    assert answer.data.startswith(b"PK")
    assert browser(app, office.specialist).get(f"/ho-so/nop-luu/{address}").status_code == 403


def test_the_wizard_hands_over_and_prints_one_protocol(app: Flask, office: Office) -> None:
    open_outside(office.specialist, "Quy hoạch khu dân cư")
    client = browser(app, office.specialist)
    shown = page(client, "/ho-so/ban-giao")
    assert "Quy hoạch khu dân cư" in shown
    assert 'name="expected" type="hidden" value="1"' in shown
    address = f"/ho-so/ban-giao/{office.specialist.post_id}"
    values = {"to_post_id": office.deputy.post_id, "expected": "1"}
    assert client.post(address, data=values).status_code == 422  # no reason
    done = client.post(address, data=values | {"reason": "Nghỉ hưu"})

    paper = client.get(f"{done.headers['Location']}/bien-ban.pdf")
    assert paper.data.startswith(b"%PDF-")
    again = browser(app, office.deputy).get(f"{done.headers['Location']}/bien-ban.pdf")
    assert again.data == paper.data
    told = page(browser(app, office.deputy), "/thong-bao")
    assert f'href="{done.headers["Location"]}"' in told  # the notice leads there
    changed = {"file": (io.BytesIO(paper.data.replace(b"%PDF", b"%PDX", 1)), "a.pdf")}
    unsigned = {"file": (io.BytesIO(paper.data + b"\n%%EOF"), "a.pdf")}
    for wrong in (changed, unsigned):
        refused = client.post(f"{done.headers['Location']}/da-ky", data=wrong)
        assert refused.status_code == 422
    handover = look(lambda session: session.scalar(sa.select(WorkHandover)))
    assert handover.protocol_id is not None
    assert handover.signed_id is None
    assert page(browser(app, office.specialist2), "/ho-so/ban-giao")
    page(browser(app, office.specialist2), done.headers["Location"], 404)
    foreign = f"/ho-so/ban-giao?chuc-vu={office.deputy.post_id}"
    page(browser(app, office.specialist2), foreign, 403)


def test_a_second_look_waits_for_no_writer(app: Flask, office: Office) -> None:
    case_file = closed_file(office, office.specialist, make_letter(office, 1, office.specialist))
    client = browser(app, office.specialist)
    values = {"to_post_id": office.deputy.post_id, "reason": "Nghỉ hưu"}
    address = f"/ho-so/ban-giao/{office.specialist.post_id}"
    done = client.post(address, data=values).headers["Location"]
    deputy = browser(app, office.deputy)
    paths = (f"/ho-so/{case_file.token}", f"/ho-so/{case_file.token}/muc-luc.xlsx", done)
    for path in paths:
        assert deputy.get(path).status_code == 200
    assert count(Notification, kind="work_handover", read_at=None) == 0  # the look was noted

    with transaction(), ThreadPoolExecutor(1) as other:  # somebody writes all the time
        looks = [other.submit(deputy.get, path) for path in paths]
        assert [look.result(timeout=10).status_code for look in looks] == [200, 200, 200]


def a_signer(name: str) -> signers.SimpleSigner:
    """Somebody with a certificate of their own making."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"", key, certificate, None, NoEncryption())
    signer: signers.SimpleSigner = signers.SimpleSigner.load_pkcs12_data(packed, other_certs=[])
    return signer


def test_the_protocol_comes_back_signed(app: Flask, office: Office) -> None:
    open_outside(office.specialist)
    client = browser(app, office.specialist)
    values = {"to_post_id": office.deputy.post_id, "expected": "1", "reason": "Nghỉ hưu"}
    made = client.post(f"/ho-so/ban-giao/{office.specialist.post_id}", data=values)
    address = made.headers["Location"]
    paper = client.get(f"{address}/bien-ban.pdf").data
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    out = signers.sign_pdf(
        writer,
        signers.PdfSignatureMetadata(field_name="BenGiao"),
        signer=a_signer("Đỗ Mẫu Phong"),
    )
    signed = out.getvalue()
    broken = bytearray(signed)
    broken[len(paper) + 200] ^= 1

    refused = client.post(f"{address}/da-ky", data={"file": (io.BytesIO(bytes(broken)), "a.pdf")})
    assert refused.status_code == 422
    taken = client.post(f"{address}/da-ky", data={"file": (io.BytesIO(signed), "a.pdf")})

    assert taken.status_code == 302
    assert "Đã có bản ký số" in page(client, address)
    assert client.get(f"{address}/bien-ban.pdf?ky=1").data == signed


def test_the_pages_need_as_many_queries_for_many_files_as_for_one(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.specialist)

    def queries_of(path: str) -> int:
        with statements() as seen:
            page(client, path)
        return len(seen)

    case_file = open_outside(office.specialist)
    put_in(office.specialist, case_file, make_letter(office, 1, office.specialist))
    detail = f"/ho-so/{case_file.token}"
    few = queries_of("/ho-so"), queries_of(detail), queries_of("/ho-so/ban-giao")
    for number in range(2, 7):
        put_in(office.specialist, case_file, make_letter(office, number, office.specialist))
        open_outside(office.specialist, f"Việc {number}")
    many = queries_of("/ho-so"), queries_of(detail), queries_of("/ho-so/ban-giao")

    assert many == few


def test_periods_stand_on_a_page_with_their_source_and_doubt(app: Flask, office: Office) -> None:
    shown = page(browser(app, office.specialist), "/ho-so/thoi-han-bao-quan")
    for rule in retention.rules(today()):
        assert rule.label in shown
    assert "TT 10/2022/TT-BNV" in shown
    assert "15/12/2022" in shown
    doubtful = sum(not rule.verified for rule in retention.rules(today()))
    assert shown.count(">Chưa kiểm chứng") + shown.count("Chưa kiểm chứng<") >= doubtful > 0
