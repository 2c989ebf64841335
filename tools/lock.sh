#!/bin/sh
# Writes requirements/*.txt anew from pyproject.toml: every version pinned, every file by its hashes, no address in them.
# Everything already locked stays as it is; `tools/lock.sh --upgrade` takes the newest of everything.
set -eu
cd "$(dirname "$0")/.."
uv=.deps/venv/bin/uv
[ -x "$uv" ] || { echo "lock: no uv in .deps/venv: run 'make setup' first" >&2 && exit 1; }

lock() { # OUTPUT ARGUMENTS...
  output=requirements/$1 && shift
  "$uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --custom-compile-command "make lock" --output-file "$output" "$@"
  echo "locked $output ($(grep -c '^[a-z0-9].*==' "$output") packages)"
}

lock run.txt pyproject.toml --group build "$@"
lock dev.txt pyproject.toml --group build --group dev --constraints requirements/run.txt "$@"
for version in 2.1.329 2.1.321 2.1.257 2.1.138 2.1.32; do
  lock claude-$version.txt --group claude-$version --no-deps "$@"
done
lock node.txt --group node --no-deps "$@"
lock picture.txt --group picture --no-deps "$@"
