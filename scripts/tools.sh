#!/usr/bin/env bash
# Installs what `make test` needs and the machine lacks into a cache folder outside the clone.
# Usage: scripts/tools.sh FOLDER; the programs are then in FOLDER/bin. Does nothing the second time.
set -euo pipefail

tools=${1:?usage: scripts/tools.sh FOLDER}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
PATH=$tools/bin:$PATH

cargo_deny=0.20.2
cargo_nextest=0.9.143
typos=1.52.0

# The tools run for seconds and are built for minutes: an unoptimised build is the fastest in sum.
# Neither has a current prebuilt package on PyPI or npm.
install() {
  echo "tools: building $1 $2 (once, about ${3} on two cores)" >&2
  env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
    cargo install --quiet --locked --debug --root "$tools" "$1@$2" "${@:4}"
}

has() { [[ $("$1" --version 2>/dev/null) == *" $2"* ]]; }

# Another version of cargo-deny may not understand deny.toml, so it is the pinned one or none.
has cargo-deny "$cargo_deny" || install cargo-deny "$cargo_deny" "80 s"

# Any nextest that understands .config/nextest.toml will do; nextest itself refuses when it is too old.
command -v cargo-nextest >/dev/null ||
  install cargo-nextest "$cargo_nextest" "4 min" --no-default-features --features default-no-update

# The spelling check is a comfort: its wheel holds the program itself; without pip it is left out.
if ! has typos "$typos" && python3 -m pip --version >/dev/null 2>&1; then
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: \
    --upgrade --target "$tools/typos" "typos==$typos" &&
    mkdir -p "$tools/bin" && ln -sf ../typos/bin/typos "$tools/bin/typos" ||
    echo "tools: typos could not be installed; spelling is not checked" >&2
fi
