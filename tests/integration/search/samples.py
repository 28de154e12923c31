"""Records that the tests find: letters of an invented office."""

from dataclasses import replace
from typing import Any

from search import EVERYTHING, Results, SearchBackend, SearchRecord

PUBLIC = frozenset({"public"})


def letter(n: int, title: str = "Về việc họp giao ban", **values: Any) -> SearchRecord:
    """A letter with all values that the test is not about filled in."""
    record = SearchRecord(
        id=f"incoming:{n}",
        kind="incoming",
        title=title,
        acl=PUBLIC,
        number=str(n),
        notation="CV-VP",
        organ="UBND phường Minh Họa",
        unit="Văn phòng",
        type="Công văn",
        state="Chờ xử lý",
        signer="Trần Văn Mẫu",
        date="2026-02-17",
    )
    return replace(record, **values)


def put(backend: SearchBackend, *records: SearchRecord) -> None:
    """Write and commit."""
    assert backend.put_many(records) == len(records)
    backend.commit()


def ids(results: Results) -> list[int]:
    """The numbers of the letters found, best first."""
    return [int(hit.id.partition(":")[2]) for hit in results.hits]


def found(backend: SearchBackend, words: str, **options: Any) -> list[int]:
    """The numbers of the letters that everything allowed would find."""
    return ids(backend.find(words, acl=options.pop("acl", EVERYTHING), **options))
