"""What is done with sources, batches, signals and faults."""

from __future__ import annotations

from app.feeds.services.replaying import ask_replay, discard, discard_signal, replay_signal
from app.feeds.services.setting_up import (
    SourceFields,
    add_device,
    add_source,
    ask_poll,
    built_in_source,
    change_source,
    revoke_device,
)
from app.feeds.services.taking import Refused, Taken

__all__ = [
    "Refused",
    "SourceFields",
    "Taken",
    "add_device",
    "add_source",
    "ask_poll",
    "ask_replay",
    "built_in_source",
    "change_source",
    "discard",
    "discard_signal",
    "replay_signal",
    "revoke_device",
]
