"""Directing on a phone: from the list to a saved directive in at most three taps."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

ORGAN = "Sở Tài chính tỉnh Sông Mẫu"
TITLE = "dự toán ngân sách nhà nước năm 2027"


def submit(visitor: Any) -> None:
    """The clerk submits the registered letter to the chairperson."""
    page: Page = visitor.go(f"/van-ban-den?tab=cho-trinh&q={TITLE}")
    page.locator("[data-row-link]").first.click()
    visitor.ready()
    page.get_by_label("Trình").select_option(label="Nguyễn Mẫu Sơn, Chủ tịch")
    page.get_by_role("button", name="Trình", exact=True).click()
    expect(page.get_by_text("Đã trình đồng chí Nguyễn Mẫu Sơn")).to_be_visible()


def test_the_leader_agrees_with_the_suggestion_in_two_taps(visit: Any) -> None:
    submit(visit("vanthu"))
    leader = visit("chutich", phone=True)
    page: Page = leader.go("/van-ban-den")
    page.get_by_role("link", name=TITLE).tap()
    leader.ready()
    expect(page.get_by_text(f"công văn gần nhất của {ORGAN} → Phòng Kinh tế")).to_be_visible()
    assert leader.axe() == []
    assert not leader.scrolls_sideways()
    here = page.url
    page.get_by_role("button", name="Đồng ý").tap()
    expect(page.get_by_text("Đã gửi ý kiến “Giao xử lý” tới Phòng Kinh tế")).to_be_visible()
    expect(page).not_to_have_url(here)  # the next letter opens by itself

    page.goto(here)
    leader.ready()
    page.get_by_role("button", name="Thông tin, xử lý").tap()
    page.get_by_role("tab", name="Ý kiến").tap()
    expect(page.get_by_text("theo gợi ý từ các văn bản trước")).to_be_visible()


def test_only_the_fields_of_the_chosen_outcome_show(visit: Any) -> None:
    leader = visit("phochutich")
    page: Page = leader.go("/van-ban-den")
    page.locator("[data-row-link]").first.click()
    leader.ready()
    lead, reader, other_leader = (
        page.get_by_role("combobox", name=name)
        for name in ("Chủ trì", "Để biết", "Chuyển đồng chí")
    )
    expect(lead).to_be_visible()
    expect(other_leader).to_be_hidden()
    page.get_by_role("radio", name="Chuyển lãnh đạo khác").check()
    expect(other_leader).to_be_visible()
    expect(lead).to_be_hidden()
    page.get_by_role("radio", name="Lưu", exact=True).check()
    expect(other_leader).to_be_hidden()
    expect(lead).to_be_hidden()
    page.get_by_role("radio", name="Để biết").check()
    expect(reader).to_be_visible()
    page.get_by_role("radio", name="Giao xử lý").check()
    expect(page.get_by_label("Trước giờ")).to_be_hidden()
    page.get_by_role("radio", name="Ngày khác").check()
    expect(page.get_by_label("Trước giờ")).to_be_visible()
    assert leader.axe() == []


def test_a_directive_without_a_lead_keeps_what_was_typed(visit: Any) -> None:
    leader = visit("phochutich")
    leader.watch.allowed.add(422)
    page: Page = leader.go("/van-ban-den")
    page.locator("[data-row-link]").first.click()
    leader.ready()
    page.get_by_label("Nội dung chỉ đạo").fill("Khẩn trương thực hiện.")
    page.get_by_role("button", name="Gửi ý kiến chỉ đạo").click()
    expect(page.get_by_role("alert")).to_contain_text("chủ trì")
    expect(page.get_by_label("Nội dung chỉ đạo")).to_have_value("Khẩn trương thực hiện.")
    leader.ready()
    assert leader.axe() == []
