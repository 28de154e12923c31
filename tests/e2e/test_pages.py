"""Every page of every role: accessible (WCAG 2.2 AA), no sideways scroll, no breach of policy."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PAGES = {
    "vanthu": (
        "/van-ban-den",
        "/van-ban-den?tab=tat-ca",
        "/van-ban-den/tiep-nhan",
        "/van-ban-den/doi-chieu",
        "/van-ban-den/khong-tep",
        "/van-ban-den/in-so",
        "/so-dang-ky",
        "/ho-so?tab=den-han-nop",
        "/ho-so/moi",
        "/ho-so/danh-muc",
        "/ho-so/nop-luu",
        "/ho-so/ban-giao",
        "/ho-so/thoi-han-bao-quan",
        "/van-ban-di/mau",
        "/van-ban-di/thu-tu-ky",
        "/tim-kiem?q=phong+chay",
        "/tim-kiem/nang-cao?q=han:<=3",
        "/thong-bao",
        "/lich/moi",
        "/lich/nhap",
        "/lich/phong-xe",
        "/lich/phong-xe/moi",
        "/lich/ranh-ban",
        "/quan-tri/co-quan",
    ),
    "chanhvp": (
        "/cong-viec?tab=don-vi&view=bang",
        "/cong-viec/tac-o-dau",
        "/cong-viec/dinh-ky",
        "/thong-bao/cai-dat",
    ),
    "chutich": ("/van-ban-den", "/quan-tri/nhat-ky", "/quan-tri/quyen"),
    "cvvanhoa": (
        "/su-co",
        "/su-co?tab=da-dong",
        "/su-co?tuong=1",
        "/su-co/ghi-nhan",
        "/su-co/kich-ban",
        "/su-co/kich-ban/moi",
        "/su-co/kich-ban/don-vi",
        "/su-co/phat-lai",
        "/su-co/bao-nham",
        "/su-co/kich-ban/neu-thi?type_key=flood&severity=high",
        "/goi-theo-cap",
        "/goi-theo-cap/ai-duoc-goi?policy=incident&at=01/01/2027+03:00",
        "/goi-theo-cap/tam-dung",
        "/truc-ban",
        "/truc-ban/lich",
        "/truc-ban/ban-giao",
    ),
    "quantri": (
        "/quan-tri/nguoi-dung",
        "/quan-tri/don-vi",
        "/quan-tri/ma-truy-cap",
        "/quan-tri/uy-quyen",
        "/quan-tri/chu-the-ban-hanh",
        "/quan-tri/nhap-excel",
        "/quan-tri/tinh-trang",
        "/quan-tri/lich-lam-viec",
        "/tai-khoan",
        "/tai-khoan/phien-dang-nhap",
        "/quan-trac",
        "/quan-trac/canh-bao?tat-ca=1",
        "/quan-trac/quy-tac",
        "/quan-trac/quy-tac/moi",
        "/quan-trac/tram/moi",
        "/luong-du-lieu",
        "/luong-du-lieu/loi",
        "/luong-du-lieu/nguon/moi",
        "/luong-du-lieu/thu-mau",
    ),
}


@pytest.mark.parametrize("login", PAGES)
def test_pages_are_accessible(visit: Any, login: str) -> None:
    person = visit(login)
    faults: dict[str, object] = {}
    for path in PAGES[login]:
        faults |= person.faults_of(path)
        expect(person.page.get_by_role("heading", level=1)).to_have_count(1)
    assert faults == {}


@pytest.mark.parametrize("phone", [False, True])
def test_a_letter_is_accessible_for_its_leader(visit: Any, phone: bool) -> None:
    leader = visit("phochutich", phone=phone)
    page: Page = leader.go("/van-ban-den?tab=cho-y-kien")
    page.locator("[data-row-link]").first.click()
    expect(page.get_by_role("heading", name="Ý kiến chỉ đạo")).to_be_visible()
    leader.ready()
    assert leader.axe() == []
    assert not leader.scrolls_sideways()


def test_the_administrator_reads_no_letter(visit: Any) -> None:
    visit.watch.allowed.add(403)
    admin = visit("quantri")
    page: Page = admin.go("/van-ban-den")
    expect(page.get_by_text("Bạn không có quyền thực hiện thao tác này.")).to_be_visible()


def test_an_unknown_address_is_answered_in_vietnamese(visit: Any) -> None:
    visit.watch.allowed.add(404)
    clerk = visit("vanthu")
    page: Page = clerk.go("/khong-co-trang-nay")
    expect(page.get_by_text("Không có trang này, hoặc bạn không được xem.")).to_be_visible()
    assert clerk.axe() == []
