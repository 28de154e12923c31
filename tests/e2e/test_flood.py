"""A flood in the browser: a gauge opens an incident, its playbook gives three units their tasks, an
officer reports from a phone with a picture, the desk resolves it, and the day is played again."""

from __future__ import annotations

import io
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.demo.feeding import STATIONS
from app.demo.simulating import UNDERPASS
from app.feeds.devices import device_secret
from tests.e2e.conftest import RunningOffice
from workflows.simulator import Door

pytestmark = pytest.mark.e2e

SLOW = 60_000  # milliseconds: the relay starts playbooks, on a machine that is busy with tests
TITLE = "Điểm đo ngập Đường 30 Mẫu: Hầm chui ngập sâu"


def door_of(office: RunningOffice) -> Door:
    """The door of the ward's stations, as the administrator would have set up a device."""
    with closing(sqlite3.connect(office.var_dir / "congvu.sqlite3")) as database:
        token, key = database.execute(
            "SELECT s.token, d.key FROM feed_source s JOIN feed_device d ON d.source_id = s.id"
            " WHERE s.name = ?",
            (STATIONS,),
        ).fetchone()
    address = f"{office.url}/api/v1/feeds/{token}"
    return Door(address, key, device_secret(office.env["SECRET_KEY"], key))


def flood(office: RunningOffice) -> None:
    """The underpass stands under water now."""
    at = datetime.now(UTC).isoformat()
    door_of(office).push([{"stream": UNDERPASS, "value": 1.62, "at": at}])


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 160)).save(out, "JPEG")
    return out.getvalue()


def check(visitor: Any) -> None:
    assert visitor.axe() == []
    assert not visitor.scrolls_sideways()


def assigned(visit: Any) -> None:
    """The head gives the unit's task to a specialist."""
    head = visit("tpkinhte")
    page: Page = head.go("/su-co")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    head.ready()
    page.locator("#tasks").get_by_role("link", name="Kiểm tra điểm ngập").click()
    expect(page.get_by_role("heading", name="Kiểm tra điểm ngập", level=1)).to_be_visible()
    head.ready()
    page.get_by_role("radio", name="Đỗ Mẫu Phong").check()
    page.get_by_role("button", name="Phân công").click()
    expect(page.get_by_text("Đã giao việc cho Đỗ Mẫu Phong")).to_be_visible()


def reported(visit: Any, words: str) -> None:
    """The specialist stands in the water with a phone."""
    officer = visit("cvkinhte", phone=True)
    page: Page = officer.go("/su-co")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    officer.ready()
    check(officer)
    page.get_by_role("button", name="Đã tới hiện trường").click()
    expect(page.get_by_text("Đã ghi: tới hiện trường.")).to_be_visible()
    officer.ready()
    page.locator("#act-ghi-chu summary").click()
    note = page.locator("#act-ghi-chu")
    note.get_by_label("Nội dung").fill(words)
    note.get_by_label("Ảnh").set_input_files(
        {"name": "ham-chui.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    note.get_by_role("button", name="Gửi").click()
    expect(page.get_by_text("Đã ghi vào diễn biến.")).to_be_visible()
    expect(page.get_by_role("img", name="ham-chui.jpg")).to_be_visible()


def replayed(visitor: Any, words: str) -> None:
    """The day again: at its beginning nobody knew, at its end everything is there."""
    page: Page = visitor.go("/su-co/phat-lai")
    check(visitor)
    row = page.get_by_role("row", name=TITLE)
    expect(row).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    page.get_by_label("Phút trong ngày").fill("0")
    expect(page.get_by_text(words)).to_be_hidden()
    page.get_by_role("button", name="Phát").click()
    expect(page.get_by_role("button", name="Dừng")).to_be_visible()


def test_a_flood_is_answered_from_the_gauge_to_the_end(visit: Any) -> None:
    flood(visit.office)
    duty = visit("cvvanhoa")
    page: Page = duty.go("/su-co?q=H%E1%BA%A7m+chui")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    duty.ready()

    tasks = page.locator("#tasks li")  # they appear by themselves when the playbook has run
    expect(tasks).to_have_count(3, timeout=SLOW)
    expect(page.get_by_text("Kịch bản: Ngập lụt, nước vượt báo động")).to_be_visible()
    check(duty)
    assigned(visit)
    words = f"Nước cao 60 cm, đã chặn hai đầu ({uuid.uuid4().hex[:6]})"
    reported(visit, words)

    expect(page.get_by_text(words)).to_be_visible(timeout=SLOW)
    page.locator("#act-giai-quyet summary").click()
    page.locator("#act-giai-quyet").get_by_role("button", name="Giải quyết xong").click()
    expect(page.get_by_text("Đã khép lại sự cố.")).to_be_visible()
    replayed(duty, words)
