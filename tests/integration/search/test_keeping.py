"""What both engines promise about writing: rights, replacing, rebuilding, purging, checking."""

from dataclasses import replace

import pytest

from search import EVERYTHING, IndexMissing, SearchBackend, SearchError
from search.fields import digest
from tests.integration.search.conftest import MakeBackend
from tests.integration.search.samples import found, letter, put


def test_before_the_first_write_there_is_no_index(backend: SearchBackend) -> None:
    with pytest.raises(IndexMissing):
        backend.find("họp", acl=EVERYTHING)


def test_nobody_finds_counts_or_reads_what_they_may_not_see(backend: SearchBackend) -> None:
    one = letter(1, text="chung bimatmot", acl=frozenset({"unit:1"}), type="Báo cáo")
    two = letter(2, text="chung bimathai", acl=frozenset({"unit:2", "post:9"}), type="Tờ trình")
    nobody = letter(3, text="chung bimatba", acl=frozenset())
    put(backend, one, two, nobody)

    for acl, own, others in (
        (frozenset({"unit:1", "public"}), 1, ("bimathai", "bimatba")),
        (frozenset({"post:9"}), 2, ("bimatmot", "bimatba")),
    ):
        results = backend.find("chung", acl=acl, facets=("type",))
        assert [hit.id for hit in results.hits] == [f"incoming:{own}"]
        assert results.total == 1
        assert sum(results.facets["type"].values()) == 1
        for word in others:
            hidden = backend.find(f"chung {word} thêm chữ", acl=acl, facets=("type",))
            assert all(word not in hit.snippet for hit in hidden.hits)
            assert all(hit.id == f"incoming:{own}" for hit in hidden.hits)
            alone = backend.find(word, acl=acl)
            assert alone.total == 0
            assert sum(alone.offers.values()) == 0
    assert found(backend, "chung", acl=frozenset()) == []
    assert len(found(backend, "chung", acl=EVERYTHING)) == 3


def test_loosening_never_lifts_the_rights(backend: SearchBackend) -> None:
    put(backend, letter(1, text="nghiệm thu", acl=frozenset({"unit:1"})))
    results = backend.find("nghiem thu trangthai:khac", acl=frozenset({"unit:2"}))
    assert results.total == 0
    assert set(results.offers.values()) == {0}


def test_the_last_write_for_an_id_wins(backend: SearchBackend) -> None:
    put(backend, letter(1, text="bản thứ nhất"))
    put(backend, letter(1, text="bản thứ hai"), letter(1, text="bản cuối cùng"))
    assert found(backend, "bản") == [1]
    assert found(backend, '"cuối cùng"') == [1]
    assert found(backend, '"thứ nhất"') == []
    assert backend.stats().records == 1


def test_changed_rights_are_obeyed_after_the_commit(backend: SearchBackend) -> None:
    put(backend, letter(1, acl=frozenset({"unit:1"})))
    put(backend, letter(1, acl=frozenset({"unit:2"})))
    assert found(backend, "họp", acl=frozenset({"unit:1"})) == []
    assert found(backend, "họp", acl=frozenset({"unit:2"})) == [1]


def test_a_deleted_record_is_gone_and_unknown_ids_do_no_harm(backend: SearchBackend) -> None:
    put(backend, letter(1), letter(2))
    backend.delete_many(["incoming:1", "incoming:99"])
    backend.commit()
    assert found(backend, "họp") == [2]


def test_other_readers_see_a_commit_and_not_before(make_backend: MakeBackend) -> None:
    writer, reader = make_backend(), make_backend()
    put(writer, letter(1))
    assert found(reader, "họp") == [1]
    writer.put_many([letter(2)])
    assert found(reader, "họp") == [1]
    writer.commit()
    assert sorted(found(reader, "họp")) == [1, 2]


def test_a_rebuild_takes_the_place_of_the_old_index_in_one_step(
    make_backend: MakeBackend,
) -> None:
    writer, reader = make_backend(), make_backend()
    put(writer, letter(1, text="cũ"), letter(2, text="sẽ mất"))
    assert sorted(found(reader, "họp")) == [1, 2]

    token = writer.begin_rebuild()
    writer.put_many([letter(1, text="mới")], rebuild=token)
    assert writer.begin_rebuild() == token  # going on, not starting again
    put(writer, letter(3, text="đến trong lúc dựng lại"))
    writer.delete_many(["incoming:2"])
    writer.commit()
    assert writer.stats().rebuilding == token
    assert sorted(found(reader, "họp")) == [1, 3]
    assert found(reader, "mới") == []

    writer.finish_rebuild(token)
    assert sorted(found(reader, "họp")) == [1, 3]
    assert found(reader, "mới") == [1]
    assert writer.stats().rebuilding is None
    put(writer, letter(4))
    assert sorted(found(reader, "họp")) == [1, 3, 4]


def test_a_rebuild_survives_its_process(make_backend: MakeBackend) -> None:
    first = make_backend()
    put(first, letter(1))
    token = first.begin_rebuild()
    first.put_many([letter(7)], rebuild=token)
    first.commit()
    first.close()

    second = make_backend()
    assert second.stats().rebuilding == token
    second.put_many([letter(8)], rebuild=token)
    second.finish_rebuild(token)
    assert sorted(found(second, "họp")) == [7, 8]


def test_an_abandoned_rebuild_leaves_no_trace(backend: SearchBackend) -> None:
    put(backend, letter(1))
    token = backend.begin_rebuild()
    backend.put_many([letter(2)], rebuild=token)
    backend.abandon_rebuild(token)
    assert backend.stats().rebuilding is None
    assert found(backend, "họp") == [1]
    with pytest.raises(SearchError):
        backend.put_many([letter(2)], rebuild=token)


def test_a_rebuild_works_without_an_index_in_use(backend: SearchBackend) -> None:
    token = backend.begin_rebuild()
    backend.put_many([letter(1)], rebuild=token)
    backend.finish_rebuild(token)
    assert found(backend, "họp") == [1]


def test_fingerprints_tell_what_is_stale_missing_or_left_over(backend: SearchBackend) -> None:
    records = [letter(n, acl=frozenset({"unit:2", "unit:1"})) for n in range(1, 4)]
    put(backend, *records)
    assert dict(backend.fingerprints()) == {record.id: digest(record) for record in records}
    changed = replace(records[0], acl=frozenset({"unit:1"}))
    assert digest(changed) != digest(records[0])


def test_an_empty_index_answers(backend: SearchBackend) -> None:
    put(backend, letter(1))
    backend.delete_many(["incoming:1"])
    backend.commit()
    assert backend.find("họp", acl=EVERYTHING, facets=("type",)).facets == {"type": {}}
    assert list(backend.fingerprints()) == []
    assert backend.stats().records == 0


def test_purged_records_are_gone_and_the_others_stay(backend: SearchBackend) -> None:
    put(backend, *(letter(n, text=f"nội dung {n}") for n in range(1, 31)))
    put(backend, letter(5, text="nội dung sửa lần hai"))
    backend.purge(["incoming:5", "incoming:9", "incoming:404"])
    expected = [n for n in range(1, 31) if n not in (5, 9)]
    assert sorted(found(backend, "nội dung", limit=50)) == expected
    put(backend, letter(31, text="nội dung"))
    assert 31 in found(backend, "nội dung", limit=50)


def test_a_closed_backend_opens_again_when_it_is_used(backend: SearchBackend) -> None:
    put(backend, letter(1))
    backend.close()
    put(backend, letter(2))
    assert sorted(found(backend, "họp")) == [1, 2]
