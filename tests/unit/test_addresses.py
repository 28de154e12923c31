"""What is an address of mail, and what the standard library's header would choke on."""

from __future__ import annotations

import pytest

from app.addresses import is_address


@pytest.mark.parametrize(
    "text", ["a@b.vn", "van-thu.01@so-noi-vu.vi-du.vn", "x+y_z@mail.vi-du.gov.vn"]
)
def test_plain_addresses_are_taken(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "a@", "@b.vn", "a@b", "a b@c.vn", "a@b..vn", ".a@b.vn", "a.@b.vn", "a@@b.vn",
        "a@-b.vn", "a@b-.vn", "a@b.vn, c@d.vn", "<a@b.vn>", "ô@b.vn", "a@[127.0.0.1]",
        "a@b.vn\nBcc: c@d.vn", '"a b"@c.vn', "a(x)@b.vn", "a" * 65 + "@b.vn",
        "a@" + "b." * 60 + "vn",
    ],
)  # fmt: skip
def test_what_a_header_cannot_hold_is_refused(text: str) -> None:
    assert not is_address(text)
