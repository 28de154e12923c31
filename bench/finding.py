"""Finding: does the text that was meant come first, and how fast, beside plain ways of finding.

Texts: `--texts FILE`, lines of JSON with `id`, `title`, `text` (also packed, `.gz`); without it
invented letters, whose sentences repeat, so that their figures only compare engines.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from bench import documents_words as words_of
from bench import finding_engines as engines
from bench.figures import Figure, group
from bench.finding_engines import Find
from bench.finding_queries import KINDS, KnownItem, Text, make
from bench.sizes import SIZES

INVENTED = 10_000
GOALS = {"all": 0.92, "phrase": 0.98, "folded": 0.98, "scattered": 0.68, "noisy": 0.97}
"""Mean reciprocal ranks among ten, on texts of law."""


@group("finding")
def quality() -> Iterator[Figure]:
    """MRR@10 of known items on both engines; beside them plain ways on the same texts."""
    texts = load_texts()
    asked = make(texts, SIZES.queries, SIZES.seed)
    with (
        tempfile.TemporaryDirectory(prefix="congvu-bench.") as folder,
        engines.elasticsearch() as url,
    ):
        beside = {
            "tantivy, one folded field": engines.plain_tantivy(texts),
            "SQLite FTS5": engines.sqlite_fts(texts),
            "Elasticsearch standard": engines.standard_elasticsearch(texts, url),
        }
        others = {name: ranks(find, asked)[0] for name, find in beside.items()}
        for kind, place in (("tantivy", folder), ("elasticsearch", f"{url}/ours")):
            yield from _of_engine(kind, engines.ours(texts, kind, place), asked, others)


def _of_engine(
    kind: str, find: Find, asked: Sequence[KnownItem], others: dict[str, dict[str, float]]
) -> Iterator[Figure]:
    own, seconds = ranks(find, asked)
    for name in ("all", *KINDS):
        goal = f">= {GOALS[name]}" if SIZES.texts else None
        beside = {other: found[name] for other, found in others.items()}
        suffix = "" if name == "all" else f"_{name}"
        yield Figure(f"mrr_{kind}{suffix}", own[name], "MRR@10", goal, beside)
    yield Figure(f"query_ms_{kind}", 1000 * seconds / len(asked), "ms")


def ranks(find: Find, asked: Sequence[KnownItem]) -> tuple[dict[str, float], float]:
    """The mean reciprocal rank of all queries and of each kind, and the seconds they took."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    began = time.perf_counter()
    for query in asked:
        ids = find(query.words)
        found[query.kind].append(1 / (ids.index(query.id) + 1) if query.id in ids else 0.0)
    seconds = time.perf_counter() - began
    everything = [one for values in found.values() for one in values]
    means = {kind: mean(values) for kind, values in found.items()}
    return means | {"all": mean(everything)}, seconds


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def load_texts() -> list[Text]:
    """The texts of `--texts`, or invented letters."""
    if SIZES.texts is None:
        chance = Random(SIZES.seed)
        return [
            Text(str(n), words_of.subject(chance), " ".join(words_of.page(chance) for _ in "ab"))
            for n in range(INVENTED)
        ]
    path = Path(SIZES.texts)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        return [Text(str(row["id"]), row["title"], row["text"]) for row in rows]
