"""Whom the office trusts: the root certificates in one folder, PEM or DER."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate  # type: ignore[import-untyped]

ENDINGS = (".pem", ".crt", ".cer", ".der")


def load(folder: Path) -> list[bytes]:
    """The certificates (DER) of a folder; a missing folder trusts nobody.

    Raises ValueError, naming the file, for a file that holds no certificate: an office that
    believes it trusts an authority must not learn from a letter that it does not.
    """
    if not folder.is_dir():
        return []
    roots: list[bytes] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in ENDINGS and path.is_file():
            roots += _certificates(path)
    return roots


def _certificates(path: Path) -> list[bytes]:
    from asn1crypto import pem, x509  # type: ignore[import-untyped]

    data = path.read_bytes()
    try:
        pieces = [data]
        if pem.detect(data):
            pieces = [der for _, _, der in pem.unarmor(data, multiple=True)]
        for der in pieces:
            x509.Certificate.load(der, strict=True).subject.native  # noqa: B018 - parses it
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path.name} holds no certificate: {error}") from error
    return pieces


def certificates(roots: list[bytes]) -> list[Certificate]:
    """The same, parsed."""
    from asn1crypto import x509

    return [x509.Certificate.load(der) for der in roots]
