"""Delegations: who proposes, who approves, what they open, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.db import transaction
from app.errors import AppError, InvalidInput, PermissionDenied, RuleViolated
from app.organisation import queries
from app.organisation.services import delegations as services
from app.security import Role
from tests.factories import Office
from tests.integration.organisation.conftest import browser_of, text_of

START = datetime(2026, 11, 23, 1, tzinfo=clock.VIETNAM)
END = START + timedelta(days=5)


@pytest.fixture(autouse=True)
def the_day_before() -> Any:
    with clock.frozen(START - timedelta(days=1)):
        yield


def propose(session: Session, office: Office, **changes: Any) -> int:
    """The chairman's post, delegated to the deputy head of the economy department."""
    values = {
        "from_post_id": office.leader.post_id,
        "to_person_id": office.deputy.person_id,
        "valid_from": START,
        "valid_to": END,
        "scope": "Ký các văn bản thường kỳ",
        "doc_ref": "12/GUQ-UBND",
    }
    return services.propose_delegation(session, office.chief, **{**values, **changes}).id


def test_an_approved_delegation_gives_the_post_within_its_time_and_not_longer(
    session: Session, office: Office
) -> None:
    delegation_id = propose(session, office)
    services.approve_delegation(session, office.vice_leader, delegation_id=delegation_id)
    session.flush()

    def at(moment: datetime) -> frozenset[Role]:
        with clock.frozen(moment):
            return queries.actor_for(session, office.deputy.person_id or 0).roles

    assert Role.LEADER not in at(START - timedelta(seconds=1))
    assert Role.LEADER in at(START)
    assert Role.LEADER in at(END - timedelta(seconds=1))
    assert Role.LEADER not in at(END)


def test_a_delegated_post_carries_both_names_and_its_terms(
    session: Session, office: Office
) -> None:
    services.approve_delegation(session, office.vice_leader, delegation_id=propose(session, office))
    session.flush()
    with clock.frozen(START):
        actor = queries.actor_for(session, office.deputy.person_id or 0, office.leader.post_id)

    assert actor.on_behalf_of == office.leader.person_id
    assert actor.holding is not None
    assert actor.holding.label == "Nguyễn Mẫu An, Chủ tịch"
    assert "organ" in actor.terms
    assert f"unit:{office.economy}" in actor.terms


def test_nothing_opens_before_a_leader_approved(session: Session, office: Office) -> None:
    propose(session, office)
    session.flush()
    with clock.frozen(START):
        assert len(queries.actor_for(session, office.deputy.person_id or 0).holdings) == 1


def test_a_delegated_right_is_not_passed_on(session: Session, office: Office) -> None:
    services.approve_delegation(session, office.vice_leader, delegation_id=propose(session, office))
    with clock.frozen(START):
        propose(
            session,
            office,
            from_post_id=office.deputy.post_id,
            to_person_id=office.specialist.person_id,
        )
        again = queries.delegations_of(session, office.specialist.person_id or 0)
        services.approve_delegation(session, office.leader, delegation_id=again[0].id)
        receiver = queries.actor_for(session, office.specialist.person_id or 0)

    assert Role.LEADER not in receiver.roles
    assert Role.DEPARTMENT_HEAD in receiver.roles


def test_only_the_office_proposes_and_only_leaders_approve(
    session: Session, office: Office
) -> None:
    delegation_id = propose(session, office)
    for actor in (office.chief, office.admin, office.clerk, office.deputy):
        with pytest.raises(PermissionDenied):
            services.approve_delegation(session, actor, delegation_id=delegation_id)
    for actor in (office.leader, office.head, office.specialist):
        with pytest.raises(PermissionDenied):
            services.propose_delegation(
                session,
                actor,
                from_post_id=office.head.post_id or 0,
                to_person_id=office.specialist.person_id or 0,
                valid_from=START,
                valid_to=END,
                scope="",
            )


