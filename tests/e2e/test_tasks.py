"""Tasks in the browser: from an oral order to the accepted result, on a desk and on a phone."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PAGES = ("/cong-viec", "/cong-viec?tab=don-vi", "/cong-viec/moi", "/cong-viec/dinh-ky")


def choose(page: Page, label: str, text: str) -> None:
    """Pick an entry of a searchable list, as a person does."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(text)
    page.get_by_role("option", name=text, exact=True).click()


def give_task(visitor: Any, title: str) -> str:
    """The leader tells the economy unit to do something; returns the address of the task."""
    page: Page = visitor.go("/cong-viec/moi")
    page.get_by_label("Việc cần làm").fill(title)
    page.get_by_label("Yêu cầu và sản phẩm phải có").fill("Báo cáo một trang.")
    choose(page, "Chủ trì", "Phòng Kinh tế")
    page.get_by_role("main").get_by_role("button", name="Giao việc").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    visitor.ready()
    return page.url


def test_pages_of_tasks_are_accessible_at_both_sizes(visit: Any) -> None:
    head = visit("tpkinhte")
    rows = head.go("/cong-viec?tab=don-vi").locator("[data-row-link]")
    faults: dict[str, object] = {}
    for path in (*PAGES, rows.first.get_attribute("href")):
        faults |= head.faults_of(path)
    assert faults == {}


@pytest.mark.parametrize("phone", [False, True])
def test_where_things_are_stuck_is_accessible_at_both_sizes(visit: Any, phone: bool) -> None:
    leader = visit("chutich", phone=phone)
    page: Page = leader.go("/cong-viec/tac-o-dau")
    assert leader.axe() == []
    assert not leader.scrolls_sideways()
    page.locator(".cv-matrix td a").first.click()
    expect(page.get_by_role("button", name="Nhắc").first).to_be_visible()
    leader.ready()
    assert leader.axe() == []
    page.get_by_role("button", name="Nhắc").first.click()
    expect(page.get_by_text("Đã nhắc.")).to_be_visible()


def test_a_task_goes_from_an_order_to_the_accepted_result(visit: Any) -> None:
    title = f"Chuẩn bị họp giao ban {uuid.uuid4().hex[:6]}"
    address = give_task(leader := visit("chutich"), title)

    head = visit("tpkinhte", phone=True)
    page: Page = head.go("/cong-viec")
    page.get_by_label("Nội dung việc").fill(title)
    expect(page.locator("[data-row-link]")).to_have_count(1)
    taps = 0
    for target in (
        page.get_by_role("link", name=title),
        page.get_by_label("Đỗ Mẫu Phong"),
        page.get_by_role("button", name="Phân công"),
    ):
        target.tap()
        taps += 1
    expect(page.get_by_text("Đã giao việc cho")).to_be_visible()
    assert taps <= 3

    specialist = visit("cvkinhte", phone=True)
    page = specialist.go(address.removeprefix(specialist.office.url))
    expect(page.get_by_text("Báo cáo một trang.")).to_be_visible()
    page.locator("summary", has_text="Báo hoàn thành").click()
    result = page.get_by_role("textbox", name="Kết quả", exact=True)
    result.fill("Báo cáo số 12/BC-KT\nĐã gửi các nơi.")
    page.get_by_role("button", name="Báo hoàn thành").click()
    expect(page.get_by_text("chờ duyệt").first).to_be_visible()

    page = leader.go(address.removeprefix(leader.office.url))
    page.get_by_role("button", name="Chấp nhận kết quả").click()
    expect(page.get_by_text("Việc đã kết thúc.")).to_be_visible()


def test_a_new_task_shows_by_itself_in_an_open_list(visit: Any) -> None:
    title = f"Rà soát hồ sơ {uuid.uuid4().hex[:6]}"
    head = visit("tpkinhte")
    page: Page = head.go("/cong-viec")
    give_task(visit("chutich"), title)
    expect(page.get_by_role("link", name=title)).to_be_visible(timeout=10_000)


def test_who_gives_no_tasks_is_told_so(visit: Any) -> None:
    visit.watch.allowed.add(403)
    specialist = visit("cvkinhte")
    page: Page = specialist.go("/cong-viec/moi")
    expect(page.get_by_text("Bạn không có quyền thực hiện thao tác này.")).to_be_visible()
    assert specialist.axe() == []


def test_a_reason_that_is_missing_is_asked_for(visit: Any) -> None:
    visit.watch.allowed.add(422)
    address = give_task(visit("chutich"), f"Thống kê {uuid.uuid4().hex[:6]}")
    head = visit("tpkinhte")
    page: Page = head.go(address.removeprefix(head.office.url))
    page.locator("summary", has_text="Trả lại").click()
    form = page.locator("#act-tra-lai")
    form.get_by_label("Lý do").fill("   ")
    form.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Phải ghi lý do trả lại.").first).to_be_visible()
    head.ready()
    assert head.axe() == []
