"""Passwords and codes: made, hashed and compared. No database; slow, so outside transactions."""

from __future__ import annotations

import hashlib
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import InvalidInput
from app.organisation.names import fold_name

SHORTEST = 10
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 O 1 I, which people confuse
_COMMON = ("password", "matkhau", "123456789", "qwertyuiop", "abcdefghij", "1q2w3e4r5t")

# RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes. Two at a time in a process,
# so that a flood of sign-ins cannot take more than 128 MiB of memory.
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_at_once = threading.BoundedSemaphore(2)
_dummy_lock = threading.Lock()
_dummy: str | None = None


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, with its own salt. Takes about a tenth of a second."""
    with _at_once:
        return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one. Without a hash it costs the same and is never right."""
    known = password_hash or _dummy_hash()
    with _at_once:
        try:
            _hasher.verify(known, password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def _dummy_hash() -> str:
    global _dummy
    with _dummy_lock:
        if _dummy is None:
            _dummy = hash_password(secrets.token_urlsafe(16))
        return _dummy


def check_strength(password: str, *, login: str, full_name: str) -> None:
    """Refuse what is guessed first: short, the own name, one of the common ones, one letter.

    Raises:
        InvalidInput: with the sentence for the field `password`.
    """
    folded = fold_name(password).replace(" ", "")
    own = {login.lower(), fold_name(full_name).replace(" ", "")}
    if len(password) < SHORTEST:
        raise InvalidInput(f"Mật khẩu cần ít nhất {SHORTEST} ký tự.", "password")
    if len(password) > 200:
        raise InvalidInput("Mật khẩu dài quá 200 ký tự.", "password")
    if any(name and name in folded for name in own):
        raise InvalidInput("Mật khẩu không được chứa tên đăng nhập hoặc họ tên.", "password")
    if any(word in folded for word in _COMMON) or len(set(password)) < 5:
        raise InvalidInput("Mật khẩu này quá dễ đoán. Hãy chọn một cụm từ khác.", "password")


def new_code(groups: int = 4) -> str:
    """A code to read out or print: groups of four letters, 20 bits each (“7KQM-29XP-…”)."""
    return "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(4)) for _group in range(groups)
    )


def tidy_code(text: str) -> str:
    """A code as typed, brought to the form it was given in."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def token_hash(token: str) -> str:
    """What the database keeps of a random token. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)
