"""Three ways to sign, with real keys: the officer's own tool, the helper program, the server."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.signers import Signer
from pyhanko.stamp import TextStampStyle

from app.demo import ink
from app.demo.letters import Letter
from app.outgoing.signing import (
    apply,
    checked,
    fields,
    interrupted,
    returned,
    signers,
    timestamps,
    verdict,
)
from app.outgoing.signing.errors import KeyUnusable, SigningFailed
from app.outgoing.signing.signers import Holder
from tests.unit.outgoing.signing import desktop_tool, softhsm
from tests.unit.outgoing.signing.keys import PASSPHRASE, Identity, issue
from tests.unit.outgoing.signing.test_signatures import time_server

HELPER = Path(__file__).parents[4] / "scripts" / "sign_helper.py"


@pytest.fixture(scope="session")
def holder(letter: Letter) -> Holder:
    return Holder(letter.signer)


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory, leader: Identity) -> Iterator[dict[str, str]]:
    patch = pytest.MonkeyPatch()
    found = softhsm.make(tmp_path_factory.mktemp("token"), leader, sys.executable)
    patch.setenv("SOFTHSM2_CONF", found["SOFTHSM2_CONF"])
    yield found
    patch.undo()


def elsewhere(
    pdf: bytes, key: bytes, folder: Path, field: str = fields.SIGNER, box: str = ""
) -> bytes:
    """Sign with a tool that knows nothing of ours."""
    (folder / "in.pdf").write_bytes(pdf)
    (folder / "key.p12").write_bytes(key)
    desktop_tool.sign(
        folder / "in.pdf", folder / "out.pdf", folder / "key.p12", PASSPHRASE, field, box
    )
    return (folder / "out.pdf").read_bytes()


def rewritten(pdf: bytes, change: str = "") -> bytes:
    """The same pages in a file written anew, perhaps with something drawn on them."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if change:
            page = document.pages[0]
            page.contents_add(document.make_stream(change.encode()))
        document.save(out)
    return out.getvalue()


def refusal(approved: bytes, handed_in: bytes, holder: Holder, root: Identity) -> str:
    with pytest.raises(SigningFailed) as caught:
        returned.accept(approved, handed_in, holder, [root.der])
    return caught.value.user_message


