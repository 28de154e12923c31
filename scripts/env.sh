# The environment of an installation in this folder; source it before any command of the system.
# Secrets come from var/secrets.env (made by scripts/setup.sh), the rest may be set beforehand.
# shellcheck shell=bash
export VAR_DIR=${VAR_DIR:-$PWD/var}
[[ -f $VAR_DIR/secrets.env ]] || { echo "No $VAR_DIR/secrets.env yet: run 'make setup' first." >&2; return 1; }

unset PYTHONDONTWRITEBYTECODE # five processes of the same code start at once: compile it once

set -a
# shellcheck source=/dev/null
. "$VAR_DIR/secrets.env"
WATCH_DIR=${WATCH_DIR:-$VAR_DIR/scanner}
HOST=${HOST:-127.0.0.1}
PORT=${PORT:-8000}
PREFECT_PORT=${PREFECT_PORT:-4200}

# Tesseract's own threads make two pages at once four times slower than one thread each.
OMP_THREAD_LIMIT=1

# Prefect: no word to anybody outside, its data beside ours, never a server started by a client.
DO_NOT_TRACK=1
PREFECT_HOME=$VAR_DIR/prefect
PREFECT_API_URL=http://127.0.0.1:$PREFECT_PORT/api
PREFECT_API_AUTH_STRING=$PREFECT_SERVER_API_AUTH_STRING
PREFECT_SERVER_ALLOW_EPHEMERAL_MODE=false
PREFECT_SERVER_ANALYTICS_ENABLED=false
PREFECT_LOGGING_LEVEL=${PREFECT_LOGGING_LEVEL:-WARNING}
set +a
