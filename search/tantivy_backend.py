"""The embedded engine: an index in a folder, written by one process, read by any number.

Readers look at the folder's state before each query, so they see a commit or a swapped index at
once, whichever process made it.
"""

import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import tantivy
from tantivy import Query as T

from search.engine import Engine, Found
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated, SearchError, WriterBusy
from search.fields import (
    NUMBER_FIELDS,
    SCHEMA,
    IndexedRecord,
    from_source,
    index_record,
    source_digest,
)
from search.folder import IndexFolder, check_files
from search.plan import Every, Node, OneOf
from search.suggesting import MOST_VALUES, OF_EACH, TRIED, Begun, seen
from search.tantivy_query import TOKENIZER, build_schema, translate
from search.types import Acl, SearchRecord, Sort, Stats, Suggestion

HEAP_BYTES = 64_000_000  # of one writer; what is beyond goes to a new segment
FEW_RECORDS = 20_000  # to count the values of so many takes few milliseconds
VALUES_FOR_S = 60.0
_ASCENDING = {Sort.OLDEST: "day", Sort.NUMBER: "plain_number"}


class TantivyBackend(Engine):
    """`SearchBackend` on tantivy. Safe for several threads; see `search.types`."""

    looked_at = 100

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._folder = IndexFolder(Path(path))
        self._schema = build_schema()
        self._reading = threading.Lock()
        self._writing = threading.RLock()
        self._reader: tuple[tuple[object, ...], Path, tantivy.Index] | None = None
        self._writers: dict[Path, tantivy.IndexWriter] = {}
        self._known_values: dict[str, tuple[object, float, Mapping[str, int]]] = {}

    # Reading

    def _searcher(self) -> tantivy.Searcher:
        """A view of the last commit."""
        with self._reading, _engine_errors():
            state = self._folder.state()
            if self._reader is None or self._reader[0] != state:
                path = self._folder.current()
                if self._reader is not None and self._reader[1] == path:
                    index = self._reader[2]
                    index.reload()
                else:
                    index = self._open(path)
                    index.config_reader(reload_policy="manual")
                self._reader = (state, path, index)
            return self._reader[2].searcher()

    def _open(self, path: Path) -> tantivy.Index:
        index = tantivy.Index(self._schema, path=str(path))
        blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer(TOKENIZER, blanks)
        return index

    def _search(self, plan: Node, *, limit: int, offset: int, sort: Sort) -> Found:
        searcher = self._searcher()
        with _engine_errors():
            query = translate(self._schema, plan)
            if sort in _ASCENDING:
                return self._ascending(searcher, query, limit, offset, _ASCENDING[sort])
            newest = sort is Sort.NEWEST  # no day is 0: the last
            result = searcher.search(
                query, max(limit, 1), offset=offset, order_by_field="day" if newest else None
            )  # falling is the engine's own order; it refuses a limit of 0
            hits = [
                (0.0 if newest else score, _source(searcher, at))
                for score, at in result.hits[:limit]
            ]
            return Found(_total(result), hits)

    def _ascending(
        self, searcher: tantivy.Searcher, query: T, limit: int, offset: int, name: str
    ) -> Found:
        """By a field: first those that have a value in it, then the others."""
        none = T.term_query(self._schema, name, 0)
        parts = [(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, none)]
        total = 0
        hits: list[tuple[float, str]] = []
        for part in (T.boolean_query(parts), query.and_must_match(none)):
            wanted = limit - len(hits)
            skip = max(0, offset - total)
            result = searcher.search(
                part, max(wanted, 1), offset=skip, order_by_field=name, order=tantivy.Order.Asc
            )
            hits += [(0.0, _source(searcher, at)) for _, at in result.hits[:wanted]]
            total += _total(result)
        return Found(total, hits)

    def _values_begun(self, begun: Begun, name: str, acl: Acl) -> list[Suggestion]:
        """As `Engine` does, but which values there are is known before, and only the first few
        are counted among the records that may be seen. Who sees none of those asks for all."""
        fitting, offered = list(begun.fitting(name, self._values(name))), list[Suggestion]()
        for one in fitting[:TRIED]:
            mine = seen(acl, OneOf(name, frozenset([one.text])))
            counts = self._count_values(mine, [name], 1)[name]
            offered += [Suggestion(one.text, name, count) for count in counts.values()]
            if len(offered) == OF_EACH:
                break
        if len(offered) < OF_EACH and len(fitting) > TRIED:
            return super()._values_begun(begun, name, acl)
        return sorted(offered, key=lambda one: -one.count)

    def _values(self, name: str) -> Mapping[str, int]:
        """The most frequent values of a field, in a large index as they were up to
        `VALUES_FOR_S` ago: never show one before it was found under somebody's rights."""
        searcher = self._searcher()
        state = self._reader[0] if self._reader else None
        now, known = time.monotonic(), self._known_values.get(name, (None, 0.0, {}))
        of_state, taken, values = known
        young = searcher.num_docs > FEW_RECORDS and now - taken < VALUES_FOR_S
        if of_state is None or (of_state != state and not young):
            values = self._count_values(Every(), [name], MOST_VALUES)[name]
            self._known_values[name] = (state, now, values)
        return values

    def _newest(self, plan: Node, limit: int) -> Sequence[str]:
        searcher = self._searcher()
        with _engine_errors():
            result = searcher.search(
                translate(self._schema, plan),
                max(limit, 1), count=False, order_by_field="day", order=tantivy.Order.Desc,
            )  # fmt: skip  # no day is 0: the last
            return [_source(searcher, at) for _, at in result.hits[:limit]]

    def _count_values(
        self, plan: Node, fields: Sequence[str], size: int
    ) -> Mapping[str, Mapping[str, int]]:
        searcher = self._searcher()
        asked = {name: {"terms": {"field": name, "size": size}} for name in fields}
        with _engine_errors():
            answer = searcher.aggregate(translate(self._schema, plan), asked)
        return {
            name: {str(b["key"]): int(b["doc_count"]) for b in answer[name]["buckets"]}
            for name in fields
        }

    def stats(self) -> Stats:
        """See `SearchBackend.stats`."""
        unfinished = self._folder.unfinished()
        return Stats(
            backend="tantivy",
            records=self._searcher().num_docs,
            bytes=self._folder.size(),
            schema=SCHEMA,
            rebuilding=unfinished.name if unfinished else None,
        )

    def _sources(self, searcher: tantivy.Searcher) -> Iterator[str]:
        if searcher.num_docs == 0:
            return
        with _engine_errors():
            result = searcher.search(T.all_query(), limit=searcher.num_docs, count=False)
        for _, at in result.hits:
            with _engine_errors():
                source = _source(searcher, at)
            yield source

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """See `SearchBackend.fingerprints`."""
        for source in self._sources(self._searcher()):
            yield from_source(source).id, source_digest(source)

    # Writing

    def _writer(self, path: Path) -> tantivy.IndexWriter:
        """The writer of a sub-folder, opened at its first use and kept."""
        if path not in self._writers:
            with _engine_errors():
                self._writers[path] = self._open(path).writer(HEAP_BYTES, num_threads=1)
        return self._writers[path]

    def _live(self) -> Path:
        """The index in use, made if there is none, checked before its first write.

        Raises:
            IndexCorrupt: it was damaged; it has been set aside, so a rebuild can begin.
        """
        try:
            path = self._folder.current()
        except IndexMissing:
            path = self._folder.create()
            self._writer(path)  # writes an empty index, so that readers find one
            self._folder.use(path)
            return path
        if path not in self._writers:
            try:
                check_files(path)
                self._writer(path)
            except IndexCorrupt:
                self._writers.pop(path, None)
                aside = self._folder.set_aside()
                raise IndexCorrupt(f"{path} is damaged and was set aside as {aside}") from None
        return path

    def _targets(self, rebuild: str | None) -> list[Path]:
        if rebuild is not None:
            return [self._building(rebuild)]
        building = self._folder.unfinished()
        try:
            return [self._live(), *([building] if building else [])]
        except IndexOutdated:
            if building is None:
                raise
            return [building]

    def _building(self, rebuild: str) -> Path:
        path = self._folder.root / rebuild
        if self._folder.unfinished() != path:
            raise SearchError(f"no rebuild {rebuild} is under way")
        return path

    def put_many(self, records: Iterable[SearchRecord], *, rebuild: str | None = None) -> int:
        """See `SearchBackend.put_many`."""
        count = 0
        with self._writing:
            writers = [self._writer(path) for path in self._targets(rebuild)]
            for record in records:
                indexed = index_record(record)
                for writer in writers:
                    _write(writer, indexed)
                count += 1
        return count

    def delete_many(self, ids: Iterable[str]) -> None:
        """See `SearchBackend.delete_many`."""
        with self._writing:
            writers = [self._writer(path) for path in self._targets(None)]
            for one in ids:
                for writer in writers:
                    writer.delete_documents_by_term("id", one)

    def commit(self) -> None:
        """See `SearchBackend.commit`."""
        with self._writing, _engine_errors():
            for writer in self._writers.values():
                writer.commit()

    # Rebuilding

    def begin_rebuild(self) -> str:
        """See `SearchBackend.begin_rebuild`."""
        with self._writing:
            path = self._folder.unfinished()
            if path is None:
                path = self._folder.create()
                self._writer(path)
            return path.name

    def finish_rebuild(self, rebuild: str) -> None:
        """See `SearchBackend.finish_rebuild`."""
        with self._writing:
            path = self._building(rebuild)
            with _engine_errors():
                writer = self._writer(path)
                writer.commit()
            for other in [p for p in self._writers if p != path]:
                self._let_go(other)
            self._folder.use(path)

    def abandon_rebuild(self, rebuild: str) -> None:
        """See `SearchBackend.abandon_rebuild`."""
        with self._writing:
            self._let_go(self._building(rebuild))
            self._folder.remove_others()

    def _let_go(self, path: Path) -> None:
        writer = self._writers.pop(path, None)
        if writer is not None:
            with suppress(ValueError):
                writer.wait_merging_threads()  # also gives the lock back

    def purge(self, ids: Iterable[str]) -> None:
        """See `SearchBackend.purge`.

        A deleted record stays in the files of its segment, as do older versions of it, until the
        segment is merged. So every segment that holds deleted records is written anew: its living
        records are deleted and put again, then nothing of it is alive and it is dropped.
        """
        gone = list(ids)
        with self._writing:
            for path in self._targets(None):
                writer = self._writer(path)
                with _engine_errors():
                    for one in gone:
                        writer.delete_documents_by_term("id", one)
                    writer.commit()
                self._let_go(path)  # waits for merges, so the segments stand still
                self._rewrite_segments_with_deletions(path)
            self._reader = None  # a reader keeps removed files open

    def _rewrite_segments_with_deletions(self, path: Path) -> None:
        writer = self._writer(path)
        with _engine_errors():
            index = self._open(path)
            index.config_reader(reload_policy="manual")
            searcher = index.searcher()
            result = searcher.search(T.all_query(), limit=max(1, searcher.num_docs), count=False)
            living: dict[int, list[tantivy.DocAddress]] = {}
            for _, at in result.hits:
                living.setdefault(at.segment_ord, []).append(at)
            for order in _segments_with_deletions(searcher, living):
                for at in living.get(order, []):
                    indexed = index_record(from_source(_source(searcher, at)))
                    _write(writer, indexed)
            writer.commit()
        self._let_go(path)
        del searcher, index
        with _engine_errors():
            self._writer(path).garbage_collect_files()

    def close(self) -> None:
        """See `SearchBackend.close`."""
        with self._writing:
            for path in list(self._writers):
                self._let_go(path)
            self._reader = None


