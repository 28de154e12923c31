"""A letter without number, ready to be signed, and the keys of those who sign it."""

from __future__ import annotations

from datetime import date

import pytest
from pyhanko.sign.signers import Signer

from app.demo.letters import Letter, load_letters
from app.demo.paper import Finish, render_pdf
from app.outgoing.signing import fields, places, signers
from tests.unit.outgoing.signing.keys import PASSPHRASE, Identity, issue


@pytest.fixture(scope="session")
def letter() -> Letter:
    return load_letters(date(2026, 11, 18))[0]


@pytest.fixture(scope="session")
def unsigned(letter: Letter) -> bytes:
    return render_pdf(letter, Finish.UNNUMBERED)


@pytest.fixture(scope="session")
def prepared(unsigned: bytes, letter: Letter) -> bytes:
    return fields.prepare(unsigned, places.find(unsigned, letter.signer))


@pytest.fixture(scope="session")
def root() -> Identity:
    return issue("CA thử nghiệm")


@pytest.fixture(scope="session")
def leader(root: Identity, letter: Letter) -> Identity:
    return issue(letter.signer, root)


@pytest.fixture(scope="session")
def organ(root: Identity, letter: Letter) -> Identity:
    return issue(letter.organ, root)


@pytest.fixture(scope="session")
def leader_key(leader: Identity, root: Identity) -> Signer:
    return signers.from_pkcs12(leader.pkcs12(root), PASSPHRASE)


@pytest.fixture(scope="session")
def organ_key(organ: Identity, root: Identity) -> Signer:
    return signers.from_pkcs12(organ.pkcs12(root), PASSPHRASE)
