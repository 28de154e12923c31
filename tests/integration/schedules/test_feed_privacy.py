"""What feeds of a room and of the organ say of private entries."""

from __future__ import annotations

import pytest

from app.schedules import queries
from app.schedules.models import FeedScope, Visibility
from app.schedules.services import make_feed
from app.security import Actor
from tests.factories import Office
from tests.integration.schedules.conftest import act, look, make_room, publish, register

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def titles(actor: Actor, scope: FeedScope, room: int | None = None) -> list[str]:
    feed, _token = act(make_feed, actor, scope=scope, resource_id=room)
    return [row.title for row in look(lambda s: queries.feed_rows(s, feed))]


def test_a_rooms_feed_says_that_it_is_taken_and_the_organs_leaves_private_things_out(
    office: Office,
) -> None:
    room = make_room(office)
    register(office.leader, "Khám sức khỏe", chair_post_id=office.leader.post_id,
             visibility=Visibility.PRIVATE, resource_ids=[room])  # fmt: skip
    register(office.leader, "Họp giao ban", begins=13, ends=14, resource_ids=[room],
             chair_post_id=office.leader.post_id)  # fmt: skip
    publish(office)
    assert titles(office.specialist, FeedScope.ROOM, room) == ["Bận", "Họp giao ban"]
    assert titles(office.specialist, FeedScope.ORGAN) == ["Họp giao ban"]
    assert titles(office.leader, FeedScope.ROOM, room) == ["Khám sức khỏe", "Họp giao ban"]
