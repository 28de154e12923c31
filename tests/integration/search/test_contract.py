"""What both engines promise: matching, ranking, filters, facets, snippets."""

from datetime import date

import pytest

from search import EVERYTHING, Filters, Relaxation, SearchBackend, Sort
from tests.integration.search.samples import found, ids, letter, put

LAND = "Kế hoạch sử dụng đất năm 2026 của thành phố Cần Thơ được phê duyệt."


@pytest.mark.parametrize(
    "typed",
    [
        "kế hoạch sử dụng đất",
        "ke hoach su dung dat",
        "KẾ HOẠCH sử dụng ĐẤT",
        "đất kế hoạch",
        '"sử dụng đất"',
        "kế OR phương thơ",
        "ke hoach coquan:phường",
        'coquan:"ubnd phường minh họa" đất',
        "loai:công văn đất",
        "nam:2026 đất",
        "tu:01/02/2026 den:28/02/2026 đất",
    ],
)
def test_a_letter_is_found_by_its_words(backend: SearchBackend, typed: str) -> None:
    put(backend, letter(1, text=LAND), letter(2, text="Đường sá"), letter(3))
    assert found(backend, typed) == [1]


@pytest.mark.parametrize(
    "typed", ["đất -thơ", 'đất -"sử dụng"', "đất -loai:công văn", "đất tu:01/03/2026", "hạn hán"]
)
def test_a_letter_is_not_found_by_what_it_lacks(backend: SearchBackend, typed: str) -> None:
    put(backend, letter(1, text=LAND))
    assert found(backend, typed) == []


@pytest.mark.parametrize(
    "typed",
    ["145/TTr-KTHT", "145/ttr", "145 ttr ktht", "ttr-ktht", "ktht", "so:145", "so:145/TTr-KTHT",
     "số 145/TTr-KTHT", "0145/TTr-KTHT", "145"],
)  # fmt: skip
def test_a_number_is_found_whole_and_in_parts(backend: SearchBackend, typed: str) -> None:
    mentions = "Căn cứ Tờ trình số 145/TTr-KTHT ngày 5 tháng 3 năm 2026 và 145 ý kiến"
    put(
        backend,
        *(letter(n, text=mentions) for n in range(2, 6)),
        letter(1, number="145", notation="TTr-KTHT"),
    )
    assert found(backend, typed)[0] == 1


def test_a_date_is_found_in_any_writing(backend: SearchBackend) -> None:
    put(backend, letter(1, text="Họp ngày 05 tháng 3 năm 2026"), letter(2, text="Họp 5/3/2026"))
    put(backend, letter(3, date="2026-03-05"), letter(4, text="53/2026"))
    assert sorted(found(backend, "5/3/2026")) == [1, 2, 3]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("ubnd xã", "Ủy ban nhân dân xã"),
        ("ủy ban nhân dân xã", "UBND xã"),
        ("uy ban nhan dan xa", "UBND xã"),
        ("hoà bình", "hòa bình"),
        ("kĩ thuật", "kỹ thuật"),
        ("cải cách tthc", "cải cách thủ tục hành chính"),
    ],
)
def test_other_spellings_and_short_forms_find_it(
    backend: SearchBackend, typed: str, written: str
) -> None:
    put(backend, letter(1, organ="", text=written), letter(2, organ="", text="Không liên quan"))
    assert found(backend, typed) == [1]


def test_marks_that_were_typed_outrank_folded_matches(backend: SearchBackend) -> None:
    put(backend, letter(1, text="ban đảm bảo"), letter(2, text="bàn đạm báo"))
    assert found(backend, "bàn đạm báo")[0] == 2
    assert found(backend, "ban đảm bảo")[0] == 1


def test_words_in_a_row_outrank_scattered_words(backend: SearchBackend) -> None:
    scattered = "nước sạch; nông dân; thôn xóm; cấp phát; cấp nước; sạch nông"
    put(backend, letter(1, text=scattered), letter(2, text="chương trình nước sạch nông thôn"))
    assert found(backend, "nước sạch nông thôn")[0] == 2


def test_words_in_the_title_outrank_words_in_the_text(backend: SearchBackend) -> None:
    put(
        backend,
        letter(1, "Về việc khác", text="phòng cháy chữa cháy"),
        letter(2, "Về phòng cháy chữa cháy", text="việc khác"),
    )
    assert found(backend, "phòng cháy chữa cháy")[0] == 2


