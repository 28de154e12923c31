"""A reply walks through the office: letter, Word draft, return, signature, number, seal, issue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.unit.outgoing.signing import keys

pytestmark = pytest.mark.e2e

LONG = 60_000  # milliseconds: LibreOffice starts cold


def give_keys(var_dir: Path) -> None:
    """Keys of the chairperson and of the committee's seal, as an installation holds them."""
    root = keys.issue("CA thử")
    folder = var_dir / "keys"
    folder.mkdir(exist_ok=True)
    for name, holder in (("chutich", "Nguyễn Mẫu Sơn"), ("seal-UBND", "UBND phường Minh Họa")):
        (folder / f"{name}.p12").write_bytes(keys.issue(holder, root).pkcs12(root))
        (folder / f"{name}.pass").write_text(keys.PASSPHRASE)


def reload_until(visitor: Any, text: str, *, tries: int = 40) -> None:
    """Look again until a worker's result stands on the page."""
    page: Page = visitor.page
    for _ in range(tries):
        page.reload()
        visitor.ready()
        if page.get_by_text(text).first.is_visible():
            return
        page.wait_for_timeout(1500)
    expect(page.get_by_text(text).first).to_be_visible()


def hand_in(visitor: Any, file: Path, number: int) -> None:
    """Drop a file as the next version, and wait until its form is checked."""
    page: Page = visitor.page
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(f"Đã nhận phiên bản {number}.")).to_be_visible(timeout=LONG)
    reload_until(visitor, "Kiểm tra thể thức:")


def test_a_reply_from_the_letter_to_its_end(
    visit: Any, running_office: Any, tmp_path: Path
) -> None:
    give_keys(running_office.var_dir)
    clerk = visit("vanthu")
    page: Page = clerk.go("/van-ban-den?tab=cho-trinh")
    page.locator("[data-row-link]").first.click()
    clerk.ready()
    letter = page.url
    page.get_by_role("link", name="Soạn trả lời").click()
    clerk.ready()
    page.get_by_label("Người ký").select_option(label="Nguyễn Mẫu Sơn, Chủ tịch")
    page.get_by_role("button", name="Lập dự thảo").click()
    clerk.ready()
    document = page.url
    # Fetched with the browser's session: a context with downloads does not always close.
    template = page.get_by_role("link", name="Tải mẫu đã điền").get_attribute("href")
    draft = tmp_path / "du-thao.docx"
    draft.write_bytes(page.context.request.get(f"{running_office.url}{template}").body())
    hand_in(clerk, draft, 1)
    submit(page)

    chief = visit("chanhvp")
    page = chief.go(document.removeprefix(running_office.url))
    page.get_by_role("button", name="Trả lại").click()
    page.get_by_label("Nội dung cần sửa").fill("Nêu rõ thời hạn.")
    page.get_by_role("dialog").get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Đã trả lại.")).to_be_visible()
    page = clerk.go(document.removeprefix(running_office.url))
    expect(page.get_by_text("Nêu rõ thời hạn.").first).to_be_visible()
    hand_in(clerk, draft, 2)
    submit(page)
    page = chief.go(document.removeprefix(running_office.url))
    page.get_by_label("Ý kiến", exact=True).fill("Đúng thể thức.")
    page.get_by_role("button", name="Đồng ý").click()
    expect(page.get_by_text("Đã duyệt.")).to_be_visible()

    leader = visit("chutich", phone=True)
    page = leader.go(document.removeprefix(running_office.url))
    page.get_by_role("button", name="Duyệt ký").tap()
    expect(page.get_by_text("Đã duyệt.")).to_be_visible()

    page = clerk.go(document.removeprefix(running_office.url))
    reload_until(clerk, "Đã ký, chờ cấp số")
    page.get_by_role("button", name="Cấp số").click()
    page.get_by_role("dialog").get_by_role("button", name="Cấp số").click()
    expect(page.get_by_text("Đã cấp số, ngày.")).to_be_visible()
    reload_until(clerk, "Đã đóng dấu, chờ phát hành")
    page.get_by_role("button", name="Phát hành").click()
    page.get_by_role("dialog").get_by_role("button", name="Phát hành").click()
    expect(page.get_by_text("Đã phát hành.")).to_be_visible()
    page = clerk.go(letter.removeprefix(running_office.url))
    expect(page.get_by_text("Đã trả lời:").first).to_be_visible()


def submit(page: Page) -> None:
    """Hand the draft in to the signer chosen at its start."""
    page.get_by_role("button", name="Trình", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Trình", exact=True).click()
    expect(page.get_by_text("Đã trình dự thảo.")).to_be_visible()
