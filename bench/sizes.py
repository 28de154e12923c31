"""How much is measured: the published sizes, or smaller ones from the command line for a try."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields

DATABASES = ("sqlite", "postgresql")


@dataclass(slots=True)
class Sizes:
    """What a run measures with. The defaults are those of the published figures."""

    documents: int = 100_000
    rounds: int = 200  # pages of each kind
    warm_up: int = 20  # pages of each kind before those that are measured
    registrations: int = 1000
    writers: int = 32
    streams: int = 200
    dossiers: int = 200_000
    clocks: int = 20_000  # open ones, of dossiers
    readings: int = 10_000_000
    records: int = 1_000_000  # of the large index of finding
    queries: int = 600  # known items
    scans: int = 12  # pages of each quality
    seed: int = 1
    texts: str | None = None  # a file of texts for finding; None: invented ones
    databases: tuple[str, ...] = DATABASES
    prefect: bool = True  # False: relay and worker look into the queue themselves, as in tests


SIZES = Sizes()
"""The sizes of this run, set once before anything is measured."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let the command line change the numbers and leave parts out."""
    for name, value in defaults().items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=positive, default=value, metavar="N"
        )
    parser.add_argument("--database", choices=DATABASES, help="only this one")
    parser.add_argument("--texts", metavar="FILE", help="texts for finding, lines of JSON")
    parser.add_argument("--without-prefect", action="store_true", help="a short start, for tries")


def defaults() -> dict[str, int]:
    """The published numbers by name."""
    published = Sizes()
    values = {field.name: getattr(published, field.name) for field in fields(Sizes)}
    return {name: value for name, value in values.items() if type(value) is int}


def positive(text: str) -> int:
    """A whole number from 1 on. Raises ValueError, which argparse turns into a sentence."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def choose(options: argparse.Namespace) -> None:
    """Take what the command line said for this run."""
    for name in defaults():
        setattr(SIZES, name, getattr(options, name))
    SIZES.databases = (options.database,) if options.database else DATABASES
    SIZES.texts = options.texts
    SIZES.prefect = not options.without_prefect
