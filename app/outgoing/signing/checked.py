"""Files from outside are judged in the sandbox: this side imports no PDF library."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.outgoing.signing.errors import SigningFailed
from ocr import sandbox
from ocr.types import Limits

if TYPE_CHECKING:
    from app.outgoing.signing.returned import Accepted
    from app.outgoing.signing.signers import Holder
    from app.outgoing.signing.verdict import SignatureVerdict

LIMITS = Limits(wall_s=60, cpu_s=60, memory_mb=1536, file_mb=16, answer_bytes=1024 * 1024)
READ = "app.outgoing.signing.verdict:read_file"
ACCEPT = "app.outgoing.signing.returned:accept_files"


def signatures(
    path: Path, roots: Sequence[bytes], lists: Sequence[bytes] = ()
) -> list[SignatureVerdict]:
    """A verdict for each signature of the file; see `verdict.read`.

    Raises:
        FileRefused: the file is no PDF, is broken, has a password, or needs too much.
    """
    from app.outgoing.signing.verdict import SignatureVerdict

    args = {"path": str(path.absolute()), "roots": _encoded(roots), "lists": _encoded(lists)}
    return [SignatureVerdict.from_json(one) for one in sandbox.run(READ, args, LIMITS)]


def accept(
    approved: Path,
    returned: Path,
    holder: Holder,
    roots: Sequence[bytes],
    lists: Sequence[bytes] = (),
    *,
    need_list: bool = False,
) -> Accepted:
    """Check a signed document that was handed in; see `returned.accept`.

    Raises:
        SigningFailed: it is not the approved document with one good signature of the holder.
        FileRefused: the file cannot be read.
    """
    from app.outgoing.signing.returned import Accepted
    from app.outgoing.signing.verdict import SignatureVerdict

    args = {
        "approved": str(approved.absolute()),
        "returned": str(returned.absolute()),
        "holder": asdict(holder),
        "roots": _encoded(roots),
        "lists": _encoded(lists),
        "need_list": need_list,
    }
    answer = sandbox.run(ACCEPT, args, LIMITS)
    if "refused" in answer:
        raise SigningFailed(str(answer["refused"]))
    signature = SignatureVerdict.from_json(answer["signature"])
    return Accepted(signature, bool(answer["rewritten"]))


def _encoded(roots: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(root).decode() for root in roots]
