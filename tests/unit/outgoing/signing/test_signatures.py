"""Signing in both orders holds for pyHanko and pdfsig; whatever is done afterwards is found."""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator import ValidationContext

from app.demo import ink
from app.demo.letters import Letter
from app.demo.paper import seal_words
from app.outgoing.signing import apply, fields, revocation, signers, timestamps, trust, verdict
from app.outgoing.signing.errors import FieldUnusable, KeyUnusable, SigningFailed
from app.outgoing.signing.verdict import Changes
from ocr.errors import FileRefused
from tests.unit.outgoing.signing.keys import PASSPHRASE, Identity, issue, revoking

Act = Callable[[bytes], bytes]
SIZE = BoxConstraints(width=100, height=40)


@pytest.fixture(scope="session")
def acts(letter: Letter, leader_key: Signer, organ_key: Signer) -> dict[str, Act]:
    pen, red = ink.signature(letter.signer, 0), ink.seal(seal_words(letter), 0)
    return {
        "number": lambda pdf: fields.fill_number(pdf, "07", "05", "11"),
        "sign": lambda pdf: apply.sign(pdf, fields.SIGNER, leader_key, pen),
        "seal": lambda pdf: apply.sign(pdf, fields.SEAL, organ_key, red),
    }


@pytest.fixture(scope="session")
def issued(prepared: bytes, acts: dict[str, Act]) -> bytes:
    """Signed, then numbered, then sealed."""
    return acts["seal"](acts["number"](acts["sign"](prepared)))


def judged(pdf: bytes, root: Identity) -> list[tuple[bool, ModificationLevel | None]]:
    """What pyHanko itself says of each signature."""
    reader = PdfFileReader(io.BytesIO(pdf))
    roots = trust.certificates([root.der])
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    found = [validate_pdf_signature(one, context) for one in reader.embedded_signatures]
    return [(one.bottom_line, one.modification_level) for one in found]


def pdfsig(pdf: bytes, folder: Path) -> list[str]:
    """What poppler says of each signature."""
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(
        ["pdfsig", "-nocert", str(path)], check=False, capture_output=True, text=True, timeout=30
    )
    return re.findall(r"Signature Validation: (.+)", told.stdout)


@contextmanager
def time_server(clock: Identity) -> Iterator[str]:
    """An authority of time (RFC 3161) on this machine; gives its address."""
    tsa = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(clock.der),
        tsa_key=asn1_keys.PrivateKeyInfo.load(clock.key_der),
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = tsa.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "order", [("sign", "number", "seal"), ("number", "sign", "seal")], ids="-".join
)
def test_both_orders_keep_each_signature_valid(
    order: tuple[str, ...],
    prepared: bytes,
    acts: dict[str, Act],
    root: Identity,
    tmp_path: Path,
) -> None:
    pdf = prepared
    for act in order:
        before, pdf = pdf, acts[act](pdf)
        assert pdf.startswith(before)
    said = judged(pdf, root)
    assert [ok for ok, _ in said] == [True, True]
    assert all(level and level <= ModificationLevel.FORM_FILLING for _, level in said[:1])
    assert said[1][1] == ModificationLevel.NONE
    assert pdfsig(pdf, tmp_path) == ["Signature is Valid."] * 2
    first, second = verdict.read(pdf, [root.der])
    assert (first.ok, first.changes) == (True, Changes.FILLED)
    assert (second.ok, second.changes) == (True, Changes.NONE)


def test_a_stamp_drawn_after_signing_fails(issued: bytes, root: Identity) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(issued))
    TextStampStyle(stamp_text="BAN SAO").create_stamp(writer, SIZE, {}).apply(0, 100, 700)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    stamped = out.getvalue()
    assert stamped.startswith(issued)
    assert [ok for ok, _ in judged(stamped, root)] == [False, False]
    said = verdict.read(stamped, [root.der])
    assert [one.changes for one in said] == [Changes.FORBIDDEN] * 2
    assert not any(one.ok for one in said)
    assert "không còn tin cậy được" in said[0].sentences[-1]


def test_one_byte_changed_is_seen(issued: bytes, root: Identity) -> None:
    spoiled = bytearray(issued)
    at = issued.index(b"CONGVU+CvSerif")
    spoiled[at] ^= 1
    said = verdict.read(bytes(spoiled), [root.der])
    assert not any(one.intact for one in said)
    assert "bị sửa" in " ".join(said[0].sentences)


def test_a_file_written_anew_loses_its_signatures(issued: bytes, root: Identity) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(issued)) as document:
        document.save(out)
    assert not any(one.ok for one in verdict.read(out.getvalue(), [root.der]))


