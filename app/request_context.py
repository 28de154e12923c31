"""Who is asking, technically: the request's id and address, for the audit trail and the log.

Kept in context variables, so that services need not know Flask.
"""

from __future__ import annotations

from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
remote_address: ContextVar[str | None] = ContextVar("remote_address", default=None)
