"""The system of record: data, rules, pages. `create_app` wires it and holds no logic."""

from __future__ import annotations

import os

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

from app import cli, db, request_context
from app.rooms import register_rooms
from app.web import assets, errors, form_messages, gate, headers, rules, shell, template_helpers
from app.web.linking import bp as web
from config.logging import configure_logging
from config.settings import Settings

csrf = CSRFProtect()
babel = Babel()


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Without `settings` they are read from the environment.

    Raises KeyError, naming the variable, when a required setting is missing, and
    ProgrammingFault when a route names no permission.
    """
    settings = settings or Settings.from_env(os.environ)
    app = Flask(__name__, static_folder=str(assets.STATIC), template_folder="web/templates")
    app.url_rule_class = rules.LazyRule
    app.extensions["settings"] = settings
    app.config.update(flask_config(settings))
    if not settings.testing:
        configure_logging(request_context.request_id.get)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    db.configure(settings.database_url, pool_size=settings.pool_size)
    headers.install_headers(app, settings)
    csrf.init_app(app)
    babel.init_app(app, default_locale="vi", default_timezone="Asia/Ho_Chi_Minh")
    assets.register_assets(app)
    template_helpers.register_template_helpers(app)
    form_messages.install_form_messages(app)
    shell.install_shell(app)
    errors.register_error_handlers(app)
    gate.install_gate(app)
    app.register_blueprint(web)
    register_rooms(app)
    exempt_machine_clients(app)
    gate.check_routes(app)
    cli.register_commands(app)
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    """Flask's own keys, from our settings."""
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.testing,
        "MAX_CONTENT_LENGTH": settings.limits.upload_bytes + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "congvu",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,  # the sign-in session ends first
    }


def exempt_machine_clients(app: Flask) -> None:
    """Routes that check a bearer token or a signature themselves have no form token to check."""
    for endpoint, view in app.view_functions.items():
        if gate.needed_by(app, endpoint) == gate.MACHINE:
            csrf.exempt(view)
