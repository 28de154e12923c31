#!/usr/bin/env bash
# make_secrets.sh FILE: give this installation its secrets, unless the file is there already.
set -euo pipefail
file=$1
[[ -f $file ]] && exit 0

random() { head -c 48 /dev/urandom | base64 --wrap=0 | tr '+/' '-_'; }

mkdir -p "$(dirname "$file")"
umask 077
cat >"$file.new" <<SECRETS
SECRET_KEY=$(random)
AUDIT_KEY=$(random)
PREFECT_SERVER_API_AUTH_STRING=office:$(random)
SECRETS
mv "$file.new" "$file"
echo "The secrets of this installation are in $file" >&2
