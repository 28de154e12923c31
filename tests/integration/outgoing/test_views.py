"""The pages of documents going out, from draft to books."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import reading, transaction
from app.notifications.models import Notification
from app.organisation.queries import find_organ
from app.outgoing import queries, services
from app.outgoing.models import (
    Decision,
    Delivery,
    DraftComment,
    DraftVersion,
    Medium,
    OutgoingDocument,
    OutgoingStatus,
    Recipient,
    ReviewStep,
)
from app.outgoing.papers.docx import text
from app.security import Actor
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.incoming.pages import browser, letter, page
from tests.integration.outgoing.conftest import Writers

S = OutgoingStatus


# Pages are looked at on one database; the services behind them are tested on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def document(document_id: int) -> OutgoingDocument:
    with reading() as session:
        return session.get_one(OutgoingDocument, document_id)


def address(document_id: int) -> str:
    return f"/van-ban-di/{document(document_id).token}"


def typed(office: Office) -> dict[str, object]:
    """What the drafter's form sends."""
    return {
        "document_type": "official_letter",
        "issuing_body_id": office.committee_id,
        "subject_summary": "Trả lời về vị trí việc làm",
        "addressees": "Sở Nội vụ",
        "edxml": "Sở Nội vụ",
        "units": [office.culture],
        "paper": "Thường trực HĐND\n\n",
        "email": "Báo Mẫu, bao@mau.example",
        "signer_post_id": office.leader.post_id,
        "urgency": "0",
        "medium": "electronic",
        "copies": "2",
        "closes_incoming": "y",
    }


def test_a_reply_is_begun_on_the_page_of_its_letter(
    app: Flask, office: Office, desk: Desk, writers: Writers
) -> None:
    token = letter(desk.register()).token
    client = browser(app, office.chief)
    assert f"/van-ban-di/soan?tra-loi={token}" in page(client, f"/van-ban-den/{token}")
    form = page(client, f"/van-ban-di/soan?tra-loi={token}")
    assert "Trả lời 145/SNV-TCCB về việc rà soát vị trí việc làm" in form

    answer = client.post(f"/van-ban-di/soan?tra-loi={token}", data=typed(office))

    assert answer.status_code == 302
    with reading() as session:
        made = session.scalars(sa.select(OutgoingDocument)).one()
        rows = session.scalars(sa.select(Recipient).order_by(Recipient.position)).all()
        assert made.answers_incoming_id is not None
        known = find_organ(session, "Sở Nội vụ")
        assert known is not None
        assert rows[1].organ_id == known.id  # its code is needed to send a packet
        assert [(row.name, row.channel.value) for row in rows] == [
            ("Phòng Văn hóa - Xã hội", "internal"), ("Sở Nội vụ", "edxml"),
            ("Báo Mẫu", "email"), ("Thường trực HĐND", "paper"),
        ]  # fmt: skip
    filled = client.get(f"/van-ban-di/{made.token}/mau.docx")
    words = text(filled.data)
    assert "Trả lời Công văn số 145/SNV-TCCB" in words
    assert "Kính gửi: Sở Nội vụ" in words
    back = client.post(
        f"/van-ban-di/{made.token}/phien-ban",
        data={"file": (io.BytesIO(filled.data), "du-thao.docx")},
        headers={"Accept": "application/json"},
    )
    assert back.get_json()["message"] == "Đã nhận phiên bản 1."
    with reading() as session:
        assert "Kính gửi: Sở Nội vụ" in session.scalars(sa.select(DraftVersion.text)).one()


def test_only_word_and_pdf_are_versions(app: Flask, office: Office, writers: Writers) -> None:
    client = browser(app, office.specialist)
    answer = client.post(
        f"{address(writers.draft())}/phien-ban",
        data={"file": (io.BytesIO(b"MZ\x90"), "virus.exe")},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, answer.get_json()["tone"]) == (422, "warn")


def test_a_draft_is_changed_in_its_form(app: Flask, office: Office, writers: Writers) -> None:
    document_id = writers.draft()
    client = browser(app, office.specialist)
    assert "Sở Nội vụ" in page(client, f"{address(document_id)}/sua")
    data = typed(office) | {"subject_summary": "Đã sửa", "version": document(document_id).version}

    assert client.post(f"{address(document_id)}/sua", data=data).status_code == 302
    assert document(document_id).subject_summary == "Đã sửa"
    assert client.post(f"{address(document_id)}/sua", data=data).status_code == 409
    data["subject_summary"] = ""
    assert client.post(f"{address(document_id)}/sua", data=data).status_code == 422


