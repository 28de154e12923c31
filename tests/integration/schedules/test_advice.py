"""The warning of the form: who is busy, who could go, and a free time that one tick takes."""

from __future__ import annotations

import html
import re
from datetime import date, time
from typing import Any

import pytest
from flask import Flask

from app.db import reading
from app.organisation.queries import post_label
from app.schedules import queries, services
from app.schedules.advice import advice
from app.schedules.models import ScheduleEntry
from app.schedules.times import moment
from app.tasks.parties import Party
from tests.factories import Office, sign_in_as
from tests.integration.schedules.conftest import act, at, data, look, make_room, register

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = date(2026, 11, 25)


def test_a_free_time_is_one_in_which_everybody_and_the_room_are_free(office: Office) -> None:
    room = make_room(office)
    chair, guest = office.leader.post_id or 0, office.specialist.post_id or 0
    register(office.head, "Giao ban", chair_post_id=chair)  # 8 to 10
    register(office.head, "Tập huấn", begins=10, ends=11, chair_post_id=guest)
    register(office.head, "Kiểm tra", begins=13, ends=15, chair_post_id=office.head.post_id,
             resource_ids=[room])  # fmt: skip
    wanted = data("Họp mới", 9, 10, chair_post_id=chair, participants=[Party(post_id=guest)],
                  resource_ids=[room])  # fmt: skip
    with reading() as session:
        found = advice(session, office.head, wanted)
        assert found is not None
        assert [clash.post_id for clash in found.clashes] == [chair]
        assert found.slots[:2] == [
            (moment(DAY, time(15)), moment(DAY, time(16))),
            (moment(DAY, time(15, 30)), moment(DAY, time(16, 30))),
        ]
        assert len(found.slots) == 3
        free = data("Họp mới", 15, 16, chair_post_id=chair, resource_ids=[room])
        assert advice(session, office.head, free) is None


def test_who_could_go_is_free_then_and_not_in_the_entry_already(office: Office) -> None:
    busy, mate = office.specialist.post_id or 0, office.head.post_id or 0
    register(office.head, "Tập huấn", chair_post_id=busy)
    names = look(lambda s: post_label(s, [busy, mate]))
    with reading() as session:
        alone = advice(session, office.head, data(chair_post_id=busy))
        both = data(chair_post_id=busy, participants=[Party(post_id=mate)])
        together = advice(session, office.head, both)
        assert alone is not None
        assert together is not None
        assert dict(alone.deputies)[names[busy]].count(names[mate]) == 1
        assert names[mate] not in str(together.deputies)
    register(office.head, "Đi cơ sở", chair_post_id=mate)
    with reading() as session:
        nobody = advice(session, office.head, data(chair_post_id=busy))
        assert nobody is not None
        assert names[mate] not in str(nobody.deputies)


def test_a_free_time_of_the_warning_is_taken_with_one_tick_also_when_an_entry_is_changed(
    app: Flask, office: Office
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in_as(client, office.head)
    register(office.head, "Giao ban", chair_post_id=office.leader.post_id)
    typed: dict[str, Any] = {
        "title": "Họp mới", "day": "25/11/2026", "starts": "8h30", "ends": "9h30",
        "chair": office.leader.post_id, "preparing": 0, "kind": "work", "visibility": "organ",
    }  # fmt: skip
    warned = client.post("/lich/moi", data=typed)
    page = html.unescape(warned.get_data(as_text=True))
    assert warned.status_code == 422
    assert "10:00–11:00, thứ Tư 25/11" in page
    [first, *_rest] = re.findall(r'name="slot" value="([^"]+)"', page)
    made = client.post("/lich/moi", data=typed | {"slot": first})
    assert made.status_code == 302
    token = made.headers["Location"].rpartition("/")[2]
    entry = look(lambda s: queries.get_entry(s, office.head, token))
    assert (entry.starts_at, entry.ends_at) == (at(10), at(11))
    again = client.post(f"/lich/{token}/sua", data=typed | {"version": entry.version})
    assert again.status_code == 422
    assert f'value="{first}"' in again.get_data(as_text=True)  # its own hour is free for it
    nonsense = typed | {"version": entry.version, "slot": "2026-11-26T08:00 nonsense"}
    assert client.post(f"/lich/{token}/sua", data=nonsense).status_code == 422
    moved = typed | {"version": entry.version, "slot": "2026-11-26T08:00 2026-11-26T09:00"}
    assert client.post(f"/lich/{token}/sua", data=moved).status_code == 302
    kept: ScheduleEntry = look(lambda s: queries.get_entry(s, office.head, token))
    assert kept.starts_at == at(8, day=date(2026, 11, 26))
    assert act(services.cancel_entry, office.head, entry_id=kept.id).is_off
