"""The connection to the mail server: opened for a batch's first mail, closed after its last."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType

from config.settings import MailSettings

TIMEOUT_SECONDS = 20.0
PERMANENT = 500  # SMTP answers from here on will not change when asked again


class Refused(Exception):
    """The server will never take this mail: no such address, or its content is rejected."""


class Later(Exception):
    """The server does not take this mail now, as when it does not know us yet (greylisting)."""


class Connection:
    """Sends mails one after the other; opens itself anew after a failure."""

    def __init__(self, server: MailSettings) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over.

        Raises:
            Refused: it will never be taken.
            Later: it was not taken now.
            OSError: the server is away (`smtplib.SMTPException` is one).
        """
        smtp = self._smtp = self._smtp or self._open()
        try:
            smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, reason)] = error.recipients.values()
            raise _refusal(code, reason) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:  # an address with letters it cannot carry
            raise Refused(str(error)) from error

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
            self._smtp.close()
        self._smtp = None

    def _open(self) -> smtplib.SMTP:
        server = self._server
        trusted = ssl.create_default_context(cafile=server.ca_file)
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=trusted
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.security == "starttls":
                smtp.starttls(context=trusted)
            if server.user:
                smtp.login(server.user, server.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp


def _refusal(code: int, reason: bytes | str) -> Refused | Later:
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return (Refused if code >= PERMANENT else Later)(f"{code} {text}"[:300])
