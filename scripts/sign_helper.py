#!/usr/bin/env python3
"""Runs on the signer's computer: signs the digest of a document with the signer's token.

    python sign_helper.py REQUEST.json ANSWER.json --module /usr/lib/token.so \\
        --token "Tên thiết bị" --label "Nhãn chứng thư"

The request comes from Công Vụ (“Tải yêu cầu ký”), the answer goes back there (“Nộp chữ ký”). Only
a digest leaves the server, and only a signature comes back: neither document nor key travels. The
PIN is asked for on the terminal, or read from the variable SIGN_PIN. Needs Python 3.11 or newer
and `pip install "pyhanko[pkcs11]==0.38"`. `--list` shows the certificates of the token.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import getpass
import json
import os
import sys
from pathlib import Path

from pkcs11 import Attribute, ObjectClass
from pkcs11.exceptions import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

PROTOCOL = "congvu-signing-1"


def main() -> int:
    options = parse()
    try:
        return list_certificates(options) if options.list else answer(options)
    except (PKCS11Error, SigningError) as error:
        print(f"Thiết bị ký báo lỗi: {type(error).__name__} {error}", file=sys.stderr)
    except (OSError, ValueError, KeyError) as error:
        print(f"Không ký được: {error}", file=sys.stderr)
    return 1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ký số bằng thiết bị của người ký.")
    parser.add_argument("request", nargs="?", type=Path, help="tệp yêu cầu ký")
    parser.add_argument("answer", nargs="?", type=Path, help="tệp chữ ký sẽ ghi ra")
    parser.add_argument("--module", required=True, help="thư viện PKCS#11 của thiết bị")
    parser.add_argument("--token", required=True, help="tên thiết bị")
    parser.add_argument("--label", help="nhãn của chứng thư và khóa")
    parser.add_argument("--list", action="store_true", help="chỉ liệt kê các chứng thư")
    parser.add_argument("--yes", action="store_true", help="không hỏi lại trước khi ký")
    options = parser.parse_args()
    if not options.list and not (options.request and options.answer and options.label):
        parser.error("cần REQUEST, ANSWER và --label")
    return options


def answer(options: argparse.Namespace) -> int:
    """Show what is asked, sign it, write the answer."""
    asked = json.loads(options.request.read_text(encoding="utf-8"))
    if asked.get("protocol") != PROTOCOL:
        raise ValueError(f"tệp yêu cầu không phải “{PROTOCOL}”")
    digest = base64.b64decode(asked["digest"], validate=True)
    print(f"Văn bản: {asked['title']}\nNgười ký: {asked['signer']}\nMã băm: {digest.hex()}")
    if not options.yes and input("Ký văn bản này? (c/k) ").strip().lower() not in ("c", "có"):
        return 2
    session = open_session(options, pin())
    try:
        signer = PKCS11Signer(session, cert_label=options.label, other_certs_to_pull=None)
        work = signer.async_sign(digest, asked["algorithm"], use_pades=True)
        signature = asyncio.run(work)
    finally:
        session.close()
    encoded = base64.b64encode(signature.dump()).decode()
    said = {"protocol": PROTOCOL, "digest": asked["digest"], "cms": encoded}
    options.answer.write_text(json.dumps(said), encoding="utf-8")
    print(f"Đã ký; hãy nộp tệp {options.answer}.")
    return 0


def list_certificates(options: argparse.Namespace) -> int:
    session = open_session(options, None)
    try:
        for found in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
            print(found[Attribute.LABEL])
    finally:
        session.close()
    return 0


def open_session(options: argparse.Namespace, secret: str | None):  # type: ignore[no-untyped-def]
    criteria = TokenCriteria(label=options.token)
    return open_pkcs11_session(options.module, token_criteria=criteria, user_pin=secret)


def pin() -> str:
    return os.environ.get("SIGN_PIN") or getpass.getpass("Mã PIN của thiết bị: ")


if __name__ == "__main__":
    sys.exit(main())
