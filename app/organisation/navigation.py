"""The entries of this room in the left bar."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.organisation.permissions import (
    MANAGE_ORGANS,
    READ_AUDIT,
    VIEW,
)
from app.organisation.queries import counted_delegations
from app.web.shell import NavItem, navigation

ENTRIES = (
    ("people", _("Người dùng"), "users", "organisation.people", VIEW),
    ("units", _("Cơ cấu tổ chức"), "hierarchy-2", "organisation.units", VIEW),
    ("delegations", _("Ủy quyền"), "user-share", "organisation.manage_delegations", VIEW),
    ("issuing_bodies", _("Chủ thể ban hành"), "building-bank", "organisation.bodies", VIEW),
    ("organs", _("Danh bạ cơ quan"), "building-community", "organisation.organs", MANAGE_ORGANS),
    ("rights", _("Ai được làm gì"), "shield-check", "organisation.rights", VIEW),
    ("audit", _("Nhật ký hệ thống"), "history", "organisation.audit_log", READ_AUDIT),
)


def add_entries() -> None:
    for order, (key, label, icon, endpoint, permission) in enumerate(ENTRIES):
        navigation.add(
            NavItem(
                key=key,
                group=_("Quản trị"),
                label=label,
                icon=icon,
                endpoint=endpoint,
                permission=permission,
                order=900 + order,
                counter=counted_delegations if key == "delegations" else None,
            )
        )
