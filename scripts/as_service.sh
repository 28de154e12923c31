#!/usr/bin/env bash
# as_service.sh COMMAND...: run it as the user of the service, in its folder, with its settings.
set -euo pipefail
cd "$(dirname "$0")/.."
settings=${CONGVU_ENV:-/etc/congvu/congvu.env}
service_user=${CONGVU_USER:-congvu}

set -a
# shellcheck source=/dev/null
. "$settings"
PATH=$PWD/.venv/bin:$PATH
PYTHONPATH=$PWD
set +a
umask 0077

if [[ $(id -un) == "$service_user" ]]; then exec "$@"; fi
exec runuser --user "$service_user" --preserve-environment -- "$@"
