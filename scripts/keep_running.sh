#!/usr/bin/env bash
# keep_running.sh COMMAND...: run it, and again when it dies, until this script is asked to stop.
# A process of the office that was killed comes back by itself, as it does under systemd.
set -u
stopping=
trap 'stopping=1' TERM INT
while [[ -z $stopping ]]; do
  bash -c "$*"
  status=$?
  [[ -n $stopping ]] && break
  echo "ended with status $status; starts again in 2 seconds"
  sleep 2
done
