"""The rights matrix of the office, cell by cell, against the permissions that the rooms define.

R read, C create, U update the own step, A decide, X export; o own, u unit, a the whole organ.
A cell without a letter before its reach means all of the row's acts within that reach.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import pytest

import app  # noqa: F401 (brings in the permissions of the pages that belong to no room)
from app.rooms import ROOMS
from app.security import PERMISSIONS, Role, Scope

for _room in ROOMS:
    if find_spec(f"app.{_room}") and find_spec(f"app.{_room}.permissions"):
        import_module(f"app.{_room}.permissions")

ROLES = (
    Role.CLERK,
    Role.SPECIALIST,
    Role.DEPARTMENT_HEAD,
    Role.CHIEF_OF_OFFICE,
    Role.LEADER,
    Role.ONE_STOP_OFFICER,
    Role.DUTY_OFFICER,
    Role.ADMINISTRATOR,
)
MATRIX = {  # the rows whose rooms are built; columns as in ROLES
    "incoming: register": "C U a | – | – | R a | R a | – | – | –",
    "incoming: direct": "– | – | A u | A a | A a | – | – | –",
    "incoming: handle": "– | U o | U u | U a | R a | – | – | –",
    "outgoing: draft": "C o | C o | C u | C u | C | C o | C o | –",
    "outgoing: review content": "– | – | A | – | A | – | – | –",
    "outgoing: review form": "A | – | – | A | A | – | – | –",
    "outgoing: sign": "– | – | TL | TL | A | – | – | –",
    "outgoing: number, seal, issue": "C | – | – | – | – | – | – | –",
    "outgoing: recall, correct": "C | propose | propose | A | A | – | – | –",
    "books, series": "C U X | R u | R u | A | R | – | – | config",
    "tasks": "– | U o | C A u | C A a | C A a | U o | C U o | –",
    "monitor, urge": "R u | o | u | C a | R a | o | R a | –",
    "calendars": "– | – | propose | A | R | R | – | U",
    "users, units": "– | – | – | propose | approve | – | – | C U",
    "schedule": "C | C o | C u | A publish | A o | C o | R | –",
    "dossier: receive": "– | – | – | R | R | C U | – | –",
    "dossier: process, sign result": "– | U o | A u | R | A | R | – | –",
    "sensors: configure, thresholds": "– | – | – | R | R | – | R ack | U",
    "media, cyber, incident": "– | U o | U u | R a | A a | – | C U playbook | –",
    "reports, dashboards": "R u X | o | u X | a X | a X | o | a | –",
    "audit log": "– | – | – | R | R | – | – | R",
}
GRANTED_BY = {  # permission: (row, the letters of a cell that give it), one or several rows
    "incoming:register": [("incoming: register", "C")],
    "tasks:direct": [("incoming: direct", "A")],
    "tasks:handle": [("incoming: handle", "U"), ("tasks", "U")],
    "tasks:create": [("tasks", "C")],
    "tasks:accept": [("tasks", "A")],
    "tasks:monitor": [("monitor, urge", "R C")],
    "tasks:urge": [("monitor, urge", "C")],  # o: those who coordinate on the own tasks
    "registers:read": [("books, series", "R C A")],
    "registers:keep": [("books, series", "C A")],
    "registers:insert_late": [("books, series", "C A")],
    "registers:configure": [("books, series", "A config")],
    "outgoing:draft": [("outgoing: draft", "C")],
    "outgoing:review": [("outgoing: review content", "A")],
    "outgoing:check_form": [("outgoing: review form", "A")],
    "outgoing:sign": [("outgoing: sign", "A TL")],
    "outgoing:issue": [("outgoing: number, seal, issue", "C")],
    "outgoing:recall": [("outgoing: recall, correct", "C A")],
    "outgoing:export": [("books, series", "X A")],
    "outgoing:configure": [("books, series", "C A")],
    "incoming:export": [("books, series", "X A")],
    "casefiles:keep_catalogue": [("books, series", "C A")],
    "casefiles:archive": [("books, series", "X A")],
    "worktime:edit_calendar": [("calendars", "A U")],
    "schedules:register": [("schedule", "C A")],
    "schedules:approve": [("schedule", "A")],
    "schedules:publish": [("schedule", "publish")],
    "procedures:receive": [("dossier: receive", "C")],
    "procedures:process": [("dossier: process, sign result", "U A")],
    "procedures:decide": [("dossier: process, sign result", "A")],
    "procedures:configure": [("calendars", "A U")],
    "procedures:report": [("reports, dashboards", "R X")],
    "sensors:read": [("sensors: configure, thresholds", "R U")],
    "sensors:configure": [("sensors: configure, thresholds", "U")],
    "sensors:maintain": [("sensors: configure, thresholds", "ack U")],
    "feeds:read": [("sensors: configure, thresholds", "R U")],
    "feeds:configure": [("sensors: configure, thresholds", "U")],
    "feeds:replay": [("sensors: configure, thresholds", "ack U")],
    "feeds:read_signals": [("media, cyber, incident", "R A C")],
    "operations:read": [("media, cyber, incident", "U R A C")],
    "operations:desk": [("media, cyber, incident", "R A C")],
    "operations:record": [("media, cyber, incident", "C")],
    "operations:handle": [("media, cyber, incident", "U A")],
    "operations:decide": [("media, cyber, incident", "A C")],
    "operations:approve_playbook": [("media, cyber, incident", "A")],
    "operations:draft_playbook": [("media, cyber, incident", "playbook")],
    "escalation:read": [("media, cyber, incident", "R A C")],
    "escalation:handle": [("media, cyber, incident", "C")],
    "duty:read": [("media, cyber, incident", "R A C")],
    "duty:keep": [("media, cyber, incident", "C")],
    "organisation:view": [("users, units", "C propose approve")],
    "organisation:manage": [("users, units", "C")],
    "organisation:propose_delegation": [("users, units", "C propose")],
    "organisation:approve_delegation": [("users, units", "approve")],
    "audit:read": [("audit log", "R")],
}
DECIDED_OTHERWISE = {  # a cell in which the house differs from the matrix, and why
    # The chair gives work to a deputy by name: without U nobody could report it done. Only that.
    ("tasks:handle", Role.LEADER): (Scope.OWN, "the work that was given to the own post"),
    # The cell says R a, but the row “tasks” gives leaders C A a: who may give a task to anybody,
    # accept it and call it off may also ask how far it is, which is less.
    ("tasks:urge", Role.LEADER): (Scope.ALL, "who directs the whole organ may remind it"),
    ("registers:read", Role.SPECIALIST): (None, "the own letters are in the list of letters"),
    ("registers:read", Role.DEPARTMENT_HEAD): (None, "as for specialists"),
    ("registers:read", Role.ADMINISTRATOR): (Scope.ALL, "numbers and series carry no content"),
}
BESIDE_THE_MATRIX = {  # permissions of no row, and why they are there
    "system:health": "the state of the machine, no content",
    "organisation:manage_organs": "the directory of senders, kept while registering",
    "incoming:read": "gates the pages only; each letter is seen by its own terms",
    "outgoing:read": "gates the pages only; each document is seen by its own terms",
    "incoming:propose": "the chief's preliminary directive: the remark in the cell of “direct”",
    "incoming:close": "return, forward and reopen, which the matrix does not name",
    "incoming:reconcile": "the day-end page of registering",
    "casefiles:read": "gates the pages only; each file is seen by its own terms",
    "casefiles:make": "whoever does the work makes its file (decree 30/2020, articles 29 to 31)",
    "casefiles:draft_catalogue": "units draft what the office merges (decree 30/2020, article 29)",
    "casefiles:approve_catalogue": "the head of the organ puts the catalogue in force",
    "casefiles:hand_over_work": "whoever leaves a post hands over its work (article 31)",
    "exchange:read": "packets are the clerk's post bag; the letters in them have their own terms",
    "exchange:handle": "taking packets in and answering recalls is part of registering",
    "schedules:read": "gates the pages only; each entry is seen by its own terms",
    "schedules:merge": "the office puts the units' entries together, lends rooms and vehicles",
    "procedures:read": "gates the pages only; each dossier is seen by its own terms",
    "sensors:approve_rule": "thresholds need approval: the remark in the administrator's cell",
    "duty:plan": "the office draws up the roster of the duty desk (domain rules of “Trực ban”)",
    "incoming:configure": "straight routing by the office's own rules: configuration",
}
WITHOUT_CONTENT = {  # all that an administrator may ever have
    "system:health",
    "worktime:edit_calendar",
    "organisation:view",
    "organisation:manage",
    "organisation:propose_delegation",
    "organisation:manage_organs",
    "audit:read",
    "registers:read",
    "registers:configure",
    "incoming:configure",
    "procedures:configure",
    "sensors:read",  # values of instruments
    "sensors:configure",
    "sensors:maintain",
    "feeds:read",  # how sources do, not what people told
    "feeds:configure",
    "feeds:replay",
}
REACH = {"o": Scope.OWN, "u": Scope.UNIT, "a": Scope.ALL}


def cell(row: str, role: Role) -> tuple[set[str], Scope]:
    """The letters of a cell, and its reach: the whole organ where the matrix names none."""
    words = MATRIX[row].split(" | ")[ROLES.index(role)].replace("–", "").split()
    reach = [REACH[word] for word in words if word in REACH]
    letters = {word for word in words if word not in REACH}
    return letters or ({"R", "C"} if reach else set()), reach[0] if reach else Scope.ALL


def expected(name: str, role: Role) -> Scope | None:
    """How far a permission reaches for a role, by the widest of its rows; None: not at all."""
    if (name, role) in DECIDED_OTHERWISE:
        return DECIDED_OTHERWISE[(name, role)][0]
    found = []
    for row, wanted in GRANTED_BY[name]:
        letters, reach = cell(row, role)
        if letters & set(wanted.split()):
            found.append(reach)
    return max(found, key=list(Scope).index, default=None)


def test_every_row_has_a_cell_for_each_role() -> None:
    assert {row: len(cells.split(" | ")) for row, cells in MATRIX.items()} == dict.fromkeys(
        MATRIX, len(ROLES)
    )


@pytest.mark.parametrize("name", GRANTED_BY)
def test_each_cell_of_the_matrix_is_what_the_permission_says(name: str) -> None:
    permission = PERMISSIONS[name]

    found = {role: permission.roles.get(role) for role in ROLES}

    assert found == {role: expected(name, role) for role in ROLES}


def test_no_permission_stands_outside_the_matrix_without_a_reason() -> None:
    assert set(PERMISSIONS) - set(GRANTED_BY) == set(BESIDE_THE_MATRIX)


def test_what_differs_from_the_matrix_really_differs() -> None:
    for (name, role), (scope, _reason) in DECIDED_OTHERWISE.items():
        plain: list[Scope | None] = [
            reach
            for row, wanted in GRANTED_BY[name]
            for letters, reach in [cell(row, role)]
            if letters & set(wanted.split())
        ]
        assert scope not in (plain or [None]), (name, role)


def test_an_administrator_has_no_right_to_content() -> None:
    rights = {name for name, p in PERMISSIONS.items() if Role.ADMINISTRATOR in p.roles}

    assert rights <= WITHOUT_CONTENT
