"""The query language: what a clerk types, taken apart. It never refuses; it explains.

đất đai "kế hoạch sử dụng" -tạm thời       words, a phrase in a row, not this word
họp OR hội nghị                            one of the two neighbours
so:145  so:145/TTr-KTHT                    number or symbol of the document
coquan:"sở y tế"  nguoiky:"văn an"         who issued, who signed
loai:quyết định  trangthai:"đang xử lý"    type (no quotes needed for known types), state
tu:01/01/2026 den:31/03/2026               dated between; a month or a year will do
han:<=3  han:"quá hạn"                     due in three days at most, or overdue
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from search.analysis import exact_terms, fold, folded_terms, normalise
from search.data_files import document_types
from search.types import Query

MAX_WORDS = 40
"""Words of one query that are used; a pasted page is cut, and the answer says so."""

OVERDUE = -1
FIELDS = {
    "so": "number", "sokyhieu": "number", "kyhieu": "number",
    "coquan": "organ", "noibanhanh": "organ", "loai": "type", "nguoiky": "signer",
    "trangthai": "state", "donvi": "unit", "nam": "year", "tu": "from", "den": "to",
    "han": "due", "thoihan": "due",
}  # fmt: skip
"""What may stand before a colon, without marks, and the field it means."""

_SHOWN_FIELDS = "so: coquan: loai: nguoiky: trangthai: donvi: nam: tu: den: han:"
_QUOTES = str.maketrans("“”„«»", '"""""')
_PIECE = re.compile(
    r"(?P<minus>-(?=[^\s-]))?"
    r"(?:(?P<name>[^\W\d_]{1,20}):(?!//)(?P<gap>\s*)(?=\S))?"
    r'(?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))'
)
_OR = {"or", "hoặc", "|", "||"}


