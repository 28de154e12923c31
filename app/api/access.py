"""Who calls: the bearer token of a machine client, its scope, and when it was last used."""

from __future__ import annotations

from flask import abort, request

from app.db import reading, transaction
from app.organisation.services import tokens
from app.security import Actor

PREFIX = "Bearer "


def machine_actor(scope: str) -> Actor:
    """The machine as an actor in its post. 401 without a valid token.

    Raises PermissionDenied when the token lacks the scope.
    """
    header = request.headers.get("Authorization", "")
    if not header.startswith(PREFIX):
        abort(401)
    with reading() as session:
        machine = tokens.machine_of(session, header.removeprefix(PREFIX).strip())
    if machine is None:
        abort(401)
    actor = tokens.require_scope(machine, scope)
    if machine.used_long_ago:
        with transaction("api.mark_used") as session:
            tokens.mark_used(session, machine.token_id)
    return actor
