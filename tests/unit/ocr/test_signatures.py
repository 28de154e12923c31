from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from ocr import list_signatures
from tests.unit.ocr.papers import Paper, write_pdf


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> signers.SimpleSigner:
    """A key of our own making, for an invented office."""
    folder = tmp_path_factory.mktemp("key")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ủy ban nhân dân phường Minh Họa")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    load: Any = signers.SimpleSigner.load  # carries no types
    loaded: signers.SimpleSigner = load(str(folder / "key.pem"), str(folder / "cert.pem"))
    return loaded


def signed(tmp: Path, signer: signers.SimpleSigner) -> Path:
    path = tmp / "signed.pdf"
    with write_pdf(tmp / "plain.pdf", Paper()).open("rb") as plain, path.open("wb") as out:
        meta = signers.PdfSignatureMetadata(field_name="Signature1")
        signers.sign_pdf(IncrementalPdfFileWriter(plain), meta, signer=signer, output=out)
    return path


def test_signer_and_time_of_an_intact_signature(
    tmp_path: Path, signer: signers.SimpleSigner
) -> None:
    [found] = list_signatures(signed(tmp_path, signer))

    assert (found.field, found.signer) == ("Signature1", "Ủy ban nhân dân phường Minh Họa")
    assert found.intact
    assert found.signed_at is not None
    signed_at = dt.datetime.fromisoformat(found.signed_at)
    assert abs(dt.datetime.now(dt.UTC) - signed_at) < dt.timedelta(minutes=5)


def test_a_changed_byte_breaks_the_signature(tmp_path: Path, signer: signers.SimpleSigner) -> None:
    path = signed(tmp_path, signer)
    data = bytearray(path.read_bytes())
    at = data.index(b"stream") + 40
    data[at] ^= 1
    path.write_bytes(data)

    assert [s.intact for s in list_signatures(path)] == [False]


def test_rubbish_before_the_header_hides_no_signature(
    tmp_path: Path, signer: signers.SimpleSigner
) -> None:
    path = signed(tmp_path, signer)
    path.write_bytes(b"\x00rubbish\n" + path.read_bytes())

    assert [s.intact for s in list_signatures(path)] == [True]


def test_a_file_that_is_no_pdf_has_no_signatures(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    assert list_signatures(tmp_path / "a.png") == ()
