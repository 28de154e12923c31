"""`python -m workflows.load_demo`: the demo office with its letters, once, into an empty place;
with `--bare` the office alone.

An entry point of its own, because the letters are really read: by the worker's code, here in turn.
"""

from __future__ import annotations

import sys

from app.clock import frozen, today
from app.db import transaction
from app.demo import (
    counter,
    exchanging,
    measuring,
    operating,
    outgoing_states,
    scheduling,
    writing,
)
from app.demo import office as demo_office
from app.demo.filing import file_letters
from app.demo.history import History
from app.demo.letters import load_letters
from app.demo.office import DemoOffice
from app.demo.paper import render_pdf
from app.demo.signing import trust_demo_authority
from app.errors import RuleViolated
from workflows import issuing, reading, runtime
from workflows.runtime import Runtime


def load_bare() -> DemoOffice:
    """The office with its people, before anything has happened in it."""
    with transaction("demo.office") as session:
        office = demo_office.build(session)
    exchanging.give_own_code()
    return office


def load(running: Runtime) -> int:
    """Make the office, then act out its history. Returns the number of letters."""
    office = load_bare()
    history = History(office, load_letters(today()), today())
    arrive(running, history)
    for step in history.steps():
        with frozen(step.at):
            step.act(history, step.story)
    outgoing_states.keep_keys(running.settings.var_dir / "keys")
    writing.load(office, lambda: issuing.run_next(running))
    outgoing_states.load(office, lambda: issuing.run_next(running))
    file_letters(office)
    counter.load(office)
    scheduling.load(office)
    operating.load_playbooks(office)
    measuring.load(office)
    operating.load(office)
    return len(history.stories)


def arrive(running: Runtime, history: History) -> None:
    """Let every letter come in at its moment and be read; searchable copies follow later."""
    for story in history.stories:
        pdf = render_pdf(story.letter, seed=story.number)
        with frozen(story.arrives):
            if story.number in exchanging.AS_PACKETS:
                exchanging.arrive(story, pdf)
            else:
                history.arrive(story, pdf)
            reading.run_next(running)


def main() -> int:
    running = runtime.start()
    try:
        if "--bare" in sys.argv[1:]:
            load_bare()
            return 0
        count = load(running)
        trust_demo_authority(running.settings.trust_dir)
    except RuleViolated as error:
        print(error.user_message, file=sys.stderr)
        return 1
    print(f"{count} letters in the demo office")
    return 0


if __name__ == "__main__":
    sys.exit(main())
