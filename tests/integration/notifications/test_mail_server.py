"""How we talk to the mail server: encrypted, with a password, or not at all."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app import create_app
from app.db import reading, transaction
from app.notifications import mail_line
from app.notifications.models import OutgoingMail
from app.notifications.services import notify
from app.notifications.smtp import Connection
from config.settings import MailSettings, Settings
from tests.factories import make_office
from tests.integration.notifications.conftest import Postbox, give_addresses, serving


def certificate(folder: Path) -> Path:
    """A certificate of this machine, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def a_mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "congvu@vi-du.vn", "ai@vi-du.vn"
    message.set_content("Kính gửi")
    return message


def check_password(
    _server: object, _session: object, _envelope: object, _way: str, data: object
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == b"dung"
    return AuthResult(success=right, handled=False)


def test_mail_goes_over_an_encrypted_connection_with_a_password(
    tmp_path: Path, postbox: Postbox, port: int
) -> None:
    pem = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    server = MailSettings(
        "127.0.0.1", "congvu@vi-du.vn", port, user="congvu", password="dung", ca_file=pem
    )
    options = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": check_password,
    }
    with serving(postbox, port, **options):
        with Connection(server) as connection:
            connection.send(a_mail())
        with (
            pytest.raises(OSError, match="certificate"),
            Connection(replace(server, ca_file=None)) as stranger,
        ):
            stranger.send(a_mail())
        with (
            pytest.raises(OSError, match="535"),
            Connection(replace(server, password="sai")) as guesser,
        ):
            guesser.send(a_mail())
    assert len(postbox.received) == 1


def test_a_server_without_encryption_gets_nothing_when_encryption_is_asked_for(
    postbox: Postbox, port: int
) -> None:
    server = MailSettings("127.0.0.1", "congvu@vi-du.vn", port)
    with serving(postbox, port), pytest.raises(OSError, match="STARTTLS"):
        Connection(server).send(a_mail())
    assert postbox.received == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_mail_server_nothing_is_mailed_and_the_health_page_says_so(
    settings: Settings,
) -> None:
    create_app(replace(settings, mail=None))
    with transaction() as session:
        office = make_office(session)
    give_addresses(office.leader)
    with transaction() as session:
        notify(
            session, event="x", kind="letter", thing_id=1, title="Hỏa tốc", urgent=True,
            post_ids=[office.leader.post_id or 0],
        )  # fmt: skip
    with reading() as session:
        assert session.scalars(sa.select(OutgoingMail)).all() == []
        assert "Chưa cài máy chủ thư" in mail_line(session).text


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, None),
        (
            {"SMTP_HOST": "m.vi-du.vn", "MAIL_FROM": "a@vi-du.vn"},
            MailSettings("m.vi-du.vn", "a@vi-du.vn", 587),
        ),
        (
            {"SMTP_HOST": "m.vi-du.vn", "MAIL_FROM": "a@vi-du.vn", "SMTP_SECURITY": "tls"},
            MailSettings("m.vi-du.vn", "a@vi-du.vn", 465, "tls"),
        ),
    ],
)
def test_the_settings_are_read_from_the_environment(
    env: dict[str, str], expected: MailSettings | None
) -> None:
    assert MailSettings.from_env(env) == expected


@pytest.mark.parametrize(
    ("env", "problem"),
    [
        ({"SMTP_HOST": "m.vi-du.vn"}, KeyError),
        ({"SMTP_HOST": "m", "MAIL_FROM": "a@b", "SMTP_SECURITY": "ssl"}, ValueError),
    ],
)
def test_half_a_setting_stops_the_start(env: dict[str, str], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        MailSettings.from_env(env)
