"""A real IMAP server (Dovecot) for one test run, without privileges, on a free local port."""

from __future__ import annotations

import getpass
import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import MailboxSettings

PASSWORD = "mat-khau-thu"
CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{root}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Post:
    """The server and one mailbox on it."""

    root: Path
    box: MailboxSettings

    def open(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self.box.host, self.box.port, timeout=10)
        client.login(self.box.user, self.box.password)
        client.select("INBOX")
        return client

    def put(self, content: bytes) -> None:
        """A mail arrives."""
        client = self.open()
        status, _data = client.append("INBOX", "", "", content)
        assert status == "OK"
        client.logout()

    def read_flags(self) -> list[bool]:
        """Of each mail, whether it is marked read."""
        client = self.open()
        _status, data = client.fetch("1:*", "(FLAGS)")
        client.logout()
        return [b"\\Seen" in one for one in data if isinstance(one, bytes)]

    def begin_anew(self) -> None:
        """The server numbers the mailbox anew: another UIDVALIDITY, other UIDs."""
        folder = self.root / "mail" / self.box.user
        for path in folder.glob("dovecot.index*"):
            path.unlink()
        numbers = folder / "dovecot-uidlist"
        head, _end, _rest = numbers.read_text().partition("\n")
        [old] = [word for word in head.split() if word.startswith("V")]
        numbers.write_text(head.replace(old, f"V{int(old[1:]) + 5}") + "\n")


def _names() -> tuple[str, str]:
    """Who runs it: nobody when the tests run as root."""
    if os.geteuid() == 0:
        return "nobody", "nogroup"
    import grp

    return getpass.getuser(), grp.getgrgid(os.getegid()).gr_name


@contextmanager
def dovecot() -> Iterator[Post]:
    """The server, while the block runs. A missing one is a failure: scripts/setup.sh --tests."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program, "dovecot is missing: run scripts/setup.sh --tests"
    user, group = _names()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
    as_user = {"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        config = root / "dovecot.conf"
        config.write_text(
            CONFIG.format(root=root, user=user, group=group, port=port, password=PASSWORD)
        )
        if as_user:
            shutil.chown(root, user, group)
        server = subprocess.Popen([program, "-F", "-c", str(config)], **as_user)  # type: ignore[call-overload]
        try:
            _wait(port, root)
            yield Post(
                root,
                MailboxSettings(
                    "127.0.0.1",
                    "vanthu",
                    PASSWORD,
                    port=port,
                    security="none",
                    packet_senders=(("@snv.vi-du.vn", "H99.01"),),
                ),
            )
        finally:
            server.terminate()
            server.wait(10)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _wait(port: int, root: Path) -> None:
    for _turn in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    log = root / "log"
    raise AssertionError(log.read_text() if log.exists() else "dovecot does not listen")
