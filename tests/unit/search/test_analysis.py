"""The terms that text becomes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import (
    codes,
    exact_terms,
    fold,
    fold_term,
    folded_terms,
    lower,
    normalise,
    own_numbers,
    places,
)

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữự"
    "ỳýỷỹỵĐẤƯ 0123456789/-.,\u0301\u0323",
    max_size=80,
)


@given(st.text(max_size=200) | VIETNAMESE)
def test_analysis_takes_any_text_and_gives_terms_without_blanks(text: str) -> None:
    for term in exact_terms(text):
        assert term
        assert len(term.split()) == 1
        assert len(term) <= 64


@given(VIETNAMESE)
def test_composed_and_decomposed_text_have_the_same_terms(text: str) -> None:
    assert exact_terms(unicodedata.normalize("NFD", text)) == exact_terms(
        unicodedata.normalize("NFC", text)
    )


@given(VIETNAMESE)
def test_capitals_make_no_difference(text: str) -> None:
    assert folded_terms(text.upper()) == folded_terms(text)


@given(VIETNAMESE)
def test_words_typed_without_marks_have_the_folded_terms_of_words_with_marks(text: str) -> None:
    assert folded_terms(fold(normalise(text))) == folded_terms(text)


@given(VIETNAMESE)
def test_terms_stay_the_same_when_they_are_analysed_again(text: str) -> None:
    terms = exact_terms(text)
    assert exact_terms(" ".join(terms)) == terms


@given(st.text(max_size=200))
def test_lower_case_and_folding_keep_the_length_so_that_offsets_stay_valid(text: str) -> None:
    assert len(lower(text)) == len(text)
    assert len(fold(text)) == len(text)


@given(VIETNAMESE)
def test_places_are_found_where_the_terms_stand(text: str) -> None:
    text = normalise(text)
    terms = exact_terms(text)
    found = places(text, frozenset(fold_term(term) for term in terms))
    assert [place.exact for place in found] == terms
    for place in found:
        assert exact_terms(text[place.start : place.end]) == [place.exact]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà bình", "hòa bình"),
        ("Uỷ ban", "Ủy ban"),
        ("kỹ thuật", "kĩ thuật"),
        ("quý III", "quí III"),
        ("quy định", "qui định"),
        ("tỷ lệ", "tỉ lệ"),
        ("05/QĐ-UBND", "5/QĐ-UBND"),
        ("phân số 1⁄2", "phân số 1/2"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_two_accepted_spellings_are_one_term(one: str, other: str) -> None:
    assert exact_terms(one) == exact_terms(other)


@pytest.mark.parametrize(("one", "other"), [("hoàn", "hòan"), ("thuý", "thúi"), ("my", "may")])
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert exact_terms(one) != exact_terms(other)


def test_a_symbol_comes_apart_into_letters_and_digits() -> None:
    assert exact_terms("145/TTr-KTHT, m2, Điều3") == [
        "145", "ttr", "ktht", "m", "2", "điều", "3",
    ]  # fmt: skip


def test_codes_are_kept_whole_beside_their_parts() -> None:
    text = "Số: 145/TTr-KTHT ngày 05 tháng 3 năm 2026; 249/2025/NĐ-CP; 15a/QĐ-UBND; 1.500.000 đồng"
    assert codes(text) == [
        "145/ttr-ktht", "ttr-ktht", "2026-03-05", "249/nd-cp", "nd-cp", "249/2025/nd-cp",
        "249/2025", "15a/qd-ubnd", "qd-ubnd", "1500000",
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["12/3/2026", "12-03-2026", "ngày 12 tháng 3 năm 2026"])
def test_a_date_in_any_writing_is_one_code(written: str) -> None:
    assert codes(written) == ["2026-03-12"]


def test_what_only_looks_like_a_date_is_no_code() -> None:
    assert codes("45/45/2026 và 1.2.3") == []


@pytest.mark.parametrize(
    ("number", "notation"), [("145", "TTr-KTHT"), ("145/TTr-KTHT", ""), ("0145 / TTr-KTHT", "")]
)
def test_an_own_number_has_the_same_forms_however_it_is_given(number: str, notation: str) -> None:
    assert own_numbers(number, notation) == ["145", "145/ttr-ktht", "ttr-ktht"]


def test_an_inserted_number_keeps_its_letter() -> None:
    assert own_numbers("15a", "") == ["15a"]


def test_no_number_has_no_forms() -> None:
    assert own_numbers("", "") == []


@given(st.text(max_size=80))
def test_any_number_and_text_can_be_read_for_codes(text: str) -> None:
    for form in [*codes(text), *own_numbers(text, text)]:
        assert len(form.split()) == 1
