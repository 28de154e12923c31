"""A token of SoftHSM2 with one key and its certificate, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.unit.outgoing.signing.keys import Identity

PIN, TOKEN, LABEL = "123456", "Thiet bi thu", "khoa-ky"
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
STORE = """
import sys, pkcs11
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate
from pkcs11 import Attribute
module, token, pin, label, key, certificate = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=token).open(rw=True, user_pin=pin) as session:
    private = decode_rsa_private_key(open(key, "rb").read())
    session.create_object({**private, Attribute.TOKEN: True, Attribute.LABEL: label,
                           Attribute.ID: b"1", Attribute.SIGN: True})
    found = decode_x509_certificate(open(certificate, "rb").read())
    session.create_object({**found, Attribute.TOKEN: True, Attribute.LABEL: label,
                           Attribute.ID: b"1"})
"""


def make(folder: Path, identity: Identity, python: str) -> dict[str, str]:
    """Create the token; gives the environment in which it is found."""
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    found = {**os.environ, "SOFTHSM2_CONF": str(config), "SIGN_PIN": PIN}
    new = ["--init-token", "--free", "--label", TOKEN, "--so-pin", "0000", "--pin", PIN]
    subprocess.run(["softhsm2-util", *new], env=found, check=True, timeout=30, capture_output=True)
    key, certificate = folder / "key.der", folder / "certificate.der"
    form = PrivateFormat.TraditionalOpenSSL  # PKCS #1, as tokens take it
    key.write_bytes(identity.key.private_bytes(Encoding.DER, form, NoEncryption()))
    certificate.write_bytes(identity.der)
    arguments = [str(MODULE), TOKEN, PIN, LABEL, str(key), str(certificate)]
    subprocess.run(
        [python, "-c", STORE, *arguments], env=found, check=True, timeout=30, capture_output=True
    )
    key.unlink()
    return found


def read_anew() -> None:
    """Let the module read `SOFTHSM2_CONF` again: a test before may have shown it another token."""
    pkcs11.lib(str(MODULE)).reinitialize()
