"""A started process without its loops."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import pytest

from app.db import transaction
from app.registers import catalogue, services
from config.settings import Settings
from tests.factories import Office, make_office
from workflows import runtime
from workflows.runtime import Runtime


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    folder = tmp_path / "may-quet"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back what `runtime.start` says of temporary files, for the tests that come after."""
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())


@pytest.fixture
def running(settings: Settings, watched: Path) -> Runtime:
    return runtime.start(dataclasses.replace(settings, watch_dir=watched))


@pytest.fixture
def staffed(running: Runtime) -> Office:
    """The office, and the document types."""
    with transaction() as session:
        services.load_document_types(session, catalogue.read_document_types())
        return make_office(session)