def test_the_whole_way_goes_through_the_pages(app: Flask, office: Office, writers: Writers) -> None:
    document_id = writers.draft(medium=Medium.PAPER)
    writers.write(document_id, "Kính gửi Sở")
    where = address(document_id)

    def post(actor: Actor, path: str, **data: object) -> None:
        assert browser(app, actor).post(f"{where}/{path}", data=data).status_code == 302

    page(browser(app, office.specialist), where)
    signer = {"trinh-signer_post_id": office.leader.post_id}
    post(office.specialist, "trinh", **signer)
    back = {"tra-to": "drafter", "tra-comment": "Viết rõ hơn"}
    post(office.head, "tra-lai", **back)
    assert document(document_id).status is S.DRAFT
    assert "Viết rõ hơn" in page(browser(app, office.specialist), where)
    writers.write(document_id, "Kính gửi Sở Nội vụ")
    assert "<ins>" in page(browser(app, office.specialist), f"{where}/so-sanh/1/2")
    post(office.specialist, "trinh", **signer)
    for actor in (office.head, office.chief, office.leader):
        assert "Duyệt" in page(browser(app, actor), where) or actor is not office.leader
        post(actor, "duyet")
    for act in ("cap-so", "dong-dau", "phat-hanh", "luu"):
        post(office.clerk, act)
    assert document(document_id).status is S.FILED
    assert "01/UBND-KT" in page(browser(app, office.clerk), where)


def test_several_are_approved_each_with_its_own_result(
    app: Flask, office: Office, writers: Writers
) -> None:
    ids = [writers.draft(subject_summary=f"Việc {number}") for number in (1, 2)]
    for document_id in ids:
        writers.write(document_id)
        writers.submit(document_id)
    own = writers.draft(office.head, subject_summary="Của trưởng phòng")
    client = browser(app, office.head)
    shown = page(client, "/van-ban-di/cho-duyet")
    assert "Việc 1" in shown
    assert "Của trưởng phòng" not in shown

    assert f'value="{ids[0]}:1"' in shown
    changed = writers.draft(subject_summary="Việc đã sửa")
    writers.write(changed)
    writers.submit(changed)
    ticked = [f"{ids[0]}:1", f"{ids[1]}:1", f"{own}:0", f"{changed}:7"]
    answer = client.post(
        "/van-ban-di/cho-duyet", data={"ids": ticked}, follow_redirects=True
    ).get_data(as_text=True)
    assert "Chưa duyệt được Việc đã sửa: Đã có phiên bản mới" in answer

    assert "Đã duyệt: Việc 1" in answer
    assert "Đã duyệt: Việc 2" in answer
    assert "Chưa duyệt được Của trưởng phòng" in answer
    with reading() as session:
        approved = sa.select(ReviewStep).where(ReviewStep.decision == Decision.APPROVED)
        assert len(session.scalars(approved).all()) == 2


