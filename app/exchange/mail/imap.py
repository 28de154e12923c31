"""The connection to the mailbox. It never changes a mail but to mark it read."""

from __future__ import annotations

import imaplib
import re
import ssl
from types import TracebackType
from typing import Any

from config.settings import MailboxSettings

TIMEOUT_SECONDS = 30.0
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Box:
    """An opened folder of the mailbox.

    Raises:
        OSError: the server is away.
        imaplib.IMAP4.error: it refuses the password, the folder or a command.
    """

    def __init__(self, server: MailboxSettings) -> None:
        self._imap = _open(server)
        try:
            self._imap.login(server.user, server.password)
            name = server.folder.replace("\\", "\\\\").replace('"', '\\"')
            _ok(self._imap.select(f'"{name}"'))
            self.uidvalidity = int(self._imap.response("UIDVALIDITY")[1][0] or b"0")
        except BaseException:
            self._imap.shutdown()
            raise

    def __enter__(self) -> Box:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        try:
            self._imap.logout()
        except (OSError, imaplib.IMAP4.error):
            self._imap.shutdown()

    def uids(self, first: int = 1) -> list[int]:
        """The mails from this number on that are not deleted, in their order."""
        found = self._search("UID", f"{first}:*", "UNDELETED")
        return [uid for uid in found if uid >= first]  # “n:*” always names the last one

    def unread_before(self, first: int) -> list[int]:
        """The mails below this number that are neither read nor deleted, in their order."""
        return self._search("UID", f"1:{first - 1}", "UNSEEN", "UNDELETED") if first > 1 else []

    def _search(self, *words: str) -> list[int]:
        [found] = _ok(self._imap.uid("SEARCH", *words))
        return sorted(int(one) for one in (found or b"").split())

    def size(self, uid: int) -> int:
        """Bytes of a mail; 0 when it has gone."""
        answer = _ok(self._imap.uid("FETCH", str(uid), "(RFC822.SIZE)"))
        found = _SIZE.search(b" ".join(one for one in answer if isinstance(one, bytes)))
        return int(found[1]) if found else 0

    def fetch(self, uid: int) -> bytes | None:
        """The mail as it lies there, not marked read by this; None when it has gone."""
        answer = _ok(self._imap.uid("FETCH", str(uid), "(BODY.PEEK[])"))
        return next((one[1] for one in answer if isinstance(one, tuple)), None)

    def mark_read(self, uid: int) -> None:
        _ok(self._imap.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)"))


def _open(server: MailboxSettings) -> imaplib.IMAP4:
    trusted = ssl.create_default_context(cafile=server.ca_file)
    if server.security == "tls":
        return imaplib.IMAP4_SSL(
            server.host, server.port, ssl_context=trusted, timeout=TIMEOUT_SECONDS
        )
    imap = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT_SECONDS)
    if server.security == "starttls":
        try:
            imap.starttls(ssl_context=trusted)
        except BaseException:
            imap.shutdown()
            raise
    return imap


def _ok(answer: tuple[str, Any]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the server says {status}")
    return list(data)
