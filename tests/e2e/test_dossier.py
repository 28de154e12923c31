"""The one-stop counter in the browser: from the card to the result, the fast lane by the keys."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PAGES = (
    "/mot-cua/quay",
    "/mot-cua",
    "/mot-cua/so",
    "/mot-cua/thu-tuc",
    "/mot-cua/tra-ngay",
    "/mot-cua/danh-sach-tinh",
)
SPECIALIST = "Đỗ Mẫu Phong, Chuyên viên Phòng Kinh tế"
MOST_KEYS, MOST_SECONDS = 10, 20


def card_of(name: str) -> str:
    """What a scanner types for a citizen: fields of newer cards behind it."""
    number = f"0371900{uuid.uuid4().int % 100000:05d}"
    return f"{number}|012345678|{name}|15031990|Nam|Tổ 3, phường Minh Họa|20062023||x"


def beep(page: Page, card: str) -> None:
    """The scanner types, whatever has the focus, and ends with Enter."""
    page.keyboard.type(card)
    page.keyboard.press("Enter")


def test_pages_of_the_counter_are_accessible_at_both_sizes(visit: Any) -> None:
    officer = visit("motcua")
    rows = officer.go("/mot-cua?tab=all").locator("[data-row-link]")
    faults: dict[str, object] = {}
    for path in (*PAGES, rows.first.get_attribute("href")):
        faults |= officer.faults_of(path)
    assert faults == {}


def receive(visitor: Any, name: str) -> str:
    """Find the procedure without tone marks, scan the card in the wrong field, tick, receive."""
    page: Page = visitor.go("/mot-cua/quay")
    page.keyboard.type("ho kinh doanh")
    page.get_by_role("link", name="Đăng ký thành lập hộ kinh doanh").click()
    content = page.get_by_label("Nội dung yêu cầu giải quyết")
    content.fill("Mở quán")
    beep(page, card_of(name))
    expect(page.get_by_label("Họ và tên")).to_have_value(name)
    expect(page.get_by_label("Ngày sinh", exact=True)).to_have_value("15/03/1990")
    expect(content).to_have_value("Mở quán")
    for tick in page.locator(".cv-checklist input").all():
        tick.check()
    assert visitor.axe() == []
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dossier-code")).to_be_visible()
    visitor.ready()
    assert visitor.axe() == []
    page.get_by_role("link", name="Mở hồ sơ, quét giấy tờ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.url.removeprefix(visitor.office.url)


def act(visitor: Any, address: str, summary: str, button: str, **fields: str) -> Page:
    """Open one act of a dossier, fill it in, press its button."""
    page: Page = visitor.go(address)
    panel = page.locator("details.cv-act", has_text=summary)
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    for label, text in fields.items():
        panel.get_by_label(label.replace("_", " ")).fill(text)
    panel.get_by_role("button", name=button, exact=True).click()
    visitor.ready()
    return page


def test_a_dossier_goes_from_the_counter_over_a_supplement_to_the_result(visit: Any) -> None:
    name = f"Trần Mẫu {uuid.uuid4().hex[:5].upper()}"
    officer = visit("motcua")
    address = receive(officer, name)

    head = visit("tpkinhte")
    page = head.go(address)
    page.get_by_label("Người xử lý").select_option(label=SPECIALIST)
    page.get_by_role("button", name="Phân công", exact=True).click()
    expect(page.get_by_text("Đã phân công").first).to_be_visible()
    specialist = visit("cvkinhte")
    page = act(
        specialist, address, "Yêu cầu bổ sung", "Yêu cầu bổ sung",
        Giấy_tờ_phải_bổ_sung="Bản vẽ mặt bằng", Lý_do="Chưa có bản vẽ",
    )  # fmt: skip
    expect(page.get_by_text("Đang chờ bổ sung, lần 1")).to_be_visible()
    expect(page.get_by_text("Bản vẽ mặt bằng").first).to_be_visible()
    assert specialist.axe() == []

    page = act(officer, address, "Nhận bổ sung", "Nhận bổ sung", Đã_nhận="Bản vẽ")
    expect(page.get_by_text("Thời hạn được tính tiếp").first).to_be_visible()
    for holder in (specialist, head):  # handled, then looked through
        page = act(holder, address, "Xong bước", "Xong bước, chuyển tiếp")
        expect(page.get_by_text("Đã xong bước").first).to_be_visible()
    page = act(visit("chutich"), address, "Có kết quả", "Có kết quả", Kết_quả="Giấy số 12/GCN")
    expect(page.get_by_text("Đã ghi kết quả").first).to_be_visible()
    act(officer, address, "Thu phí", "Thu phí, lệ phí")
    page = act(officer, address, "Trả kết quả", "Trả kết quả")
    expect(page.get_by_text("Đã trả kết quả cho người dân").first).to_be_visible()


def test_a_certified_copy_is_done_within_ten_keys_and_twenty_seconds(visit: Any) -> None:
    name = f"Lê Mẫu {uuid.uuid4().hex[:5].upper()}"
    officer = visit("motcua")
    page: Page = officer.go("/mot-cua/quay")
    page.get_by_role("link", name="Chứng thực bản sao từ bản chính").first.click()
    officer.ready()
    expect(page.get_by_label("Họ và tên")).to_be_focused()

    # Every key of the clerk: pages, copies, the paper's name, done. The scanner types the card.
    began, keys = time.monotonic(), ("2", "Tab", "3", "Tab", *"cccd", "Control+Enter")
    beep(page, card_of(name))
    expect(page.get_by_label("Họ và tên")).to_have_value(name)
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_text("Vừa xong:")).to_contain_text(name)
    assert time.monotonic() - began <= MOST_SECONDS
    assert sum(len(key.split("+")) for key in keys) <= MOST_KEYS
    officer.ready()
    expect(page.get_by_label("Tên bản chính giấy tờ")).to_have_value("cccd")  # as the one before
    assert officer.axe() == []


def test_who_is_not_at_the_counter_is_told_so(visit: Any) -> None:
    visit.watch.allowed.add(403)
    page: Page = visit("cvkinhte").go("/mot-cua/quay")
    expect(page.get_by_text("Bạn không có quyền thực hiện thao tác này.")).to_be_visible()