@dataclass(slots=True)
class _Reading:
    """What has been understood so far."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    alternatives: list[list[str]] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    excluded_fields: list[tuple[str, str]] = field(default_factory=list)
    bounds: dict[str, str] = field(default_factory=dict)
    due_within: int | None = None
    explain: list[str] = field(default_factory=list)
    last: str | None = None  # a word or phrase that an OR may follow
    joining: bool = False  # an OR has just been read
    last_is_phrase: bool = False
    grouped: bool = False  # `last` already stands in a group of alternatives

    def say(self, sentence: str) -> None:
        """Explain something, once."""
        if sentence not in self.explain:
            self.explain.append(sentence)

    def positive(self, text: str, *, phrase: bool) -> None:
        """A word or phrase that must match, or one more alternative after an OR."""
        if self.joining and self.last is not None:
            self._join(self.last, text)
        else:
            (self.phrases if phrase else self.words).append(text)
            self.grouped = False
        self.last, self.joining, self.last_is_phrase = text, False, phrase

    def _join(self, last: str, text: str) -> None:
        if self.grouped:
            self.alternatives[-1].append(text)
        else:
            (self.phrases if self.last_is_phrase else self.words).pop()
            self.alternatives.append([last, text])
        self.grouped = True

    def interrupt(self) -> None:
        """What follows is no neighbour of an OR."""
        if self.joining:
            self.say("OR cần một từ ở mỗi bên; đã bỏ qua OR.")
        self.last, self.joining = None, False


def parse(text: str, *, types: Iterable[str] | None = None) -> Query:
    """Take a typed query apart.

    Args:
        text: anything, also nonsense.
        types: names that `loai:` takes without quotes; by default the document types.
    """
    source = " ".join(normalise(text).translate(_QUOTES).split())
    reading = _Reading()
    known = sorted(types, key=len, reverse=True) if types is not None else document_types()
    position = 0
    while found := _PIECE.search(source, position):
        position = max(_piece(reading, found, source, known), found.start() + 1)
    reading.interrupt()
    return _finish(reading, source)


def _piece(reading: _Reading, found: re.Match[str], source: str, types: Iterable[str]) -> int:
    """Read one piece; returns where the next one begins."""
    name, phrase, word = found["name"], found["phrase"], found["word"]
    if phrase is not None and not found["closed"]:
        reading.say("Thiếu dấu ngoặc kép đóng; đã hiểu là cụm từ đến hết câu.")
    negative = found["minus"] is not None
    text = phrase if phrase is not None else word or ""
    if name is not None:
        meaning = FIELDS.get(fold(name))
        if meaning == "due" and found["gap"]:
            meaning = None  # “hạn: 15 ngày” comes from a pasted text
        if meaning is not None:
            value, end = _field_value(found, meaning, source, types)
            reading.interrupt()
            _add_field(reading, meaning, value, negative=negative, typed=f"{name}:{value}")
            return end
        if not found["gap"]:
            reading.say(
                f"Không có trường “{name}:”; đã tìm như từ thường. Các trường: {_SHOWN_FIELDS}"
            )
        _add_text(reading, name, negative=negative, phrase=False)
    elif phrase is None and fold(text) in ("or", "hoac", "|", "||") and text.lower() in _OR:
        return _add_or(reading, text, found.end())
    _add_text(reading, text, negative=negative, phrase=phrase is not None)
    return found.end()


def _add_or(reading: _Reading, text: str, end: int) -> int:
    if text in ("OR", "HOẶC", "|", "||"):
        if reading.last is None:
            reading.say("OR cần một từ ở mỗi bên; đã bỏ qua OR.")
        reading.joining = reading.last is not None
    else:  # "or" and "hoặc" in small letters are words like others
        _add_text(reading, text, negative=False, phrase=False)
    return end


def _add_text(reading: _Reading, text: str, *, negative: bool, phrase: bool) -> None:
    if text.endswith(":") and fold(text[:-1]) in FIELDS:
        reading.say(f"“{text}” chưa có giá trị; đã bỏ qua.")
        return
    if not exact_terms(text):
        return  # a dash, brackets, an empty pair of quotes
    if negative:
        reading.interrupt()
        reading.excluded.append(text)
    else:
        reading.positive(text, phrase=phrase)


def _field_value(
    found: re.Match[str], meaning: str, source: str, types: Iterable[str]
) -> tuple[str, int]:
    """The value after `name:` and where it ends; a known type may be several words."""
    if found["phrase"] is not None:
        return found["phrase"], found.end()
    start = found.start("word")
    if meaning == "type":
        rest = fold(source[start:])
        for name in types:
            folded = fold(normalise(name))
            if rest.startswith(folded) and not rest[len(folded) : len(folded) + 1].isalnum():
                return source[start : start + len(folded)], start + len(folded)
    return found["word"], found.end()


def _add_field(reading: _Reading, meaning: str, value: str, *, negative: bool, typed: str) -> None:
    if meaning in ("from", "to"):
        bound = read_day(value, end=meaning == "to")
        if bound is None:
            reading.say(f"Không hiểu ngày trong “{typed}”; hãy viết như 31/03/2026. Đã bỏ qua.")
        elif negative:
            reading.say(f"Không dùng được dấu trừ với “{typed}”; đã bỏ qua.")
        else:
            reading.bounds[meaning] = bound.isoformat()
    elif meaning == "due":
        within = read_due(value)
        if within is None or negative:
            reading.say(f"Không hiểu thời hạn trong “{typed}”; hãy viết như han:<=3. Đã bỏ qua.")
        else:
            reading.due_within = within
    elif not exact_terms(value):
        reading.say(f"“{typed}” chưa có giá trị; đã bỏ qua.")
    else:
        (reading.excluded_fields if negative else reading.fields).append((meaning, value))


def read_day(text: str, *, end: bool = False) -> date | None:
    """The day that `31/03/2026`, `2026-03-31`, `03/2026` or `2026` means; None if it is none.

    A month or year is its first day, or its last with `end`.
    """
    numbers = [int(n) for n in re.findall(r"[0-9]{1,4}", text)][:4]
    if len(numbers) == 3 and numbers[0] > 31:
        numbers.reverse()
    if not 1 <= len(numbers) <= 3 or not 1900 <= numbers[-1] <= 2200:
        return None
    year = numbers[-1]
    try:
        month = numbers[-2] if len(numbers) > 1 else (12 if end else 1)
        last = monthrange(year, month)[1]
        return date(year, month, numbers[0] if len(numbers) == 3 else (last if end else 1))
    except ValueError:
        return None


def read_due(text: str) -> int | None:
    """Within how many days something must be due: `<=3`, `3`, `<3` (two), `hôm nay`, `quá hạn`
    (-1); None for anything else."""
    words = " ".join(folded_terms(text))
    named = {"hom nay": 0, "qua han": OVERDUE, "quahan": OVERDUE, "homnay": 0}
    if words in named:
        return named[words]
    found = re.fullmatch(r"(<=|≤|<)?\s*([0-9]{1,3})", text.strip())
    if found is None:
        return None
    return max(int(found[2]) - (found[1] == "<"), OVERDUE)


def _finish(reading: _Reading, source: str) -> Query:
    first, last = reading.bounds.get("from", ""), reading.bounds.get("to", "")
    if first and last and first > last:
        reading.say("Ngày “tu:” sau ngày “den:”; đã đổi chỗ hai ngày.")
        first, last = last, first
    words = reading.words
    if len(words) > MAX_WORDS:
        reading.say(f"Câu tìm dài {len(words)} từ; chỉ {MAX_WORDS} từ đầu được dùng.")
        words = words[:MAX_WORDS]
    return Query(
        source=source,
        words=tuple(words),
        phrases=tuple(" ".join(p.split()) for p in reading.phrases),
        excluded=tuple(reading.excluded),
        alternatives=tuple(tuple(group) for group in reading.alternatives),
        fields=tuple(reading.fields),
        excluded_fields=tuple(reading.excluded_fields),
        dated_from=first,
        dated_to=last,
        due_within=reading.due_within,
        explain=tuple(reading.explain),
    )


def compose(query: Query) -> str:
    """The text that means the same query: what a form of fields puts into the search box."""
    names = {"number": "so", "organ": "coquan", "type": "loai", "signer": "nguoiky",
             "state": "trangthai", "unit": "donvi", "year": "nam"}  # fmt: skip

    def quoted(text: str) -> str:
        bare = text.replace('"', " ")
        return f'"{bare}"' if len(folded_terms(bare)) != 1 or " " in bare else bare

    parts = [*query.words, *(f'"{p}"' for p in query.phrases)]
    parts += [" OR ".join(quoted(t) for t in group) for group in query.alternatives]
    parts += [f"-{quoted(text)}" for text in query.excluded]
    parts += [f"{names[name]}:{quoted(value)}" for name, value in query.fields]
    parts += [f"-{names[name]}:{quoted(value)}" for name, value in query.excluded_fields]
    for name, bound in (("tu", query.dated_from), ("den", query.dated_to)):
        if bound:
            parts.append(f"{name}:{date.fromisoformat(bound):%d/%m/%Y}")
    if query.due_within is not None:
        overdue = query.due_within == OVERDUE
        parts.append('han:"quá hạn"' if overdue else f"han:<={query.due_within}")
    return " ".join(parts)
