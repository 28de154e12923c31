"""Every route has a door: a permission, a sign-in, or a place in the list of public ones."""

from __future__ import annotations

import re

from flask import Flask

from app.security import Permission
from app.web import gate
from tests.factories import Office

PUBLIC_ENDPOINTS = {
    "static",
    "web.healthz",
    "web.readyz",
    "web.metrics",
    "organisation.sign_in",
    "organisation.enter_code",
    "organisation.first_password",
    "organisation.sign_out",
    "portal.home",
    "portal.procedures",
    "portal.procedure",
    "portal.lookup",
    "portal.look_up",
    "portal.dossier",
    "portal.leave",
    "portal.rate",
    "portal.kiosk",
    "portal.rate_at_kiosk",
    "portal.supplement",
    "portal.open_supplement",
    "portal.add_file",
    "portal.send",
    "portal.week",
}


def example_url(rule: str) -> str:
    """An address of the rule, with 1 for every part that varies."""
    return re.sub(r"<[^>]+>", "1", rule)


def test_only_the_listed_routes_are_public(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if gate.needed_by(app, rule.endpoint) == gate.PUBLIC
    }
    assert public <= PUBLIC_ENDPOINTS


def test_every_route_names_its_permission(app: Flask) -> None:
    silent = [
        rule.rule for rule in app.url_map.iter_rules() if gate.needed_by(app, rule.endpoint) is None
    ]
    assert silent == []


def test_a_stranger_gets_no_page_but_the_public_ones(app: Flask, office: Office) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        app.config["WTF_CSRF_ENABLED"] = False
        answer = app.test_client().open(example_url(rule.rule), method=method)
        assert answer.status_code in (302, 401), rule.rule
        if answer.status_code == 302:
            assert "/dang-nhap" in answer.headers["Location"], rule.rule


def test_every_permission_is_held_by_some_role(app: Flask) -> None:
    wanted = (gate.needed_by(app, rule.endpoint) for rule in app.url_map.iter_rules())
    assert all(need.roles for need in wanted if isinstance(need, Permission))
