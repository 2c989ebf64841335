#!/bin/sh
# Writes every file the way check.sh wants to see it.
set -eu
cd "$(dirname "$0")/.."
bin=.deps/venv/bin

"$bin/ruff" check --quiet --fix . || true # what it cannot mend is for `make check` to say
"$bin/ruff" format --quiet .
"$bin/python" -m tools.configuration_page
tools/files.sh lua | xargs -r .deps/stylua-2.5.2/stylua
tools/files.sh sh | xargs -r "$bin/shfmt" --write
git --no-pager diff --stat
