"""A million records in the embedded index: how long a question, a beginning, a rebuild takes.

Each record is cut anew from the texts of `bench.finding`: a title and some hundred words from any
place, in the name of one of many organs, units and signers.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.db import transaction
from app.finding.names import thing_of
from app.finding.queries import FACETS
from app.incoming.models import IncomingDocument
from bench.documents import FEW, databases, fill_new, signed_in
from bench.figures import Figure, group, percentile
from bench.finding import load_texts
from bench.finding_queries import Text, make
from bench.sizes import SIZES
from search import SearchBackend, SearchRecord, open_backend

CLERK = frozenset({"organ", "public", "post:4"})
SPECIALIST = frozenset({"unit:7", "public", "post:31"})
WORDS = (80, 160)  # of a record
UNITS, ORGANS, SIGNERS = 30, 160, 500
TYPES = ("Công văn", "Quyết định", "Báo cáo", "Tờ trình", "Kế hoạch", "Thông báo", "Giấy mời")
STATES = ("Chờ xử lý", "Đang xử lý", "Đã xong")
BATCH = 5000


@group("finding")
def million() -> Iterator[Figure]:
    """Times of the library on `--records` records, and how large they lie there."""
    texts = load_texts()
    with (
        tempfile.TemporaryDirectory(prefix="congvu-bench-var.") as folder,
        databases("sqlite", (FEW,)) as (url,),
    ):
        small = fill_new(url, Path(folder), FEW)
        place = small.app.extensions["settings"].index_dir
        place.mkdir(parents=True, exist_ok=True)
        backend = open_backend("tantivy", str(place))
        began = time.perf_counter()
        size = fill(backend, records(texts, SIZES.records))
        seconds = time.perf_counter() - began
        yield Figure("records", backend.stats().records, "records")
        yield Figure("index_records_per_s", SIZES.records / seconds, "records/s")
        ratio = backend.stats().bytes / size
        yield Figure("index_to_text_ratio", ratio, "times the text", "<= 1.2")
        backend.close()
        backend = open_backend("tantivy", str(place))
        yield from _times(backend, texts)
        asked = [query.words for query in make(texts[:3000], SIZES.rounds, SIZES.seed + 1)]
        give_rows({hit.id for words in asked for hit in backend.find(words, acl=CLERK).hits})
        clerk = signed_in(small.app, "vanthu")
        pages = timed(lambda words: _page(clerk, words), asked)
        yield Figure("search_page_million_p95_ms", percentile(pages, 95), "ms", "<= 150")


def _times(backend: SearchBackend, texts: Sequence[Text]) -> Iterator[Figure]:
    """Known items and beginnings of titles, each asked for the first time."""
    count = SIZES.rounds + SIZES.warm_up
    asked = [query.words for query in make(texts[:3000], count, SIZES.seed)]
    Random(SIZES.seed).shuffle(asked)
    titles = [one.title for one in Random(SIZES.seed).sample(list(texts), count)]
    begun = [title[: 3 + at % 24] for at, title in enumerate(titles)]
    for who, acl, goals in (
        ("", CLERK, ("<= 15", "<= 60", "<= 30")),
        ("_specialist", SPECIALIST, (None, None, None)),
    ):
        found = timed(partial(backend.find, acl=acl, facets=tuple(FACETS)), asked)
        yield Figure(f"million_p50_ms{who}", percentile(found, 50), "ms", goals[0])
        yield Figure(f"million_p95_ms{who}", percentile(found, 95), "ms", goals[1])
        offered = timed(partial(backend.suggest, acl=acl), begun)
        yield Figure(f"suggest_p95_ms{who}", percentile(offered, 95), "ms", goals[2])


def _page(clerk: FlaskClient, words: str) -> None:
    answer = clerk.get("/tim-kiem", query_string={"q": words})
    if answer.status_code != 200 or b"cv-hit" not in answer.get_data():
        raise RuntimeError(f"the search page of {words!r} answered {answer.status_code}")


def give_rows(hits: set[str]) -> None:
    """Let the hits have letters in the small office, so that their pages show cards."""
    table = IncomingDocument.__table__
    with transaction("bench.rows") as session:
        model = dict(session.execute(sa.select(table).limit(1)).mappings().one())
        there = set(session.scalars(sa.select(table.c.id)))
        rows = [
            model | {"id": id_, "token": f"t{id_}", "register_entry_id": None}
            for id_ in sorted({thing_of(hit)[1] for hit in hits} - there)
        ]
        session.execute(sa.insert(IncomingDocument), rows)


def timed(act: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Milliseconds of each but the first ones, which only warm up."""
    found = []
    for words in asked:
        began = time.perf_counter()
        act(words)
        found.append(1000 * (time.perf_counter() - began))
    return found[SIZES.warm_up :]


def fill(backend: SearchBackend, made: Iterator[SearchRecord]) -> int:
    """Write the records; returns how long their titles and texts are, in bytes of UTF-8."""
    size = 0
    while batch := list(islice(made, BATCH)):
        size += sum(len("".join((one.title, *one.pages)).encode()) for one in batch)
        backend.put_many(batch)
    backend.commit()
    return size


def records(texts: Sequence[Text], count: int) -> Iterator[SearchRecord]:
    """Letters of many organs, the same ones for the same seed."""
    chance = Random(SIZES.seed)
    words = [one.text.split() for one in texts]
    for number in range(1, count + 1):
        own = chance.choice(words)
        length = chance.randint(*WORDS)
        at = chance.randrange(max(1, len(own) - length))
        unit = chance.randint(1, UNITS)
        yield SearchRecord(
            id=f"incoming:{number}",
            kind="incoming",
            title=chance.choice(texts).title,
            acl=frozenset({"organ", f"unit:{unit}", f"post:{chance.randint(1, 90)}"}),
            pages=(" ".join(own[at : at + length]),),
            number=str(chance.randint(1, 9999)),
            notation="STC-QLNS",
            organ=f"Sở Mẫu {chance.randint(1, ORGANS)}",
            unit=f"Phòng {unit}",
            type=chance.choice(TYPES),
            state=chance.choice(STATES),
            urgency="Thường",
            signer=f"Nguyễn Mẫu {chance.randint(1, SIGNERS)}",
            date=f"{chance.randint(2017, 2026)}-{chance.randint(1, 12):02d}-17",
        )
