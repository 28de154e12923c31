"""A result: several lines, files, a document; whoever accepts it opens them."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.audit import AuditLog
from app.db import reading
from app.files.models import StoredFile
from app.files.queries import files_of
from app.tasks import queries, services
from app.tasks.acting import Act
from app.tasks.custody import current
from app.tasks.models import Task, TaskStatus
from app.tasks.showing import load_task
from app.worktime.calendar import DeadlineState
from tests.factories import Office
from tests.integration.tasks.conftest import act, the_task
from tests.integration.tasks.test_views_pages import browser

TEXT = "Đã họp với hai hộ dân.\nĐã lập biên bản, kèm ảnh."
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n"


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def hand_in(client: object, task: Task, files: list[tuple[io.BytesIO, str]], **fields: str) -> int:
    """Send the form of the result with files; its status."""
    data: dict[str, object] = {f"{Act.SUBMIT.value}-{k}": value for k, value in fields.items()}
    data[f"{Act.SUBMIT.value}-files"] = files
    answer = client.post(f"/cong-viec/{task.token}/{Act.SUBMIT.value}", data=data)  # type: ignore[attr-defined]
    return int(answer.status_code)


@pytest.fixture
def given(office: Office, task: Task) -> Task:
    act(services.assign_specialist, office.head, task_id=task.id,
        post_id=office.specialist.post_id)  # fmt: skip
    return the_task()


def stored() -> list[StoredFile]:
    with reading() as session:
        return files_of(session, queries.KIND, [the_task().id])[the_task().id]


def test_the_accepter_reads_all_lines_and_opens_the_files(
    app: Flask, office: Office, given: Task
) -> None:
    specialist, leader = browser(app, office.specialist), browser(app, office.leader)
    page = specialist.get(f"/cong-viec/{given.token}").get_data(as_text=True)
    assert "Kết quả gửi tới" in page
    files = [(io.BytesIO(PDF), "bien-ban.pdf"), (io.BytesIO(b"PK\x03\x04word/"), "bang.docx")]
    assert hand_in(specialist, given, files, product=TEXT) == 302
    assert (the_task().result, the_task().product) == (TEXT, TEXT.replace("\n", " "))

    after = specialist.get(f"/cong-viec/{given.token}").get_data(as_text=True)
    assert "Đã gửi kết quả tới" in after
    assert "Đã xong" not in after
    html = leader.get(f"/cong-viec/{given.token}").get_data(as_text=True)
    assert TEXT in html
    assert "Nộp đúng hạn" in html
    for file in stored():
        assert leader.get(f"/cong-viec/xem-tep/{file.token}").status_code == 200
        assert browser(app, office.head2).get(f"/cong-viec/tep/{file.token}").status_code == 404
    assert leader.get(f"/cong-viec/tep/{stored()[0].token}").data == PDF
    with reading() as session:
        acts = session.scalars(sa.select(AuditLog.action).where(AuditLog.action == "task.read"))
        assert acts.first() == "task.read"


@pytest.mark.parametrize(
    ("content", "name", "text", "number"),
    [
        (b"MZ\x90\x00", "la.exe", TEXT, ""),
        (b"", "rong.pdf", TEXT, ""),
        (PDF, "bien-ban.pdf", "", ""),
        (PDF, "bien-ban.pdf", TEXT, "999/KHONG-CO"),
    ],
)
def test_a_result_that_is_refused_keeps_nothing(
    app: Flask, office: Office, given: Task, content: bytes, name: str, text: str, number: str
) -> None:
    client = browser(app, office.specialist)
    sent = [(io.BytesIO(content), name)]
    assert hand_in(client, given, sent, product=text, document=number) == 422
    assert the_task().status is not TaskStatus.SUBMITTED
    assert stored() == []


def test_a_refused_result_has_its_files_chosen_still_and_good_for_nobody_else(
    app: Flask, office: Office, given: Task
) -> None:
    client, url = browser(app, office.specialist), f"/cong-viec/{given.token}/{Act.SUBMIT.value}"
    sent: dict[str, object] = {
        f"{Act.SUBMIT.value}-product": "",
        f"{Act.SUBMIT.value}-files": [
            (io.BytesIO(PDF), "bien-ban.pdf"), (io.BytesIO(b"MZ\x90\x00"), "la.exe"),
        ],
    }  # fmt: skip
    page = client.post(url, data=sent).get_data(as_text=True)
    [ticket] = re.findall(rf'name="{Act.SUBMIT.value}-kept" value="([^"]+)" checked', page)
    assert "bien-ban.pdf" in page
    again = {
        f"{Act.SUBMIT.value}-product": TEXT,
        f"{Act.SUBMIT.value}-kept": [ticket, "x" + ticket],
    }
    other = browser(app, office.head).post(url, data=again | {f"{Act.SUBMIT.value}-product": ""})
    assert (other.status_code, "bien-ban.pdf" in other.get_data(as_text=True)) == (422, False)

    assert client.post(url, data=again).status_code == 302
    assert [(one.name, one.media_type) for one in stored()] == [("bien-ban.pdf", "application/pdf")]
    leader = browser(app, office.leader)
    assert leader.get(f"/cong-viec/tep/{stored()[0].token}").data == PDF


def test_who_reports_has_read_it_though_the_page_was_never_opened(
    office: Office, given: Task
) -> None:
    act(services.report_progress, office.specialist, task_id=given.id, percent=40, text="Đã họp")
    with reading() as session:
        line = current(session, queries.KIND, [given.id])[given.id]
    assert line.opened
    assert line.waited == "vừa nhận"


def test_a_result_that_waits_is_handed_in_and_not_done(office: Office, given: Task) -> None:
    act(services.submit_completion, office.specialist, task_id=given.id, product="12/BC-KT")
    with reading() as session:
        before = load_task(session, office.leader, given.token).row.deadline
    act(services.accept_completion, office.leader, task_id=given.id)
    with reading() as session:
        after = load_task(session, office.leader, given.token).row.deadline
    assert (before, after) == (DeadlineState("handed_in"), DeadlineState("done"))
