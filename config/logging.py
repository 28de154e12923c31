"""JSON logs with the request's id; never the content of a document."""

from __future__ import annotations

import logging
from collections.abc import Callable

from pythonjsonlogger.json import JsonFormatter


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to every record, so that one click can be followed through the log."""

    def __init__(self, current: Callable[[], str | None]) -> None:
        super().__init__()
        self._current = current

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = self._current() or "-"
        return True


def configure_logging(
    current_request_id: Callable[[], str | None], level: int = logging.INFO
) -> None:
    """Send the root logger to standard error as one JSON object a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonFormatter("%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s")
    )
    handler.addFilter(RequestIdFilter(current_request_id))
    for chatty in ("weasyprint", "fontTools", "pdfminer", "httpx", "httpcore", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
