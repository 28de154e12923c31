"""Revocation lists (CRL) that lie in the folder of trust: nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, CertificateRevocationList

ENDING = ".crl"


@dataclass(frozen=True, slots=True)
class Revocation:
    """What the lists say of a certificate. `listed_on` None: no list of its issuer is here.

    `overdue`: the issuer should have made a newer list by now.
    """

    listed_on: datetime | None = None
    revoked_on: datetime | None = None
    overdue: bool = False


def load(folder: Path) -> list[bytes]:
    """The revocation lists (DER) of a folder, PEM or DER.

    Raises ValueError, naming the file, for a file that holds none.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix.lower() != ENDING or not path.is_file():
            continue
        data = path.read_bytes()
        pem = data.lstrip().startswith(b"-----BEGIN")
        try:
            one = x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data)
        except ValueError as error:
            raise ValueError(f"{path.name} holds no revocation list: {error}") from error
        found.append(one.public_bytes(Encoding.DER))
    return found


def look_up(certificate: bytes, issuers: Sequence[bytes], lists: Sequence[bytes]) -> Revocation:
    """What the newest list of its issuer says of a certificate (all DER).

    `issuers` are certificates of which one may be the issuer's. A list that the issuer has not
    signed does not count.
    """
    from cryptography import x509

    if not lists:
        return Revocation()
    try:
        subject = x509.load_der_x509_certificate(certificate)
        known = [x509.load_der_x509_certificate(one) for one in issuers]
    except ValueError:  # a certificate that only the lenient reader takes: nothing is known of it
        return Revocation()
    newest, found = None, Revocation()
    for data in lists:
        one = x509.load_der_x509_crl(data)
        if one.issuer != subject.issuer or not _signed_by_one(one, known):
            continue
        if newest is None or one.last_update_utc > newest:
            newest = one.last_update_utc
            entry = one.get_revoked_certificate_by_serial_number(subject.serial_number)
            until = one.next_update_utc
            overdue = until is not None and until < datetime.now(UTC)
            found = Revocation(newest, entry.revocation_date_utc if entry else None, overdue)
    return found


def _signed_by_one(revoked: CertificateRevocationList, known: Sequence[Certificate]) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm

    for issuer in known:
        try:
            key = issuer.public_key()
            if issuer.subject == revoked.issuer and revoked.is_signature_valid(key):  # type: ignore[arg-type]
                return True
        except (TypeError, UnsupportedAlgorithm):
            continue
    return False
