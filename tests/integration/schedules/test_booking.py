"""Rooms and vehicles: one entry has one at a time, whatever happens at once."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.db import transaction
from app.errors import InvalidInput
from app.schedules import queries, services
from app.schedules.models import Booking, BookingSlot, Frequency, ResourceKind, ScheduleEntry
from app.schedules.services import Booked, Recurrence
from tests.factories import Office
from tests.integration.schedules.conftest import act, at, data, look, make_room, register

WRITERS = 32


def test_of_32_who_book_one_room_at_once_one_gets_it(app: Flask, office: Office) -> None:
    room, refused, faults = make_room(office), list[str](), list[BaseException]()
    ready = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        ready.wait()
        try:
            register(
                office.head,
                f"Họp {number}",
                chair_post_id=office.head.post_id,
                starts_at=at(8, 15 * (number % 3)),
                ends_at=at(9, 5),
                resource_ids=[room],
            )
        except Booked as error:
            refused.append(error.user_message)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert len(refused) == WRITERS - 1
    assert "“Phòng họp số 1” đã có người đặt" in refused[0]
    count = sa.select(sa.func.count())
    assert look(lambda s: s.scalar(count.select_from(Booking))) == 1
    assert look(lambda s: s.scalar(count.select_from(ScheduleEntry))) == 1


def test_the_database_itself_refuses_a_second_booking_of_a_quarter_of_an_hour(
    app: Flask, office: Office
) -> None:
    room = make_room(office)
    register(office.head, chair_post_id=office.head.post_id, resource_ids=[room])
    other = register(office.head2, "Khác", chair_post_id=office.head2.post_id)
    with pytest.raises(IntegrityError), transaction() as session:
        booking = Booking(entry_id=other.id, resource_id=room, starts_at=at(9), ends_at=at(10))
        session.add(booking)
        session.flush()
        session.add(BookingSlot(resource_id=room, slot_start=at(9, 45), booking_id=booking.id))


def test_a_taken_room_is_named_with_the_time_and_those_that_are_free(
    app: Flask, office: Office
) -> None:
    room, hall = make_room(office), make_room(office, "Hội trường")
    register(office.head, chair_post_id=office.head.post_id, resource_ids=[room])
    with pytest.raises(Booked) as refused:
        register(office.head2, "Khác", begins=9, ends=11, chair_post_id=office.head2.post_id,
                 resource_ids=[room])  # fmt: skip
    assert refused.value.user_message == (
        "“Phòng họp số 1” đã có người đặt 08:00–10:00, thứ Tư 25/11 (Bận). Còn trống: Hội trường."
    )
    register(office.head2, "Sau", begins=10, ends=11, chair_post_id=office.head2.post_id,
             resource_ids=[room])  # fmt: skip
    free = look(lambda s: queries.free_resources(s, at(9), at(10), kind=ResourceKind.ROOM))
    assert {one.id: clash is None for one, clash in free} == {room: False, hall: True}


def test_a_moved_entry_takes_its_room_along(app: Flask, office: Office) -> None:
    room = make_room(office)
    entry = register(office.head, chair_post_id=office.head.post_id, resource_ids=[room])
    later = data(begins=9, ends=11, chair_post_id=office.head.post_id, resource_ids=[room])
    act(services.edit_entry, office.head, entry_id=entry.id, data=later, version=entry.version)
    [booking] = look(lambda s: queries.bookings_of(s, room, entry.day, entry.day))
    assert (booking.starts_at, booking.ends_at) == (at(9), at(11))
    register(office.head2, "Trước", begins=8, ends=9, chair_post_id=office.head2.post_id,
             resource_ids=[room])  # fmt: skip


def test_what_comes_again_keeps_its_hour_and_one_taken_day_refuses_the_whole(
    app: Flask, office: Office
) -> None:
    room = make_room(office)
    weekly = Recurrence(Frequency.WEEKLY, date(2026, 12, 18), weekdays=(0, 2))
    chaired: dict[str, Any] = {"chair_post_id": office.head.post_id, "resource_ids": [room]}
    series = act(services.register_series, office.head, data(**chaired), weekly)
    rows = look(
        lambda s: s.scalars(
            sa.select(ScheduleEntry).where(ScheduleEntry.series_id == series.id)
        ).all()
    )
    assert sorted(row.day.day for row in rows) == [2, 7, 9, 14, 16, 25, 30]
    assert {row.starts_at.hour for row in rows} == {1}  # 08:00 here
    with pytest.raises(Booked, match="thứ Hai 30/11"):
        act(
            services.register_series, office.head2,
            data("Khác", begins=9, chair_post_id=office.head2.post_id, resource_ids=[room],
                 starts_at=at(9, day=date(2026, 11, 27)), ends_at=at(10, day=date(2026, 11, 27))),
            Recurrence(Frequency.WEEKLY, date(2026, 12, 1), weekdays=(0, 4)),
        )  # fmt: skip
    with pytest.raises(InvalidInput):
        act(services.register_series, office.head, data(chair_post_id=office.head.post_id),
            Recurrence(Frequency.WEEKLY, date(2030, 1, 1)))  # fmt: skip
    assert act(
        services.cancel_series, office.head, series_id=series.id, from_day=date(2026, 12, 7)
    ) == 4  # fmt: skip
