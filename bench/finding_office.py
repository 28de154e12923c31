"""Finding in an office: how long its index takes to be made anew, and a change to be found."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path

import sqlalchemy as sa

from app import create_app, outbox
from app.db import reading, transaction
from app.finding import engine, indexer
from app.incoming.models import IncomingDocument
from app.incoming.queries import KIND
from bench.documents import SECRET, Bench, databases, fill_new
from bench.figures import Figure, group, percentile
from bench.processes import office_environment, procfile_process
from bench.sizes import SIZES
from config.settings import Settings
from search import EVERYTHING

PACE = 20  # changes a second
CHANGES = 600
LOOK_EVERY = 0.02
AT_MOST = 60.0


@group("finding")
def office_index() -> Iterator[Figure]:
    """On SQLite with `--documents` letters: the index anew in a process of its own, then changes
    at a steady pace while the relay of the Procfile runs."""
    with (
        tempfile.TemporaryDirectory(prefix="congvu-bench-var.") as folder,
        databases("sqlite", (SIZES.documents,)) as (url,),
    ):
        var_dir = Path(folder) / "var"
        many = fill_new(url, var_dir, SIZES.documents)
        seconds, peak, records = rebuilt(many)
        yield Figure("rebuild_s", seconds, "s", "<= 60", {"records": records})
        yield Figure("rebuild_peak_mb", peak, "MB", "<= 1024")
        env = office_environment(var_dir, url, prefect=False)
        env |= {"SECRET_KEY": SECRET, "AUDIT_KEY": SECRET}
        engine.configure(many.app.extensions["settings"])
        with procfile_process("relay", env, Path(folder)):
            waits = changes_found()
        yield Figure("change_to_found_p95_s", percentile(waits, 95), "s", "<= 1.5")


def rebuilt(many: Bench) -> tuple[float, float, int]:
    """Seconds, the most memory in MB, and records of a rebuild in a fresh process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_rebuild, args=(many.url, many.var_dir, theirs))
    child.start()
    theirs.close()
    answer: tuple[float, float, int] = ours.recv()
    child.join()
    return answer


def _rebuild(url: str, var_dir: Path, answer: Connection) -> None:
    app = create_app(
        Settings(
            database_url=url, secret_key=SECRET, audit_key=SECRET, var_dir=var_dir, testing=True
        )
    )
    began = time.perf_counter()
    with app.app_context():
        records = indexer.rebuild()
    seconds = time.perf_counter() - began
    answer.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, records))


def changes_found() -> list[float]:
    """Seconds from each commit until its word is found."""
    with reading() as session:
        registered = IncomingDocument.register_entry_id.is_not(None)  # others are not found
        rows = sa.select(IncomingDocument.id).where(registered).limit(CHANGES)
        ids = list(session.scalars(rows))
    words = ["xq" + "".join(letters) for letters in product("bdghklmn", repeat=4)][: len(ids)]
    committed: dict[str, float] = {}
    found: dict[str, float] = {}
    watcher = threading.Thread(target=_watch, args=(words, committed, found), daemon=True)
    watcher.start()
    began = time.monotonic()
    for at, (id_, word) in enumerate(zip(ids, words, strict=True)):
        time.sleep(max(0.0, began + at / PACE - time.monotonic()))
        with transaction("bench.change") as session:
            session.get_one(IncomingDocument, id_).note = f"Ghi chú {word}"
            outbox.changed(session, KIND, id_)
        committed[word] = time.monotonic()
    watcher.join(AT_MOST)
    if len(found) < len(words):
        raise TimeoutError(f"{len(words) - len(found)} changes were not found in {AT_MOST:.0f} s")
    return [found[word] - committed[word] for word in words]


def _watch(words: list[str], committed: dict[str, float], found: dict[str, float]) -> None:
    backend = engine.backend()
    while len(found) < len(words):
        for word in [word for word in list(committed) if word not in found]:
            results = backend.find(word, acl=EVERYTHING, limit=1)
            if results.total and results.relaxed is None:  # no near miss of another's word
                found[word] = time.monotonic()
        time.sleep(LOOK_EVERY)
