"""Invitations, busy people, conclusions, feeds and imports."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from app.clock import frozen
from app.errors import InvalidInput, NotFound, RuleViolated
from app.incoming.models import IncomingDocument
from app.incoming.queries import get_letter
from app.kinds import cards
from app.links import linked_to
from app.organisation.models import Person
from app.schedules import queries, services
from app.schedules.models import (
    AnswerKind,
    ChangeKind,
    EntryState,
    FeedScope,
    InvitationAnswer,
    ScheduleEntry,
    Visibility,
)
from app.schedules.services import Booked, ConclusionItem, ImportedEntry, Invitation
from app.tasks.models import Directive, Outcome, Task
from app.tasks.parties import Party
from app.tasks.services.directives import recall_directive
from tests.factories import Office
from tests.integration.schedules.conftest import (
    MONDAY,
    act,
    at,
    look,
    make_invitation,
    make_room,
    publish,
    register,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def count(table: type[ScheduleEntry] | type[Directive] | type[InvitationAnswer]) -> int:
    found: int = look(lambda s: s.scalar(sa.select(sa.func.count()).select_from(table)))
    return found


def test_sending_somebody_writes_directive_entry_and_booking_in_one_transaction(
    app: Flask, office: Office
) -> None:
    register(office.clerk, chair_post_id=office.leader.post_id)
    publish(office)
    letter, car = make_invitation(office), make_room(office, "Xe 01")
    answer = act(
        services.answer_invitation, office.leader, letter_id=letter,
        invitation=Invitation(
            answer=AnswerKind.SEND, starts_at=at(14), ends_at=at(16), place="Trụ sở UBND tỉnh",
            sent_post_id=office.vice_leader.post_id, preparing_unit_id=office.economy,
            resource_ids=[car],
        ),
    )  # fmt: skip

    entry = look(lambda s: queries.entry_by_id(s, office.vice_leader, answer.entry_id))
    assert (entry.state, entry.change) == (EntryState.PUBLISHED, ChangeKind.ADDED)
    row = look(lambda s: queries.my_day(s, office.vice_leader, date(2026, 11, 25)))[-1]
    assert row.source_title
    assert "(dự thay " in row.participants[0]
    directive = look(lambda s: s.get_one(Directive, answer.directive_id))
    assert directive.outcome is Outcome.ASSIGN
    assert "chuẩn bị nội dung" in directive.text
    task = look(lambda s: s.scalars(sa.select(Task)).one())
    assert (task.lead_unit_id, task.due_at) == (office.economy, at(14))
    assert look(lambda s: get_letter(s, office.vice_leader, letter)).id == letter

    act(recall_directive, office.leader, directive_id=directive.id, reason="Đổi ý")
    assert look(lambda s: s.get_one(ScheduleEntry, entry.id)).state is EntryState.CANCELLED


def test_a_taken_car_leaves_nothing_of_the_answer(app: Flask, office: Office) -> None:
    letter, car = make_invitation(office), make_room(office, "Xe 01")
    register(office.head, chair_post_id=office.head.post_id, resource_ids=[car])
    attend = Invitation(
        answer=AnswerKind.ATTEND, starts_at=at(9), ends_at=at(11), resource_ids=[car]
    )
    with pytest.raises(Booked):
        act(services.answer_invitation, office.leader, letter_id=letter, invitation=attend)
    assert (count(ScheduleEntry), count(Directive), count(InvitationAnswer)) == (1, 0, 0)
    with pytest.raises(InvalidInput, match="ngày và giờ"):
        act(services.answer_invitation, office.leader, letter_id=letter,
            invitation=Invitation(answer=AnswerKind.ATTEND))  # fmt: skip


def test_declining_files_the_letter_without_an_entry(app: Flask, office: Office) -> None:
    letter = make_invitation(office)
    act(services.answer_invitation, office.leader, letter_id=letter,
        invitation=Invitation(answer=AnswerKind.DECLINE))  # fmt: skip
    assert count(ScheduleEntry) == 0
    assert look(lambda s: s.get_one(IncomingDocument, letter)).status.value == "filed"


def test_a_busy_person_is_a_warning_with_deputies_and_free_hours(
    app: Flask, office: Office
) -> None:
    leader, vice = office.leader.post_id or 0, office.vice_leader.post_id or 0
    register(office.leader, "Riêng", chair_post_id=leader, visibility=Visibility.PRIVATE)
    again = register(office.head, "Họp khác", begins=9, ends=11, chair_post_id=leader)

    seen = look(lambda s: queries.clashes(s, office.head2, [leader, vice], at(9), at(10)))
    assert {clash.title for clash in seen} == {"Bận"}
    mine = look(
        lambda s: queries.clashes(s, office.head, [leader], at(8), at(9), entry_id=again.id)
    )
    assert [clash.title for clash in mine] == ["Bận"]
    deputies = look(lambda s: queries.deputies(s, leader, at(8), at(10)))
    assert (deputies[0][0], deputies[0][2]) == (vice, True)
    free = look(lambda s: queries.free_slots(s, [leader], date(2026, 11, 25), 60))
    assert free[0] == (at(13, 30), at(14, 30))
    spans = look(lambda s: queries.busy(s, office.clerk, [leader], MONDAY, MONDAY.replace(day=29)))
    assert [one.title for one in spans[leader]] == ["Riêng", "Họp khác"]


def test_conclusions_become_tasks_that_are_linked_to_the_meeting(
    app: Flask, office: Office
) -> None:
    entry = register(office.clerk, chair_post_id=office.leader.post_id)
    items = [ConclusionItem("Rà soát quy hoạch", Party(unit_id=office.economy))]
    with pytest.raises(RuleViolated, match="chưa diễn ra"):
        act(
            services.take_conclusions, office.leader, entry_id=entry.id, version=entry.version,
            text="", items=items,
        )  # fmt: skip
    with frozen(at(10)):
        [task] = act(
            services.take_conclusions, office.leader, entry_id=entry.id, version=entry.version,
            text="Thống nhất", items=items,
        )  # fmt: skip
    linked = look(lambda s: linked_to(s, office.leader, "schedule_entry", entry.id))
    assert [one.card.id for one in linked] == [task.id]
    assert look(lambda s: cards(s, office.leader, [("schedule_entry", entry.id)]))[0].url.endswith(
        entry.token
    )


def test_a_feed_reads_with_the_rights_of_its_person_until_it_is_revoked(
    app: Flask, office: Office
) -> None:
    entry = register(office.leader, "Riêng", chair_post_id=office.leader.post_id,
                     visibility=Visibility.PRIVATE)  # fmt: skip
    publish(office)
    own, own_token = act(services.make_feed, office.leader, scope=FeedScope.PERSON)
    _, organ_token = act(services.make_feed, office.specialist, scope=FeedScope.ORGAN)

    def rows(token: str) -> list[str]:
        feed = look(lambda s: queries.feed_for(s, token))
        return [row.title for row in look(lambda s: queries.feed_rows(s, feed))] if feed else []

    assert (rows(own_token), rows(organ_token)) == (["Riêng"], [])
    act(services.cancel_entry, office.leader, entry_id=entry.id, reason="Thôi")
    feed = look(lambda s: queries.feed_for(s, own_token))
    [row] = look(lambda s: queries.feed_rows(s, feed))
    assert (row.is_off, row.uid, row.sequence) == (True, entry.uid, 1)
    with pytest.raises(NotFound):
        act(services.revoke_feed, office.head, feed_id=own.id)
    act(lambda s, a: setattr(s.get(Person, a.person_id), "is_active", False), office.leader)
    assert rows(own_token) == []
    act(services.revoke_feed, office.leader, feed_id=own.id)
    assert look(lambda s: queries.feed_for(s, own_token)) is None


def test_the_same_calendar_file_twice_changes_nothing(app: Flask, office: Office) -> None:
    one = ImportedEntry(uid="a@b", title="Tập huấn", starts_at=at(8), ends_at=at(9))
    moved = ImportedEntry(uid="a@b", title="Tập huấn", starts_at=at(9), ends_at=at(10))
    off = ImportedEntry(
        uid="a@b", title="Tập huấn", starts_at=at(9), ends_at=at(10), cancelled=True
    )
    found = [
        act(services.import_entries, office.specialist, rows=rows)
        for rows in ([one], [one], [moved], [off])
    ]
    assert [(i.made, i.same, i.changed, i.cancelled) for i in found] == [
        (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1),
    ]  # fmt: skip
    assert count(ScheduleEntry) == 1
