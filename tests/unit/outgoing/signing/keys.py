"""A certificate authority, people, an organ and an authority of time, made new for each run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PASSPHRASE = "mật khẩu thử"
LEADER, ORGAN = "Từ Thị Mẫu Minh", "SỞ TƯ PHÁP TỈNH SÔNG MẪU"


@dataclass(frozen=True)
class Identity:
    """A certificate with its key."""

    name: str
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_der(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def pkcs12(self, *chain: Identity) -> bytes:
        secret = BestAvailableEncryption(PASSPHRASE.encode())
        others = [one.certificate for one in chain]
        return pkcs12.serialize_key_and_certificates(
            b"sign", self.key, self.certificate, others, secret
        )


def issue(
    name: str, issuer: Identity | None = None, *, tsa: bool = False, days: tuple[int, int] = (-9, 9)
) -> Identity:
    """A new key and a certificate for it; without `issuer` its own root."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    root = issuer is None
    usage = x509.KeyUsage(
        digital_signature=not root,
        content_commitment=not root and not tsa,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if tsa:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return Identity(name, builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def revoking(issuer: Identity, one: Identity, revoked_at: datetime) -> bytes:
    """A revocation list of an issuer with one certificate on it."""
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(one.certificate.serial_number)
        .revocation_date(revoked_at)
        .build()
    )
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(datetime.now(UTC))
        .next_update(datetime.now(UTC) + timedelta(days=1))
        .add_revoked_certificate(entry)
        .sign(issuer.key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)
