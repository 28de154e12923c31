"""Units, posts, people and organs: the rules of their services, and what an actor gets of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import clock
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.organisation import queries
from app.organisation.models import Organ, SuccessionRelation, UnitKind
from app.organisation.services import organs, people, tokens, units
from app.organisation.services.organs import OrgansMerged, organs_merged
from app.security import Role
from tests.factories import Office, make_organ, make_person, make_post, make_unit

UNIT: dict[str, Any] = {
    "short_name": "Tư pháp",
    "code": "TP",
    "kind": UnitKind.DEPARTMENT,
    "parent_id": None,
    "position": 9,
    "valid_from": date(2026, 1, 1),
}


def test_leaders_clerks_and_the_chief_see_the_whole_organ_and_administrators_nothing(
    office: Office,
) -> None:
    assert all("organ" in a.terms for a in (office.leader, office.clerk, office.chief))
    assert office.admin.terms == frozenset()
    assert office.specialist.terms == {"public", f"post:{office.specialist.post_id}"}
    assert office.head.terms == {
        "public",
        f"post:{office.head.post_id}",
        f"unit:{office.economy}",
    }


def test_a_head_sees_the_units_below_and_those_it_took_over_from(
    session: Session, office: Office
) -> None:
    team = make_unit(session, "Tổ đô thị", "Tổ đô thị", UnitKind.TEAM, parent_id=office.economy)
    former = make_unit(session, "Phòng Đô thị cũ", "Đô thị cũ")
    below_former = make_unit(session, "Đội trật tự cũ", "Đội cũ", parent_id=former.id)
    units.end_unit(
        session,
        office.admin,
        unit_id=below_former.id,
        valid_to=date(2026, 3, 1),
        relation=SuccessionRelation.ABOLISH,
        successor_ids=[],
    )
    units.end_unit(
        session,
        office.admin,
        unit_id=former.id,
        valid_to=date(2026, 3, 1),
        relation=SuccessionRelation.MERGE,
        successor_ids=[office.economy],
    )

    head = queries.actor_for(session, office.head.person_id or 0)
    other = queries.actor_for(session, office.head2.person_id or 0)

    reach = {office.economy, team.id, former.id, below_former.id}
    assert {f"unit:{unit}" for unit in reach} <= head.terms
    assert not {f"unit:{unit}" for unit in reach} & other.terms


def test_rights_follow_the_posts_the_same_day(session: Session, office: Office) -> None:
    person_id, today = office.specialist.person_id or 0, clock.today()
    [holding] = queries.all_holdings(session, person_id)
    people.end_holding(
        session, office.admin, holding_id=holding.id, valid_to=today - timedelta(days=1)
    )
    people.give_post(
        session,
        office.admin,
        person_id=person_id,
        post_id=make_post(session, office.culture, "Chuyên viên", Role.SPECIALIST).id,
        valid_from=today,
        is_main=True,
    )

    moved = queries.actor_for(session, person_id)

    assert f"post:{office.specialist.post_id}" not in moved.terms
    assert moved.unit_id == office.culture


def test_an_actor_acts_in_the_main_post_or_the_one_chosen(session: Session, office: Office) -> None:
    first = make_post(session, office.bureau, "Văn thư", Role.CLERK)
    second = make_post(session, office.bureau, "Chuyên viên tổng hợp", Role.SPECIALIST)
    person = make_person(session, "haichucvu", "Đặng Mẫu Thu", first, second)

    assert queries.actor_for(session, person.id).post_id == first.id
    assert queries.actor_for(session, person.id, second.id).post_id == second.id
    assert queries.actor_for(session, person.id, office.leader.post_id).post_id == first.id
    assert queries.actor_for(session, person.id).roles == {Role.CLERK, Role.SPECIALIST}


def test_loading_an_actor_takes_a_constant_number_of_queries(
    session: Session, office: Office
) -> None:
    def count(person_id: int) -> int:
        statements = []
        engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        session.expire_all()
        queries.actor_for(session, person_id)
        return len(statements)

    posts = [make_post(session, office.economy, f"Vị trí {n}", head=True) for n in range(12)]
    busy = make_person(session, "nhieuviec", "Lý Mẫu Kha", *posts)

    assert count(busy.id) <= 6


def test_names_sort_by_given_name_in_the_vietnamese_order(session: Session) -> None:
    for number, name in enumerate(
        ["Lê Mẫu Đạt", "Trần Mẫu Dũng", "Vũ Mẫu Ân", "Bùi Mẫu An", "Hồ Mẫu Ăn", "Đỗ Mẫu An"]
    ):
        make_person(session, f"nguoi{number}", name)

    found = [person.full_name for person in queries.people(session)]

    assert found == [
        "Bùi Mẫu An",
        "Đỗ Mẫu An",
        "Hồ Mẫu Ăn",
        "Vũ Mẫu Ân",
        "Trần Mẫu Dũng",
        "Lê Mẫu Đạt",
    ]


def test_only_an_administrator_changes_the_structure(session: Session, office: Office) -> None:
    for actor in (office.leader, office.chief, office.clerk, office.specialist):
        with pytest.raises(PermissionDenied):
            units.create_unit(session, actor, name="Phòng Tư pháp", **UNIT)


def test_a_unit_name_or_code_is_not_taken_twice(session: Session, office: Office) -> None:
    units.create_unit(session, office.admin, name="Phòng Tư pháp", **UNIT)

    with pytest.raises(InvalidInput):
        units.create_unit(session, office.admin, name="PHÒNG TƯ  PHÁP", **{**UNIT, "code": "KHAC"})
    with pytest.raises(InvalidInput):
        units.create_unit(session, office.admin, name="Phòng khác", **UNIT)


def test_a_unit_does_not_stand_below_itself(session: Session, office: Office) -> None:
    child = make_unit(session, "Tổ một", "Tổ một", UnitKind.TEAM, parent_id=office.economy)

    with pytest.raises(InvalidInput):
        units.edit_unit(
            session,
            office.admin,
            unit_id=office.economy,
            name="Phòng Kinh tế",
            **{**UNIT, "parent_id": child.id},
        )


def test_a_unit_with_units_below_does_not_end(session: Session, office: Office) -> None:
    make_unit(session, "Tổ một", "Tổ một", UnitKind.TEAM, parent_id=office.economy)

    with pytest.raises(RuleViolated, match="Tổ một"):
        units.end_unit(
            session,
            office.admin,
            unit_id=office.economy,
            valid_to=clock.today(),
            relation=SuccessionRelation.ABOLISH,
            successor_ids=[],
        )


def test_an_ended_unit_takes_its_posts_and_holdings_with_it(
    session: Session, office: Office
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    units.end_unit(
        session,
        office.admin,
        unit_id=office.culture,
        valid_to=yesterday,
        relation=SuccessionRelation.MERGE,
        successor_ids=[office.economy],
    )

    assert queries.actor_for(session, office.head2.person_id or 0).holdings == ()
    assert office.culture not in [unit.id for unit in queries.units(session)]
    assert office.culture in [unit.id for unit in queries.units(session, yesterday)]


def test_the_administrators_role_stands_alone(session: Session, office: Office) -> None:
    with pytest.raises(InvalidInput, match="đứng riêng"):
        units.create_post(
            session,
            office.admin,
            title="Kiêm nhiệm",
            unit_id=office.bureau,
            roles=[Role.ADMINISTRATOR, Role.CLERK],
            is_head=False,
            rank=50,
            valid_from=clock.today(),
        )


def test_the_last_administrator_stays(session: Session, office: Office) -> None:
    person_id = office.admin.person_id or 0
    [holding] = queries.all_holdings(session, person_id)

    with pytest.raises(RuleViolated):
        people.set_active(session, office.admin, person_id=person_id, active=False)
    with pytest.raises(RuleViolated):
        people.end_holding(
            session,
            office.admin,
            holding_id=holding.id,
            valid_to=clock.today() - timedelta(days=1),
        )


def test_two_people_with_one_form_open_do_not_overwrite_each_other(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    page = f"/quan-tri/nguoi-dung/{office.clerk.person_id}"
    form = {"full_name": "Phạm Mẫu Hạnh", "login": "vanthu", "email": "", "version": "1"}

    assert admin.post(page, data={**form, "phone": "0900 000 001"}).status_code == 302
    assert admin.post(page, data={**form, "phone": "0900 000 002"}).status_code == 409
    with reading() as session:
        assert queries.get_person(session, office.clerk.person_id or 0).phone == "0900 000 001"


def test_a_version_that_went_on_is_a_conflict(session: Session, office: Office) -> None:
    with pytest.raises(EditConflict):
        units.edit_unit(
            session,
            office.admin,
            unit_id=office.economy,
            name="Phòng Kinh tế",
            version=99,
            **UNIT,
        )


@pytest.mark.parametrize("login", ["ab", "có dấu", "a b c", "-abc", "x" * 70, "vanthu", "VANTHU "])
def test_a_login_is_plain_and_free(session: Session, office: Office, login: str) -> None:
    with pytest.raises(InvalidInput):
        people.create_person(session, office.admin, full_name="Trần Mẫu", login=login)


def test_an_organ_is_found_by_any_spelling_and_made_once(session: Session, office: Office) -> None:
    made = organs.ensure_organ(session, office.clerk, "Sở  Tài chính")

    for spelling in ("SỞ TÀI CHÍNH", "so tai chinh", "Sở Tài chính"):
        assert organs.ensure_organ(session, office.clerk, spelling).id == made.id
    assert queries.find_organ(session, "Sở Nội vụ") is None
    assert [organ.id for organ in queries.organ_choices(session, "tai so")] == [made.id]


def test_merged_organs_answer_for_each_other(session: Session, office: Office) -> None:
    short = organs.ensure_organ(session, office.clerk, "Sở TC tỉnh Sông Mẫu")
    whole = organs.ensure_organ(session, office.clerk, "Sở Tài chính tỉnh Sông Mẫu")
    heard: list[OrgansMerged] = []
    organs_merged.subscribe(lambda _session, happening: heard.append(happening))

    organs.merge_organs(session, office.clerk, organ_id=short.id, target_id=whole.id)

    assert queries.get_organ(session, short.id).id == whole.id
    found = queries.find_organ(session, "so tc tinh song mau")
    assert found is not None
    assert found.id == whole.id
    assert queries.organ_family(session, short.id) == {short.id, whole.id}
    assert [happening.to_id for happening in heard] == [whole.id]
    with pytest.raises(RuleViolated):
        organs.merge_organs(session, office.clerk, organ_id=short.id, target_id=whole.id)


def test_the_own_organ_is_not_merged_away(session: Session, office: Office) -> None:
    other = make_organ(session, "Sở Nội vụ")

    with pytest.raises(RuleViolated):
        organs.merge_organs(session, office.clerk, organ_id=office.organ_id, target_id=other.id)


def test_a_spelling_of_another_organ_asks_for_a_merge(session: Session, office: Office) -> None:
    first = organs.ensure_organ(session, office.clerk, "Sở Y tế")
    organs.ensure_organ(session, office.clerk, "Sở Nội vụ")

    with pytest.raises(InvalidInput, match="gộp"):
        organs.edit_organ(
            session,
            office.clerk,
            organ_id=first.id,
            name="Sở Y tế",
            short_name="SYT",
            level=first.level,
            aliases=["so noi vu"],
        )


def test_there_is_one_own_organ(app: Flask, office: Office) -> None:
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.add(Organ(name="Một cơ quan nữa", is_own=True))


def test_the_head_post_is_the_heads_and_a_deputys_while_it_is_vacant(
    session: Session, office: Office
) -> None:
    head = queries.head_post(session, office.economy)
    assert head is not None
    assert head.id == office.head.post_id
    people.set_active(session, office.admin, person_id=office.head.person_id or 0, active=False)

    deputy = queries.head_post(session, office.economy)
    assert deputy is not None
    assert deputy.id == office.deputy.post_id


def test_posts_are_called_as_one_says_them(session: Session, office: Office) -> None:
    posts = [office.head, office.leader, office.chief, office.specialist]
    labels = queries.post_label(session, [actor.post_id or 0 for actor in posts])

    assert set(labels.values()) == {
        "Vũ Mẫu Cường, Trưởng phòng Kinh tế",
        "Nguyễn Mẫu An, Chủ tịch",
        "Lê Mẫu Quân, Chánh Văn phòng",
        "Đỗ Mẫu Phong, Chuyên viên Phòng Kinh tế",
    }


def test_a_machine_acts_in_its_post_until_its_token_is_revoked(
    session: Session, office: Office
) -> None:
    token = tokens.create_token(
        session,
        office.admin,
        name="Máy quét tầng 1",
        post_id=office.clerk.post_id or 0,
        scopes=["incoming"],
    )
    machine = tokens.machine_of(session, token)
    assert machine is not None
    assert machine.actor.roles == {Role.CLERK}
    assert machine.actor.person_id not in (None, office.clerk.person_id)
    assert tokens.require_scope(machine, "incoming").post_id == office.clerk.post_id
    with pytest.raises(PermissionDenied):
        tokens.require_scope(machine, "read")
    assert tokens.machine_of(session, token + "x") is None

    tokens.revoke_token(session, office.admin, token_id=machine.token_id)
    assert tokens.machine_of(session, token) is None


def test_no_machine_gets_the_administrators_rights(session: Session, office: Office) -> None:
    with pytest.raises(InvalidInput):
        tokens.create_token(
            session,
            office.admin,
            name="Máy",
            post_id=office.admin.post_id or 0,
            scopes=["read"],
        )