def test_what_the_officer_signed_elsewhere_is_taken(
    prepared: bytes, leader: Identity, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    (tmp_path / "approved.pdf").write_bytes(prepared)
    (tmp_path / "key.p12").write_bytes(leader.pkcs12(root))
    arguments = ["approved.pdf", "out.pdf", "key.p12", PASSPHRASE, fields.SIGNER]
    tool = [sys.executable, desktop_tool.__file__, *arguments]  # in a process of its own
    subprocess.run(tool, cwd=tmp_path, check=True, timeout=60)
    signed = (tmp_path / "out.pdf").read_bytes()
    taken = checked.accept(
        tmp_path / "approved.pdf", tmp_path / "out.pdf", holder, [root.der]
    )  # in the sandbox
    assert taken.signature.signer == holder.name
    assert not taken.rewritten
    sealed = fields.fill_number(signed, "07", "05", "11")
    assert all(one.ok for one in verdict.read(sealed, [root.der]))


def test_a_tool_may_make_its_own_field(
    prepared: bytes, leader: Identity, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    signed = elsewhere(prepared, leader.pkcs12(root), tmp_path, "Signature1", "370 450 450 500")
    assert returned.accept(prepared, signed, holder, [root.der]).signature.field == "Signature1"


def test_a_tool_may_write_the_file_anew_if_all_pages_look_the_same(
    prepared: bytes, leader: Identity, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    signed = elsewhere(rewritten(prepared), leader.pkcs12(root), tmp_path)
    assert returned.accept(prepared, signed, holder, [root.der]).rewritten


def test_a_changed_page_is_refused(
    prepared: bytes, leader: Identity, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    other = rewritten(prepared, "0 0 0 rg 300 300 40 2 re f")
    said = refusal(prepared, elsewhere(other, leader.pkcs12(root), tmp_path), holder, root)
    assert "nội dung khác bản đã duyệt" in said


def test_an_update_that_draws_before_the_signature_is_refused(
    prepared: bytes, leader: Identity, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(prepared))
    size = BoxConstraints(width=100, height=40)
    TextStampStyle(stamp_text="THEM").create_stamp(writer, size, {}).apply(0, 100, 300)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    signed = elsewhere(out.getvalue(), leader.pkcs12(root), tmp_path)
    assert signed.startswith(prepared)
    assert "nội dung khác" in refusal(prepared, signed, holder, root)


def test_the_signature_of_somebody_else_is_refused(
    prepared: bytes, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    stranger = issue("Người khác", root)
    signed = elsewhere(prepared, stranger.pkcs12(root), tmp_path)
    assert "Người khác" in refusal(prepared, signed, holder, root)


def test_a_certificate_of_an_unknown_authority_is_refused(
    prepared: bytes, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    impostor = issue(holder.name, issue("CA giả"))
    signed = elsewhere(prepared, impostor.pkcs12(), tmp_path)
    assert "Chưa xác minh được" in refusal(prepared, signed, holder, root)


def test_a_known_certificate_must_be_the_very_one(
    prepared: bytes, leader: Identity, root: Identity, tmp_path: Path
) -> None:
    signed = elsewhere(prepared, leader.pkcs12(root), tmp_path)
    known = verdict.read(signed, [root.der])[0].fingerprint
    theirs = Holder("", (known.upper(),))
    assert returned.accept(prepared, signed, theirs, [root.der]).signature.fingerprint == known
    assert "không phải" in refusal(prepared, signed, Holder(leader.name, ("00",)), root)


def test_an_unsigned_file_and_a_flattened_one_are_refused(
    prepared: bytes, leader: Identity, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    assert "chưa có chữ ký" in refusal(prepared, prepared, holder, root)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(prepared)) as document:
        del document.Root.AcroForm
        del document.pages[0].Annots
        document.save(out)
    signed = elsewhere(out.getvalue(), leader.pkcs12(root), tmp_path, "S", "370 450 450 500")
    assert "ô số, ngày" in refusal(prepared, signed, holder, root)


def test_a_signature_that_hides_the_text_is_refused(
    prepared: bytes, leader: Identity, root: Identity, holder: Holder, tmp_path: Path
) -> None:
    signed = elsewhere(prepared, leader.pkcs12(root), tmp_path, "S", "60 300 560 780")
    assert "quá lớn" in refusal(prepared, signed, holder, root)


def test_writing_anew_is_refused_once_somebody_has_signed(
    prepared: bytes, leader_key: Signer, organ: Identity, root: Identity, tmp_path: Path
) -> None:
    signed = apply.sign(prepared, fields.SIGNER, leader_key, None)
    sealed = elsewhere(rewritten(signed), organ.pkcs12(root), tmp_path, fields.SEAL)
    assert "làm hỏng các chữ ký trước" in refusal(signed, sealed, Holder(organ.name), root)


def test_the_helper_signs_the_digest_with_the_token(
    prepared: bytes, token: dict[str, str], root: Identity, holder: Holder, tmp_path: Path
) -> None:
    pending = interrupted.begin(prepared, fields.SIGNER, ink.signature(holder.name, 0))
    request, answer = tmp_path / "request.json", tmp_path / "answer.json"
    request.write_text(pending.request("07/HD-STP", holder.name), encoding="utf-8")
    assert b"%PDF" not in request.read_bytes()
    arguments = ["--module", str(softhsm.MODULE), "--token", softhsm.TOKEN]
    arguments += ["--label", softhsm.LABEL, "--yes"]
    said = subprocess.run(
        [sys.executable, str(HELPER), str(request), str(answer), *arguments],
        env=token,
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert "07/HD-STP" in said.stdout
    clock = issue("Đồng hồ thử", root, tsa=True)
    kept = interrupted.Pending.of(pending.pdf, json.loads(json.dumps(pending.facts())))
    with time_server(clock) as url:
        tsa = timestamps.authority(url)
        signed = interrupted.complete(kept, answer.read_bytes(), holder, tsa=tsa)
    assert signed.startswith(prepared)
    [found] = verdict.read(signed, [root.der])
    assert (found.ok, found.stamped, found.signer) == (True, True, holder.name)


def test_an_answer_to_another_document_is_refused(
    prepared: bytes, unsigned: bytes, leader_key: Signer, organ_key: Signer, holder: Holder
) -> None:
    from app.outgoing.signing.loops import finish

    first = interrupted.begin(prepared, fields.SIGNER, None)
    second = interrupted.begin(prepared, fields.SIGNER, ink.signature(holder.name, 0))
    cms = finish(leader_key.async_sign(first.digest, "sha256", use_pades=True)).dump()
    assert interrupted.complete(first, cms, holder).startswith(prepared)
    stranger = finish(organ_key.async_sign(first.digest, "sha256", use_pades=True)).dump()
    for pending, answer, said in (
        (second, cms, "không phải của văn bản này"),
        (first, stranger, "không phải của Từ Thị Mẫu Minh"),
        (first, b"rubbish", "không phải là chữ ký số"),
        (first, json.dumps({"cms": base64.b64encode(b"x").decode()}).encode(), "không phải là"),
    ):
        with pytest.raises(SigningFailed) as caught:
            interrupted.complete(pending, answer, holder)
        assert said in caught.value.user_message


def test_the_server_signs_with_a_token(
    prepared: bytes, token: dict[str, str], root: Identity, holder: Holder
) -> None:
    softhsm.read_anew()
    given = {"token": softhsm.TOKEN, "label": softhsm.LABEL}
    with signers.from_pkcs11(softhsm.MODULE, pin=softhsm.PIN, **given) as key:
        signed = apply.sign(prepared, fields.SIGNER, key, ink.signature(holder.name, 0))
    [found] = verdict.read(signed, [root.der])
    assert (found.ok, found.signer) == (True, holder.name)
    with (
        pytest.raises(KeyUnusable, match="mã PIN"),
        signers.from_pkcs11(softhsm.MODULE, pin="000000", **given),
    ):
        pass
    with (
        pytest.raises(KeyUnusable, match="không có chứng thư"),
        signers.from_pkcs11(softhsm.MODULE, pin=softhsm.PIN, token=softhsm.TOKEN, label="khác"),
    ):
        pass
