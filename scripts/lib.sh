# Shared by the other scripts; source it. Knows how to find and install what is missing.
# shellcheck shell=bash

# Compiled modules are kept: else each of our many processes compiles them anew, two seconds each.
unset PYTHONDONTWRITEBYTECODE

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# Hash of the files named (folders: all files in them), as a stamp of "nothing changed since".
hash_of() {
  { printf '%s\n' "$@"; find "$@" -type f -not -name '*.pyc' -print0 2>/dev/null | sort -z | xargs -0r sha256sum; } |
    sha256sum | cut -d' ' -f1
}

# once STAMP_FILE HASH COMMAND...: run the command unless the stamp already holds the hash.
once() {
  local stamp=$1 hash=$2
  shift 2
  [[ -f $stamp && $(<"$stamp") == "$hash" ]] && return 0
  "$@"
  mkdir -p "$(dirname "$stamp")"
  printf '%s' "$hash" >"$stamp"
}

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Install the Debian packages that are missing, or print the one line to type and stop.
need_packages() {
  local missing=() name
  for name in "$@"; do is_installed "$name" || missing+=("$name"); done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "Please install: ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || [[ -t 0 && -n $(command -v sudo) ]] ||
      die "Please type:  sudo apt-get update && sudo apt-get install -y ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${missing[*]}"
  "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Print a Python of at least 3.11.
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$name"
      return
    fi
  done
  die "Công Vụ needs Python 3.11 or newer (Debian 12, Ubuntu 24.04)."
}
