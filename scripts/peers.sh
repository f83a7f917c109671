#!/usr/bin/env bash
# Installs the programs that the batch engine is measured against into a cache folder outside the clone.
# Usage: scripts/peers.sh FOLDER; prints the Python to run them with. Does nothing the second time.
set -euo pipefail

peers=${1:?usage: scripts/peers.sh FOLDER}
wanted="duckdb==2.0.1 numpy==2.4.6 polars==2.1.0"

if [[ $(cat "$peers/installed" 2>/dev/null) != "$wanted" ]]; then
  echo "peers: installing $wanted" >&2
  rm -rf "$peers"
  python3 -m venv "$peers" >&2
  # shellcheck disable=SC2086 # Three words.
  "$peers/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: $wanted >&2
  echo "$wanted" >"$peers/installed"
fi
echo "$peers/bin/python"
