"""The main job: a scan of two pages arrives, is read, registered, directed, handled and found.

Walked through the screen by five people, at a desk and on a phone, on both databases. Each walk
has a letter of its own, printed and scanned for it.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.demo.letters import Letter, sample_letters
from app.demo.make_samples import PHRASE_OF_PAGE_TWO
from app.demo.paper import render_pdf
from app.demo.scanning import Quality, scan

pytestmark = pytest.mark.e2e

READ_WITHIN_MS = 60_000
FOUND_WITHIN_S = 30
UNMARKED = "den long giay do"  # the phrase of page 2 as somebody types it in a hurry


def unique_letter(number: int) -> Letter:
    """The two-page sample report under a number that no other letter has."""
    base = next(
        letter
        for letter in sample_letters().values()
        if any(PHRASE_OF_PAGE_TWO in line.text for line in letter.body)
    )
    return replace(base, number=str(number), issued_on=date(2026, 11, 17))


def scanned(letter: Letter, folder: Path) -> Path:
    path = folder / f"bao-cao-{letter.number}.pdf"
    path.write_bytes(scan(render_pdf(letter), Quality.CLEAN, seed=int(letter.number)))
    return path


def choose(page: Page, label: str, text: str) -> None:
    """Pick an entry of a searchable list, as a person does."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(text)
    page.get_by_role("option", name=text, exact=True).click()


def upload(page: Page, path: Path) -> str:
    """Drop the scan on the list; returns the path of the letter's page."""
    page.locator("input[type=file]").set_input_files(path)
    link = page.locator(".cv-upload a")
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def filled_form(visitor: Any, path: str) -> Locator:
    """The form once the reading has filled it; the page does so by itself."""
    page: Page = visitor.go(path)
    number = page.get_by_label("Số", exact=True)
    expect(number).not_to_have_value("", timeout=READ_WITHIN_MS)
    visitor.ready()
    return number


@pytest.mark.parametrize(
    ("running_office", "phone", "number"),
    # PostgreSQL first: its office is loaded while the other process loads the one on SQLite.
    [("postgresql", False, 7103), ("sqlite", True, 7102)],
    indirect=["running_office"],
)
def test_the_day_of_a_letter(visit: Any, tmp_path: Path, phone: bool, number: int) -> None:
    letter = unique_letter(number)
    clerk = visit("vanthu", phone=phone)
    path = upload(clerk.go("/van-ban-den"), scanned(letter, tmp_path))

    # The form is filled from the scan; the clerk confirms, registers and submits.
    expect(filled_form(clerk, path)).to_have_value(str(number))
    page: Page = clerk.page
    expect(page.get_by_label("Ký hiệu")).to_have_value(letter.notation)
    expect(page.get_by_label("Ngày ban hành")).to_have_value("17/11/2026")
    assert clerk.axe() == []
    page.get_by_label("Trình", exact=True).select_option(label=leader_of(page))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cv-big-number")).to_be_visible()

    # The leader directs.
    leader = visit("chutich", phone=phone)
    page = leader.go(path)
    assert leader.axe() == []
    choose(page, "Chủ trì", "Phòng Kinh tế")
    page.get_by_label("Nội dung chỉ đạo").fill("Tham mưu trả lời trong tuần.")
    page.get_by_role("button", name="Gửi ý kiến chỉ đạo").click()
    expect(page.get_by_text("Đã gửi ý kiến “Giao xử lý” tới Phòng Kinh tế")).to_be_visible()

    # The head assigns a specialist.
    head = visit("tpkinhte", phone=phone)
    page = open_task(head, path)
    page.get_by_label("Đỗ Mẫu Phong").check()
    page.get_by_role("button", name="Phân công").click()
    expect(page.get_by_text("Đã giao việc cho")).to_be_visible()

    # The specialist reports the result.
    specialist = visit("cvkinhte", phone=phone)
    page = open_task(specialist, path)
    page.locator("summary", has_text="Báo hoàn thành").click()
    page.get_by_role("textbox", name="Kết quả", exact=True).fill(f"Báo cáo số {number}/BC-UBND")
    page.get_by_role("button", name="Báo hoàn thành").click()
    expect(page.get_by_text("chờ duyệt").first).to_be_visible()

    # The leader accepts; the letter closes in the same commit.
    page = open_task(leader, path)
    page.get_by_role("button", name="Chấp nhận kết quả").click()
    expect(page.get_by_text("Việc đã kết thúc.")).to_be_visible()
    page = leader.go(path)
    expect(page.get_by_text("Đã xong", exact=True).first).to_be_attached()

    # Found by words of page 2 without tone marks, at that page.
    hit = found(leader, f"{UNMARKED} so:{number}", path)
    assert "page=2" in str(hit.get_attribute("href"))
    hit.click()
    expect(leader.page.get_by_role("heading", level=1)).to_be_visible()


def leader_of(page: Page) -> str:
    """The chairperson's entry in the list of whom to submit to."""
    options = page.get_by_label("Trình", exact=True).locator("option").all_inner_texts()
    return next(text for text in options if "Chủ tịch" in text and "Phó" not in text)


def open_task(visitor: Any, path: str) -> Page:
    """From the letter to the task that it made."""
    page: Page = visitor.go(path)
    part = page.get_by_role("button", name="Thông tin, xử lý")
    if part.is_visible():
        part.click()
    page.get_by_role("link", name="Mở công việc").first.click()
    return visitor.ready()  # type: ignore[no-any-return]


def found(visitor: Any, words: str, path: str) -> Locator:
    """The hit for a letter, once the relay has indexed it."""
    deadline = time.monotonic() + FOUND_WITHIN_S
    while True:
        page: Page = visitor.go(f"/tim-kiem?q={words}")
        hit = page.locator(f"main a[href*='{path}']").first
        if hit.count():
            return hit
        assert time.monotonic() < deadline, "the letter was not found in time"
        page.wait_for_timeout(300)
