# The commands of the README. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/nanorem
export PATH := $(CACHE)/tools/bin:$(PATH)

# Empty unless the pinned toolchain is installed under another name only; see scripts/toolchain.
TOOLCHAIN := $(shell scripts/toolchain)
ifneq ($(TOOLCHAIN),)
export RUSTUP_TOOLCHAIN := $(TOOLCHAIN)
endif

# In CI the clone is thrown away and the build cache is not. There the lock file must be right as it is,
# and incremental files would only fill the cache: the next clone has another path.
ifeq ($(CI),true)
export CARGO_TARGET_DIR ?= $(CACHE)/target
export CARGO_INCREMENTAL ?= 0
LOCKED := --locked
endif

nanorem := cargo run --release --quiet --package nanorem --

.PHONY: help run demo test check bench bench-batch torture tools

help: ## List these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 13

run: ## Bring the database up to date (SQLite in ./var unless configured) and serve
	@mkdir -p var
	$(nanorem) migrate
	$(nanorem) serve

demo: ## Run a small company with invented people, to look around
	cargo run --release --package nanorem -- demo

test: tools ## Everything a merge must pass: style, lints, licences, tests on SQLite and PostgreSQL
	cargo fmt --all --check
	@if command -v typos >/dev/null; then echo typos; typos; else echo "typos is not installed: spelling not checked"; fi
	cargo deny --log-level warn $(LOCKED) check --hide-inclusion-graph licenses bans sources
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	cargo test $(LOCKED) --quiet --workspace --doc
	scripts/with-postgres --fast cargo nextest run $(LOCKED) --workspace --profile ci

check: tools ## The fastest answer while working: style, lints, tests on SQLite only
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	env -u NANOREM_TEST_POSTGRES cargo nextest run --workspace

bench: ## Measure the engine alone, then the whole under load on both databases; COMPANY=FOLDER: its import too
	cargo bench --package loadtest --benches
	cargo build --release --package nanorem --package loadtest
	scripts/with-postgres cargo run --release --package loadtest --bin load -- --database both $(if $(COMPANY),--company $(COMPANY))

bench-batch: ## Measure the batch engine over ten million orders, and the same job in DuckDB, Polars, PostgreSQL, Python
	python=$$(scripts/peers.sh "$(CACHE)/peers"); NANOREM_PEERS_PYTHON=$$python \
	  scripts/with-postgres cargo bench --quiet --package plan --bench batch -- $(PEER_ORDERS)

torture: ## Kill the program at bad moments, on both databases, and check the books
	cargo build --release --package nanorem --package loadtest
	scripts/with-postgres cargo run --release --package loadtest --bin torture -- --database both

# What the machine lacks goes into the cache folder, never into the system.
tools:
	@scripts/tools.sh "$(CACHE)/tools"
