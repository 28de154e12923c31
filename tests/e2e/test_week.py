"""A week in the browser: registered by a unit, published, changed, and read on a phone; and an
invitation that the leader answers on the phone."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.clock import today
from app.demo.letters import sample_letters
from app.schedules.times import monday_of
from tests.e2e.test_day_of_a_letter import choose, filled_form, leader_of, scanned, upload

pytestmark = pytest.mark.e2e

WEEK = monday_of(today()) + timedelta(days=21)  # no other test touches it
PATH = f"/lich/tuan/{WEEK}"


def opened(page: Page, heading: str) -> None:
    """Wait until the page with this heading has come, after a click."""
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    expect(page.locator("html[data-ready]")).to_be_attached()


def check(visitor: Any) -> None:
    assert visitor.axe() == []
    assert not visitor.scrolls_sideways()


def register(visitor: Any, title: str) -> None:
    page: Page = visitor.go(f"/lich/moi?day={WEEK}")
    check(visitor)
    page.locator("#title").fill(title)
    page.get_by_label("Từ giờ").fill("8h")
    page.get_by_label("Đến giờ").fill("9h30")
    page.get_by_label("Địa điểm khác").fill("Hội trường")
    page.get_by_role("button", name="Đăng ký lịch").click()
    expect(page.get_by_text("Đã đăng ký, chờ Văn phòng tổng hợp.")).to_be_visible()


def publish(visitor: Any, title: str) -> None:
    page: Page = visitor.go(f"{PATH}?view=cho-ban-hanh")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    check(visitor)
    page.get_by_role("button", name="Tổng hợp 1 lịch đã đăng ký").click()
    page.get_by_role("button", name="Duyệt lịch tuần").click()
    page.get_by_role("button", name="Ban hành lịch tuần").click()
    page.get_by_role("dialog").get_by_role("button", name="Ban hành").click()
    expect(page.get_by_text("Đã ban hành lịch tuần (lần 1).")).to_be_visible()


def test_a_week_is_registered_published_and_changed_on_the_phone(visit: Any) -> None:
    title = f"Giao ban quý {uuid.uuid4().hex[:6]}"
    register(visit("tpkinhte"), title)
    chief = visit("chanhvp")
    publish(chief, title)
    away = visit("chanhvp", phone=True)  # the same person, on the way
    page = away.go(PATH)
    page.get_by_role("link", name=title).click()
    opened(page, title)
    check(away)
    page.get_by_role("link", name="Thay đổi lịch").click()
    away.ready()
    check(away)
    page.get_by_label("Từ giờ").fill("10:00")
    page.get_by_label("Đến giờ").fill("11:00")
    page.get_by_label("Lý do thay đổi").fill("Chủ tịch họp tỉnh")
    page.get_by_role("button", name="Lưu thay đổi").click()
    expect(page.get_by_text("Đã lưu thay đổi lịch.")).to_be_visible()

    page = chief.go(f"{PATH}?dang=luoi")  # the same week as a calendar
    expect(page.get_by_role("link", name=title)).to_be_visible()
    check(chief)
    chief.go("/lich/phong-xe").get_by_role("link", name="Hội trường").first.click()
    opened(page, "Hội trường")
    check(chief)

    reader = visit("cvkinhte", phone=True)
    page = reader.go(PATH)
    row = page.get_by_role("row").filter(has_text=title)
    expect(row).to_contain_text("10:00–11:00")
    expect(row).to_contain_text("Chủ tịch họp tỉnh")
    check(reader)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name="Thay đổi sau khi ban hành")).to_be_visible()
    check(reader)


def test_an_invitation_is_answered_on_the_phone_and_stands_in_the_week(
    visit: Any, tmp_path: Path
) -> None:
    letter = replace(
        next(one for one in sample_letters().values() if one.meeting),
        number="7321",
        issued_on=date(2026, 11, 17),
    )
    clerk = visit("vanthu")
    path = upload(clerk.go("/van-ban-den"), scanned(letter, tmp_path))
    expect(filled_form(clerk, path)).to_have_value("7321")
    page: Page = clerk.page
    page.get_by_label("Trình", exact=True).select_option(label=leader_of(page))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cv-big-number")).to_be_visible()

    leader = visit("chutich", phone=True)
    page = leader.go(path)
    page.get_by_role("button", name="Thông tin, xử lý").click()
    expect(page.get_by_label("Địa điểm")).to_have_value("Hội trường lớn, trụ sở UBND tỉnh Sông Mẫu")
    day = WEEK + timedelta(days=3)
    page.get_by_label("Ngày họp").fill(f"{day:%d/%m/%Y}")
    page.get_by_label("Ngày họp").blur()
    expect(page.get_by_text("Không trùng lịch nào vào giờ này.")).to_be_visible()
    check(leader)
    page.get_by_text("Cử … dự").click()
    choose(page, "Cử ai dự", "Trần Thị Mẫu Lan, Phó Chủ tịch")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text("Đã cử người dự.")).to_be_visible()

    sent = visit("phochutich", phone=True)
    page = sent.go(path)
    page.get_by_role("button", name="Thông tin, xử lý").click()
    page.get_by_role("tab", name="Liên quan").click()
    page.get_by_role("link", name=letter.subject).first.click()
    expect(page.get_by_text(f"{day:%d/%m/%Y} – 10:00")).to_be_visible()
    check(sent)
    page.get_by_role("link", name="Mở văn bản").click()  # the letter in one tap
    expect(page).to_have_url(sent.office.url + path)
