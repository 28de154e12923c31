"""Records as they come from JSON lines."""

import pytest

from search import Filters, SearchRecord, open_backend
from search.fields import digest, from_source, index_record, to_source


def test_a_line_of_json_becomes_a_record() -> None:
    record = SearchRecord.from_mapping(
        {"id": 7, "title": "Đề án", "text": "một\fhai\f", "acl": ["public"], "date": "2026-02-17",
         "number": 12, "unknown": True, "organ": None}
    )  # fmt: skip
    assert (record.id, record.number, record.kind, record.year) == ("7", "12", "document", "2026")
    assert (record.text, record.pages) == ("", ("một", "hai"))
    assert record.acl == frozenset({"public"})


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"id": ""},
        {"id": "1", "acl": "public"},
        {"id": "1", "title": {"vi": "x"}},
        {"id": "1", "date": "17/02/2026"},
        {"id": "1", "pages": "một trang"},
    ],
)
def test_a_line_that_cannot_be_kept_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        SearchRecord.from_mapping(raw)


def test_a_record_comes_back_from_its_source_with_the_same_digest() -> None:
    record = SearchRecord(
        id="a", kind="incoming", title="Kế hoạch", acl=frozenset({"unit:2", "unit:1"}),
        pages=("", "hai"), people=("Lê Văn Mẫu",), date="2026-02-17", due="2026-03-01",
    )  # fmt: skip
    assert from_source(to_source(record)) == record
    assert digest(from_source(to_source(record))) == digest(record)


def test_the_forms_of_unicode_have_one_digest() -> None:
    composed = SearchRecord(id="a", kind="k", title="ế", acl=frozenset())
    decomposed = SearchRecord(id="a", kind="k", title="e\u0302\u0301", acl=frozenset())
    assert digest(composed) == digest(decomposed)


def test_a_record_without_values_leaves_no_empty_facets() -> None:
    indexed = index_record(SearchRecord(id="a", kind="k", title="", acl=frozenset()))
    assert indexed.values == {"kind": ["k"], "acl": []}
    assert set(indexed.numbers.values()) == {0}


def test_filters_can_be_taken_one_less() -> None:
    filters = Filters({"type": ("a",), "year": ("2026",)}, dated_from="2026-01-01")
    assert filters.without("type") == Filters({"year": ("2026",)}, dated_from="2026-01-01")


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="solr"):
        open_backend("solr", "x")
