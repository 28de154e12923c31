"""Keys that the server holds: PKCS#12 files and PKCS#11 tokens; and certificates in plain words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.outgoing.signing.errors import KeyUnusable

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate  # type: ignore[import-untyped]
    from pyhanko.sign.signers import Signer


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a signature must belong to.

    With `fingerprints` (SHA-256 of the certificate, hexadecimal) one of them must be the
    certificate's; without, its common name must be `name`, whatever the case of its letters.
    """

    name: str
    fingerprints: tuple[str, ...] = ()

    def owns(self, certificate: Certificate) -> bool:
        return self.matches(common_name(certificate), bytes(certificate.sha256).hex())

    def matches(self, name: str, fingerprint: str) -> bool:
        """Whether a certificate with this name and fingerprint is theirs."""
        if self.fingerprints:
            wanted = {one.replace(":", "").lower() for one in self.fingerprints}
            return fingerprint.lower() in wanted
        return _plain(name) == _plain(self.name)


def common_name(certificate: Certificate) -> str:
    """The name in the certificate: of a person, else of the organisation; may be empty."""
    subject: dict[str, Any] = certificate.subject.native
    name = subject.get("common_name") or subject.get("organization_name") or ""
    return str(name[0] if isinstance(name, list) else name)


def from_pkcs12(data: bytes, passphrase: str) -> Signer:
    """A signer from the bytes of a .p12 or .pfx file.

    Raises:
        KeyUnusable: the file is none, or the passphrase is wrong.
    """
    from pyhanko.sign.signers import SimpleSigner

    try:
        signer: Signer = SimpleSigner.load_pkcs12_data(data, [], passphrase.encode())
    except (ValueError, TypeError, OSError) as error:
        raise KeyUnusable("Không mở được tệp khóa PKCS#12: sai mật khẩu hoặc tệp hỏng.") from error
    return signer


@contextmanager
def from_pkcs11(
    module: str | Path, *, token: str, pin: str, label: str, key_label: str | None = None
) -> Iterator[Signer]:
    """A signer on a token; the session is closed at the end of the block.

    `module` is the library of the token's maker, `label` the label of its certificate, and of its
    key unless `key_label` says otherwise.

    Raises:
        KeyUnusable: no such module, token or certificate, or the PIN is wrong.
    """
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    try:
        session = open_pkcs11_session(
            str(module), token_criteria=TokenCriteria(label=token), user_pin=pin
        )
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise KeyUnusable(
            f"Không mở được thiết bị ký “{token}”: kiểm tra thiết bị đã cắm và mã PIN."
        ) from error
    try:
        signer = PKCS11Signer(session, cert_label=label, key_label=key_label or label)
        try:
            found = signer.signing_cert
        except (PKCS11Error, SigningError) as error:
            raise KeyUnusable(f"Thiết bị ký không có chứng thư “{label}”.") from error
        if found is None:
            raise KeyUnusable(f"Thiết bị ký không có chứng thư “{label}”.")
        yield signer
    finally:
        session.close()


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
