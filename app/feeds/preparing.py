"""From arrived bytes to items: everything that needs no database, done before the transaction."""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.errors import InvalidInput
from app.feeds.mapping import Translator
from app.feeds.processors import LARGEST_BATCH, Item, SourceRef, Target
from app.feeds.reading import Reading, read
from app.feeds.words import Format, SourceKind
from ocr import sandbox
from ocr.errors import FileRefused
from ocr.types import Limits

FASTEST = 1  # zlib: readings shrink to a sixth at once; higher levels cost more than they save


APART = frozenset({Format.FEED, Format.CAP})
"""Documents whose parsers have a history: a child reads them that can do little harm."""
LIMITS = Limits(wall_s=20, cpu_s=20, memory_mb=1536, file_mb=16, answer_bytes=32 * 1024 * 1024)
READ_FILE = "app.feeds.reading:read_file"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source as plain values, to be used outside any block."""

    id: int
    token: str
    name: str
    kind: SourceKind
    format: Format
    target: str
    address: str = ""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_active: bool = True

    @property
    def ref(self) -> SourceRef:
        """What processors are told of it."""
        return SourceRef(self.id, self.name, self.target, self.settings)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes that arrived at once.

    `request_key` (at most 64 characters) is the same whenever the sender repeats the request;
    `held_because` is a sentence when a person has to look at it first. `format` is given where the
    bytes are not as the source sends them but records that were taken out of a larger document.
    """

    content: bytes
    received_at: datetime
    device_id: int | None = None
    request_key: str | None = None
    held_because: str = ""
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot become an item, with the reason as a Vietnamese sentence."""

    position: int
    reason: str
    raw: Mapping[str, Any]
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that is ready to be taken. `unreadable` is a sentence when nothing could be read."""

    source: SourceInfo
    arrived: Arrived
    packed: bytes
    items: tuple[Item, ...] = ()
    raws: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # by position
    refusals: tuple[Refusal, ...] = ()
    unreadable: str = ""

    @property
    def sample(self) -> str:
        """The beginning of what came, for whoever looks at a fault."""
        return self.arrived.content[:2000].decode("utf-8", "replace").replace("\x00", "")


def pack(content: bytes) -> bytes:
    """Compressed, as batches are kept."""
    return zlib.compress(content, FASTEST)


def unpack(packed: bytes) -> bytes:
    """What `pack` was given."""
    return zlib.decompress(packed)


def unprepared(source: SourceInfo, arrived: Arrived) -> Prepared:
    """A batch as it came, without anything read of it."""
    return Prepared(source, arrived, pack(arrived.content))


def prepare(source: SourceInfo, target: Target, arrived: Arrived) -> Prepared:
    """Read and translate a batch. Never raises for what a sender wrote."""
    bare = unprepared(source, arrived)
    packed = bare.packed
    if arrived.held_because:
        return bare
    try:
        found = read_batch(source, arrived)
    except InvalidInput as error:
        return Prepared(source, arrived, packed, unreadable=error.user_message)
    if len(found.records) > LARGEST_BATCH:
        sentence = f"Mỗi lần gửi nhiều nhất {LARGEST_BATCH} mục, lần này có {len(found.records)}."
        return Prepared(source, arrived, packed, unreadable=sentence)
    translator = Translator(source.mapping, target.fields, needs_id=target.keeps_each)
    items, refusals = list[Item](), [Refusal(at, why, {}) for at, why in found.faults]
    for position, record in enumerate(found.records):
        mapped = translator.apply(record)
        if mapped.faults:
            reason = " ".join(mapped.faults)[:500]
            refusals.append(Refusal(position, reason, record, mapped.external_id))
            continue
        items.append(
            Item(mapped.external_id, mapped.fields, mapped.at, arrived.received_at, position)
        )
    raws = dict(enumerate(found.records)) if target.keeps_each else {}
    return Prepared(source, arrived, packed, tuple(items), raws, tuple(refusals))


def read_batch(source: SourceInfo, arrived: Arrived) -> Reading:
    """The records of a batch, however it was kept. Raises InvalidInput."""
    if arrived.format is not None:
        return read(arrived.format, arrived.content, {})
    return read_apart(source.format, arrived.content, source.settings)


def read_apart(form: Format, content: bytes, settings: Mapping[str, Any]) -> Reading:
    """As `read`, with XML in the limited subprocess. Raises InvalidInput."""
    if form not in APART:
        return read(form, content, settings)
    with tempfile.NamedTemporaryFile(prefix="feed-") as kept:
        kept.write(content)
        kept.flush()
        args = {"form": form.value, "path": kept.name, "settings": dict(settings)}
        try:
            found = sandbox.run(READ_FILE, args, LIMITS)
        except FileRefused:
            raise InvalidInput("Dữ liệu làm hỏng chương trình đọc hoặc cần quá nhiều.") from None
    if "refused" in found:
        raise InvalidInput(found["refused"])
    faults = tuple((int(at), str(why)) for at, why in found["faults"])
    return Reading(tuple(found["records"]), faults)


def split_records(records: list[dict[str, Any]]) -> list[bytes]:
    """Many records as JSON batches, each small enough to be taken at once."""
    starts = range(0, len(records), LARGEST_BATCH)
    return [
        json.dumps(records[start : start + LARGEST_BATCH], ensure_ascii=False).encode()
        for start in starts
    ]
