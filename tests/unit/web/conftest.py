from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect

from app.web.assets import STATIC, register_assets
from app.web.template_helpers import register_template_helpers

Render = Callable[..., str]


@pytest.fixture
def web() -> Flask:
    """The templates with their helpers, and nothing that needs a database."""
    app = Flask("app", static_folder=str(STATIC), template_folder="web/templates")
    app.config.update(SECRET_KEY="only for tests", TESTING=True)
    Babel(app, default_locale="vi", default_timezone="Asia/Ho_Chi_Minh")
    CSRFProtect(app)
    register_assets(app)
    register_template_helpers(app)
    return app


@pytest.fixture
def render(web: Flask) -> Iterator[Render]:
    """Render a piece of template as a page at /van-ban-den?tab=cho&page=3 would."""

    def rendered(source: str, /, **context: object) -> str:
        return render_template_string(source, **context)

    with web.test_request_context("/van-ban-den?tab=cho&page=3"):
        yield rendered
