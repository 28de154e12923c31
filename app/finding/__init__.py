"""Finding: the search page and the index of all kinds, fed by the outbox."""

from __future__ import annotations

from flask import Flask

from app import cli, kinds, relay
from app.finding import commands, engine
from app.finding.cards import kind as saved_kind
from app.finding.indexer import IndexConsumer, build_if_missing
from app.finding.views import bp
from app.organisation.acts import describe
from app.web.shell import NavItem, navigation, settings

ACTS = {
    "saved_search.kept": "Lưu tìm kiếm",
    "saved_search.forgotten": "Xóa tìm kiếm đã lưu",
}


def register(app: Flask) -> None:
    engine.configure(settings(app))
    app.register_blueprint(bp)
    kinds.register(saved_kind)
    describe(ACTS)
    relay.register(IndexConsumer())
    relay.every(60.0, "index-present", build_if_missing)
    cli.add_command(commands.search_cli)
    navigation.add(
        NavItem("finding", "Tra cứu", "Tìm kiếm", "search", "finding.index", order=80, phone=True)
    )
