"""Rules of the office send ordinary letters straight to a unit, in the chief's name."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from app.audit import AuditLog
from app.db import reading, transaction
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.incoming import queries, services
from app.incoming.models import IncomingDocument
from app.incoming.models import IncomingStatus as S
from app.tasks.models import Outcome, Task
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.incoming.test_routing import letter_of


def rule(office: Office, **values: object) -> int:
    plain: dict[str, object] = {
        "rule_id": None,
        "name": "Giấy mời họp",
        "outcome": Outcome.ASSIGN,
        "from_post_id": office.chief.post_id,
        "source": "Điều 12 Quy chế làm việc",
        "document_type": "invitation",
        "lead_unit_id": office.economy,
        "due_days": 3,
        "valid_from": date(2026, 1, 1),
    }
    with transaction() as session:
        return services.save_rule(session, office.chief, **(plain | values)).id  # type: ignore[arg-type]


def test_a_letter_the_regulation_names_goes_straight_in_the_chiefs_name(
    office: Office, desk: Desk
) -> None:
    rule_id = rule(office)
    letter_id = desk.register(document_type="invitation")
    with reading() as session:
        offered = queries.straight_rules(session, session.get_one(IncomingDocument, letter_id))
        assert [one.id for one in offered] == [rule_id]
    with transaction() as session:
        services.route_straight(session, office.clerk, letter_id=letter_id, rule_id=rule_id)

    assert letter_of(letter_id).status is S.ASSIGNED
    with reading() as session:
        task = session.scalars(sa.select(Task)).one()
        act = session.scalars(sa.select(AuditLog).filter_by(action="directive.given")).one()
    assert task.assigner_post_id == office.chief.post_id
    assert task.due_at is not None
    assert (act.person_id, act.post_id, act.on_behalf_of) == (
        office.clerk.person_id, office.chief.post_id, office.chief.person_id,
    )  # fmt: skip


def test_other_letters_do_not_go_straight(office: Office, desk: Desk) -> None:
    rule_id = rule(office)
    letter_id = desk.register(document_type="report")
    with pytest.raises(RuleViolated), transaction() as session:
        services.route_straight(session, office.clerk, letter_id=letter_id, rule_id=rule_id)
    with pytest.raises(PermissionDenied), transaction() as session:
        services.route_straight(session, office.specialist, letter_id=letter_id, rule_id=rule_id)


@pytest.mark.parametrize(
    "values",
    [
        {"document_type": None},
        {"source": ""},
        {"lead_unit_id": None},
        {"outcome": Outcome.REDIRECT},
        {"outcome": Outcome.INFORM},
    ],
)
def test_a_rule_without_condition_source_or_receiver_is_refused(
    office: Office, values: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        rule(office, **values)


def test_rules_match_words_of_the_summary_without_marks(office: Office, desk: Desk) -> None:
    rule(office, document_type=None, words="vi tri viec lam")
    letter = letter_of(desk.register())
    other = letter_of(desk.register(b"2", subject_summary="Về việc khác", code_number="9"))
    with reading() as session:
        assert len(queries.straight_rules(session, letter)) == 1
        assert queries.straight_rules(session, other) == []