def test_a_refused_act_comes_back_with_the_rule(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.draft()
    answer = browser(app, office.specialist).post(
        f"{address(document_id)}/trinh", data={"trinh-signer_post_id": office.leader.post_id},
        follow_redirects=True,
    )  # fmt: skip
    assert "Chưa có phiên bản nào của dự thảo." in answer.get_data(as_text=True)


def test_lists_show_what_is_theirs(app: Flask, office: Office, writers: Writers) -> None:
    writers.draft(subject_summary="Dự thảo của Kinh tế")
    writers.issued(subject_summary="Đã đi rồi")

    clerk = page(browser(app, office.clerk), "/van-ban-di?tab=tat-ca", htmx=True)
    assert "Dự thảo của Kinh tế" in clerk
    other = page(browser(app, office.head2), "/van-ban-di?tab=tat-ca", htmx=True)
    assert "Đã đi rồi" in other
    assert "Dự thảo của Kinh tế" not in other
    assert "Chưa có văn bản" in page(browser(app, office.specialist2), "/van-ban-di")
    assert browser(app, office.admin).get("/van-ban-di").status_code == 403


def test_what_is_open_because_of_a_letter_is_one_list(
    app: Flask, office: Office, desk: Desk, writers: Writers
) -> None:
    letter_id = desk.register()
    writers.draft(office.clerk, answers_incoming_id=letter_id, subject_summary="Trả lời một phần")
    client = browser(app, office.clerk)

    assert "Trả lời một phần" in page(client, f"/van-ban-di/con-mo/{letter(letter_id).token}")
    assert "Trả lời trễ" in page(client, "/van-ban-di/tra-loi-tre")


def test_books_print_and_look_back(app: Flask, office: Office, writers: Writers) -> None:
    document_id = writers.issued(subject_summary="Về việc một")
    day = document(document_id).issued_date
    assert day is not None
    client = browser(app, office.clerk)
    asked = f"series_id={writers.series_id}&year={day.year}"
    page(client, "/van-ban-di/in-so")
    pdf = client.get(f"/van-ban-di/in-so/so-dang-ky.pdf?{asked}")
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")
    assert client.get(f"/van-ban-di/in-so/so-buu-dien.xlsx?{asked}").status_code == 200
    with reading() as session:
        from app.outgoing import queries

        [row] = queries.book_rows(session, office.clerk, series_id=writers.series_id, year=day.year)
        assert len(row) == 10
        assert row[:4] == ("01/UBND-KT", day, "Công văn. Về việc một", "Nguyễn Mẫu An")
        before = day.replace(year=day.year - 1)
        assert queries.book_rows(
            session, office.clerk, series_id=writers.series_id, year=day.year, as_of=before
        ) == []  # fmt: skip


def test_a_recall_and_its_answer_stand_on_the_page(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.issued()
    client = browser(app, office.clerk)
    client.post(f"{address(document_id)}/thu-hoi", data={"reason": "Sai căn cứ"})
    assert "Sai căn cứ" in page(client, address(document_id))


def test_a_remark_stands_at_its_place_and_a_silent_unit_is_reminded(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.draft()
    writers.write(document_id)
    where, head = address(document_id), browser(app, office.head)
    place = {"nhan-xet-text": "Sai số", "nhan-xet-page": "1", "nhan-xet-box": "0.1,0.2,0.3,0.24"}
    head.post(f"{where}/nhan-xet", data=place)
    head.post(f"{where}/nhan-xet", data=place | {"nhan-xet-box": "1,2,x"})
    with reading() as session:
        boxes = list(session.scalars(sa.select(DraftComment.box).order_by(DraftComment.id)))
    assert boxes == [[0.1, 0.2, 0.3, 0.24], None]
    assert "Xem trên trang" in page(head, where)

    drafter = browser(app, office.specialist)
    asked = {"hoi-unit_ids": office.culture, "hoi-due_on": "31/12/2099", "hoi-question": "Đúng?"}
    drafter.post(f"{where}/xin-y-kien", data=asked)
    assert "Nhắc 1 đơn vị" in page(drafter, where)
    drafter.post(f"{where}/nhac-y-kien")
    with reading() as session:
        rows = sa.select(Notification.id).where(Notification.event == "outgoing.opinion_reminded")
        assert len(session.scalars(rows).all()) == 1
    opinion = {"tra-loi-agrees": "0", "tra-loi-text": "Thiếu căn cứ"}
    browser(app, office.head2).post(f"{where}/cho-y-kien", data=opinion)
    shown = page(drafter, where)
    assert "Thiếu căn cứ" in shown
    assert "Nhắc 1 đơn vị" not in shown
    assert drafter.post(f"{where}/nhac-y-kien").status_code == 302


def test_a_stranger_to_the_document_finds_nothing(
    app: Flask, office: Office, writers: Writers
) -> None:
    document_id = writers.draft()
    with transaction() as session:
        services.comment(session, office.head, document_id=document_id, text="Chú ý")
    client = browser(app, office.specialist2)
    for path in ("", "/so-sanh/1/2"):
        assert client.get(f"{address(document_id)}{path}").status_code == 404
    assert client.post(f"{address(document_id)}/duyet").status_code == 404


def test_a_second_look_takes_no_lock(app: Flask, office: Office, writers: Writers) -> None:
    document_id = writers.issued()
    token = document(document_id).token
    with reading() as session:
        assert queries.opening_is_news(session, office.head2, token)
    page(browser(app, office.head2), address(document_id))
    with reading() as session:
        assert not queries.opening_is_news(session, office.head2, token)
        states = session.scalars(sa.select(Recipient.delivery).order_by(Recipient.position)).all()
        assert states[1] is Delivery.RECEIVED
