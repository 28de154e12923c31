"""A real mail server beside the office, and a way to let it refuse."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from app.db import transaction
from app.organisation.models import Person
from app.security import Actor
from config.settings import MailSettings, Settings


@dataclass
class Postbox:
    """What the mail server took; `answers` by address say what it answers instead of taking."""

    received: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message: Message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 taken"

    def to(self, actor: Actor) -> list[EmailMessage]:
        return [mail for mail in self.received if address_of(actor) in mail["To"]]


def address_of(actor: Actor) -> str:
    return f"nguoi{actor.person_id}@phuong.vi-du.vn"


def give_addresses(*actors: Actor) -> None:
    with transaction() as session:
        for actor in actors:
            session.get_one(Person, actor.person_id).email = address_of(actor)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(postbox: Postbox, port: int, **options: Any) -> Iterator[None]:
    """The mail server, while the block runs."""
    controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def settings(settings: Settings, port: int) -> Settings:
    """The office sends mail through a server on this machine."""
    mail = MailSettings("127.0.0.1", "congvu@phuong.vi-du.vn", port, security="none")
    return replace(settings, mail=mail, public_url="https://congvu.vi-du.vn")
