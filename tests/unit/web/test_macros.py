from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest
from lxml import html
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tests.unit.web.conftest import Render


class LetterForm(Form):
    symbol = StringField("Số, ký hiệu", [InputRequired("Hãy nhập số, ký hiệu.")])
    summary = TextAreaField("Trích yếu", [Length(max=5, message="Trích yếu quá dài.")])
    organ = SelectField("Cơ quan ban hành", choices=[("1", "Sở Nội vụ"), ("2", "Sở <Tài chính>")])
    outcome = RadioField("Hướng xử lý", choices=[("a", "Giao xử lý"), ("b", "Để biết")])


@dataclass
class Reading:
    confidence: float | None = 0.62
    page: int = 2
    box: tuple[float, ...] | None = (0.1, 0.2, 0.3, 0.25)
    source_text: str = 'Số: "12"'
    handwritten: bool = False
    doubtful: bool = True


@dataclass
class Page:
    number: int = 3
    size: int = 20
    total: int = 1284
    pages: int = 65


FIELD = '{% from "ui/forms.html" import field, form_errors %}'


def test_a_field_has_a_label_and_says_that_it_is_required(render: Render) -> None:
    tree = html.fromstring(
        render(FIELD + "{{ field(form.symbol, hint='Như trên văn bản') }}", form=LetterForm())
    )

    [entry] = tree.xpath("//input[@id='symbol']")
    assert tree.xpath("//label[@for='symbol']")[0].text_content() == "Số, ký hiệu*"
    assert tree.xpath(f"//*[@id='{entry.get('aria-describedby')}']")[0].text == "Như trên văn bản"


def test_a_wrong_field_is_marked_and_listed_above_the_form(render: Render) -> None:
    form = LetterForm(data={"summary": "quá dài", "organ": "1", "outcome": "a"})
    form.validate()

    tree = html.fromstring(
        "<div>"
        + render(FIELD + "{{ form_errors(form) }}{{ field(form.symbol) }}", form=form)
        + "</div>"
    )

    assert [a.get("href") for a in tree.xpath("//*[@role='alert']//a")] == ["#symbol", "#summary"]
    [entry] = tree.xpath("//input[@id='symbol']")
    assert entry.get("aria-invalid") == "true"
    note = tree.xpath(f"//*[@id='{entry.get('aria-describedby')}']")[0]
    assert "Hãy nhập số, ký hiệu." in note.text_content()


def test_a_field_that_was_read_carries_its_place_and_its_doubt(render: Render) -> None:
    source = FIELD + "{{ field(form.symbol, reading=reading) }}"

    tree = html.fromstring(render(source, form=LetterForm(), reading=Reading()))

    assert (tree.get("data-page"), tree.get("data-box")) == ("2", "[0.1, 0.2, 0.3, 0.25]")
    assert tree.get("data-doubtful") == "true"
    note = tree.xpath("//*[@id='symbol-reading']")[0].text_content()
    assert "62%" in note
    assert 'Số: "12"' in note


def test_a_handwritten_value_is_asked_for_not_guessed(render: Render) -> None:
    reading = Reading(confidence=None, handwritten=True, source_text="")

    text = render(
        FIELD + "{{ field(form.symbol, reading=reading) }}", form=LetterForm(), reading=reading
    )

    assert "Viết tay hoặc đóng dấu" in text


def test_choices_are_escaped_and_pickers_are_plain_selects_without_script(render: Render) -> None:
    source = FIELD + "{{ field(form.organ, picker=true) }}"

    tree = html.fromstring(render(source, form=LetterForm()))

    [select] = tree.xpath("//select")
    assert select.get("data-controller") == "picker"
    assert select.get("class") is None
    assert select.xpath("option/text()") == ["Sở Nội vụ", "Sở <Tài chính>"]


def test_radio_buttons_stand_in_a_fieldset_with_a_legend(render: Render) -> None:
    tree = html.fromstring(render(FIELD + "{{ field(form.outcome) }}", form=LetterForm()))

    assert tree.tag == "fieldset"
    assert tree.xpath("legend")[0].text_content() == "Hướng xử lý"
    assert len(tree.xpath(".//input[@type='radio']")) == 2


class TestPager:
    source: ClassVar[str] = '{% from "ui/lists.html" import pager %}{{ pager(page, "văn bản") }}'

    def test_it_says_which_rows_are_shown(self, render: Render) -> None:
        assert "Hiển thị 41–60 trong 1.284 văn bản" in render(self.source, page=Page())

    def test_links_keep_the_filters_of_the_address(self, render: Render) -> None:
        tree = html.fromstring(render(self.source, page=Page()))

        assert tree.xpath("//a[@rel='next']/@href") == ["/van-ban-den?tab=cho&page=4"]
        assert tree.xpath("//a[@rel='prev']/@href") == ["/van-ban-den?tab=cho&page=2"]

    def test_one_page_has_no_links(self, render: Render) -> None:
        tree = html.fromstring(render(self.source, page=Page(number=1, total=7, pages=1)))

        assert tree.xpath("//a") == []


@pytest.mark.parametrize(
    ("state", "days", "words"),
    [
        ("overdue", 2, "Quá hạn 2 ngày"),
        ("soon", 1, "Còn 1 ngày"),
        ("today", 0, "Hôm nay"),
        ("done_late", 3, "Xong trễ 3 ngày"),
        ("none", 0, "Không thời hạn"),
    ],
)
def test_a_deadline_is_said_in_words(render: Render, state: str, days: int, words: str) -> None:
    source = '{% from "ui/badges.html" import deadline %}{{ deadline(state, days) }}'

    assert words in render(source, state=state, days=days)


def test_an_ordinary_letter_has_no_urgency_badge(render: Render) -> None:
    source = '{% from "ui/badges.html" import urgency %}{{ urgency("normal") }}'

    assert render(source).strip() == ""


def test_the_viewer_keeps_boxes_as_data(render: Render) -> None:
    source = '{% from "ui/files.html" import viewer %}{{ viewer("/tep/1", "a.pdf", boxes=boxes) }}'
    boxes = [{"page": 1, "box": [0, 0, 1, 0.5], "label": 'Số "đến"'}]

    tree = html.fromstring(render(source, boxes=boxes))

    assert html.tostring(tree, encoding="unicode").count("style=") == 0
    assert '"label": "S\\u1ed1 \\"\\u0111\\u1ebfn\\""' in tree.get("data-viewer-boxes-value")


def test_a_question_names_the_object_and_repeats_the_verb(render: Render) -> None:
    source = (
        '{% from "ui/dialogs.html" import confirm %}'
        '{{ confirm("huy", "Hủy số 12?", "/huy", "Hủy số", tone="danger") }}'
    )

    tree = html.fromstring(render(source))

    assert tree.xpath("//h2")[0].text == "Hủy số 12?"
    assert tree.xpath("//button[@type='submit']")[0].text == "Hủy số"
    assert tree.xpath("//form/@action") == ["/huy"]
    assert tree.xpath("//input[@name='csrf_token']/@value")[0]
