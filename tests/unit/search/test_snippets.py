"""Pieces of text with marks: right, short, and never a way to inject HTML."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import normalise
from search.query import parse
from search.snippets import WIDTH, mark, snippets, wanted
from search.types import SearchRecord, Snippet


def record(*pages: str, text: str = "") -> SearchRecord:
    return SearchRecord(id="1", kind="k", title="t", acl=frozenset(), text=text, pages=pages)


def best(words: str, *pages: str, text: str = "") -> Snippet:
    return snippets(record(*pages, text=text), wanted(parse(words)))[0]


@given(st.text(max_size=400), st.text(max_size=30))
def test_a_snippet_of_any_text_holds_no_tag_but_mark(text: str, words: str) -> None:
    shown = mark(text, wanted(parse(words)))
    left = re.sub("</?mark>", "", shown)
    assert not set("<>\"'") & set(left)
    assert shown.count("<mark>") == shown.count("</mark>")
    assert html.unescape(left).split() == normalise(text).split()


@given(st.lists(st.sampled_from(["đất", "kế", "hoạch", "nước", "và"]), min_size=1, max_size=400))
def test_a_snippet_is_short_and_shows_a_wanted_word(words: list[str]) -> None:
    shown = best("hoạch", " ".join(words)).html
    plain = html.unescape(re.sub("</?mark>|^… | …$", "", shown))
    assert len(plain) <= WIDTH + 1
    assert ("<mark>hoạch" in shown) == ("hoạch" in words)


def test_the_place_with_most_of_the_words_in_a_row_is_chosen() -> None:
    text = (
        "đất. " + "x " * 300 + "kế hoạch đất. " + "y " * 300 + "kế hoạch sử dụng đất. " + "z " * 300
    )
    assert "<mark>kế hoạch sử dụng đất</mark>" in best("kế hoạch sử dụng đất", text).html


def test_where_the_word_stands_as_typed_others_are_not_marked() -> None:
    assert best("đề án", "để ăn đề án").html == "để ăn <mark>đề án</mark>"
    assert best("de an", "để ăn đề án").html == "<mark>để ăn đề án</mark>"


def test_numbers_are_marked_with_their_leading_zeros() -> None:
    assert best("5/QĐ-UBND", "Quyết định 05/QĐ-UBND").html == "Quyết định <mark>05/QĐ-UBND</mark>"


def test_the_written_out_name_is_marked_for_its_short_form() -> None:
    assert "<mark>Ủy ban nhân dân</mark>" in best("ubnd", "Theo Ủy ban nhân dân tỉnh").html


def test_text_without_a_match_shows_its_beginning() -> None:
    shown = best("không", "đầu " * 200)
    assert shown.page == 1
    assert shown.html.startswith("đầu đầu")
    assert shown.html.endswith("đầu …")


def test_no_text_gives_no_snippet() -> None:
    assert snippets(record(), wanted(parse("đất"))) == ()


@pytest.mark.parametrize(("words", "page"), [("quý", 1), ("ba", 3), ("ghi chú", None)])
def test_the_page_is_the_one_with_the_words(words: str, page: int | None) -> None:
    assert best(words, "báo cáo quý", "hai", "trang ba", text="ghi chú riêng").page == page
