#!/usr/bin/env bash
# All checks and all tests, on real services, from a fresh machine. Arguments go to pytest; with
# arguments only pytest runs. The last line is pytest's summary.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
. scripts/lib.sh

scripts/setup.sh --tests
work=$(mktemp -d "${TMPDIR:-/tmp}/congvu-tests.XXXXXX")
chmod 711 "$work"

stop_services() {
  scripts/postgresql.sh stop "$work/postgresql" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap stop_services EXIT

# Our own processes must read no setting of the machine they happen to run on.
unset DATABASE_URL SECRET_KEY AUDIT_KEY VAR_DIR WATCH_DIR ELASTICSEARCH_URL PREFECT_API_URL
export OMP_THREAD_LIMIT=1 DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false
export PYTHONPATH=$PWD PATH=$PWD/.venv/bin:$PATH

lint_status=0
if (($# == 0)); then
  say "Checks"
  scripts/lint.sh || lint_status=$?
fi

say "PostgreSQL"
TEST_POSTGRESQL_URL=$(scripts/postgresql.sh start "$work/postgresql" fast)
export TEST_POSTGRESQL_URL

say "Tests"
status=0
# Two processes for the two cores; a file stays whole, the browser comes last (tests/conftest.py).
pytest --durations=20 -n 2 --dist loadscope --no-loadscope-reorder "$@" 2>&1 | tee "$work/pytest.txt" || status=$?
if ((status)); then
  echo "--- postgresql.log (last 200 lines)"
  tail -200 "$work/postgresql/postgresql.log"
fi
((lint_status)) && echo "The checks before the tests failed; see above."
((status || lint_status)) && tail -1 "$work/pytest.txt"
exit $((status ? status : lint_status))
