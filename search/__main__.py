"""The command line of the library: `python -m search index|query|stats`."""

import argparse
import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from search import EVERYTHING, Acl, Results, SearchBackend, SearchError, SearchRecord, open_backend

BATCH = 1000  # records between two commits
FACETS = ("kind", "type", "organ", "unit", "year", "state")


class BadInput(Exception):
    """A line of the input cannot be used; the message says which and why."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        backend = _backend(options)
        try:
            return int(options.run(backend, options))
        finally:
            backend.close()
    except (SearchError, BadInput, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m search", description=__doc__)
    commands = parser.add_subparsers(required=True)
    index = commands.add_parser("index", help="write records: one JSON object a line")
    index.add_argument("file", type=Path, help="a file of lines, - for standard input")
    index.add_argument("--rebuild", action="store_true", help="into a new index, then swap")
    index.set_defaults(run=_index)
    query = commands.add_parser("query", help="answer queries, one a line on standard input")
    query.add_argument("--limit", type=int, default=10, help="hits shown for a query")
    query.add_argument("--json", action="store_true", help="JSON lines (there is no other form)")
    query.add_argument("--acl", help="terms of the asker, parted by commas; without: all records")
    query.set_defaults(run=_query)
    stats = commands.add_parser("stats", help="size and state of the index")
    stats.set_defaults(run=_stats)
    for command in (index, query, stats):
        command.add_argument("--backend", choices=["tantivy", "elasticsearch"], default="tantivy")
        command.add_argument("--path", help="folder of the tantivy index")
        command.add_argument("--url", help="http://host:port/name of Elasticsearch")
    return parser


def _backend(options: argparse.Namespace) -> SearchBackend:
    location = options.path if options.backend == "tantivy" else options.url
    if not location:
        raise BadInput("tantivy needs --path, elasticsearch needs --url")
    return open_backend(options.backend, location)


def _index(backend: SearchBackend, options: argparse.Namespace) -> int:
    token = backend.begin_rebuild() if options.rebuild else None
    count = 0
    with sys.stdin if str(options.file) == "-" else options.file.open(encoding="utf-8") as lines:
        records = _records(lines, str(options.file))
        while batch := list(itertools.islice(records, BATCH)):
            count += backend.put_many(batch, rebuild=token)
            backend.commit()
    if token is not None:
        backend.finish_rebuild(token)
    print(json.dumps({"indexed": count}))
    return 0


def _records(lines: TextIO, name: str) -> Iterator[SearchRecord]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield SearchRecord.from_mapping(json.loads(line))
        except (ValueError, TypeError, AttributeError) as error:
            raise BadInput(f"{name}:{number}: {error}") from error


def _query(backend: SearchBackend, options: argparse.Namespace) -> int:
    terms = (options.acl or "").split(",")
    acl: Acl = EVERYTHING if options.acl is None else frozenset(t for t in terms if t)
    for line in sys.stdin:
        words = line.strip()
        if words:
            results = backend.find(words, acl=acl, facets=FACETS, limit=options.limit)
            print(json.dumps(_answer(words, results), ensure_ascii=False), flush=True)
    return 0


def _answer(words: str, results: Results) -> dict[str, Any]:
    hits = [
        {"id": h.id, "score": h.score, "title": h.title, "snippet": h.snippet, "page": h.page}
        for h in results.hits
    ]
    answer: dict[str, Any] = {
        "query": words,
        "took_ms": round(results.took_ms, 2),
        "total": results.total,
        "hits": hits,
        "facets": results.facets,
    }
    if results.relaxed:
        answer["relaxed"] = results.relaxed
    if results.offers:
        answer["offers"] = results.offers
    if results.explain:
        answer["explain"] = results.explain
    return answer


def _stats(backend: SearchBackend, _: argparse.Namespace) -> int:
    print(json.dumps(asdict(backend.stats())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
