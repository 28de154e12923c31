"""The clerk's screens in the browser: few keystrokes, nothing lost, accessible at both sizes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import app.demo

pytestmark = pytest.mark.e2e

SAMPLES = Path(app.demo.__file__).parent / "samples"
READ_WITHIN_S = 60
MOST_KEYSTROKES = 12


class Keyboard:
    """Presses keys and counts them, each key of a chord for itself."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, keys: str) -> None:
        self.count += len(keys.split("+"))
        self.page.keyboard.press(keys)


def drop(page: Page, *names: str) -> list[str]:
    """Give files to the drop zone at once; the addresses of their letters, in any order."""
    page.locator("input[type=file]").first.set_input_files([SAMPLES / name for name in names])
    links = page.locator(".cv-upload a:visible")
    expect(links).to_have_count(len(names))
    return [str(link.get_attribute("href")) for link in links.all()]


def filled(visitor: Any, path: str) -> Page:
    """The page of a draft as soon as the reading has filled its form by itself."""
    page: Page = visitor.go(path)
    expect(page.get_by_label("Số", exact=True)).not_to_have_value("", timeout=READ_WITHIN_S * 1000)
    return visitor.ready()  # type: ignore[no-any-return]


def test_a_well_read_letter_is_registered_with_few_keystrokes(visit: Any) -> None:
    clerk = visit("vanthu")
    (path,) = drop(clerk.go("/van-ban-den"), "01-cong-van.pdf")
    page = filled(clerk, path)
    assert clerk.axe() == []
    keys, began = Keyboard(page), time.monotonic()
    while page.locator('[data-doubtful="true"]').count() and keys.count < MOST_KEYSTROKES:
        keys.press("F2")
    keys.press("Control+Enter")
    expect(page.locator(".cv-big-number")).to_be_visible()
    assert keys.count <= MOST_KEYSTROKES
    assert time.monotonic() - began <= 15
    expect(page).not_to_have_url(clerk.office.url + path)  # the next letter is open
    clerk.ready()
    following = page.url
    keys.press("Control+Enter")  # the same key once more, in haste
    page.wait_for_timeout(1200)
    assert page.url == following  # nothing was registered unread
    assert clerk.axe() == []


def test_a_focused_field_shows_where_it_was_read(visit: Any) -> None:
    clerk = visit("vanthu")
    page: Page = clerk.go("/van-ban-den?tab=cho-vao-so")
    page.locator("[data-row-link]").first.click()
    clerk.ready()
    expect(page.locator(".cv-viewer[data-loaded]")).to_be_attached()
    page.get_by_label("Ngày ban hành").focus()
    expect(page.locator(".cv-viewer").get_by_text("Ngày ban hành")).to_be_attached()


def test_a_refused_form_keeps_what_was_typed_and_takes_the_focus(visit: Any) -> None:
    visit.watch.allowed.add(422)
    clerk = visit("vanthu")
    page: Page = clerk.go("/van-ban-den?tab=cho-vao-so")
    page.locator("[data-row-link]").last.click()
    clerk.ready()
    page.get_by_label("Trích yếu").fill(" ")
    page.get_by_label("Ghi chú").fill("giữ chữ này")
    page.get_by_role("button", name="Vào sổ", exact=True).click()
    expect(page.locator(".cv-form-errors")).to_be_focused()
    expect(page.get_by_label("Ghi chú")).to_have_value("giữ chữ này")
    clerk.ready()
    assert clerk.axe() == []


def test_files_dropped_together_become_one_letter(visit: Any) -> None:
    clerk = visit("vanthu")
    page: Page = clerk.go("/van-ban-den")
    drop(page, "04-giay-moi.pdf", "09-anh-dien-thoai.jpg")
    page.locator(".cv-upload-join").get_by_role("button", name="Gộp thành một văn bản").click()
    expect(page.get_by_text("Đã gộp 2 tệp thành một văn bản.")).to_be_visible()
    clerk.ready()
    expect(page.locator("#waiting")).to_have_count(0, timeout=READ_WITHIN_S * 1000)
    clerk.ready()
    expect(page.locator("#files > ul > li")).to_have_count(2)
    expect(page.locator("#files li").first).to_contain_text("04-giay-moi.pdf")


def test_a_secret_is_held_shown_as_a_crop_only_and_purged(visit: Any) -> None:
    clerk = visit("vanthu")
    (path,) = drop(clerk.go("/van-ban-den"), "08-mat.pdf")
    asked = clerk.go(path).get_by_text("Có phải tài liệu mật không?")
    expect(asked).to_be_visible(timeout=READ_WITHIN_S * 1000)  # the page says so by itself
    page: Page = clerk.ready()
    expect(page.locator(".cv-crop")).to_be_visible()
    expect(page.locator(".cv-viewer")).to_have_count(0)
    assert clerk.axe() == []
    page.get_by_role("button", name="Đúng, tài liệu mật").click()
    page.get_by_role("dialog").get_by_role("button", name="Xóa sạch").click()
    expect(page.get_by_role("heading", name="Đã xóa sạch khỏi hệ thống")).to_be_visible()
    clerk.ready()
    assert clerk.axe() == []


PAGES = (
    "/van-ban-den?tab=cho-trinh",
    "/van-ban-den?tab=tat-ca&from=01/11/2026",
    "/van-ban-den/tiep-nhan?tab=tat-ca",
    "/van-ban-den/doi-chieu",
    "/van-ban-den/can-xem-lai",
    "/van-ban-den/chat-luong-doc",
    "/van-ban-den/in-so",
    "/lien-thong/thu",
    "/lien-thong/thu?tab=khong-gui",
)


def test_the_clerks_pages_are_accessible(visit: Any) -> None:
    clerk = visit("vanthu")
    page: Page = clerk.go("/van-ban-den?tab=da-chuyen")
    letter = page.locator("[data-row-link]").first.get_attribute("href")
    draft = clerk.go("/van-ban-den?tab=cho-vao-so").locator("[data-row-link]").first
    paths = [*PAGES, letter, f"{letter}/sua", f"{letter}/ban-quet", draft.get_attribute("href")]
    paths += [clerk.go(letter).locator('a[href*="/chu/"]').first.get_attribute("href")]
    packet = clerk.go("/lien-thong").locator("[data-row-link]").first
    paths += ["/lien-thong", packet.get_attribute("href")]
    faults: dict[str, object] = {}
    for path in paths:
        faults |= clerk.faults_of(path)
    assert faults == {}


def test_the_chiefs_pages_are_accessible(visit: Any) -> None:
    chief = visit("chanhvp")
    faults: dict[str, object] = {}
    for path in (
        "/van-ban-den",
        "/van-ban-den/luong-chuyen-thang",
        "/van-ban-den/luong-chuyen-thang/moi",
        "/van-ban-den/tieu-de-mat",
        "/van-ban-den/tieu-de-mat/moi",
    ):
        faults |= chief.faults_of(path)
    assert faults == {}


def test_the_search_box_offers_how_to_go_on_and_the_keys_choose(visit: Any) -> None:
    clerk = visit("vanthu")
    page: Page = clerk.go("/van-ban-den")
    box = page.get_by_role("combobox", name="Tìm văn bản, hồ sơ, công việc")
    box.press_sequentially("phong chay")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    assert clerk.axe() == []
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    box.press_sequentially(" ")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).not_to_have_url(clerk.office.url + "/van-ban-den")
    clerk.ready()
