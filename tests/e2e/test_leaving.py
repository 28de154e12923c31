"""Leaving a post: all work goes to a colleague in one act, and comes back in another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

LEAVER, TAKER = "Hồ Thị Mẫu Yến", "Ngô Thị Mẫu Chi"


def hand_over(visitor: Any, to: str, reason: str) -> list[str]:
    """Through the wizard; returns the groups of things that were handed over."""
    page: Page = visitor.go("/ho-so/ban-giao")
    assert visitor.axe() == []
    assert not visitor.scrolls_sideways()
    groups = page.locator("[id^=group-] h2").all_inner_texts()
    box = page.get_by_role("combobox", name="Người nhận")
    box.locator("..").click()
    box.fill(to)
    page.get_by_role("option", name=to).first.click()
    page.get_by_label("Lý do").fill(reason)
    page.get_by_role("main").get_by_role("button", name="Bàn giao", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Bàn giao").click()
    expect(page.get_by_text("Đã bàn giao công việc.")).to_be_visible()
    visitor.ready()
    assert visitor.axe() == []
    assert not visitor.scrolls_sideways()
    return groups


def test_all_work_goes_to_a_colleague_and_back(visit: Any) -> None:
    leaver, taker = visit("cvvanhoa"), visit("motcua", phone=True)

    handed = hand_over(leaver, TAKER, "Chuyển công tác theo Quyết định số 12/QĐ-UBND")
    assert any("Hồ sơ" in group for group in handed)
    protocol = leaver.page.url
    page: Page = leaver.go("/ho-so/ban-giao")
    expect(page.get_by_text("Không còn việc nào để bàn giao.")).to_be_visible()
    expect(leaver.go("/ho-so").locator("[data-row-link]")).to_have_count(0)
    expect(leaver.go("/cong-viec").locator("[data-row-link]")).to_have_count(0)

    page = taker.go("/thong-bao")
    page.get_by_role("link", name=re.compile("Nhận bàn giao công việc từ")).first.click()
    expect(page).to_have_url(protocol)
    expect(page.get_by_text("Chuyển công tác theo Quyết định")).to_be_visible()
    assert taker.axe() == []
    assert page.request.get(f"{protocol}/bien-ban.pdf").body().startswith(b"%PDF-")
    case_file = taker.go("/ho-so").locator("[data-row-link]").first
    case_file.click()
    expect(page.get_by_role("heading", name=re.compile("Văn bản trong hồ sơ"))).to_be_visible()
    expect(
        page.locator("#contents [href^='/van-ban-den/'], [data-card=contents] a").first
    ).to_be_visible()

    back = hand_over(taker, LEAVER, "Trả lại: bàn giao nhầm người")
    assert len(back) >= len([group for group in handed if "Ủy quyền" not in group])
    expect(leaver.go("/ho-so").locator("[data-row-link]").first).to_be_visible()
