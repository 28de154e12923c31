"""Documents going out (văn bản đi): from draft to issued, signed and filed."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from app.outgoing import permissions, queries
from app.web.shell import NavItem, navigation


def register(app: Flask) -> None:
    """Make pages, the kind, hooks and chores known."""
    from app import kinds, relay
    from app.casefiles import documents
    from app.casefiles.queries.holdings import Holding, add_holding
    from app.organisation.acts import describe
    from app.outgoing import chores, filing, handlers, indexing
    from app.outgoing.acts import ACTS
    from app.outgoing.services import copies, numbering
    from app.outgoing.views import bp, verification
    from app.registers.hooks import entry_voided
    from app.web.shell import settings

    kinds.register(indexing.kind)
    documents.register(queries.KIND, filing.outgoing_as_documents)
    filing.subscribe()
    add_holding(
        Holding("outgoing", "Văn bản đi đang soạn, chờ duyệt", "send", filing.held_documents)
    )
    entry_voided.subscribe(numbering.on_entry_voided)
    entry_voided.subscribe(copies.on_entry_voided)
    relay.register(handlers.consumer(settings(app).var_dir))
    relay.every(20.0, "outgoing-leases", chores.release_leases)
    app.register_blueprint(bp)
    app.register_blueprint(verification.bp)
    describe(ACTS)
    add_entries()


def add_entries() -> None:
    """The entries of the left bar."""
    navigation.add(
        NavItem(
            "outgoing", _("Văn bản"), _("Văn bản đi"), "send", "outgoing.index",
            permission=permissions.READ, counter=queries.counted_waiting, order=12,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "signatures", _("Văn bản"), _("Kiểm tra chữ ký"), "shield-check",
            "verification.check", order=19,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "templates", _("Quản trị"), _("Mẫu văn bản"), "file-type-docx", "outgoing.templates",
            permission=permissions.CONFIGURE, order=62,
        )
    )  # fmt: skip
    navigation.add(
        NavItem(
            "signing_order", _("Quản trị"), _("Thứ tự cấp số, ký số"), "number",
            "outgoing.signing_order", permission=permissions.CONFIGURE, order=63,
        )
    )  # fmt: skip
