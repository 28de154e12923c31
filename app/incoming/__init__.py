"""Arriving documents: ledger, reading, registration, routing."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from app.incoming import permissions, queries
from app.incoming.acts import ACTS
from app.organisation.acts import describe
from app.web.shell import NavItem, navigation


def register(app: Flask) -> None:
    """Bind the quarantine; make pages, kinds, hooks, chores and commands known."""
    from app import kinds, outbox, relay
    from app.casefiles import documents
    from app.casefiles.queries.holdings import Holding, add_holding
    from app.cli import add_command
    from app.incoming import chores, filing, hooks, indexing, quarantine
    from app.incoming.commands import incoming_cli
    from app.incoming.events import ReadingWanted
    from app.incoming.views import bp
    from app.web.shell import settings

    quarantine.configure(settings(app).quarantine_dir)
    kinds.register(indexing.kind)
    hooks.subscribe()
    filing.subscribe()
    documents.register(queries.KIND, filing.letters_as_documents)
    add_holding(Holding("submitted", "Văn bản đến đã trình", "inbox", filing.held_letters))
    if settings(app).prefect_api_url:
        outbox.subscribe("jobs", ReadingWanted.name)
    relay.every(2.0, "reading-leases", chores.release_leases)
    relay.every(20.0, "intake-upkeep", chores.keep_up)
    add_command(incoming_cli)
    app.register_blueprint(bp)
    describe(ACTS)
    add_entries()


def add_entries() -> None:
    """The entries of the left bar."""
    group = _("Văn bản")
    navigation.add(
        NavItem(
            "incoming", group, _("Văn bản đến"), "inbox", "incoming.index",
            permission=permissions.READ, counter=queries.counted_waiting, order=10, phone=True,
            letter="v",
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "intake", group, _("Tiếp nhận tệp"), "scan", "incoming.ledger",
            permission=permissions.REGISTER, counter=queries.counted_held, order=11,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "reviews", group, _("Cần xem lại"), "eye-check", "incoming.reviews",
            permission=permissions.REGISTER, order=12,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "routing", _("Quản trị"), _("Luồng chuyển thẳng"), "route", "incoming.rules",
            permission=permissions.CONFIGURE, order=910,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "secret-heads", _("Quản trị"), _("Tiêu đề giữ như mật"), "shield-lock",
            "incoming.secret_heads", permission=permissions.CONFIGURE, order=911,
        )
    )  # fmt: skip