def test_an_unknown_authority_is_said_to_be_unknown(issued: bytes) -> None:
    stranger = issue("CA lạ")
    [first, _] = verdict.read(issued, [stranger.der])
    assert (first.intact, first.valid, first.trusted, first.ok) == (True, True, False, False)
    assert "Chưa xác minh được chứng thư" in " ".join(first.sentences)


def test_without_any_trusted_root_nobody_is_trusted(issued: bytes) -> None:
    assert not any(one.trusted for one in verdict.read(issued, []))


def test_an_expired_certificate_is_not_trusted(prepared: bytes, root: Identity) -> None:
    expired = issue("Người cũ", root, days=(-9, -2))
    key = signers.from_pkcs12(expired.pkcs12(root), PASSPHRASE)
    [said] = verdict.read(apply.sign(prepared, fields.SIGNER, key, None), [root.der])
    assert (said.intact, said.trusted, said.ok) == (True, False, False)


def test_a_time_stamp_vouches_for_the_time(
    prepared: bytes, leader_key: Signer, root: Identity
) -> None:
    clock = issue("Đồng hồ thử", root, tsa=True)
    with time_server(clock) as url:
        tsa = timestamps.authority(url)
        signed = apply.sign(prepared, fields.SIGNER, leader_key, None, tsa=tsa)
    [said] = verdict.read(signed, [root.der])
    assert said.ok
    assert said.stamped
    assert "có dấu thời gian chứng thực" in said.sentences[0]


def test_signing_works_inside_a_running_loop(prepared: bytes, leader_key: Signer) -> None:
    async def job() -> bytes:
        return apply.sign(prepared, fields.SIGNER, leader_key, None)

    assert fields.empty_signatures(asyncio.run(job())) == [fields.SEAL]


def test_a_field_is_signed_once(issued: bytes, leader_key: Signer) -> None:
    with pytest.raises(FieldUnusable, match="đã được ký"):
        apply.sign(issued, fields.SIGNER, leader_key, None)


def test_an_authority_of_time_that_is_away_leaves_the_document_unsigned(
    prepared: bytes, leader_key: Signer
) -> None:
    nobody = timestamps.authority("http://127.0.0.1:9/", timeout=1)
    with pytest.raises(SigningFailed) as caught:
        apply.sign(prepared, fields.SIGNER, leader_key, None, tsa=nobody)
    assert "dấu thời gian không trả lời" in caught.value.user_message


def test_a_wrong_passphrase_is_said(leader: Identity) -> None:
    with pytest.raises(KeyUnusable, match="sai mật khẩu"):
        signers.from_pkcs12(leader.pkcs12(), "khác")


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(FileRefused):
        verdict.read(b"xin chao", [])


def test_the_trust_folder_takes_pem_and_der_and_refuses_rubbish(
    root: Identity, leader: Identity, tmp_path: Path
) -> None:

    pem = root.certificate.public_bytes(Encoding.PEM)
    (tmp_path / "a.pem").write_bytes(pem + leader.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "b.der").write_bytes(root.der)
    (tmp_path / "readme.txt").write_text("không phải chứng thư")
    assert trust.load(tmp_path) == [root.der, leader.der, root.der]
    assert trust.load(tmp_path / "missing") == []
    (tmp_path / "c.crt").write_bytes(b"rubbish")
    with pytest.raises(ValueError, match=r"c\.crt"):
        trust.load(tmp_path)


def test_a_revoked_certificate_is_found_in_the_lists_of_the_folder(
    prepared: bytes, acts: dict[str, Act], root: Identity, leader: Identity, tmp_path: Path
) -> None:
    signed, day = acts["sign"](prepared), timedelta(days=1)
    other = issue("Người Khác", root)
    [plain] = verdict.read(signed, [root.der], revocation.load(tmp_path / "nowhere"))
    assert plain.ok
    assert verdict.NOT_ASKED in plain.sentences

    def judge(issuer: Identity, one: Identity, at: datetime) -> verdict.SignatureVerdict:
        (tmp_path / "issuer.crl").write_bytes(revoking(issuer, one, at))
        [found] = verdict.read(signed, [root.der], revocation.load(tmp_path))
        return found

    clean = judge(root, other, datetime.now(UTC) - day)
    assert clean.ok
    assert "không có trong danh sách thu hồi" in " ".join(clean.sentences)
    revoked = judge(root, leader, datetime.now(UTC) - day)
    assert (revoked.ok, revoked.trusted, revoked.intact) == (False, False, True)
    assert "đã bị thu hồi" in " ".join(revoked.sentences)
    forged = Identity(root.name, root.certificate, other.key)  # a list that the issuer never made
    assert judge(forged, leader, datetime.now(UTC) - day).ok
    (tmp_path / "issuer.crl").write_bytes(b"no list")
    with pytest.raises(ValueError, match="holds no revocation list"):
        revocation.load(tmp_path)
