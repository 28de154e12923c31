#!/usr/bin/env bash
# All checks that run nothing of ours. Each is run even when one before it failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
export PATH=$PWD/.venv/bin:$PATH PYTHONPATH=$PWD
failed=()

check() {
  local name=$1
  shift
  echo "--- $name"
  "$@" || failed+=("$name")
}

check "ruff" ruff check --quiet .
check "layout" ruff format --check --quiet .
check "types" mypy app workflows ocr search config migrations bench scripts tests
check "import rules" lint-imports --no-logo
check "templates" djlint app --lint --quiet

if ((${#failed[@]})); then
  echo "failed: ${failed[*]}"
  exit 1
fi
