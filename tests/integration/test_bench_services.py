from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.services import postgresql


@pytest.mark.postgresql
@pytest.mark.skipif(not list(Path("/usr/lib/postgresql").glob("*/bin")), reason="no PostgreSQL")
def test_a_benchmark_gets_a_postgresql_that_is_durable_and_gone_after_it() -> None:
    with postgresql() as url:
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(sa.text("SHOW fsync")) == "on"
            assert connection.scalar(sa.text("SHOW server_encoding")) == "UTF8"
            folder = Path(connection.scalar(sa.text("SHOW data_directory")) or "")
        engine.dispose()
        assert folder.exists()

    assert not folder.exists()
    with pytest.raises(sa.exc.OperationalError):
        sa.create_engine(url).connect()
