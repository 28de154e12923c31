from __future__ import annotations

import pytest

from bench import sizes
from bench.run import parser
from bench.sizes import Sizes


def chosen(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Sizes:
    monkeypatch.setattr(sizes, "SIZES", Sizes())
    sizes.choose(parser().parse_args(arguments))
    return sizes.SIZES


def test_without_options_the_published_sizes_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, "documents") == Sizes()
    assert Sizes().documents == 100_000
    assert Sizes().databases == ("sqlite", "postgresql")


def test_a_try_is_smaller_and_on_one_database(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chosen(monkeypatch, "documents", "--documents", "2000", "--database", "sqlite")

    assert found.documents == 2000
    assert found.databases == ("sqlite",)
    assert found.registrations == Sizes().registrations


@pytest.mark.parametrize("nonsense", ["0", "-5", "many"])
def test_a_size_that_is_no_count_is_refused(nonsense: str) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--documents", nonsense])
