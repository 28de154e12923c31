"""Both engines: how what is being typed may go on, what is about the same, what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from search import EVERYTHING, SearchBackend, open_backend, tantivy_backend
from tests.integration.search.samples import PUBLIC, found, letter, put

UNIT = frozenset({"unit:3"})


def offered(backend: SearchBackend, typed: str, acl: frozenset[str] | None = None) -> list[str]:
    return [one.text for one in backend.suggest(typed, acl=EVERYTHING if acl is None else acl)]


@pytest.fixture
def filled(backend: SearchBackend) -> SearchBackend:
    put(
        backend,
        letter(145, "Kế hoạch sử dụng đất", organ="Sở Tài chính", date="2026-01-05"),
        letter(146, "Kế hoạch sửa đường", organ="Sở Tài nguyên", date="2026-03-05"),
        letter(147, "Tờ trình kinh phí", organ="Sở Tài chính", signer="Tạ Thị Mẫu", date=""),
        letter(148, "Kế hoạch mật của phòng", organ="Sở Tài mật", acl=UNIT, signer="Tài Bí Mật"),
    )
    return backend


@pytest.mark.parametrize("typed", ["kế hoạch s", "ke hoach s", "KẾ HOẠCH SỬ"])
def test_a_title_begun_is_offered_the_newest_first(filled: SearchBackend, typed: str) -> None:
    titles = offered(filled, typed, PUBLIC)
    assert titles[:2] == ["Kế hoạch sửa đường", "Kế hoạch sử dụng đất"]


def test_names_begun_are_offered_with_how_often_they_occur(filled: SearchBackend) -> None:
    [first, second, *rest] = filled.suggest("sở tài", acl=PUBLIC)
    assert (first.text, first.field, first.count) == ("Sở Tài chính", "organ", 2)
    assert (second.text, second.field, second.count) == ("Sở Tài nguyên", "organ", 1)
    assert [one.id for one in rest] == ["incoming:146", "incoming:145", "incoming:147"]
    assert filled.suggest("tạ thị", acl=EVERYTHING)[0].field == "signer"


def test_a_number_begun_is_offered(filled: SearchBackend) -> None:
    assert offered(filled, "145/c") == ["Kế hoạch sử dụng đất"]
    assert "Kế hoạch sửa đường" in offered(filled, "146")


def test_nothing_is_offered_that_the_asker_may_not_see(filled: SearchBackend) -> None:
    for typed in ("tài", "tài b", "sở tài m", "kế hoạch m", "148"):
        assert not any("mật" in text.lower() for text in offered(filled, typed, PUBLIC)), typed
    assert "Sở Tài mật" in offered(filled, "sở tài m", UNIT)
    assert offered(filled, "sở tài", frozenset()) == []


def test_words_in_a_row_come_before_newer_ones_that_stand_apart(
    backend: SearchBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        backend,
        letter(1, "Kế hoạch sử dụng đất", date="2026-01-05"),
        *(letter(n, f"Kế toán hoạch định {n}", date="2026-02-05") for n in range(2, 8)),
    )
    for looked_at in (0, 3, 100):  # asked at once; not found among those read; found there
        monkeypatch.setattr(type(backend), "looked_at", looked_at)
        [first, *others] = backend.suggest("kế hoạch", acl=PUBLIC, limit=2)
        assert first.text == "Kế hoạch sử dụng đất", looked_at
        assert others[0].text.startswith("Kế toán"), looked_at


def test_names_kept_of_a_large_index_are_offered_under_todays_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tantivy_backend, "FEW_RECORDS", 0)
    monkeypatch.setattr(tantivy_backend, "TRIED", 1)
    backend = open_backend("tantivy", str(tmp_path))
    first, second = (letter(n, organ=f"Sở Mẫu {n}") for n in (1, 2))
    put(backend, first, second, letter(3, organ="Sở Mẫu 2"))
    assert [one.count for one in backend.suggest("sở mẫu", acl=PUBLIC)[:2]] == [2, 1]
    put(backend, replace(first, acl=UNIT))
    assert "Sở Mẫu 1" not in offered(backend, "sở mẫu", PUBLIC)
    assert "Sở Mẫu 1" in offered(backend, "sở mẫu", UNIT)  # not among the values first tried
    put(backend, replace(second, organ="Sở khác"))
    assert backend.suggest("sở mẫu", acl=PUBLIC)[0].count == 1
    backend.close()


@pytest.mark.parametrize("typed", ["", "k", " / ", "\0", "*", ".*", "a.*b", "(", "\\", "145["])
def test_odd_beginnings_offer_little_and_do_not_fail(filled: SearchBackend, typed: str) -> None:
    assert len(offered(filled, typed)) <= 8


def test_what_shares_most_words_of_the_title_is_similar(backend: SearchBackend) -> None:
    put(
        backend,
        letter(1, "Về việc phòng cháy chữa cháy tại chợ Bến Mẫu"),
        letter(2, "Báo cáo phòng cháy chữa cháy chợ Bến Mẫu năm 2026"),
        letter(3, "Kế hoạch phòng cháy chữa cháy rừng"),
        letter(4, "Về việc nghỉ lễ"),
        letter(5, "Phòng cháy chữa cháy tại chợ Bến Mẫu", acl=UNIT),
    )
    assert [hit.id for hit in backend.similar("incoming:1", acl=PUBLIC)] == [
        "incoming:2", "incoming:3",
    ]  # fmt: skip
    assert backend.similar("incoming:5", acl=PUBLIC) == ()
    assert backend.similar("incoming:99", acl=EVERYTHING) == ()
    assert backend.similar("incoming:4", acl=EVERYTHING, limit=1) == ()


def test_what_is_due_is_found_by_days_from_today(backend: SearchBackend) -> None:
    put(
        backend,
        letter(1, due="2026-02-27"),
        letter(2, due="2026-02-28"),
        letter(3, due="2026-03-03"),
        letter(4, due="2026-03-04"),
        letter(5),
    )
    day = date(2026, 2, 28)
    assert found(backend, "han:<=3", today=day) == [2, 3]
    assert found(backend, 'han:"hôm nay"', today=day) == [2]
    assert found(backend, 'họp han:"quá hạn"', today=day) == [1]
    assert found(backend, "han:<=3 -giao", today=day) == []


def test_what_was_probably_meant_is_said_and_marked(backend: SearchBackend) -> None:
    put(
        backend,
        letter(1, "Thông báo tuyển dụng"),
        letter(2, "Thông báo nghỉ lễ"),
        letter(3, "Kế hoạch khác"),
    )
    results = backend.find("thoong báo", acl=EVERYTHING)
    assert results.relaxed is not None
    assert results.instead == "thông báo"
    assert "<mark>Thông báo</mark>" in results.hits[0].title_html
    assert backend.find("thông báo", acl=EVERYTHING).instead == ""
