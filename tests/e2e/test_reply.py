"""A reply walks through the office: letter, Word draft, return, signature, number, seal, issue,
case file, books; and what the tools of others say of its signatures."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.stamp import TextStampStyle

from app.clock import today
from app.outgoing.signing import fields
from tests.unit.outgoing.signing import keys
from tests.unit.outgoing.signing.test_signatures import SIZE, judged, pdfsig

pytestmark = pytest.mark.e2e

LONG = 60_000  # milliseconds: LibreOffice starts cold
CASE_FILE = "Rà soát quy hoạch khu dân cư"
WORDS = {
    "[Nêu lý do, căn cứ hoặc văn bản được trả lời.]": "Sau khi xem xét, Ủy ban nhân dân phường "
    "Minh Họa có ý kiến như sau:",
    "[Nội dung trả lời, đề nghị hoặc thông báo.]": "Phường thống nhất với các nội dung của quý cơ "
    "quan và đã giao Phòng Kinh tế, Hạ tầng và Đô thị phối hợp thực hiện trong tháng này.",
    "[Đề nghị, thời hạn thực hiện, đầu mối liên hệ]": "Trân trọng đề nghị quý cơ quan phối hợp",
}


def give_keys(var_dir: Path) -> keys.Identity:
    """Keys of the chairperson and of the committee's seal, as an installation holds them; the
    authority behind both."""
    root = keys.issue("CA thử")
    folder = var_dir / "keys"
    folder.mkdir(exist_ok=True)
    for name, holder in (("chutich", "Nguyễn Mẫu Sơn"), ("seal-UBND", "UBND phường Minh Họa")):
        (folder / f"{name}.p12").write_bytes(keys.issue(holder, root).pkcs12(root))
        (folder / f"{name}.pass").write_text(keys.PASSPHRASE)
    return root


def reload_until(visitor: Any, text: str, *, tries: int = 40) -> None:
    """Look again until a worker's result stands on the page."""
    page: Page = visitor.page
    for _ in range(tries):
        page.reload()
        visitor.ready()
        if page.get_by_text(text).first.is_visible():
            return
        page.wait_for_timeout(1000)
    expect(page.get_by_text(text).first).to_be_visible()


def hand_in(visitor: Any, file: Path, number: int, verdict: str) -> None:
    """Drop a file as the next version, and wait until its form is checked."""
    page: Page = visitor.page
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(f"Đã nhận phiên bản {number}.")).to_be_visible(timeout=LONG)
    reload_until(visitor, verdict)


def write_in_word(draft: Path, target: Path) -> Path:
    """What a person does in Word: the words in brackets become sentences."""
    with zipfile.ZipFile(draft) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            data = old.read(item.filename)
            if item.filename == "word/document.xml":
                text = data.decode()
                for gap, words in WORDS.items():
                    assert gap in text
                    text = text.replace(gap, words)
                data = text.encode()
            new.writestr(item, data)
    return target


def answerable_letter(visitor: Any) -> tuple[str, str]:
    """A letter on the drafter's list that may be answered: its address and subject."""
    page: Page = visitor.go("/van-ban-den")
    rows = page.locator("[data-row-link]")
    expect(rows.first).to_be_visible()
    addresses = [row.get_attribute("href") for row in rows.all()]
    for address in addresses:
        visitor.go(address)
        if page.get_by_role("link", name="Soạn trả lời").is_visible():
            return str(address), page.get_by_role("heading", level=1).inner_text().strip()
    raise AssertionError("no letter of the demo office waits for a reply")


