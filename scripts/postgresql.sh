#!/usr/bin/env bash
# A PostgreSQL of our own for tests and benchmarks: on loopback, in one folder, thrown away after.
#
#   scripts/postgresql.sh start DIR [fast|safe]   starts it and prints its URL
#   scripts/postgresql.sh stop DIR
#
# fast: no fsync, for tests. safe: as in production, for measuring.
set -euo pipefail

action=$1 dir=$2 mode=${3:-fast}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[[ -n $bin ]] || { echo "PostgreSQL is not installed: apt-get install postgresql" >&2; exit 1; }

# The server refuses to run as root; Debian's package made the user postgres.
as_owner() {
  if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start() {
  local port options
  port=$(free_port)
  mkdir -p "$dir" && chmod 711 "$dir"
  ((EUID == 0)) && chown postgres: "$dir"
  as_owner "$bin/initdb" --pgdata="$dir/data" --username=congvu --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >"$dir/initdb.log"
  options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$dir"
  options+=" -c max_connections=300 -c shared_buffers=256MB -c timezone=UTC"
  if [[ $mode == fast ]]; then
    options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
  fi
  as_owner "$bin/pg_ctl" start --wait --silent --timeout=60 --pgdata="$dir/data" \
    --log="$dir/postgresql.log" --options="$options"
  as_owner "$bin/createdb" --host=127.0.0.1 --port="$port" --username=congvu congvu
  echo "postgresql+psycopg://congvu@127.0.0.1:$port/congvu"
}

stop() {
  [[ -f $dir/data/postmaster.pid ]] || return 0
  as_owner "$bin/pg_ctl" stop --silent --mode=immediate --pgdata="$dir/data"
}

"$action"
