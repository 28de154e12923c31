"""The query language: understood, explained, never refused."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.query import MAX_WORDS, OVERDUE, compose, parse, read_day


def test_words_phrases_and_exclusions_are_told_apart() -> None:
    query = parse('đất đai "kế hoạch sử dụng" -tạm -"đình chỉ"')
    assert query.words == ("đất", "đai")
    assert query.phrases == ("kế hoạch sử dụng",)
    assert query.excluded == ("tạm", "đình chỉ")
    assert query.explain == ()


def test_fields_take_a_word_or_a_phrase() -> None:
    query = parse('so:145/TTr-KTHT coquan:"sở y tế" -trangthai:lưu nguoiky:"văn an"')
    assert query.fields == (
        ("number", "145/TTr-KTHT"), ("organ", "sở y tế"), ("signer", "văn an"),
    )  # fmt: skip
    assert query.excluded_fields == (("state", "lưu"),)


def test_field_names_may_carry_their_marks() -> None:
    assert parse("số:145 loại:báo-cáo").fields == (("number", "145"), ("type", "báo-cáo"))


def test_a_known_document_type_needs_no_quotes() -> None:
    query = parse("loai:quyet dinh đất đai")
    assert query.fields == (("type", "quyet dinh"),)
    assert query.words == ("đất", "đai")


def test_a_longer_word_is_not_taken_for_a_known_type() -> None:
    assert parse("loai:luật sư", types=["luật s"]).fields == (("type", "luật"),)


def test_or_joins_neighbours_only() -> None:
    query = parse('kế OR hoạch | "dự án" năm')
    assert query.alternatives == (("kế", "hoạch", "dự án"),)
    assert query.words == ("năm",)


def test_repeated_words_around_or_stay_in_their_groups() -> None:
    query = parse("x OR a a OR c")
    assert query.alternatives == (("x", "a"), ("a", "c"))
    assert query.words == ()


def test_small_or_is_a_word() -> None:
    assert parse("thành phố hoặc xã").words == ("thành", "phố", "hoặc", "xã")


def test_dates_bound_the_time() -> None:
    query = parse("tu:01/01/2026 den:31/03/2026")
    assert (query.dated_from, query.dated_to) == ("2026-01-01", "2026-03-31")


def test_dates_the_wrong_way_round_are_swapped_and_it_is_said() -> None:
    query = parse("tu:2026 den:2025")
    assert (query.dated_from, query.dated_to) == ("2025-12-31", "2026-01-01")
    assert "đổi chỗ" in query.explain[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('"mở ngoặc', "ngoặc kép"),
        ("abc:xyz", "Không có trường “abc:”"),
        ("OR đất", "OR cần một từ"),
        ("đất OR", "OR cần một từ"),
        ("tu:40/13/2026", "Không hiểu ngày"),
        ("so:/", "chưa có giá trị"),
        ("đất so:", "chưa có giá trị"),
        ("-den:2026", "dấu trừ"),
        ("han:mai", "Không hiểu thời hạn"),
        ("-han:<=3", "Không hiểu thời hạn"),
        ("từ " * (MAX_WORDS + 1), f"{MAX_WORDS} từ đầu"),
    ],
)
def test_a_wrong_query_is_explained(typed: str, said: str) -> None:
    assert any(said in sentence for sentence in parse(typed).explain)


def test_a_pasted_line_with_a_colon_is_not_scolded() -> None:
    query = parse("Kính gửi: Sở Y tế; lúc 8:30, hạn: 3 ngày, http://vidu.gov.vn")
    assert query.explain == ()
    assert query.words[:2] == ("Kính", "gửi")


@given(st.text(max_size=120) | st.text(alphabet='ab -"”:|OR so:tuđenhạ<=/0123456789', max_size=60))
@example('-"')
@example("so:")
@example("tu:00/00/0000")
def test_no_text_is_refused(text: str) -> None:
    parse(text)


@given(st.text(alphabet='đất a- "|OR so:loai:tu:den:/0123456789', max_size=60))
def test_a_composed_query_means_the_same(text: str) -> None:
    query = parse(text)
    again = parse(compose(query))
    assert sorted(again.fields) == sorted(query.fields)
    assert (again.dated_from, again.dated_to) == (query.dated_from, query.dated_to)
    assert again.due_within == query.due_within
    assert len(again.alternatives) == len(query.alternatives)


@pytest.mark.parametrize(
    ("typed", "within"),
    [
        ("han:<=3", 3), ("hạn:≤3", 3), ("han:3", 3), ("han:<3", 2), ("han:<0", OVERDUE),
        ('han:"hôm nay"', 0), ('thoihan:"quá hạn"', OVERDUE), ("han:quahan", OVERDUE),
    ],
)  # fmt: skip
def test_due_dates_are_counted_in_days_from_today(typed: str, within: int) -> None:
    query = parse(f"đất {typed} đai")
    assert (query.due_within, query.words, query.explain) == (within, ("đất", "đai"), ())
    assert parse(compose(query)).due_within == within


@pytest.mark.parametrize(
    ("text", "end", "day"),
    [
        ("31/03/2026", False, date(2026, 3, 31)),
        ("2026-03-31", False, date(2026, 3, 31)),
        ("2/2024", True, date(2024, 2, 29)),
        ("2026", False, date(2026, 1, 1)),
        ("2026", True, date(2026, 12, 31)),
        ("31/02/2026", False, None),
        ("hôm qua", False, None),
    ],
)
def test_days_are_read_in_the_usual_writings(text: str, end: bool, day: date | None) -> None:
    assert read_day(text, end=end) == day
