"""The keys that the server holds: a PKCS#12 file, or a key in a token (HSM), by name.

In the folder `keys` of the installation, for NAME (the login of a signer, `seal-` and the short
name of a body): NAME.p12, or NAME.token with the lines `module`, `token`, `label` (and `key_label`)
of an INI file's section [token]; NAME.pass holds the passphrase or the PIN, NAME.png the picture.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import RuleViolated
from app.outgoing.signing import signers
from app.outgoing.signing.errors import KeyUnusable

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer


@dataclass(frozen=True, slots=True)
class HeldKey:
    """Where a key lies; opened only while it signs."""

    path: Path

    @property
    def picture(self) -> bytes | None:
        """The blue signature or red seal: NAME.png beside the key."""
        path = self.path.with_suffix(".png")
        return path.read_bytes() if path.is_file() else None

    @contextmanager
    def opened(self) -> Iterator[Signer]:
        """The signer; a token's session is closed at the end. Raises KeyUnusable."""
        secret = self._secret()
        if self.path.suffix == ".p12":
            yield signers.from_pkcs12(self.path.read_bytes(), secret)
            return
        token = self._token()
        with signers.from_pkcs11(
            token["module"],
            token=token["token"],
            pin=secret,
            label=token["label"],
            key_label=token.get("key_label") or None,
        ) as signer:
            yield signer

    def _secret(self) -> str:
        try:
            return self.path.with_suffix(".pass").read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise KeyUnusable(f"Thiếu tệp mật khẩu của khóa {self.path.stem}.") from error

    def _token(self) -> configparser.SectionProxy:
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(self.path.read_text(encoding="utf-8"))
            section = parser["token"]
            for name in ("module", "token", "label"):
                section[name]
        except (configparser.Error, KeyError) as error:
            raise KeyUnusable(f"Tệp mô tả thiết bị ký {self.path.name} không đúng mẫu.") from error
        return section


def held_key(folder: Path, name: str, missing: str) -> HeldKey:
    """The key of a name; a token goes before a file. Raises RuleViolated with `missing`."""
    stem = Path(name).name
    for ending in (".token", ".p12"):
        path = folder / f"{stem}{ending}"
        if stem and path.is_file():
            return HeldKey(path)
    raise RuleViolated(missing)
