"""A scan of two pages on a fresh office: seconds until its form is filled, until it is found.

All processes of the Procfile run. The clerk signs in through the page and sends the sample as the
drop zone does; the form is looked at five times a second. Then the letter is registered at once,
as it stands, since only registered letters can be found, and searched for by words of page 2
without tone marks.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import app.demo
from app import create_app, db
from app.db import transaction
from app.demo import office as demo_office
from app.demo.people import PASSWORD
from bench.clients import Client, csrf_token, form_values
from bench.documents import databases
from bench.figures import Figure, group
from bench.processes import (
    STARTED_WITHIN,
    answers,
    is_ready,
    office_environment,
    procfile,
    procfile_process,
    wait_for,
)
from bench.sizes import SIZES
from config.settings import Settings
from migrations.run import upgrade_to

SAMPLE = Path(app.demo.__file__).parent / "samples" / "02-bao-cao-hai-trang.pdf"
NUMBER = "105"  # what its form says when it has been read
WORDS = "den long giay do"  # “đèn lồng giấy dó”, on page 2
LOOK_EVERY = 0.2
AT_MOST = 120.0
SETTLED = 5.0  # seconds after the start, as no clerk uploads in the first moment


@group("documents")
def upload() -> Iterator[Figure]:
    """From the upload to the form, and to the search page."""
    for kind in SIZES.databases:
        folder = Path(tempfile.mkdtemp(prefix="congvu-bench-office."))
        try:
            with databases(kind, (0,)) as (url,):
                yield from _upload(kind, url, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _upload(kind: str, url: str, folder: Path) -> Iterator[Figure]:
    env = office_environment(folder / "var", url, prefect=SIZES.prefect)
    make_office(url, env)
    place = f"127.0.0.1:{env['PORT']}"
    with ExitStack() as stack:
        for name in procfile():
            if SIZES.prefect or name not in ("prefect", "scheduler"):
                stack.enter_context(procfile_process(name, env, folder))
        wait_for(lambda: is_ready(f"http://{place}"), STARTED_WITHIN, "the pages")
        if SIZES.prefect:
            health, word = f"{env['PREFECT_API_URL']}/health", env["PREFECT_API_AUTH_STRING"]
            wait_for(lambda: answers(health, word), STARTED_WITHIN, "the Prefect server")
        time.sleep(SETTLED if SIZES.prefect else 0)
        clerk = Client(place)
        stack.callback(clerk.close)
        clerk.sign_in("vanthu", PASSWORD)
        to_form, to_found = walk(clerk)
    yield Figure(f"upload_to_form_s_{kind}", to_form, "s", "<= 10")
    yield Figure(f"upload_to_found_s_{kind}", to_found, "s")


def make_office(url: str, env: dict[str, str]) -> None:
    """Migrate, and make the demo office without letters."""
    var_dir = Path(env["VAR_DIR"])
    var_dir.mkdir()
    upgrade_to(url)
    create_app(
        Settings(
            database_url=url, secret_key=env["SECRET_KEY"], audit_key=env["AUDIT_KEY"],
            var_dir=var_dir, testing=True,
        )
    )  # fmt: skip
    with transaction("bench.office") as session:
        demo_office.build(session)
    db.dispose()


def walk(clerk: Client) -> tuple[float, float]:
    """Upload, wait for the form, register, wait for the hit. Seconds from the upload to each.

    Raises:
        RuntimeError: the office refused something.
        TimeoutError: the form was not filled, or the letter not found, in time.
    """
    token = csrf_token(clerk.page("/van-ban-den").page)
    began = time.monotonic()
    answer = clerk.upload("/van-ban-den/tai-len", SAMPLE, token)
    if answer.status != 200:
        raise RuntimeError(f"the upload answered {answer.status}")
    path = str(json.loads(answer.body)["url"])
    wait_for(lambda: is_filled(clerk, path), AT_MOST, "the filled form", LOOK_EVERY)
    to_form = time.monotonic() - began
    fields = form_values(clerk.page(path).page, f"{path}/vao-so")
    answer = clerk.post(f"{path}/vao-so", fields | {"act": "register"})
    if answer.status != 302:
        raise RuntimeError(f"the registration answered {answer.status}")
    wait_for(lambda: is_found(clerk, path), AT_MOST, "the letter in the search", LOOK_EVERY)
    return to_form, time.monotonic() - began


def is_filled(clerk: Client, path: str) -> bool:
    """Whether the form is there, with the number that stands on the paper."""
    try:
        fields = form_values(clerk.page(path).page, f"{path}/vao-so")
    except LookupError:  # the page still says that it is being read
        return False
    return fields.get("code_number") == NUMBER


def is_found(clerk: Client, path: str) -> bool:
    """Whether the search page has a link to the letter."""
    page = clerk.page(f"/tim-kiem?q={quote(WORDS)}").page
    return any(path in link for link in page.xpath("//main//a/@href"))
