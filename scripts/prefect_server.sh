#!/usr/bin/env bash
# The Prefect server: on loopback only, behind its own password, with its own database, no analytics.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${PREFECT_SERVER_API_AUTH_STRING:?is a secret; see scripts/env.sh or deploy/congvu.env.example}"
: "${PREFECT_HOME:?says where the Prefect server keeps its files}"
mkdir -p "$PREFECT_HOME"

export DO_NOT_TRACK=1
export PREFECT_SERVER_ANALYTICS_ENABLED=false
export PREFECT_SERVER_UI_ENABLED=false
export PREFECT_SERVER_CSRF_PROTECTION_ENABLED=true
export PREFECT_SERVER_CORS_ALLOWED_ORIGINS=http://127.0.0.1
export PREFECT_SERVER_DATABASE_CONNECTION_URL=${PREFECT_SERVER_DATABASE_CONNECTION_URL:-sqlite+aiosqlite:///$PREFECT_HOME/prefect.db}
export PATH=$PWD/.venv/bin:$PATH

exec prefect server start --host 127.0.0.1 --port "${PREFECT_PORT:-4200}" --log-level WARNING --no-ui
