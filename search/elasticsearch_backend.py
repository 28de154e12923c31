"""The engine for several hosts: an alias on a cluster of Elasticsearch 8 or 9, no plug-ins.

The alias names the index in use; a rebuild fills another index and moves the alias. What is
written is durable at once and found after `commit()`, which refreshes.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.helpers import BulkIndexError, scan, streaming_bulk

from search.elasticsearch_query import Json, document, mapping, translate
from search.engine import Engine, Found
from search.errors import EngineUnavailable, IndexMissing, IndexOutdated, SearchError
from search.fields import SCHEMA, from_source, index_record, source_digest
from search.plan import Node
from search.types import SearchRecord, Sort, Stats

DEFAULT_NAME = "records"
BULK_RECORDS, BULK_BYTES = 500, 8_000_000
RETRIES, FIRST_PAUSE, LONGEST_PAUSE = 5, 0.5, 8.0  # pauses in seconds, doubling
_MISSING = {"unmapped_type": "long", "missing": "_last"}
_ORDER: dict[Sort, list[Json]] = {
    Sort.NEWEST: [{"day": {"order": "desc", **_MISSING}}],
    Sort.OLDEST: [{"day": {"order": "asc", **_MISSING}}],
    Sort.NUMBER: [{"plain_number": {"order": "asc", **_MISSING}}],
}


class ElasticsearchBackend(Engine):
    """`SearchBackend` on Elasticsearch. Safe for several threads; see `search.types`."""

    def __init__(self, url: str, *, client: Elasticsearch | None = None) -> None:
        """Take `http://host:port/name`; a client of one's own serves several hosts or sign-in."""
        parts = urlsplit(url)
        self._name = parts.path.strip("/") or DEFAULT_NAME
        self._url = parts._replace(path="", query="", fragment="").geturl()
        self._given = client
        self._made: Elasticsearch | None = None
        self._checked = False

    @property
    def _client(self) -> Elasticsearch:
        """The client, made at its first use and again after `close()`."""
        if self._given is not None:
            return self._given
        if self._made is None:
            self._made = Elasticsearch(
                self._url, request_timeout=30, retry_on_timeout=True, max_retries=3
            )
        return self._made

    # Reading

    def _alias(self) -> str:
        """The alias, after one look at the schema of what it names."""
        if not self._checked:
            self._index_in_use()
            self._checked = True
        return self._name

    def _index_in_use(self) -> str:
        with self._server_errors():
            answer = self._client.indices.get_mapping(index=self._name)
        index, found = next(iter(answer.body.items()))
        written = found["mappings"].get("_meta", {}).get("schema")
        if written != SCHEMA:
            raise IndexOutdated(f"index {index} has schema {written}, not {SCHEMA}")
        return str(index)

    def _search(self, plan: Node, *, limit: int, offset: int, sort: Sort) -> Found:
        index = self._alias()
        with self._server_errors():
            answer = self._client.search(
                index=index,
                query=translate(plan),
                size=limit,
                from_=offset,
                sort=_ORDER.get(sort),
                track_total_hits=True,
                source={"includes": ["source"]},
            )
        hits = answer["hits"]
        records = [(float(hit["_score"] or 0), hit["_source"]["source"]) for hit in hits["hits"]]
        return Found(int(hits["total"]["value"]), records)

    def _count_values(
        self, plan: Node, fields: Sequence[str], size: int
    ) -> Mapping[str, Mapping[str, int]]:
        index = self._alias()
        with self._server_errors():
            answer = self._client.search(
                index=index,
                query=translate(plan),
                size=0,
                track_total_hits=False,
                aggs={name: {"terms": {"field": name, "size": size}} for name in fields},
            )
        found = answer["aggregations"]
        return {
            name: {str(b["key"]): int(b["doc_count"]) for b in found[name]["buckets"]}
            for name in fields
        }

    def stats(self) -> Stats:
        """See `SearchBackend.stats`."""
        index = self._alias()
        with self._server_errors():
            count = self._client.count(index=index)["count"]
            size = self._client.indices.stats(index=index, metric="store")
        return Stats(
            backend="elasticsearch",
            records=int(count),
            bytes=int(size["_all"]["primaries"]["store"]["size_in_bytes"]),
            schema=SCHEMA,
            rebuilding=self._unfinished(),
        )

    def _sources(self) -> Iterator[str]:
        index = self._alias()
        with self._server_errors():
            for hit in scan(self._client, index=index, size=500, query={"_source": ["source"]}):
                yield hit["_source"]["source"]

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """See `SearchBackend.fingerprints`."""
        for source in self._sources():
            yield from_source(source).id, source_digest(source)

    # Writing

    def _create(self, *, in_use: bool) -> str:
        name = f"{self._name}-{uuid.uuid4().hex[:12]}"
        with self._server_errors():
            self._client.indices.create(
                index=name,
                mappings=mapping(),
                settings={
                    "number_of_shards": 1,
                    "auto_expand_replicas": "0-1",
                    "refresh_interval": "-1",  # commit() refreshes
                    "codec": "best_compression",  # half of an index is the kept text
                },
                aliases={self._name: {}} if in_use else {},
            )
        return name

    def _live(self) -> str:
        """The index in use, made if there is none."""
        try:
            return self._index_in_use()
        except IndexMissing:
            return self._create(in_use=True)

    def _all_indices(self) -> dict[str, Json]:
        """Our indices with their aliases and mappings."""
        with self._server_errors():
            answer = self._client.indices.get(index=f"{self._name}-*", allow_no_indices=True)
        length = len(self._name) + 13  # so that `records-old-…` is not taken for ours
        return {name: found for name, found in answer.body.items() if len(name) == length}

    def _unfinished(self) -> str | None:
        for name, found in sorted(self._all_indices().items()):
            written = found["mappings"].get("_meta", {}).get("schema")
            if self._name not in found["aliases"] and written == SCHEMA:
                return name
        return None

    def _building(self, rebuild: str) -> str:
        if self._unfinished() != rebuild:
            raise SearchError(f"no rebuild {rebuild} is under way")
        return rebuild

    def _targets(self, rebuild: str | None) -> list[str]:
        if rebuild is not None:
            return [self._building(rebuild)]
        building = self._unfinished()
        try:
            return [self._live(), *([building] if building else [])]
        except IndexOutdated:
            if building is None:
                raise
            return [building]

    def put_many(self, records: Iterable[SearchRecord], *, rebuild: str | None = None) -> int:
        """See `SearchBackend.put_many`."""
        targets = self._targets(rebuild)

        def actions() -> Iterator[Json]:
            for record in records:
                indexed = index_record(record)
                for index in targets:
                    yield {"_index": index, "_id": indexed.id, "_source": document(indexed)}

        return self._bulk(actions()) // len(targets)

    def delete_many(self, ids: Iterable[str]) -> None:
        """See `SearchBackend.delete_many`."""
        targets = self._targets(None)
        self._bulk(
            {"_op_type": "delete", "_index": index, "_id": one} for one in ids for index in targets
        )

    def _bulk(self, actions: Iterable[Json]) -> int:
        """Send actions, again when the cluster is too busy; a delete of nothing is no error."""
        done = 0
        with self._server_errors():
            for ok, answer in streaming_bulk(
                self._client,
                actions,
                chunk_size=BULK_RECORDS,
                max_chunk_bytes=BULK_BYTES,
                max_retries=RETRIES,
                initial_backoff=FIRST_PAUSE,
                max_backoff=LONGEST_PAUSE,
                raise_on_error=False,
            ):
                [(verb, result)] = answer.items()
                if not ok and not (verb == "delete" and result.get("status") == 404):
                    raise EngineUnavailable(f"{verb} of {result.get('_id')} failed: {result}")
                done += 1
        return done

    def commit(self) -> None:
        """See `SearchBackend.commit`."""
        with self._server_errors():
            for index in self._targets(None):
                self._client.indices.refresh(index=index)

    # Rebuilding

    def begin_rebuild(self) -> str:
        """See `SearchBackend.begin_rebuild`."""
        return self._unfinished() or self._create(in_use=False)

    def finish_rebuild(self, rebuild: str) -> None:
        """See `SearchBackend.finish_rebuild`."""
        name = self._building(rebuild)
        with self._server_errors():
            self._client.indices.refresh(index=name)
        self._use(name)

    def _use(self, name: str) -> None:
        """Move the alias and remove the other indices in one step, so it is never missing."""
        others = [other for other in self._all_indices() if other != name]
        actions: list[Json] = [{"add": {"index": name, "alias": self._name}}]
        actions += [{"remove_index": {"index": other}} for other in others]
        with self._server_errors():
            self._client.indices.update_aliases(actions=actions)
        self._checked = False

    def abandon_rebuild(self, rebuild: str) -> None:
        """See `SearchBackend.abandon_rebuild`."""
        name = self._building(rebuild)
        with self._server_errors():
            self._client.indices.delete(index=name)

    def purge(self, ids: Iterable[str]) -> None:
        """See `SearchBackend.purge`.

        Elasticsearch keeps deleted records in segments, in its history and in its log for a time
        of its own choosing. So the others are copied to a new index and the old one is removed,
        which takes its files with it.
        """
        gone = set(ids)
        if (building := self._unfinished()) is not None:
            self.abandon_rebuild(building)
        self._live()
        self.commit()
        name = self._create(in_use=False)
        living = (from_source(source) for source in self._sources())
        self._bulk(
            {"_index": name, "_id": record.id, "_source": document(index_record(record))}
            for record in living
            if record.id not in gone
        )
        self.finish_rebuild(name)

    def close(self) -> None:
        """See `SearchBackend.close`; a client that was given is its owner's to close."""
        made, self._made = self._made, None
        if made is not None:
            made.close()

    @contextmanager
    def _server_errors(self) -> Iterator[None]:
        """Turn what the client raises into our errors."""
        try:
            yield
        except NotFoundError as error:
            self._checked = False
            raise IndexMissing(f"no index {self._name}") from error
        except (TransportError, BulkIndexError) as error:
            raise EngineUnavailable(str(error)) from error
        except ApiError as error:
            if error.status_code in (401, 403, 408, 429) or error.status_code >= 500:
                raise EngineUnavailable(str(error)) from error
            raise SearchError(_told(error)) from error


def _told(error: ApiError) -> str:
    body: Any = error.body
    return f"Elasticsearch refused ({error.status_code}): {str(body)[:500]}"
