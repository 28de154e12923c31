"""The editor of a letter's body in a real browser, under the policy of all pages.

It needs no office: a page of its own shows the macro that the room includes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask, Response, render_template_string, request
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server
from wtforms import TextAreaField

from app.outgoing.papers.clean import body_from, for_typing
from app.web.assets import register_assets
from app.web.headers import POLICY
from tests.e2e.conftest import PHONE, RunningOffice, Visitor, Watch

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
PAGE = """<!doctype html><html lang="vi"><head><title>Soạn thảo</title>
{% include "_head.html" %}</head><body><main class="cv-page">
{% from "outgoing/_editor.html" import editor %}<h1>Soạn thảo</h1>
<form method="post">{{ editor(form.body, "Nội dung của công văn") }}
<button class="btn btn-primary">Lưu</button></form></main></body></html>"""


class Body(FlaskForm):
    body = TextAreaField("Nội dung văn bản")


@dataclass(slots=True)
class Desk:
    """The server of the page: what the area starts with, and the bodies that it was sent."""

    url: str = ""
    start: str = ""
    posted: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    app = Flask("app.web", root_path=str(ROOT / "app" / "web"))
    app.config.update(SECRET_KEY="of-this-test", WTF_CSRF_ENABLED=False)
    folders = [ROOT / "app/outgoing/templates", ROOT / "app/web/templates"]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    app.jinja_env.globals.update(_=lambda text: text, csrf_token=lambda: "")
    register_assets(app)
    made = Desk()

    @app.route("/", methods=["GET", "POST"])
    def show() -> Response:
        if request.method == "POST":
            made.posted.append(body_from(request.form["body"]))
        form = Body(formdata=None, body=for_typing(made.start))
        answer = Response(render_template_string(PAGE, form=form))
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    server = make_server("127.0.0.1", 0, app, threaded=True)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join(5)


@pytest.fixture
def visitor(desk: Desk, browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    watch = Watch(desk.url)
    context = browser.new_context(locale="vi-VN")
    desk.start, desk.posted = "", []
    yield Visitor(RunningOffice(desk.url, tmp_path, {}), context, watch)
    context.close()
    assert watch.faults == []


def opened(visitor: Visitor) -> Page:
    page = visitor.go("/")
    expect(page.get_by_role("textbox", name="Nội dung văn bản")).to_be_visible()
    return page


def test_what_is_written_with_the_tools_arrives_as_the_server_keeps_it(
    visitor: Visitor, desk: Desk
) -> None:
    page = opened(visitor)
    text = page.get_by_role("textbox", name="Nội dung văn bản")
    text.click()
    page.keyboard.type("Kính gửi ")
    page.keyboard.press("Control+b")
    page.keyboard.type("quý Sở")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Căn giữa").click()
    page.keyboard.type("Giữa")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Danh sách đánh số").click()
    page.keyboard.type("Một;")
    page.keyboard.press("Enter")
    page.keyboard.type("Hai.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    visitor.ready()

    [body] = desk.posted
    assert body == (
        '<p>Kính gửi <strong>quý Sở</strong></p><p class="align-center">Giữa</p>'
        '<ol><li><p class="align-center">Một;</p></li>'
        '<li><p class="align-center">Hai.</p></li></ol>'
    )


def test_a_body_comes_back_unchanged_through_the_editor(visitor: Visitor, desk: Desk) -> None:
    desk.start = (
        "<p><strong>Điều 1.</strong> Một.</p><ul><li><p>Hai</p></li></ul><table><tbody><tr><th>"
        '<p>TT</p></th></tr><tr><td><p class="align-right">1</p></td></tr></tbody></table>'
        "<p>Hết</p>"
    )
    page = opened(visitor)
    page.get_by_role("button", name="Lưu", exact=True).click()
    visitor.ready()
    page.get_by_role("textbox", name="Nội dung văn bản").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("!")
    page.get_by_role("button", name="Lưu", exact=True).click()
    visitor.ready()

    assert desk.posted == [desk.start, desk.start.replace("Hết", "Hết!")]


def test_everything_is_reached_by_the_keyboard_and_nothing_holds_it(visitor: Visitor) -> None:
    page = opened(visitor)
    text = page.get_by_role("textbox", name="Nội dung văn bản")
    text.focus()
    page.keyboard.type("Chữ")
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("button", name="Chữ đậm (Ctrl+B)")).to_be_focused()
    for _ in range(11):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Chèn bảng")).to_be_focused()
    page.keyboard.press("Enter")
    expect(text.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("button", name="Thêm dòng")).to_be_visible()
    expect(text).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Lưu", exact=True)).to_be_focused()


def test_the_editor_is_accessible_and_fits_a_phone(visitor: Visitor, desk: Desk) -> None:
    desk.start = "<p>Một</p><table><tbody><tr><th><p>TT</p></th></tr></tbody></table>"
    page = opened(visitor)
    page.locator(".cv-editor-page th").click()
    assert visitor.axe() == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert not visitor.scrolls_sideways()
    assert visitor.axe() == []


def test_without_script_plain_lines_are_typed_and_kept(browser: Browser, desk: Desk) -> None:
    desk.start, desk.posted = "<p>Một</p><p>Hai</p>", []
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(desk.url)
    area = page.get_by_label("Nội dung văn bản")
    expect(area).to_have_value("Một\nHai")
    expect(page.get_by_role("toolbar")).to_be_hidden()
    area.fill("Một\nBa & bốn")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("heading")).to_be_visible()
    context.close()

    assert desk.posted == ["<p>Một</p><p>Ba &amp; bốn</p>"]
