"""A citizen on a phone: finds what a procedure asks for, looks a dossier up, rates the service."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PAGES = (
    "/cong-dan",
    "/cong-dan/thu-tuc",
    "/cong-dan/tra-cuu",
    "/cong-dan/lich",
    "/cong-dan/danh-gia",
)


def receipt_of(officer: Any, tab: str) -> tuple[str, str]:
    """Code and check value of a dossier, as its receipt has them."""
    page: Page = officer.go(f"/mot-cua?tab={tab}")
    page.locator("[data-row-link]").first.click()
    expect(page.get_by_role("heading", name="Xử lý", exact=True)).to_be_visible()
    code = page.locator(".cv-doc-meta b.tnum").first.inner_text()
    check = page.locator("#facts dt", has_text="Mã kiểm tra").locator("+ dd").inner_text()
    return code, check


def look_up(citizen: Any, code: str, check: str) -> Page:
    page: Page = citizen.go("/cong-dan/tra-cuu")
    page.get_by_label("Mã hồ sơ").fill(code)
    page.get_by_label("Mã kiểm tra").fill(check)
    page.get_by_role("button", name="Tra cứu").click()
    return page


def fits(citizen: Any) -> None:
    citizen.ready()
    assert citizen.axe() == []
    assert not citizen.scrolls_sideways()


def test_pages_for_citizens_are_accessible_on_a_phone(visit: Any) -> None:
    citizen = visit(phone=True)
    for path in PAGES:
        citizen.go(path)
        fits(citizen)
    page: Page = citizen.go("/cong-dan/thu-tuc?q=khai sinh")
    page.get_by_role("link", name="khai sinh").first.click()
    expect(page.get_by_role("heading", name="Giấy tờ cần có")).to_be_visible()
    fits(citizen)


def test_a_citizen_looks_a_dossier_up_on_a_phone_and_rates_the_service_once(visit: Any) -> None:
    code, check = receipt_of(visit("motcua"), "to_return")
    visit.watch.allowed.add(422)
    citizen = visit(phone=True)
    page = look_up(citizen, code, "AAAAAAAA")
    expect(page.get_by_text("Không có hồ sơ nào khớp")).to_be_visible()
    page = look_up(citizen, code, check.lower())
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    expect(page.get_by_text("Đã có kết quả. Mời ông/bà")).to_be_visible()
    fits(citizen)
    page.get_by_text("Rất hài lòng").click()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.get_by_text("Cảm ơn ông/bà đã đánh giá.")).to_be_visible()
    expect(page.get_by_role("button", name="Gửi đánh giá")).to_have_count(0)
    fits(citizen)
    page.get_by_role("button", name="Xong, đóng hồ sơ").click()
    citizen.go("/cong-dan/ho-so")
    expect(page.get_by_text("Hãy nhập mã hồ sơ và mã kiểm tra để xem.")).to_be_visible()


def test_a_dossier_under_way_explains_its_day_to_the_citizen(visit: Any) -> None:
    code, check = receipt_of(visit("motcua"), "processing")
    citizen = visit(phone=True)
    page = look_up(citizen, code, check)
    expect(page.get_by_role("heading", name="Vì sao hẹn ngày này?")).to_be_visible()
    expect(page.get_by_text("Gửi đánh giá")).to_have_count(0)
    fits(citizen)
