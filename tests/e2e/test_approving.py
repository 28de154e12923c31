"""Approving on a phone: several documents in their order, each with its own answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

FLOOD = "Về việc khắc phục điểm ngập đường số 7"
FAMILY = "Kết quả công tác gia đình chín tháng đầu năm"


def test_the_leader_approves_several_on_the_phone(visit: Any) -> None:
    leader = visit("chutich", phone=True)
    # News that comes between two taps would morph the list; what it does has tests of its own.
    leader.page.route("**/thong-bao/truc-tiep*", lambda route: route.fulfill(status=204))
    page: Page = leader.go("/van-ban-di/cho-duyet")
    titles = page.locator(".cv-table [data-row-link]")
    expect(titles).to_contain_text([FLOOD, FAMILY])  # the urgent one first
    assert leader.axe() == []
    assert not leader.scrolls_sideways()
    row = page.locator("tr", has=page.get_by_role("link", name=FAMILY))
    row.get_by_text("Đọc nội dung").tap()
    expect(row.get_by_text("28 tổ dân phố đạt danh hiệu")).to_be_visible()
    for title in (FLOOD, FAMILY):
        page.get_by_role("checkbox", name=f"Chọn {title}").check()
    expect(page.get_by_role("status").filter(has_text="Đã chọn")).to_contain_text("2")

    page.get_by_role("button", name="Duyệt lần lượt").tap()
    results = page.locator("ol[role=status] li")
    expect(results).to_have_text([
        re.compile(f"Đã duyệt: {FLOOD}"), re.compile(f"Đã duyệt: {FAMILY}"),
    ])  # fmt: skip
    leader.ready()
    expect(page.locator(".cv-table").get_by_text(FAMILY)).to_have_count(0)