def submit(page: Page) -> None:
    """Hand the draft in to the signer chosen at its start."""
    page.get_by_role("button", name="Trình", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Trình", exact=True).click()
    expect(page.get_by_text("Đã trình dự thảo.")).to_be_visible()


def agree(visitor: Any, path: str) -> None:
    page: Page = visitor.go(path)
    page.get_by_role("button", name="Đồng ý").click()
    expect(page.get_by_text("Đã duyệt.")).to_be_visible()


def confirmed(page: Page, act: str, done: str) -> None:
    """An act with a question before it."""
    page.get_by_role("button", name=act).click()
    page.get_by_role("dialog").get_by_role("button", name=act).click()
    expect(page.get_by_text(done)).to_be_visible()


def put_into_file(visitor: Any, path: str) -> None:
    page: Page = visitor.go(path)
    place = page.locator("a[href^='/ho-so/dua-vao/']").first.get_attribute("href")
    visitor.go(place)
    box = page.get_by_role("main").get_by_role("combobox", name="Hồ sơ")
    box.locator("..").click()  # what is chosen already covers the box itself
    box.fill(CASE_FILE)
    page.get_by_role("option", name=re.compile(CASE_FILE)).click()
    page.get_by_role("main").get_by_role("button", name="Đưa vào hồ sơ").click()
    expect(page.get_by_text("Đã đưa vào hồ sơ.")).to_be_visible()


def words_of(pdf: bytes) -> str:
    """The text of a PDF, without line ends."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    return " ".join(text.split())


def unbroken(text: str) -> str:
    """Without what a narrow column puts into a symbol: spaces, and hyphens in another form."""
    return re.sub(r"[^\w/]", "", text)


def fetched(page: Page, url: str) -> bytes:
    """With the browser's session: a context with downloads does not always close."""
    answer = page.context.request.get(url)
    assert answer.ok, (answer.status, url)
    return bytes(answer.body())


def must_be_sound(pdf: bytes, root: keys.Identity, folder: Path) -> None:
    """Each signature stands with at most forms filled after it; a stamp drawn later is caught."""
    said = judged(pdf, root)
    assert [ok for ok, _ in said] == [True, True]
    assert all(level is not None and level <= ModificationLevel.FORM_FILLING for _, level in said)
    assert pdfsig(pdf, folder) == ["Signature is Valid."] * 2
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    TextStampStyle(stamp_text="DEN 145").create_stamp(writer, SIZE, {}).apply(0, 100, 700)
    control = io.BytesIO()
    writer.write(control)  # type: ignore[no-untyped-call]
    assert [ok for ok, _ in judged(control.getvalue(), root)] == [False, False]


def test_a_reply_from_the_letter_to_its_end(
    visit: Any, running_office: Any, tmp_path: Path
) -> None:
    root = give_keys(running_office.var_dir)
    office: str = running_office.url
    drafter, clerk = visit("cvkinhte"), visit("vanthu")
    letter, subject = answerable_letter(drafter)
    page: Page = drafter.page
    page.get_by_role("link", name="Soạn trả lời").click()
    drafter.ready()
    page.get_by_label("Người ký").select_option(label="Nguyễn Mẫu Sơn, Chủ tịch")
    page.get_by_role("button", name="Lập dự thảo").click()
    drafter.ready()
    document = page.url.removeprefix(office)
    template = page.get_by_role("link", name="Tải mẫu đã điền").get_attribute("href")
    draft = tmp_path / "du-thao.docx"
    draft.write_bytes(fetched(page, f"{office}{template}"))
    hand_in(drafter, draft, 1, "Kiểm tra thể thức:")
    submit(page)

    head = visit("tpkinhte")
    page = head.go(document)
    page.get_by_role("button", name="Trả lại").click()
    page.get_by_label("Nội dung cần sửa").fill("Nêu rõ thời hạn.")
    page.get_by_role("dialog").get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Đã trả lại.")).to_be_visible()
    page = drafter.go(document)
    expect(page.get_by_text("Nêu rõ thời hạn.").first).to_be_visible()
    hand_in(drafter, write_in_word(draft, tmp_path / "v2.docx"), 2, "Kiểm tra thể thức: đạt")
    submit(page)
    agree(head, document)
    agree(clerk, document)

    leader = visit("chutich", phone=True)
    page = leader.go(document)
    page.get_by_role("button", name="Duyệt ký").tap()
    expect(page.get_by_text("Đã duyệt.")).to_be_visible()

    page = clerk.go(document)
    reload_until(clerk, "Đã ký, chờ cấp số")
    confirmed(page, "Cấp số", "Đã cấp số, ngày.")
    code = page.locator(".cv-big-number").inner_text()
    reload_until(clerk, "Đã đóng dấu, chờ phát hành")
    confirmed(page, "Phát hành", "Đã phát hành.")
    tokens = re.findall(r"/van-ban-di/tep/[\w-]+", page.content())
    pdf = fetched(page, f"{office}{tokens[0]}")
    with ThreadPoolExecutor(1) as apart:  # pyHanko wants a loop of its own beside the browser's
        apart.submit(must_be_sound, pdf, root, tmp_path).result()
    assert fields.read_values(pdf)[fields.NUMBER] == code.split("/")[0]

    closed = drafter.go(letter).locator(".cv-callout", has_text="Đã trả lời:")
    expect(closed).to_contain_text("Đã xong")
    expect(closed).to_contain_text(code)
    put_into_file(drafter, document)
    put_into_file(drafter, letter)
    page = drafter.go("/ho-so")
    page.get_by_role("link", name=CASE_FILE).first.click()
    drafter.ready()
    for one in (document, letter):
        expect(page.get_by_role("main").locator(f"a[href^='{one}']").first).to_be_visible()

    page = clerk.go("/van-ban-di/in-so")
    form: dict[str, str | float | bool] = {"series_id": "", "year": str(today().year)}
    for option in page.locator("select[name=series_id] option").all():
        if "văn bản đi của UBND" in option.inner_text():
            form["series_id"] = str(option.get_attribute("value"))
    book = page.context.request.get(f"{office}/van-ban-di/in-so/so-dang-ky.pdf", params=form)
    assert book.ok
    printed = words_of(bytes(book.body()))
    assert "SỔ ĐĂNG KÝ VĂN BẢN ĐI" in printed
    assert unbroken(code) in unbroken(printed)
    assert "Nguyễn Mẫu Sơn" in printed
    assert unescape(subject)[:12].lower() in printed.lower()
    post = page.context.request.get(f"{office}/van-ban-di/in-so/so-buu-dien.pdf", params=form)
    assert "SỔ GỬI VĂN BẢN ĐI BƯU ĐIỆN" in words_of(bytes(post.body()))
