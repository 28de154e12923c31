"""Documents going out (văn bản đi): from draft to issued, signed and filed."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Make the kind, hooks and chores known."""
    from app import kinds, relay
    from app.organisation.acts import describe
    from app.outgoing import chores, indexing
    from app.outgoing.acts import ACTS
    from app.outgoing.services import numbering
    from app.registers.hooks import entry_voided

    kinds.register(indexing.kind)
    entry_voided.subscribe(numbering.on_entry_voided)
    relay.every(20.0, "outgoing-leases", chores.release_leases)
    describe(ACTS)
