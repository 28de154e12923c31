"""The first door: every view says which permission it needs, or that it is public.

A view without either is refused at start, so a new route cannot be open by accident. The service
asks again: the gate only spares a useless page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import PermissionDenied, ProgrammingFault
from app.security import Permission
from app.web.shell import current_actor, optional_actor

V = TypeVar("V", bound=Callable[..., Any])

SIGNED_IN = "signed-in"
PUBLIC = "public"
MACHINE = "machine"  # the view checks the bearer token or signature itself
_ATTRIBUTE = "_needs"


def needs(permission: Permission | str) -> Callable[[V], V]:
    """Name the permission of a view, or SIGNED_IN for a page of every signed-in person."""

    def mark(view: V) -> V:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return mark


def public(view: V) -> V:
    """A page for everybody; the list of these is compared with the architecture test's."""
    setattr(view, _ATTRIBUTE, PUBLIC)
    return view


def needed_by(app: Flask, endpoint: str) -> Permission | str | None:
    """What a route asks for; None when it says nothing, which the start refuses."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    found: Permission | str | None = getattr(app.view_functions[endpoint], _ATTRIBUTE, None)
    return found


def check_routes(app: Flask) -> None:
    """Raise ProgrammingFault for the first route that names no permission."""
    for rule in app.url_map.iter_rules():
        if needed_by(app, rule.endpoint) is None:
            raise ProgrammingFault(f"route {rule.rule} ({rule.endpoint}) names no permission")


def install_gate(app: Flask) -> None:
    @app.before_request
    def gate() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # no such address: the 404 page
        wanted = needed_by(app, request.endpoint)
        if wanted in (PUBLIC, MACHINE):
            return None
        if optional_actor() is None:
            if request.accept_mimetypes.accept_html and request.method == "GET":
                return redirect(url_for("organisation.sign_in", next=request.full_path))
            abort(401)
        if isinstance(wanted, Permission) and not current_actor().may(wanted):
            raise PermissionDenied(f"{request.endpoint} needs {wanted.name}")
        return None
