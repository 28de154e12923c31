"""What is compared: our library on both engines, and plain ways of finding on the same texts."""

from __future__ import annotations

import importlib.util
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from bench.finding_queries import Text
from bench.services import SCRIPTS
from search import EVERYTHING, SearchRecord, open_backend
from search.analysis import fold

TOP = 10
Find = Callable[[str], list[str]]
"""The ids of the best ten texts for what was typed."""


@contextmanager
def elasticsearch() -> Iterator[str]:
    """A node for the length of a block. Raises its `CannotStart` when Java is missing."""
    path = SCRIPTS / "elasticsearch" / "start.py"
    spec = importlib.util.spec_from_file_location("elasticsearch_start", path)
    assert spec is not None
    assert spec.loader is not None
    starter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(starter)
    with (
        tempfile.TemporaryDirectory(prefix="congvu-bench-es.") as folder,
        starter.running(Path(folder), heap_mb=1024) as server,
    ):
        yield server.url


def ours(texts: Sequence[Text], kind: str, location: str) -> Find:
    """This library on an engine."""
    backend = open_backend(kind, location)
    public = frozenset({"public"})
    backend.put_many(
        SearchRecord(id=one.id, kind="text", title=one.title, text=one.text, acl=public)
        for one in texts
    )
    backend.commit()
    return lambda words: [hit.id for hit in backend.find(words, acl=EVERYTHING, limit=TOP).hits]


def plain_tantivy(texts: Sequence[Text]) -> Find:
    """One field without marks, all words: what the best archives do."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text")
    index = tantivy.Index(builder.build())
    writer = index.writer(64_000_000, 1)
    for one in texts:
        writer.add_document(tantivy.Document(id=one.id, text=fold(f"{one.title}\n{one.text}")))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(words: str) -> list[str]:
        query = index.parse_query(_bare(words), ["text"], conjunction_by_default=True)
        hits = searcher.search(query, TOP).hits
        return [str(searcher.doc(at)["id"][0]) for _score, at in hits]

    return find


def sqlite_fts(texts: Sequence[Text]) -> Find:
    """SQLite FTS5, without marks, any of the words, by its own rank."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, words)")
    database.executemany(
        "INSERT INTO texts VALUES (?, ?)",
        ((one.id, fold(f"{one.title} {one.text}")) for one in texts),
    )

    def find(words: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in _bare(words).split())
        rows = database.execute(
            "SELECT id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (asked, TOP)
        )
        return [row[0] for row in rows]

    return find


def standard_elasticsearch(texts: Sequence[Text], url: str) -> Find:
    """Elasticsearch as it comes: analyser `standard`, title and text."""
    client, name = Elasticsearch(url), "standard"
    fields: dict[str, Any] = {"title": {"type": "text"}, "text": {"type": "text"}}
    client.indices.create(index=name, mappings={"properties": fields})
    bulk(
        client,
        (
            {"_index": name, "_id": one.id, "_source": {"title": one.title, "text": one.text}}
            for one in texts
        ),
    )
    client.indices.refresh(index=name)

    def find(words: str) -> list[str]:
        asked = {"multi_match": {"query": words, "fields": ["title", "text"]}}
        hits = client.search(index=name, query=asked, size=TOP, source=False)["hits"]["hits"]
        return [str(hit["_id"]) for hit in hits]

    return find


def _bare(words: str) -> str:
    return "".join(c if c.isalnum() else " " for c in fold(words))
