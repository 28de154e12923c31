"""Cleaning what the editor sends, and showing what changed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outgoing.papers.clean import body_from, clean_html, for_typing, plain_text
from app.outgoing.papers.differences import Piece, between, changed


def test_what_the_editor_makes_is_kept() -> None:
    html = (
        '<p class="align-center"><strong>A</strong> <em>b</em> <u>c</u></p>'
        "<ol><li><p>Một</p></li></ol><table><tbody><tr><td><p>1</p></td></tr></tbody></table>"
    )

    assert clean_html(html) == html


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<img src="http://192.0.2.1/x.png" onerror="alert(1)">',
        '<p style="background:url(http://192.0.2.1/x)">a</p>',
        '<a href="javascript:alert(1)">a</a>',
        '<p class="cv-hidden" onclick="alert(1)">a</p>',
        '<svg><style>p{display:none}</style><a href="http://192.0.2.1">a</a></svg>',
        '<iframe srcdoc="<p>x</p>"></iframe>',
        "<style>p{display:none}</style>",
    ],
)
def test_nothing_that_acts_loads_or_hides_is_kept(bad: str) -> None:
    cleaned = clean_html(bad)

    for part in ("script", "http", "alert", "style", "hidden", "href", "src"):
        assert part not in cleaned


def test_text_is_composed() -> None:
    assert clean_html(unicodedata.normalize("NFD", "<p>Ủy ban</p>")) == "<p>Ủy ban</p>"


def test_lines_typed_without_script_become_paragraphs_and_come_back_as_lines() -> None:
    body = body_from("Một & hai.\r\n\r\n  1 < 2  ")

    assert body == "<p>Một &amp; hai.</p><p>1 &lt; 2</p>"
    assert for_typing(body) == "Một & hai.\n1 < 2"


def test_a_formatted_body_is_not_flattened_for_typing() -> None:
    body = "<p><strong>Một</strong></p>"

    assert body_from(for_typing(body)) == body


def test_the_text_of_a_body_has_a_line_for_each_paragraph_and_cell() -> None:
    body = "<p>A &amp; b</p><ul><li><p>c</p></li></ul><table><tr><td>1</td><td>2</td></tr></table>"

    assert plain_text(body) == "A & b\nc\n1\n2"


def test_a_changed_word_is_shown_within_its_paragraph() -> None:
    [line] = between("Hạn là ngày 30 tháng 11.", "Hạn là ngày 15 tháng 11.")

    assert line == (
        Piece("same", "Hạn là ngày "),
        Piece("removed", "30"),
        Piece("added", "15"),
        Piece("same", " tháng 11."),
    )


def test_new_and_removed_paragraphs_are_shown_whole() -> None:
    lines = between("Một.\nHai bốn sáu.\nCuối.", "Một.\nCuối.\nThêm một đoạn.")

    assert lines == [
        (Piece("same", "Một."),),
        (Piece("removed", "Hai bốn sáu."),),
        (Piece("same", "Cuối."),),
        (Piece("added", "Thêm một đoạn."),),
    ]


def test_equal_texts_have_no_difference() -> None:
    assert not changed(between("Một.\n\nHai.", "Một.\nHai."))


words = st.lists(st.sampled_from(["Điều", "1.", "quy", "định", "\n", "ngày", "05"]), max_size=40)


@given(words, words)
def test_both_versions_can_be_read_back_from_the_difference(a: list[str], b: list[str]) -> None:
    old, new = " ".join(a), " ".join(b)
    lines = between(old, new)

    for text, hidden in ((old, "added"), (new, "removed")):
        read = ["".join(p.text for p in line if p.kind != hidden) for line in lines]
        kept = [" ".join(line.split()) for line in read if line.strip()]
        assert kept == [" ".join(x.split()) for x in text.splitlines() if x.strip()]
