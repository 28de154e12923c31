"""What was probably meant, from what near misses hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Hit, Snippet
from search.correcting import corrected, is_near
from search.query import parse


def hit(*marked: str) -> Hit:
    html = " ".join(f"<mark>{word}</mark>" for word in marked)
    return Hit("paper:1", 1.0, "", "", "paper", (Snippet(f"… {html} …"),))


def test_a_wrong_word_is_replaced_as_the_hits_write_it() -> None:
    query = parse('thoong báo "kế hoạch" tu:2026')
    hits = [hit("Thông", "báo"), hit("thông", "báo"), hit("Thoang")]
    assert corrected(query, hits) == 'thông báo "kế hoạch" tu:01/01/2026'


def test_nothing_is_said_when_all_was_found_or_nothing_is_near() -> None:
    assert corrected(parse("thong bao"), [hit("Thông", "báo")]) == ""
    assert corrected(parse("xyz báo"), [hit("Thông", "báo")]) == ""
    assert corrected(parse("xyz"), []) == ""


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("thoong", "thong", True), ("tong", "thong", True), ("thobg", "thong", True),
        ("htong", "thong", True), ("rnau", "mau", True), ("thong", "thang", True),
        ("thong", "thoa", False), ("thong", "hto", False), ("abcd", "badc", False),
        ("", "ab", False),
    ],
)  # fmt: skip
def test_one_step_away_is_near(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near
    assert is_near(other, one) is near


@given(st.text("abcd", min_size=2, max_size=6), st.integers(0, 5), st.sampled_from("abcde"))
def test_any_single_change_is_near(word: str, at: int, letter: str) -> None:
    at %= len(word)
    assert is_near(word, word[:at] + letter + word[at + 1 :])
    assert is_near(word, word[:at] + word[at + 1 :])
    assert is_near(word, word[:at] + letter + word[at:])