def test_a_leader_does_not_approve_what_empowers_themselves(
    session: Session, office: Office
) -> None:
    delegation_id = propose(session, office, to_person_id=office.vice_leader.person_id)

    with pytest.raises(RuleViolated):
        services.approve_delegation(session, office.vice_leader, delegation_id=delegation_id)
    services.approve_delegation(session, office.leader, delegation_id=delegation_id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"valid_to": START}, InvalidInput),
        ({"valid_to": START + timedelta(days=400)}, InvalidInput),
        ({"valid_from": START - timedelta(days=9), "valid_to": START - timedelta(2)}, InvalidInput),
    ],
)
def test_a_delegation_has_a_time_that_lies_ahead_and_ends(
    session: Session, office: Office, changes: dict[str, Any], error: type[AppError]
) -> None:
    with pytest.raises(error):
        propose(session, office, **changes)


def test_a_post_is_not_delegated_to_its_holder_nor_twice_nor_the_administration(
    session: Session, office: Office
) -> None:
    with pytest.raises(InvalidInput):
        propose(session, office, to_person_id=office.leader.person_id)
    with pytest.raises(RuleViolated):
        propose(session, office, from_post_id=office.admin.post_id)
    propose(session, office)
    with pytest.raises(RuleViolated):
        propose(session, office, valid_from=START + timedelta(days=1))


def test_the_one_who_delegated_ends_it_early_and_others_do_not(
    session: Session, office: Office
) -> None:
    delegation_id = propose(session, office)
    services.approve_delegation(session, office.vice_leader, delegation_id=delegation_id)
    with pytest.raises(PermissionDenied):
        services.revoke_delegation(
            session, office.deputy, delegation_id=delegation_id, reason="không muốn"
        )

    services.revoke_delegation(
        session, office.leader, delegation_id=delegation_id, reason="Đã về sớm"
    )
    session.flush()

    with clock.frozen(START):
        assert len(queries.actor_for(session, office.deputy.person_id or 0).holdings) == 1
    with pytest.raises(RuleViolated):
        services.approve_delegation(session, office.leader, delegation_id=delegation_id)


def test_the_strip_says_for_whom_one_acts_after_switching_the_post(
    app: Flask, office: Office
) -> None:
    with transaction() as session:
        services.approve_delegation(
            session, office.vice_leader, delegation_id=propose(session, office)
        )
    with clock.frozen(START):
        client = browser_of(app, office, "deputy")
        assert "Đang xử lý thay" not in client.get("/tai-khoan").get_data(as_text=True)
        chosen = {"post_id": str(office.leader.post_id), "next": "/tai-khoan"}
        assert client.post("/tai-khoan/chuc-vu", data=chosen).headers["Location"] == "/tai-khoan"

        page = text_of(client.get("/tai-khoan").get_data(as_text=True))

        assert "Đang xử lý thay: Nguyễn Mẫu An, Chủ tịch" in page
        other = client.post("/tai-khoan/chuc-vu", data={"post_id": str(office.clerk.post_id)})
        assert other.status_code == 422
    with clock.frozen(END):
        late = browser_of(app, office, "deputy").get("/tai-khoan").get_data(as_text=True)
        assert "Đang xử lý thay" not in late


def test_the_whole_way_through_the_pages(app: Flask, office: Office) -> None:
    chief, leader = browser_of(app, office, "chief"), browser_of(app, office, "vice_leader")
    form = {
        "from_post_id": str(office.leader.post_id),
        "to_person_id": str(office.deputy.person_id),
        "valid_from": "23/11/2026 07:30",
        "valid_to": "24/11/2026 17:00",
        "scope": "Ký thay",
    }
    assert chief.post("/quan-tri/uy-quyen/moi", data={**form, "valid_to": ""}).status_code == 422
    assert chief.post("/quan-tri/uy-quyen/moi", data=form).status_code == 302
    assert "Chờ duyệt" in leader.get("/quan-tri/uy-quyen").get_data(as_text=True)
    assert leader.post("/quan-tri/uy-quyen/1/duyet").status_code == 302
    page = leader.get("/quan-tri/uy-quyen").get_data(as_text=True)
    assert "23/11/2026 07:30" in page
    assert "Đã duyệt" in page
    assert chief.post("/tai-khoan/uy-quyen/1/ket-thuc", data={"reason": ""}).status_code == 422
    assert chief.post("/tai-khoan/uy-quyen/1/ket-thuc", data={"reason": "Đã về"}).status_code == 302
    assert "Đã chấm dứt" in leader.get("/quan-tri/uy-quyen").get_data(as_text=True)
