"""The pages of playbooks: drafted at the desk, approved by a leader, thought through beforehand."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.db import reading, transaction
from app.operations.models import Playbook, PlaybookRun, PlaybookStep, ResponseUnit, StepState
from app.operations.services import playbooks
from tests.factories import Office
from tests.integration.operations.conftest import (
    deliver,
    event,
    only_incident,
    source_of_events,
    tell,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOME = "/su-co/kich-ban"
TEXT = """when: {domain: infrastructure, types: [fallen_tree]}
steps:
  - {key: ask, kind: decision, title: "Chặn đường?", choices: {yes: Có, no: Không}}
  - {key: cut, kind: task, title: Cưa cây, to: infrastructure, minutes: 60}
"""


def only_playbook() -> Playbook:
    with reading() as session:
        return session.scalars(sa.select(Playbook)).one()


def draft(pages: Any, **changed: str) -> Any:
    data = {"key": "cay_do", "name": "Cây đổ", "definition": TEXT} | changed
    return pages("duty").post(f"{HOME}/moi", data=data)


def test_a_playbook_is_drafted_approved_and_decided_on_the_incidents_page(
    office: Office, pages: Any
) -> None:
    assert draft(pages).status_code == 302
    one = only_playbook()
    leader, duty = pages("leader"), pages("duty")
    assert duty.post(f"{HOME}/{one.token}/ban-hanh/1").status_code == 403
    assert leader.post(f"{HOME}/{one.token}/ban-hanh/1").status_code == 302
    assert "Đang áp dụng" in duty.get(HOME).get_data(as_text=True)
    tell(source_of_events(office), event("e1"))
    deliver()

    address = f"/su-co/{only_incident().token}"
    page = leader.get(address).get_data(as_text=True)
    assert "Chặn đường?" in page
    with reading() as session:
        run_id = session.scalars(sa.select(PlaybookRun.id)).one()
    decided = leader.post(f"{address}/buoc/{run_id}/ask/quyet-dinh", data={"choice": "no"})
    assert decided.status_code == 302
    assert duty.post(f"{address}/buoc/{run_id}/cut/bo-qua", data={"reason": ""}).status_code == 302
    with reading() as session:
        rows = session.execute(sa.select(PlaybookStep.key, PlaybookStep.state))
        states = dict(rows.tuples().all())
    assert states["ask"] is StepState.DONE
    assert states["cut"] is not StepState.DONE  # a step is passed over with a reason only


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"definition": "when: ["}, "Nội dung viết sai ở dòng 1."),
        ({"definition": "chỉ là chữ"}, "Nội dung phải có hai phần when và steps."),
        ({"definition": TEXT.replace("fallen_tree", "ufo")}, "không có loại “ufo”"),
        ({"key": "cây đổ"}, "Mã kịch bản chỉ gồm chữ không dấu"),
    ],
)
def test_a_refused_playbook_says_why_and_keeps_the_text(
    office: Office, pages: Any, changed: dict[str, str], sentence: str
) -> None:
    answer = draft(pages, **changed)

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert sentence in page
    assert 'value="Cây đổ"' in page


def test_a_second_wording_waits_while_the_first_stays_in_force(office: Office, pages: Any) -> None:
    draft(pages)
    one = only_playbook()
    pages("leader").post(f"{HOME}/{one.token}/ban-hanh/1")
    version = only_playbook().version
    data = {"key": "cay_do", "name": "Cây đổ lớn", "definition": TEXT, "version": str(version)}

    first = pages("duty").post(f"{HOME}/{one.token}/ban-moi", data=data)
    again = pages("duty").post(f"{HOME}/{one.token}/ban-moi", data=data)

    assert (first.status_code, again.status_code) == (302, 422)
    assert "vừa được người khác sửa" in again.get_data(as_text=True)
    assert (only_playbook().current_no, only_playbook().name) == (1, "Cây đổ lớn")
    assert pages("leader").post(f"{HOME}/{one.token}/tat").status_code == 302
    assert not only_playbook().is_on


def test_what_if_says_who_would_get_what_and_what_nobody_gets(office: Office, pages: Any) -> None:
    with transaction() as session:
        playbooks.load_samples(session, office.duty, office.leader)
    duty = pages("duty")
    page = duty.get(f"{HOME}/neu-thi?type_key=flood&severity=high").get_data(as_text=True)
    assert "vì lĩnh vực Thiên tai, loại Mưa lớn, Ngập, nước lên cao, mức độ từ Cao" in page
    assert "chưa khai đơn vị, không ai nhận" in page  # nobody is the military here
    assert "không, vì kịch bản cần lĩnh vực Môi trường" in page

    choices = {"military": str(office.economy), "health": ""}
    assert duty.post(f"{HOME}/don-vi", data=choices).status_code == 302
    with reading() as session:
        [row] = session.scalars(sa.select(ResponseUnit))
        assert (row.responder, row.unit_id) == ("military", office.economy)
    later = duty.get(f"{HOME}/neu-thi?type_key=flood&severity=high").get_data(as_text=True)
    assert later.count("không ai nhận") < page.count("không ai nhận")
    assert pages("specialist").get(HOME).status_code == 403
