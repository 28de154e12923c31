"""The entries of this room in the left bar."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.organisation.permissions import (
    APPROVE_DELEGATION,
    MANAGE_ORGANS,
    READ_AUDIT,
    VIEW,
)
from app.organisation.queries import waiting_delegations
from app.security import Actor
from app.web.shell import Count, NavItem, navigation

ENTRIES = (
    ("people", _("Người dùng"), "users", "organisation.people", VIEW),
    ("units", _("Cơ cấu tổ chức"), "hierarchy-2", "organisation.units", VIEW),
    ("delegations", _("Ủy quyền"), "user-share", "organisation.manage_delegations", VIEW),
    ("issuing_bodies", _("Chủ thể ban hành"), "building-bank", "organisation.bodies", VIEW),
    ("organs", _("Danh bạ cơ quan"), "building-community", "organisation.organs", MANAGE_ORGANS),
    ("rights", _("Ai được làm gì"), "shield-check", "organisation.rights", VIEW),
    ("audit", _("Nhật ký hệ thống"), "history", "organisation.audit_log", READ_AUDIT),
)


def delegations_to_decide(session: Session, actor: Actor) -> Count:
    """What waits for a leader's decision; nothing to do for the others."""
    return Count(waiting_delegations(session) if actor.may(APPROVE_DELEGATION) else 0)


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
                counter=delegations_to_decide if key == "delegations" else None,
            )
        )
