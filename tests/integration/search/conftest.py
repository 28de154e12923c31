"""Both engines, for real: a folder, and an Elasticsearch node that is started for the session."""

import importlib.util
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest

from search import SearchBackend, open_backend

STARTER = Path(__file__).parents[3] / "scripts" / "elasticsearch" / "start.py"
MakeBackend = Callable[[], SearchBackend]


def _starter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("elasticsearch_start", STARTER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A node for all tests: the one of TEST_ELASTICSEARCH_URL, or one started here."""
    if given := os.environ.get("TEST_ELASTICSEARCH_URL"):
        yield given.rstrip("/")
        return
    starter = _starter()
    with ExitStack() as stack:
        try:
            home = tmp_path_factory.mktemp("elasticsearch")
            server = stack.enter_context(starter.running(home, heap_mb=400))
        except starter.CannotStart as error:
            if os.environ.get("CI") == "true":
                pytest.fail(f"no Elasticsearch, and CI tests both engines: {error}")
            pytest.skip(f"no Elasticsearch: {error}")
        yield server.url


@pytest.fixture(params=["tantivy", "elasticsearch"])
def make_backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeBackend]:
    """Makes backends on one fresh index: each call is like another process that opens it."""
    if request.param == "tantivy":
        location = str(tmp_path / "index")
    else:
        url = request.getfixturevalue("elasticsearch_url")
        location = f"{url}/t{uuid.uuid4().hex[:10]}"
    made: list[SearchBackend] = []

    def make() -> SearchBackend:
        made.append(open_backend(request.param, location))
        return made[-1]

    yield make
    for backend in made:
        backend.close()


@pytest.fixture
def backend(make_backend: MakeBackend) -> SearchBackend:
    """One empty index."""
    return make_backend()
