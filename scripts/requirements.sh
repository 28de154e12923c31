#!/usr/bin/env bash
# Write requirements.txt and requirements-dev.txt: every package pinned, for Python 3.11 and newer.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in requirements requirements-dev; do
  {
    echo "# Every pin of $name.in; written by \`make requirements\`, not by hand."
    .venv/bin/uv pip compile --quiet --upgrade --no-header --no-emit-index-url --python-version 3.11 "$name.in"
  } >"$name.txt.new"
  mv "$name.txt.new" "$name.txt"
done