def _segments_with_deletions(
    searcher: tantivy.Searcher, living: Mapping[int, Sequence[tantivy.DocAddress]]
) -> Iterator[int]:
    """Ordinals of segments in which a record below or after the last living one is deleted."""
    for order in range(searcher.num_segments):
        alive = living.get(order, [])
        numbers = {at.doc for at in alive}
        if len(numbers) < _records_in(searcher, order, start=max(numbers, default=-1) + 1):
            yield order


def _records_in(searcher: tantivy.Searcher, order: int, start: int) -> int:
    """How many records, deleted ones too, a segment holds; at least `start`."""
    with suppress(ValueError):
        searcher.doc(tantivy.DocAddress(order, start))
        return start + 1  # one more than the last living: enough to know
    return start


def _write(writer: tantivy.IndexWriter, indexed: IndexedRecord) -> None:
    document = tantivy.Document()
    document.add_text("id", indexed.id)
    for name, text in indexed.texts.items():
        if text:
            document.add_text(name, text)
    for name, values in indexed.values.items():
        for value in values:
            document.add_text(name, value)
    for name in NUMBER_FIELDS:
        document.add_integer(name, indexed.numbers[name])
    document.add_bytes("source", indexed.source.encode())
    with _engine_errors():
        writer.delete_documents_by_term("id", indexed.id)
        writer.add_document(document)


def _source(searcher: tantivy.Searcher, at: tantivy.DocAddress) -> str:
    kept = searcher.doc(at)["source"][0]
    return bytes(kept).decode()


def _total(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # missing in the package's stubs


@contextmanager
def _engine_errors() -> Iterator[None]:
    """Turn what tantivy raises, also its panics, into our errors."""
    try:
        yield
    except SearchError:
        raise
    except BaseException as error:
        message = str(error)
        if "LockBusy" in message:
            raise WriterBusy("another process writes this index") from error
        panicked = type(error).__name__ == "PanicException"
        if panicked or isinstance(error, ValueError | OSError):
            raise IndexCorrupt(message) from error
        raise
