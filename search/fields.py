"""What of a record goes into which field of the index: the same for all engines.

Text fields hold our own terms, parted by blanks; value fields hold values as they are.
"""

import hashlib
import json
from dataclasses import dataclass, fields

from search.analysis import (
    ANALYSIS_VERSION,
    codes,
    exact_terms,
    fold_terms,
    folded_terms,
    normalise,
    own_numbers,
)
from search.ranking import day_number
from search.types import FACET_FIELDS, SearchRecord

SCHEMA_VERSION = 2
"""Raise it with every change of the fields: it forces a rebuild."""

SCHEMA = f"{SCHEMA_VERSION}.{ANALYSIS_VERSION}"

PHRASE_FIELDS = (
    "body", "body_exact", "head",
    "organ_words", "signer_words", "type_words", "state_words", "unit_words",
)  # fmt: skip
"""Text fields that answer phrases."""
PIECE_FIELDS = ("codes", "numbers")
"""Text fields of single pieces, without phrases."""
VALUE_FIELDS = ("acl", *FACET_FIELDS)
"""Fields of whole values."""
NUMBER_FIELDS = ("day", "due_day", "plain_number")
"""Whole numbers, for ranges and sorting: two days as `20260217` and the digits of the own number;
0 if none."""


_RECORD_FIELDS = tuple(field.name for field in fields(SearchRecord))


@dataclass(frozen=True, slots=True)
class IndexedRecord:
    """A record made ready: `texts` and `values` by field, and its `source` to keep."""

    id: str
    texts: dict[str, str]
    values: dict[str, list[str]]
    numbers: dict[str, int]
    source: str


def _folded(text: str) -> str:
    return " ".join(folded_terms(text))


def head(record: SearchRecord) -> str:
    """What a record is called: title, number, type, organ, signer."""
    number = record.number
    if record.notation and "/" not in number:
        number = f"{number}/{record.notation}"
    label = f"số {number}" if number else ""  # as people write and type it: "số 145/TTr-KTHT"
    return " \n ".join((record.title, label, record.type, record.organ, record.signer))


def index_record(record: SearchRecord) -> IndexedRecord:
    """Analyse one record."""
    # as people write and type it: "17/02/2026"
    day = f"{record.date[8:10]}/{record.date[5:7]}/{record.date[:4]}" if record.date else ""
    called = head(record)
    rest = " \n ".join((day, *record.people, record.text, *record.pages))
    exact = exact_terms(f"{called} \n {rest}")
    own = own_numbers(record.number, record.notation)
    texts = {
        "body": " ".join(fold_terms(exact)),
        "body_exact": " ".join(exact),
        "head": _folded(called),
        "codes": " ".join(codes(f"{called} \n {rest}")),
        "numbers": " ".join(own),
    }
    for name in ("organ", "signer", "type", "state", "unit"):
        texts[f"{name}_words"] = _folded(getattr(record, name))
    values = {name: [value] for name in FACET_FIELDS if (value := getattr(record, name))}
    values["acl"] = sorted(record.acl)
    digits = "".join(c for c in (own[0] if own else "") if c.isascii() and c.isdigit())
    numbers = {
        "day": day_number(record.date),
        "due_day": day_number(record.due),
        "plain_number": int(digits[:15] or 0),
    }
    return IndexedRecord(record.id, texts, values, numbers, to_source(record))


def to_source(record: SearchRecord) -> str:
    """The record as canonical JSON: what the index keeps of it. Empty values are left out."""
    raw = {name: value for name in _RECORD_FIELDS if (value := getattr(record, name))}
    raw["acl"] = sorted(record.acl)
    for name in ("title", "text"):
        if name in raw:
            raw[name] = normalise(raw[name])
    if record.pages:
        raw["pages"] = [normalise(page) for page in record.pages]
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_source(source: str) -> SearchRecord:
    """The record that `to_source` was given, its text normalised."""
    return SearchRecord.from_mapping(json.loads(source))


def source_digest(source: str) -> str:
    """A short hash of a kept record."""
    return hashlib.blake2b(source.encode(), digest_size=16).hexdigest()


def digest(record: SearchRecord) -> str:
    """The hash that `SearchBackend.fingerprints` gives for this record if it is up to date."""
    return source_digest(to_source(record))
