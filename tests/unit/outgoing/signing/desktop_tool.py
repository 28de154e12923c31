"""Stands for the officer's own signing tool: a program that knows nothing of ours."""

from __future__ import annotations

import sys
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner


def sign(source: Path, target: Path, key: Path, passphrase: str, field: str, box: str = "") -> None:
    """Sign in `field`, or in a new field in `box` (four whole points)."""
    signer = SimpleSigner.load_pkcs12_data(key.read_bytes(), [], passphrase.encode())
    x0, y0, x1, y1 = (int(side) for side in box.split() or "0000")
    spec = SigFieldSpec(field, box=(x0, y0, x1, y1)) if box else None
    machine = PdfSigner(PdfSignatureMetadata(field_name=field), signer, new_field_spec=spec)
    with source.open("rb") as given, target.open("wb") as made:
        machine.sign_pdf(IncrementalPdfFileWriter(given), output=made)


if __name__ == "__main__":
    sign(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