def test_a_fresh_letter_comes_first_among_equals(backend: SearchBackend) -> None:
    put(backend, letter(1, date="2020-01-01"), letter(2, date="2026-02-01"))
    assert found(backend, "giao ban", today=date(2026, 2, 17)) == [2, 1]


def test_nothing_typed_gives_everything_newest_first(backend: SearchBackend) -> None:
    put(
        backend,
        letter(1, date="2026-01-01"),
        letter(2, date=""),
        letter(3, date="2026-03-01"),
    )
    assert found(backend, "") == [3, 1, 2]
    assert found(backend, "", limit=2, offset=1) == [1, 2]
    assert found(backend, "", sort=Sort.OLDEST) == [1, 3, 2]
    assert found(backend, "họp", sort=Sort.NUMBER, limit=1, offset=2) == [3]


def test_the_total_counts_beyond_the_page(backend: SearchBackend) -> None:
    put(backend, *(letter(n) for n in range(1, 26)))
    results = backend.find("giao ban", acl=EVERYTHING, limit=10, offset=20)
    assert results.total == 25
    assert len(results.hits) == 5


def test_one_wrong_letter_still_finds_and_it_is_said(backend: SearchBackend) -> None:
    put(backend, letter(1, text="nghiệm thu công trình"))
    results = backend.find("nghuệm thu", acl=EVERYTHING)
    assert ids(results) == [1]
    assert results.relaxed is Relaxation.TYPING_ERRORS


def test_what_a_scan_misread_is_found(backend: SearchBackend) -> None:
    put(backend, letter(1, text="biên bản kiểrn tra"))
    assert found(backend, "kiểm tra") == [1]


def test_most_words_find_when_not_all_do_and_every_offer_is_counted(
    backend: SearchBackend,
) -> None:
    put(backend, letter(1, text="tuyển dụng viên chức ngành giáo dục"), letter(2))
    results = backend.find("tuyển dụng viên chức ngành xyz", acl=EVERYTHING)
    assert ids(results) == [1]
    assert results.relaxed is Relaxation.MOST_WORDS
    assert results.offers == {Relaxation.TYPING_ERRORS: 0, Relaxation.MOST_WORDS: 1}


def test_filters_that_hide_everything_are_offered_to_go(backend: SearchBackend) -> None:
    put(backend, letter(1))
    results = backend.find("họp nguoiky:mẫu", acl=EVERYTHING, filters=Filters({"year": ("1999",)}))
    assert results.offers == {Relaxation.WITHOUT_FILTERS: 1}
    assert results.total == 0  # but not taken away unasked


def test_values_of_a_filter_are_alternatives_and_fields_add_up(backend: SearchBackend) -> None:
    put(
        backend,
        letter(1, type="Báo cáo", year="2025", date=""),
        letter(2, type="Tờ trình", year="2026"),
        letter(3, type="Kế hoạch", year="2026"),
    )
    chosen = Filters({"type": ("Báo cáo", "Tờ trình")})
    assert sorted(found(backend, "họp", filters=chosen)) == [1, 2]
    chosen = Filters({"type": ("Báo cáo", "Tờ trình"), "year": ("2026",)})
    assert found(backend, "họp", filters=chosen) == [2]
    assert found(backend, "họp", filters=Filters(dated_from="2026-02-18")) == []
    assert sorted(found(backend, "họp", filters=Filters(dated_to="2026-02-17"))) == [2, 3]


def test_facets_count_what_matches_and_ignore_their_own_filter(backend: SearchBackend) -> None:
    put(
        backend,
        letter(1, type="Báo cáo"),
        letter(2, type="Báo cáo", organ="Sở Y tế"),
        letter(3, type="Tờ trình"),
        letter(4, "Không khớp", type="Kế hoạch"),
    )
    results = backend.find(
        "giao ban",
        acl=EVERYTHING,
        filters=Filters({"type": ("Báo cáo",)}),
        facets=("type", "organ", "signer"),
    )
    assert results.total == 2
    assert results.facets["type"] == {"Báo cáo": 2, "Tờ trình": 1}
    assert results.facets["organ"] == {"UBND phường Minh Họa": 1, "Sở Y tế": 1}
    assert list(results.facets) == ["type", "organ", "signer"]


