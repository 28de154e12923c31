"""Acts on a task through its page: the way through, refusals, and that buttons tell the truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import local, now
from app.db import WritingFactory
from app.errors import AppError
from app.security import Actor
from app.tasks import queries, services
from app.tasks.acting import Act
from app.tasks.models import Task, TaskStatus
from app.tasks.parties import Party
from app.tasks.services import TaskOrder
from app.tasks.showing import load_task
from app.tasks.views.acts import CALLS
from tests.factories import Office
from tests.integration.tasks.conftest import act, direct, later, the_task
from tests.integration.tasks.test_views_pages import browser

# What pages say and keep; the SQL beneath is tested on both kinds with its services and queries.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ACTORS = (
    "leader", "vice_leader", "chief", "clerk", "head", "deputy", "head2", "specialist",
    "specialist2", "one_stop", "duty", "admin",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def post(client: FlaskClient, task: Task, what: Act, **fields: object) -> tuple[int, str]:
    """Send the form of an act; the status and the page."""
    data = {f"{what.value}-{name}": str(value) for name, value in fields.items()}
    answer = client.post(f"/cong-viec/{task.token}/{what.value}", data=data)
    return answer.status_code, answer.get_data(as_text=True)


def day(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y}"


def test_a_task_goes_from_the_list_to_its_acceptance(
    app: Flask, office: Office, task: Task
) -> None:
    head, leader = browser(app, office.head), browser(app, office.leader)
    specialist = browser(app, office.specialist)
    assert post(head, task, Act.ASSIGN, post_id=office.specialist.post_id)[0] == 302
    assert post(specialist, task, Act.REPORT, percent=40, text="Đã họp.")[0] == 302
    assert post(specialist, task, Act.SUBMIT, product="28/UBND-KT")[0] == 302
    assert post(leader, task, Act.REJECT, reason="Thiếu số liệu")[0] == 302
    assert post(specialist, task, Act.SUBMIT, product="29/UBND-KT")[0] == 302
    assert post(leader, task, Act.ACCEPT)[0] == 302
    assert the_task().status is TaskStatus.COMPLETED


def test_an_assigned_task_can_be_extended_and_split(app: Flask, office: Office, task: Task) -> None:
    head, leader = browser(app, office.head), browser(app, office.leader)
    new = later(20)
    assert post(head, task, Act.EXTEND, new_due_at=day(new), reason="Chờ sở")[0] == 302
    assert post(leader, task, Act.DECIDE, verdict="grant")[0] == 302
    lead = f"post:{office.specialist.post_id}"
    fields = {"title": "Lập bảng", "lead": lead, "due_at": day(later(2))}
    assert post(head, task, Act.SPLIT, **fields)[0] == 302
    assert post(head, task, Act.SUBMIT, product="Xong")[0] == 409
    assert post(head, task, Act.WAIVE)[0] == 302
    assert post(head, task, Act.SUBMIT, product="Xong")[0] == 302
    assert local(the_task().due_at or now()).date() == local(new).date()


def test_a_returned_task_is_given_again(app: Flask, office: Office, task: Task) -> None:
    head, leader = browser(app, office.head), browser(app, office.leader)
    assert post(head, task, Act.RETURN, reason="Thuộc Phòng Văn hóa")[0] == 302
    assert "Thuộc Phòng Văn hóa" in leader.get(f"/cong-viec/{task.token}").get_data(as_text=True)
    assert post(leader, task, Act.SEND_AGAIN, text="Vẫn là Phòng Kinh tế")[0] == 302
    assert the_task().status is TaskStatus.NOT_STARTED


def test_what_was_typed_stays_when_a_field_is_wrong(app: Flask, office: Office, task: Task) -> None:
    head = browser(app, office.head)
    status, html = post(head, task, Act.REPORT, percent=250, text="Đang làm dở dang")
    assert status == 422
    assert "Đang làm dở dang" in html
    assert "0 đến 99" in html
    status, html = post(head, task, Act.EXTEND, new_due_at=day(later(1)), reason="Chờ sở trả lời")
    assert status == 422
    assert "Hạn mới phải sau hạn hiện tại." in html
    assert "Chờ sở trả lời" in html


def test_a_rule_of_the_office_is_said_with_the_form_kept(
    app: Flask, office: Office, task: Task
) -> None:
    order = TaskOrder("Phần", Party(post_id=office.specialist.post_id), due_at=later(2))
    act(services.split_task, office.head, task_id=task.id, order=order)
    status, html = post(browser(app, office.head), task, Act.SUBMIT, product="31/UBND-KT")
    assert status == 409
    assert "Còn việc tách ra chưa xong" in html


def test_a_page_that_is_out_of_date_is_refused_once(app: Flask, office: Office, task: Task) -> None:
    head = browser(app, office.head)
    version = the_task().version
    act(services.assign_specialist, office.deputy, task_id=task.id, post_id=office.deputy.post_id)
    fields = {"post_id": office.specialist.post_id, "version": version}
    status, html = post(head, task, Act.ASSIGN, **fields)
    assert status == 409
    assert "vừa được người khác sửa" in html
    assert the_task().lead_post_id == office.deputy.post_id


def test_nobody_acts_on_a_task_they_cannot_see(app: Flask, office: Office, task: Task) -> None:
    stranger = browser(app, office.head2)
    assert post(stranger, task, Act.RETURN, reason="x")[0] == 404
    assert post(stranger, task, Act.REPORT, percent=1, text="x")[0] == 404
    assert the_task().status is TaskStatus.NOT_STARTED


@pytest.mark.parametrize(
    ("role", "what"),
    [
        ("specialist", Act.ACCEPT), ("specialist", Act.ASSIGN), ("specialist", Act.CANCEL),
        ("clerk", Act.REPORT), ("clerk", Act.ASSIGN), ("duty", Act.ACCEPT), ("duty", Act.RECALL),
        ("one_stop", Act.SPLIT), ("admin", Act.URGE), ("admin", Act.REPORT),
    ],
)  # fmt: skip
def test_the_route_itself_refuses_roles_without_the_right(
    app: Flask, office: Office, task: Task, role: str, what: Act
) -> None:
    assert post(browser(app, getattr(office, role)), task, what)[0] == 403


@pytest.mark.parametrize("text", ["", "abc", "post:99999999", "unit:1"])
def test_a_made_up_person_is_refused(app: Flask, office: Office, task: Task, text: str) -> None:
    assert post(browser(app, office.head), task, Act.ASSIGN, post_id=text)[0] == 422
    fields = {"title": "Phần", "lead": text}
    assert post(browser(app, office.head), task, Act.SPLIT, **fields)[0] == 422
    assert the_task().lead_post_id is None


def assigned(office: Office) -> None:
    act(
        services.assign_specialist, office.head, task_id=the_task().id,
        post_id=office.specialist.post_id,
    )  # fmt: skip


def with_parts(office: Office) -> None:
    order = TaskOrder("Phần", Party(post_id=office.specialist.post_id), due_at=later(2))
    act(services.split_task, office.head, task_id=the_task().id, order=order)


def with_request(office: Office) -> None:
    act(
        services.request_extension, office.head, task_id=the_task().id, new_due_at=later(9),
        reason="Chờ",
    )  # fmt: skip


def opened(office: Office) -> None:
    act(services.mark_opened, office.head, kind="task", thing_id=the_task().id)


def submitted(office: Office) -> None:
    assigned(office)
    act(services.submit_completion, office.specialist, task_id=the_task().id, product="Xong")


def accepted(office: Office) -> None:
    submitted(office)
    act(services.accept_completion, office.leader, task_id=the_task().id)


def returned(office: Office) -> None:
    act(services.return_task, office.head, task_id=the_task().id, reason="Không thuộc")


def fresh(office: Office) -> None:
    """As it was given."""


def a_form(office: Office, task: Task) -> Any:
    """Good values for the form of any act."""
    values = {
        "post_id": office.specialist.post_id, "note": "", "version": "", "percent": 30,
        "text": "Nội dung", "product": "Sản phẩm", "reason": "Lý do", "verdict": "grant",
        "answer": "", "title": "Phần", "lead": f"post:{office.specialist.post_id}", "body": "",
        "new_due_at": local((task.due_at or now()) + timedelta(days=30)).date(),
        "due_at": local(now() + timedelta(days=1)).date(),
    }  # fmt: skip
    fields = {key: SimpleNamespace(data=value) for key, value in values.items()}
    return SimpleNamespace(**fields, kept=(), document=SimpleNamespace(data=""))


def works(actor: Actor, task: Task, what: Act, form: Any) -> bool:
    """Whether the service does the act; nothing of it is kept."""
    with WritingFactory() as session:
        try:
            CALLS[what](session, actor, queries.get_task(session, actor, task.id), form)
            session.flush()
        except AppError:
            return False
        finally:
            session.rollback()
    return True


@pytest.mark.parametrize(
    "state", [fresh, opened, assigned, with_parts, with_request, submitted, returned, accepted]
)
def test_what_a_page_offers_works_and_what_it_hides_is_refused(office: Office, state: Any) -> None:
    direct(
        office,
        coordinators=[Party(unit_id=office.culture)],
        readers=[Party(unit_id=office.bureau)],
    )
    state(office)
    task = the_task()
    form = a_form(office, task)
    wrong = []
    for role in ACTORS:
        actor: Actor = getattr(office, role)
        with WritingFactory() as session:
            try:
                offered = set(load_task(session, actor, task.token).acts)
            except AppError:
                offered = set()
        wrong += [
            (role, what.name, "hidden but works" if what not in offered else "offered but refused")
            for what in Act
            if works(actor, task, what, form) != (what in offered)
        ]
    assert wrong == []
