"""Messages of a broker become batches of their sources; when `take` returns, all are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paho.mqtt.client import topic_matches_sub

from app.errors import InvalidInput
from app.feeds import entry
from app.feeds.preparing import Arrived, SourceInfo, read_apart, split_records
from app.feeds.words import Format


@dataclass(frozen=True, slots=True)
class Message:
    """What came on a topic, and when."""

    topic: str
    payload: bytes
    received_at: datetime


def take(sources: Sequence[SourceInfo], messages: Sequence[Message]) -> int:
    """Take messages in the order they came, a batch for each source. Returns how many had one.

    Raises OperationalError, InterfaceError: the database is away, and nothing may be acknowledged.
    Taking the same messages again does no harm.
    """
    known = 0
    for source in sources:
        own = [one for one in messages if topic_matches_sub(source.address, one.topic)]
        known += len(own)
        records = list[dict[str, Any]]()
        for message in own:
            try:
                records.extend(records_of(source, message))
            except Exception:  # one message stops no other: kept as it came, with the reason
                entry.arrive(source, Arrived(message.payload, message.received_at))
        for batch in split_records(records):
            entry.arrive(source, Arrived(batch, own[-1].received_at, format=Format.JSON))
    return known


def records_of(source: SourceInfo, message: Message) -> Iterable[dict[str, Any]]:
    """The records of a message; each knows its topic.

    A bare number is a value of this moment; with `settings["at_arrival"]` every record without a
    moment is. Raises InvalidInput for what cannot be read.
    """
    number = _number(message.payload)
    records: Sequence[dict[str, Any]]
    if number is not None:
        records = [{"value": number, "at": message.received_at.isoformat()}]
    else:
        found = read_apart(source.format, message.payload, source.settings)
        if found.faults and not found.records:
            raise InvalidInput(found.faults[0][1])
        records = found.records
    for record in records:
        record.setdefault("topic", message.topic)
        if source.settings.get("at_arrival"):
            record.setdefault("at", message.received_at.isoformat())
    return records


def _number(payload: bytes) -> float | None:
    try:
        value = json.loads(payload)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)
    except (ValueError, RecursionError, OverflowError):
        return None