def test_snippets_name_the_page_and_mark_the_words(backend: SearchBackend) -> None:
    pages = (
        "Trang đầu không có gì.",
        "Lời dẫn. " * 60 + "Kết quả quan trắc nước ngầm đạt yêu cầu.",
    )
    put(backend, letter(1, pages=pages))
    [hit] = backend.find("quan trac nuoc ngam", acl=EVERYTHING).hits
    assert hit.page == 2
    assert "<mark>quan trắc nước ngầm</mark>" in hit.snippet
    assert hit.snippet.startswith("… ")


def test_snippets_and_titles_are_escaped(backend: SearchBackend) -> None:
    evil = "<script>alert('x')</script> & họp"
    put(backend, letter(1, evil, text=f"{evil} <mark>giả</mark>"))
    [hit] = backend.find("alert họp giả", acl=EVERYTHING).hits
    for shown in (hit.title_html, hit.snippet):
        left = shown.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in left
        assert "&amp;" in shown
    assert "&lt;<mark>script" not in hit.snippet  # the word was not asked for
    assert hit.title == evil


def test_a_phrase_across_two_pages_is_found(backend: SearchBackend) -> None:
    put(backend, letter(1, pages=("cuối trang là hội", "đồng thẩm định")))
    assert found(backend, '"hội đồng thẩm định"') == [1]


def test_wrong_options_are_refused(backend: SearchBackend) -> None:
    put(backend, letter(1))
    with pytest.raises(ValueError, match="acl"):
        backend.find("họp", acl=EVERYTHING, facets=("acl",))
    with pytest.raises(ValueError, match="number 10000"):
        backend.find("họp", acl=EVERYTHING, offset=10_000)


@pytest.mark.parametrize(
    "typed", ['"', "-", "()", "* ? ~ ^ [a TO b] {}", "\\", "a:b:c", "\x00", "🙂"]
)
def test_odd_queries_do_not_fail(backend: SearchBackend, typed: str) -> None:
    put(backend, letter(1))
    backend.find(typed, acl=EVERYTHING)


def test_a_pasted_page_is_found_by_its_first_words(backend: SearchBackend) -> None:
    page = " ".join(f"từ{n} chữ{n}" for n in range(300))
    put(backend, letter(1, text=page), letter(2))
    results = backend.find(page, acl=EVERYTHING)
    assert ids(results) == [1]
    assert results.explain


def test_letters_with_the_words_in_a_row_come_first_and_all_are_counted(
    backend: SearchBackend,
) -> None:
    rows = [letter(n, text=f"Họp bàn kế hoạch sử dụng đất lần {n}") for n in range(1, 13)]
    apart = [letter(n, text="Đất đã có kế hoạch và được sử dụng") for n in range(21, 26)]
    put(backend, *apart, *rows)

    def asked(limit: int, offset: int = 0) -> tuple[int, list[int]]:
        results = backend.find(
            "kế hoạch sử dụng đất", acl=EVERYTHING, limit=limit, offset=offset, facets=("kind",)
        )
        assert sum(results.facets["kind"].values()) == results.total
        return results.total, ids(results)

    total, first = asked(5)
    assert total == 17
    assert set(first) <= set(range(1, 13))
    everything = asked(17)[1]
    assert set(everything[:12]) == set(range(1, 13))
    assert set(everything[12:]) == set(range(21, 26))
    assert asked(5, 5)[1] == everything[5:10]
    assert asked(10, 10)[1] == everything[10:]


def test_words_in_the_order_of_the_text_come_first(backend: SearchBackend) -> None:
    """Not in a row, so only their order tells; also on the second page."""
    rest = "ngoài ra còn nhiều nội dung khác nữa"
    turned = f"Lồng đèn {rest} cầu đá {rest} gốm men"
    right = f"Gốm {rest} men lồng {rest} đèn {rest} cầu đá"
    put(backend, *(letter(n, text=turned) for n in range(1, 5)), letter(9, text=right))
    words = "gốm lồng cầu"
    assert found(backend, words)[0] == 9
    assert found(backend, words, limit=2)[0] == 9
    first, second = found(backend, words, limit=3), found(backend, words, limit=3, offset=3)
    assert sorted([*first, *second]) == [1, 2, 3, 4, 9]
    assert found(backend, "gom long cau", limit=1) == [9]
