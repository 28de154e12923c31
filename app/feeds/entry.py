"""The one door for news from outside: HTTP, MQTT, polling, syslog and forms all come in here."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.db import transaction
from app.feeds.preparing import Arrived, SourceInfo, prepare, unprepared
from app.feeds.processors import target_named
from app.feeds.services import taking
from app.feeds.services.taking import Taken

log = logging.getLogger(__name__)

BROKEN = "Lỗi của hệ thống khi xử lý; nội dung đã được giữ và sẽ tự xử lý lại."


def arrive(source: SourceInfo, arrived: Arrived) -> Taken:
    """Take what arrived at once. When this returns, it cannot be lost any more.

    Call it outside any block. What cannot be read, is refused or breaks our own code is kept with
    its reason; it is an answer, not an error.

    Raises:
        OperationalError, InterfaceError: the database is away; nothing was kept, and the sender
            must not be told that it was.
    """
    target = target_named(source.target)
    prepared = None
    try:
        prepared = prepare(source, target, arrived)
        with transaction("feeds.take") as session:
            return taking.take(session, target, prepared)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("a batch of source %s could not be processed", source.id)
        kept = prepared or unprepared(source, arrived)
        with transaction("feeds.keep_failed") as session:
            return taking.keep_failed(session, kept, BROKEN)


def is_away(error: Exception) -> bool:
    """Whether it is the database, not the batch, that is at fault: trying again helps."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
