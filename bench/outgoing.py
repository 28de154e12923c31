"""The office with 100,000 outgoing documents: its three pages, issuing by 32 writers, one page's
signature and form check."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from app.clock import today
from app.db import reading, transaction
from app.demo import ink
from app.demo.letters import load_letters
from app.demo.paper import Finish, render_pdf
from app.demo.signing import demo_key
from app.organisation.queries import actor_for
from app.outgoing import services
from app.outgoing.checking import check
from app.outgoing.models import OutgoingDocument, OutgoingStatus
from app.outgoing.signing import apply, fields, places, signers
from bench.documents import FEW, Bench, databases, fill_new, measure, signed_in
from bench.documents_registering import next_number, race, wrong_numbers
from bench.figures import Figure, group, percentile
from bench.fill import places_of
from bench.outgoing_fill import Outgoing, add_signed, fill_outgoing
from bench.sizes import SIZES

GOAL = "<= 100"
WHO = {"": "vanthu", "specialist_": "cvkinhte", "leader_": "chutich"}
TABS = ("du-thao", "dang-duyet", "cho-phat-hanh", "da-phat-hanh", "tat-ca")
LISTS = (
    *(f"?tab={tab}" for tab in TABS),
    "?tab=tat-ca&page=2",
    "?tab=tat-ca&page=40",
    "?tab=tat-ca&urgency=3",
)
PASSPHRASE = "bench"  # noqa: S105 - of a key made for the run
TIMES = 30


@group("outgoing")
def office() -> Iterator[Figure]:
    """Pages and issuing at 100,000 documents, on both databases."""
    var_dir = Path(tempfile.mkdtemp(prefix="congvu-bench-var."))
    try:
        for kind in SIZES.databases:
            with databases(kind, (SIZES.documents,)) as (url,):
                bench = fill_new(url, var_dir / kind, FEW)
                filled = fill_outgoing(url, SIZES.documents)
                yield from _pages(bench, filled, kind)
                yield from _issuing(bench, filled, kind)
    finally:
        shutil.rmtree(var_dir, ignore_errors=True)


@group("outgoing")
def paper() -> Iterator[Figure]:
    """One page signed with a key of the server, and checked for its form."""
    letter = load_letters(date(2026, 11, 18))[0]
    unsigned = render_pdf(letter, Finish.UNNUMBERED)
    prepared = fields.prepare(unsigned, places.find(unsigned, letter.signer))
    key = demo_key(letter.signer, PASSPHRASE)
    pen = ink.signature(letter.signer, 0)

    def sign() -> None:
        apply.sign(prepared, fields.SIGNER, signers.from_pkcs12(key, PASSPHRASE), pen)

    on = today()
    yield Figure("sign_ms", percentile(milliseconds(sign), 50), "ms")
    yield Figure("check_ms", percentile(milliseconds(lambda: check(unsigned, on=on)), 50), "ms")


def milliseconds(act: Callable[[], object]) -> list[float]:
    """How long each of some repetitions took, after one that loads what is loaded once."""
    act()
    taken = []
    for _ in range(min(SIZES.rounds, TIMES)):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def addresses(filled: Outgoing) -> dict[str, list[str]]:
    """The pages by the name of their figure; drafts are of the specialist's unit."""
    return {
        "draft": [f"/van-ban-di/{token}" for token in filled.tokens[False]],
        "outgoing_list": [f"/van-ban-di{query}" for query in LISTS],
        "approval_list": ["/van-ban-di/cho-duyet"],
    }


def _pages(bench: Bench, filled: Outgoing, kind: str) -> Iterator[Figure]:
    """The drafter's drafts, everybody's lists, the leader's and the clerk's approvals."""
    pages = addresses(filled)
    for name, who in (
        ("draft", ""), ("draft", "specialist_"), ("outgoing_list", ""),
        ("outgoing_list", "specialist_"), ("outgoing_list", "leader_"),
        ("approval_list", ""), ("approval_list", "leader_"),
    ):  # fmt: skip
        taken = measure(signed_in(bench.app, WHO[who]), pages[name])
        yield Figure(f"{name}_p95_ms_{who}{kind}", percentile(taken, 95), "ms", GOAL)


def _issuing(bench: Bench, filled: Outgoing, kind: str) -> Iterator[Figure]:
    """Signed papers get a number, then seal and recipients, by writers that start together."""
    ids = add_signed(bench.url, SIZES.registrations)
    first, issue = next_number(filled.series_id), issuer()
    raced = race(ids, lambda: nullcontext(issue))
    wrong = wrong_numbers(filled.series_id, first, len(ids))
    with reading() as session:
        gone = sa.select(sa.func.count()).where(
            OutgoingDocument.id.in_(ids), OutgoingDocument.status == OutgoingStatus.ISSUED
        )
        if session.scalar(gone) != len(ids):
            raise RuntimeError("not every document went out: the figure says nothing")
    yield Figure(f"issue_per_s_{kind}", raced.per_second, "/s")
    yield Figure(f"issue_longest_s_{kind}", max(raced.totals), "s")
    yield Figure(f"issue_wrong_numbers_{kind}", wrong, "numbers", "== 0")


def issuer() -> Callable[[int], None]:
    """What the clerk does with a signed paper: the number, then the seal and the sending."""
    with reading() as session:
        known = places_of(session)
        actor = actor_for(session, known.people["vanthu"], known.posts["vt1"])

    def issue(document_id: int) -> None:
        with transaction("bench.number") as session:
            services.number_document(session, actor, document_id=document_id)
        with transaction("bench.issue") as session:
            services.seal_paper(session, actor, document_id=document_id)
            services.issue_document(session, actor, document_id=document_id)

    return issue
