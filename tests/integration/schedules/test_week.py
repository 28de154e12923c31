"""A week from registration to publication and its changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.clock import frozen
from app.errors import EditConflict, InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.notifications.models import Notification
from app.schedules import queries, services
from app.schedules.models import ChangeKind, EntryState, ScheduleEntry, Visibility
from app.security import Actor
from app.tasks.parties import Party
from tests.factories import Office
from tests.integration.schedules.conftest import (
    MONDAY,
    TUESDAY,
    act,
    at,
    data,
    look,
    make_room,
    publish,
    register,
)


def week(actor: Actor, **wanted: Any) -> list[queries.SheetRow]:
    page = look(lambda s: queries.week_page(s, actor, MONDAY, **wanted))
    return list(page.rows)


def told(post_id: int | None, event: str) -> list[str]:
    rows = sa.select(Notification.title).where(
        Notification.post_id == post_id, Notification.event == event
    )
    titles: list[str] = look(lambda s: list(s.scalars(rows)))
    return titles


def test_a_unit_registers_the_office_merges_and_all_read_the_published_week(
    app: Flask, office: Office
) -> None:
    leader = office.leader.post_id
    entry = register(office.head, chair_post_id=leader)
    assert week(office.specialist2) == []
    assert [row.title for row in week(office.clerk, waiting=True)] == ["Họp giao ban"]
    with pytest.raises(RuleViolated, match="chưa tổng hợp"):
        act(services.approve_week, office.chief, monday=MONDAY)
    with pytest.raises(RuleViolated, match="chưa được duyệt"):
        act(services.publish_week, office.chief, monday=MONDAY)

    version = publish(office)

    [row] = week(office.specialist2)
    assert (row.title, row.chair_post_id, row.state) == (
        "Họp giao ban",
        leader,
        EntryState.PUBLISHED,
    )
    assert version.number == 1
    assert look(lambda s: queries.version_rows(version))[0].entry_id == entry.id
    assert told(leader, "schedule.published") == ["Lịch công tác tuần 48 đã ban hành"]


def test_after_the_cutoff_a_unit_asks_the_office_which_may_still_register(
    app: Flask, office: Office
) -> None:
    with frozen(at(8)):
        with pytest.raises(RuleViolated, match="hết hạn đăng ký"):
            register(office.head, chair_post_id=office.head.post_id, begins=14, ends=15)
        late = register(office.clerk, chair_post_id=office.head.post_id, begins=14, ends=15)
        assert late.state is EntryState.REGISTERED


def test_only_the_office_and_the_leader_concerned_change_a_published_week(
    app: Flask, office: Office
) -> None:
    entry = register(office.head, chair_post_id=office.leader.post_id,
                     participants=[Party(post_id=office.head2.post_id)])  # fmt: skip
    publish(office)
    entry = look(lambda s: queries.get_entry(s, office.clerk, entry.token))
    moved = data(begins=14, ends=16, chair_post_id=office.leader.post_id)
    with pytest.raises(PermissionDenied):
        act(services.edit_entry, office.head, entry_id=entry.id, data=moved, version=entry.version)
    with pytest.raises(InvalidInput):
        act(services.edit_entry, office.clerk, entry_id=entry.id, data=moved, version=entry.version)

    act(
        services.edit_entry, office.leader, entry_id=entry.id, data=moved, version=entry.version,
        reason="Trùng họp tỉnh",
    )  # fmt: skip

    [row] = week(office.specialist2)
    assert (row.change, row.starts_at, row.sequence) == (ChangeKind.MOVED, at(14), 1)
    assert told(office.head2.post_id, "schedule.changed") == [
        "Thay đổi lịch (Đổi giờ, địa điểm): Họp giao ban"
    ]
    [change] = look(lambda s: queries.changes_of(s, entry.id))
    assert change.before["starts_at"] == at(8).isoformat()
    with pytest.raises(EditConflict):
        act(
            services.edit_entry, office.clerk, entry_id=entry.id, data=moved,
            version=entry.version, reason="Cũ",
        )  # fmt: skip
    first = look(lambda s: queries.versions_of(s, MONDAY))
    assert queries.version_rows(first[0])[0].starts_at == at(8)
    assert act(services.publish_week, office.chief, monday=MONDAY).number == 2


def test_a_cancelled_entry_stays_in_the_week_in_red_and_gives_its_room_back(
    app: Flask, office: Office
) -> None:
    room = make_room(office)
    entry = register(office.head, chair_post_id=office.head.post_id, resource_ids=[room])
    publish(office)

    act(services.cancel_entry, office.clerk, entry_id=entry.id, reason="Hoãn")

    [row] = week(office.specialist)
    assert (row.is_off, row.change, row.change_note) == (True, ChangeKind.CANCELLED, "Hoãn")
    added = act(
        services.register_entry, office.clerk,
        data("Họp khác", chair_post_id=office.head2.post_id, resource_ids=[room]),
    )  # fmt: skip
    assert (added.state, added.change) == (EntryState.PUBLISHED, ChangeKind.ADDED)


def test_others_see_a_private_entry_as_busy_also_in_the_kept_sheet(
    app: Flask, office: Office
) -> None:
    entry = register(office.leader, "Khám sức khỏe", chair_post_id=office.leader.post_id,
                     visibility=Visibility.PRIVATE, place="Bệnh viện")  # fmt: skip
    version = publish(office)

    [row] = week(office.specialist)
    assert (row.masked, row.title, row.place, row.token) == (True, "Bận", "", "")
    assert week(office.specialist, text="suc khoe") == []
    assert [r.title for r in week(office.clerk, text="suc khoe")] == ["Khám sức khỏe"]
    with pytest.raises(NotFound):
        look(lambda s: queries.get_entry(s, office.specialist, entry.token))
    assert "Khám" not in str(version.rows)
    assert look(lambda s: queries.public_week(s, MONDAY)).rows == ()


def test_a_substitute_stands_in_the_entry_with_both_names(app: Flask, office: Office) -> None:
    leader, vice = office.leader.post_id or 0, office.vice_leader.post_id or 0
    entry = register(office.clerk, participants=[Party(post_id=leader)])
    publish(office)
    with pytest.raises(PermissionDenied):
        act(
            services.substitute, office.head, entry_id=entry.id, for_post_id=leader, to_post_id=vice
        )

    act(services.substitute, office.leader, entry_id=entry.id, for_post_id=leader, to_post_id=vice)

    [row] = week(office.specialist)
    assert row.participant_post_ids == (vice,)
    assert "(dự thay " in row.participants[0]
    assert row.change is ChangeKind.DELEGATED
    assert told(vice, "schedule.changed")


def test_who_takes_the_chair_keeps_it_through_a_later_change(app: Flask, office: Office) -> None:
    leader, vice = office.leader.post_id or 0, office.vice_leader.post_id or 0
    entry = register(office.clerk, chair_post_id=leader, participants=[Party(post_id=vice)])
    act(services.substitute, office.clerk, entry_id=entry.id, for_post_id=leader, to_post_id=vice)
    now_at = look(lambda s: queries.get_entry(s, office.clerk, entry.token))
    act(
        services.edit_entry, office.clerk, entry_id=entry.id, version=now_at.version,
        data=data("Họp giao ban tuần", chair_post_id=vice),
    )  # fmt: skip
    [row] = week(office.clerk, waiting=True)
    assert (row.title, row.chair_post_id, row.participants) == ("Họp giao ban tuần", vice, ())
    assert "(chủ trì thay " in row.chair


def test_who_registered_changes_it_until_the_office_merges_or_gives_it_back(
    app: Flask, office: Office
) -> None:
    entry = register(office.specialist, chair_post_id=office.head.post_id)
    with pytest.raises(PermissionDenied):
        act(services.return_entry, office.specialist, entry_id=entry.id, reason="x")
    act(services.return_entry, office.chief, entry_id=entry.id, reason="Thiếu địa điểm")
    given_back = look(lambda s: queries.get_entry(s, office.specialist, entry.token))
    assert (given_back.state, given_back.return_reason) == (EntryState.DRAFT, "Thiếu địa điểm")
    fixed = replace(data(chair_post_id=office.head.post_id), place="Hội trường")
    act(
        services.edit_entry, office.specialist, entry_id=entry.id, data=fixed,
        version=given_back.version,
    )  # fmt: skip
    again = act(services.submit_entry, office.specialist, entry_id=entry.id)
    assert (again.state, again.place) == (EntryState.REGISTERED, "Hội trường")


def test_what_is_over_is_marked_as_done(app: Flask, office: Office) -> None:
    entry = register(office.head, chair_post_id=office.head.post_id)
    publish(office)
    with frozen(TUESDAY):
        assert act(lambda s, _a: services.finish_past(s), office.clerk) == 0
    with frozen(at(11)):
        assert act(lambda s, _a: services.finish_past(s), office.clerk) == 1
    assert look(lambda s: s.get_one(ScheduleEntry, entry.id).state) is EntryState.DONE
