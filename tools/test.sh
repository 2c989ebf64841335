#!/bin/sh
# What `make test` runs: first alone what measures time (marker `speed`), then the rest two at a time.
set -eu
cd "$(dirname "$0")/.."
failed=0

tests/run -q -m speed "$@" || { code=$? && [ "$code" = 5 ] || failed=$code; } # 5: nothing is marked
tests/run -n 2 --dist worksteal -m 'not speed' "$@" || failed=$?
exit "$failed"
