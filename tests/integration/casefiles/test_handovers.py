"""The work of a post goes to another post in one act; files go to the archive as a package."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.casefiles import chores, packing, queries, services
from app.casefiles.models import ArchivePackage, CaseFile, CaseState, PackageState, WorkHandover
from app.casefiles.queries.holdings import held_by
from app.casefiles.services import handovers, packages
from app.clock import now
from app.db import reading, transaction
from app.errors import EditConflict, PermissionDenied, RuleViolated
from app.files.models import StoredFile
from app.files.store import current_store
from app.incoming.models import IncomingDocument
from app.incoming.queries import visible_incoming
from app.organisation.models import Delegation, DelegationState
from app.organisation.queries import actor_for
from app.security import Actor
from app.tasks import custody
from app.tasks import services as tasks
from app.tasks.models import Station, Task
from app.tasks.parties import Party
from app.tasks.services import TaskOrder
from tests.factories import Office
from tests.integration.casefiles.conftest import (
    act,
    closed_file,
    look,
    make_letter,
    open_outside,
    put_in,
)


def hand_over(actor: Actor, giver: Actor, taker: Actor, **changes: Any) -> WorkHandover:
    values = {"reason": "Chuyển công tác"} | changes
    done: WorkHandover = act(
        handovers.hand_over_work, actor,
        from_post_id=giver.post_id, to_post_id=taker.post_id, **values,
    )  # fmt: skip
    return done


def a_full_desk(office: Office) -> tuple[int, CaseFile]:
    """The specialist has a letter, a task, a file and a delegation."""
    letter_id = make_letter(office, 1, office.specialist)
    case_file = open_outside(office.specialist)
    put_in(office.specialist, case_file, letter_id)
    order = TaskOrder("Báo cáo quy hoạch", lead=Party(post_id=office.specialist.post_id))
    act(tasks.create_task, office.head, order=order)
    with transaction() as session:
        custody.move(
            session, "incoming", letter_id, station=Station.HANDLER,
            post_id=office.specialist.post_id,
        )  # fmt: skip
        session.add(
            Delegation(
                from_post_id=office.specialist.post_id,
                from_person_id=office.specialist.person_id,
                to_person_id=office.deputy.person_id,
                scope="Ký phiếu trình",
                valid_from=now(),
                valid_to=now() + timedelta(days=9),
                state=DelegationState.APPROVED,
            )
        )
    return letter_id, case_file


def holds(actor: Actor) -> dict[str, int]:
    assert actor.post_id is not None
    groups = look(lambda session: held_by(session, actor, actor.post_id or 0))
    return {group.key: len(group.items) for group in groups}


def test_one_act_hands_over_all_a_post_holds(office: Office) -> None:
    letter_id, case_file = a_full_desk(office)
    expected = {"documents": 1, "tasks": 1, "files": 1, "delegations": 1}
    assert holds(office.specialist) == expected

    handover = hand_over(office.head, office.specialist, office.specialist2, expected=4)

    assert holds(office.specialist) == {}
    assert holds(office.specialist2) == {"documents": 1, "tasks": 1, "files": 1}
    with reading() as session:
        assert session.scalar(sa.select(Task.lead_post_id)) == office.specialist2.post_id
        assert session.get_one(CaseFile, case_file.id).keeper_post_id == office.specialist2.post_id
        assert session.scalar(sa.select(Delegation.state)) is DelegationState.REVOKED
        [item] = queries.contents_of(session, office.specialist2, case_file.id)
        assert item.row.thing_id == letter_id  # the successor may read what lies in the file
        seen = visible_incoming(office.specialist2).where(IncomingDocument.id == letter_id)
        assert session.scalar(seen) is not None
        assert len(session.get_one(WorkHandover, handover.id).items) == 4


def test_only_the_holder_the_head_and_the_office_hand_over(office: Office) -> None:
    a_full_desk(office)

    for stranger in (office.head2, office.specialist2, office.clerk):
        with pytest.raises(PermissionDenied):
            hand_over(stranger, office.specialist, office.specialist2)
    with pytest.raises(EditConflict):  # something came in after the page was opened
        hand_over(office.specialist, office.specialist, office.deputy, expected=3)
    hand_over(office.specialist, office.specialist, office.deputy)
    with pytest.raises(RuleViolated):
        hand_over(office.specialist, office.specialist, office.deputy)


def test_who_acts_for_another_does_not_give_their_work_away(office: Office) -> None:
    a_full_desk(office)
    with transaction() as session:
        for lender in (office.specialist, office.head, office.leader):
            session.add(
                Delegation(
                    from_post_id=lender.post_id,
                    from_person_id=lender.person_id,
                    to_person_id=office.specialist2.person_id,
                    scope="Xử lý thay",
                    valid_from=now() - timedelta(days=1),
                    valid_to=now() + timedelta(days=9),
                    state=DelegationState.APPROVED,
                )
            )
    with reading() as session:
        delegate = actor_for(session, office.specialist2.person_id or 0)
    assert {office.specialist.post_id, office.head.post_id} < delegate.post_ids

    for acting in (delegate, delegate.in_post(office.specialist.post_id)):
        with pytest.raises(PermissionDenied):
            hand_over(acting, office.specialist, office.deputy)
    act(tasks.create_task, office.head2, order=TaskOrder(
        "Việc của mình", lead=Party(post_id=office.specialist2.post_id)
    ))  # fmt: skip
    own = hand_over(delegate.in_post(office.leader.post_id), office.specialist2, office.deputy)
    assert own.done_by_post_id == office.specialist2.post_id


def test_letters_submitted_to_a_leader_go_to_the_other(office: Office) -> None:
    letter_id = make_letter(office, 1)
    with transaction() as session:
        letter = session.get_one(IncomingDocument, letter_id)
        letter.submitted_to_post_id = office.vice_leader.post_id

    hand_over(office.leader, office.vice_leader, office.leader)

    letter = look(lambda session: session.get_one(IncomingDocument, letter_id))
    assert letter.submitted_to_post_id == office.leader.post_id


def test_a_hand_over_is_read_by_those_it_concerns(office: Office) -> None:
    a_full_desk(office)
    token = hand_over(office.head, office.specialist, office.deputy).token

    for actor in (office.specialist, office.deputy, office.head, office.chief):
        with reading() as session:
            assert handovers.get_handover(session, actor, token).token == token
    with pytest.raises(Exception, match="hand-over"):
        look(lambda session: handovers.get_handover(session, office.specialist2, token))


def test_closed_files_become_a_package_that_proves_itself(office: Office, tmp_path: Path) -> None:
    letters = [make_letter(office, n, office.specialist, content=b"%%PDF %d" % n) for n in (1, 2)]
    files = [closed_file(office, office.specialist, one) for one in letters]
    wanted = [one.id for one in files]
    with pytest.raises(PermissionDenied):
        act(packages.request_package, office.specialist, case_file_ids=wanted)
    package = act(packages.request_package, office.clerk, case_file_ids=wanted)
    with pytest.raises(RuleViolated):  # in one package only
        act(packages.request_package, office.clerk, case_file_ids=wanted)

    assert chores.make_packages() == 1
    assert chores.make_packages() == 0

    made = look(lambda session: session.get_one(ArchivePackage, package.id))
    stored = look(lambda session: session.get_one(StoredFile, made.file_id))
    path = current_store().path(stored.sha256)
    assert made.state is PackageState.READY
    assert packing.verify(path) == []
    act(packages.accept_package, office.clerk, token=made.token)
    states = look(lambda session: set(session.scalars(sa.select(CaseFile.state))))
    assert states == {CaseState.ARCHIVED}
    with pytest.raises(RuleViolated):
        act(services.reopen_case_file, office.specialist, case_file_id=wanted[0], reason="Sót")


CASE = {
    "FileCode", "Title", "Maintenance", "Rights", "Language", "StartDate", "EndDate", "DocTotal",
    "PageTotal", "Creator", "Description",
}  # fmt: skip
DOCUMENT = {
    "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName", "Subject",
    "Language", "PageAmount", "Description", "SignerInfo", "Priority", "DueDate", "ArrivalDate",
    "ArrivalNumber", "ToPlaces",
}  # fmt: skip


def test_a_package_is_read_by_others_and_lists_what_has_no_data_any_more(
    office: Office, tmp_path: Path
) -> None:
    letters = [make_letter(office, n, office.specialist, content=b"%%PDF %d" % n) for n in (1, 2)]
    case_file = closed_file(office, office.specialist, *letters)
    with transaction() as session:  # one was purged as secret after it had been filed
        session.get_one(IncomingDocument, letters[1]).purged_at = now()
    package = act(packages.request_package, office.clerk, case_file_ids=[case_file.id])
    chores.make_packages()
    made = look(lambda session: session.get_one(ArchivePackage, package.id))
    stored = look(lambda session: session.get_one(StoredFile, made.file_id))

    packed = current_store().path(stored.sha256)
    command = [sys.executable, "-m", "zipfile", "-e", str(packed), str(tmp_path / "goi")]
    subprocess.run(command, check=True)
    said = subprocess.run(
        ["sha256sum", "--check", "--strict", packing.MANIFEST],
        cwd=tmp_path / "goi", check=True, capture_output=True, text=True,
    )  # fmt: skip
    listed = {line.removesuffix(": OK") for line in said.stdout.splitlines()}
    there = {str(p.relative_to(tmp_path / "goi")) for p in (tmp_path / "goi").rglob("*.*")}
    assert {name for name in there if (tmp_path / "goi" / name).is_file()} == {
        *listed, packing.MANIFEST,
    }  # fmt: skip
    [path] = (tmp_path / "goi").glob("*/ho-so.json")
    case = json.loads(path.read_text(encoding="utf-8"))
    first, second = case["Documents"]
    assert set(case) == CASE | {"Documents"}
    assert set(first) == DOCUMENT | {"Files"}
    assert (case["DocTotal"], first["ArrivalNumber"], first["SignerInfo"].keys()) == (
        2, "1", {"Position", "FullName"},
    )  # fmt: skip
    content = (tmp_path / "goi" / first["Files"][0]["Path"]).read_bytes()
    assert content == b"%PDF 1"
    assert hashlib.sha256(content).hexdigest() == first["Files"][0]["Sha256"]
    assert (second["Subject"], second["Files"]) == ("(chưa đủ dữ liệu)", [])


def test_bytes_that_are_missing_fail_the_package_and_free_its_files(office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist, content=b"%PDF gone")
    case_file = closed_file(office, office.specialist, letter_id)
    package = act(packages.request_package, office.clerk, case_file_ids=[case_file.id])
    sha256 = look(lambda session: session.scalar(sa.select(StoredFile.sha256)))
    current_store().purge(sha256)

    for _ in range(packages.MOST_ATTEMPTS):
        chores.make_packages()

    failed = look(lambda session: session.get_one(ArchivePackage, package.id))
    assert failed.state is PackageState.FAILED
    assert failed.error
    again = look(queries.ready_to_pack)
    assert [one.id for one in again] == [case_file.id]


def test_a_maker_that_lost_its_lease_writes_nothing(office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist, content=b"%PDF 1")
    case_file = closed_file(office, office.specialist, letter_id)
    act(packages.request_package, office.clerk, case_file_ids=[case_file.id])
    with transaction() as session:
        first = packages.claim_package(session)
        assert packages.claim_package(session) is None
        session.execute(sa.update(ArchivePackage).values(leased_until=now()))
    with transaction() as session:
        second = packages.claim_package(session)
    assert first is not None
    assert second is not None

    chores.make_package(current_store(), first)
    assert look(lambda s: s.scalar(sa.select(ArchivePackage.state))) is PackageState.RUNNING
    chores.make_package(current_store(), second)
    assert look(lambda s: s.scalar(sa.select(ArchivePackage.state))) is PackageState.READY
