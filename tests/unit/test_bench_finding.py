"""The queries that finding is measured with mean exactly one text."""

from __future__ import annotations

from random import Random

from bench import documents_words as words_of
from bench.finding_queries import KINDS, Text, make
from search.analysis import fold


def texts() -> list[Text]:
    chance = Random(5)
    return [
        Text(str(n), words_of.subject(chance), words_of.page(chance) + f" mã {'xyz'[n % 3] * n}")
        for n in range(1, 60)
    ]


def test_each_query_is_made_of_its_text_and_of_no_other() -> None:
    given = texts()
    asked = make(given, 40, seed=3)
    assert asked == make(given, 40, seed=3)
    assert {query.kind for query in asked} == set(KINDS)
    by_id = {one.id: f" {fold(f'{one.title} {one.text}')} " for one in given}
    by_id = {id_: " ".join("".join(c if c.isalpha() else " " for c in text).split())
             for id_, text in by_id.items()}  # fmt: skip
    for query in asked:
        if query.kind in ("phrase", "folded"):
            assert [id_ for id_, text in by_id.items() if fold(query.words) in text] == [query.id]
        elif query.kind == "scattered":
            assert set(fold(query.words).split()) <= set(by_id[query.id].split())


def test_a_folded_query_has_no_marks() -> None:
    folded = [query.words for query in make(texts(), 40, seed=4) if query.kind == "folded"]
    assert folded
    assert all(words == fold(words) for words in folded)
