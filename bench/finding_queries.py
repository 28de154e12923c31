"""Known-item queries: each is made from one text and has to find it again.

| kind | made of |
|---|---|
| phrase | four to seven words in a row, with their marks; no other text holds them so |
| folded | the same without marks |
| scattered | five of the rarer words of the text, in order, some without marks |
| noisy | words in a row with the confusions of a scan |
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from search.analysis import fold, normalise

KINDS = ("phrase", "folded", "scattered", "noisy")
SHORTEST = 60  # words of a text that is asked for
RARER, SCATTERED = 40, 5
_CONFUSED = str.maketrans("ổểẩứiơệặ", "ốếấửíoêă")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Text:
    """One text that can be found."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What is asked, and the id of the text that was meant."""

    kind: str
    words: str
    id: str


def make(texts: Sequence[Text], count: int, seed: int) -> list[KnownItem]:
    """`count` queries of all kinds together, as many of each; the same for the same seed."""
    maker = _Maker(texts, random.Random(seed))
    return [query for kind in KINDS for query in maker.some(kind, count // len(KINDS))]


class _Maker:
    def __init__(self, texts: Sequence[Text], chance: random.Random) -> None:
        self.chance = chance
        self.words = {one.id: _WORD.findall(normalise(f"{one.title} {one.text}")) for one in texts}
        self.frequency = Counter(
            word for words in self.words.values() for word in {w.lower() for w in words}
        )
        self.folded = {id_: f" {fold(' '.join(words))} " for id_, words in self.words.items()}
        self.long = [id_ for id_, words in self.words.items() if len(words) > SHORTEST]

    def some(self, kind: str, count: int) -> Iterator[KnownItem]:
        """Queries of a kind, each of another text."""
        made = 0
        for id_ in self.chance.sample(self.long, len(self.long)):
            if made == count:
                return
            words = self._scattered(id_) if kind == "scattered" else self._in_a_row(id_)
            if words:
                made += 1
                yield KnownItem(kind, " ".join(map(self._change(kind), words)).lower(), id_)

    def _in_a_row(self, id_: str) -> list[str]:
        """Words of the text that stand so in no other one; empty if they do."""
        words, length = self.words[id_], self.chance.randint(4, 7)
        at = self.chance.randrange(len(words) - length)
        row = words[at : at + length]
        needle = f" {fold(' '.join(row))} "
        alone = not any(needle in text for other, text in self.folded.items() if other != id_)
        return row if alone else []

    def _scattered(self, id_: str) -> list[str]:
        words = self.words[id_]
        told = sorted({word for word in words if len(word) > 1})
        self.chance.shuffle(told)  # or words of one frequency would all begin with the same letter
        rare = sorted(told, key=lambda word: self.frequency[word.lower()])[:RARER]
        return sorted(self.chance.sample(rare, SCATTERED), key=words.index)

    def _change(self, kind: str) -> Callable[[str], str]:
        """What becomes of a word in a query of this kind."""
        if kind == "folded":
            return fold
        if kind == "scattered":
            return lambda word: fold(word) if self.chance.random() < 0.5 else word
        if kind == "noisy":
            return lambda word: "".join(
                c.translate(_CONFUSED) if self.chance.random() < 0.5 else c for c in word
            )
        return str
