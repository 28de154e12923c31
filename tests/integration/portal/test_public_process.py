"""The citizens' process knows the public addresses and nothing else."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.portal.public import create_public_app
from app.web import gate
from config.settings import Settings
from tests.factories import Office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def address(rule: str) -> str:
    """An address of the rule, with 1 for every part that varies."""
    return re.sub(r"<[^>]+>", "1", rule)


def test_every_internal_route_is_not_found_in_the_public_process(
    app: Flask, settings: Settings, office: Office
) -> None:
    visitor = create_public_app(settings).test_client()
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("portal.") or rule.endpoint in ("web.healthz", "static"):
            continue
        if rule.rule == "/":
            continue  # leads to the citizens' first page
        for method in sorted(rule.methods or ()):
            if method == "OPTIONS":
                continue
            assert visitor.open(address(rule.rule), method=method).status_code == 404, rule.rule
            asked += 1
    assert asked > 200


def test_the_public_process_answers_the_citizens_and_says_that_it_lives(
    app: Flask, settings: Settings, office: Office
) -> None:
    public = create_public_app(settings)
    visitor = public.test_client()
    assert visitor.get("/").headers["Location"] == "/cong-dan"
    assert "Hồ sơ của tôi tới đâu?" in visitor.get("/cong-dan").get_data(as_text=True)
    assert visitor.get("/healthz").status_code == 200
    assert "Không có trang này" in visitor.get("/dang-nhap").get_data(as_text=True)
    gate.check_routes(public)
    assert all(
        gate.needed_by(public, rule.endpoint) == gate.PUBLIC for rule in public.url_map.iter_rules()
    )
