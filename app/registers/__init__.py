"""Number series, register books, gapless allocation, proof."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add pages, navigation and commands."""
    from flask_babel import lazy_gettext as _

    from app.cli import add_command
    from app.registers.commands import registers_cli
    from app.registers.permissions import READ
    from app.registers.views import bp
    from app.web.shell import NavItem, navigation

    app.register_blueprint(bp)
    add_command(registers_cli)
    navigation.add(
        NavItem(
            key="registers",
            group=_("Văn bản"),
            label=_("Sổ đăng ký"),
            icon="book-2",
            endpoint="registers.index",
            permission=READ,
            order=30,
        )
    )
