"""Number series, register books, gapless allocation, proof."""

from __future__ import annotations

from flask import Flask

ACTS = {
    "series.created": "Mở dãy số",
    "series.started": "Đặt số bắt đầu của dãy",
    "series.closed": "Khóa dãy số",
    "register_entry.voided": "Hủy số",
    "register_entry.inserted": "Chèn số bổ sung",
}


def register(app: Flask) -> None:
    """Add pages, navigation and commands."""
    from flask_babel import lazy_gettext as _

    from app.cli import add_command
    from app.organisation.acts import describe
    from app.registers.commands import registers_cli
    from app.registers.permissions import READ
    from app.registers.views import bp
    from app.web.shell import NavItem, navigation

    app.register_blueprint(bp)
    describe(ACTS)
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
