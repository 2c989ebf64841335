#!/bin/sh
# Everything that checks and tests need, under .deps/, without root. Run again at will: it goes on where it stopped.
# Older Claude Codes are fetched by what runs them: `make test` (2.1.257 and 2.1.32) and `make screens` (all).
set -eu
cd "$(dirname "$0")/.."
mkdir -p .deps
tools/venv.sh .deps/venv requirements/dev.txt

DEB_LISTS=$PWD/.deps/lists && export DEB_LISTS
tools/get.sh nvim-0.12 nvim-0.10 tmux-3.7 tmux-3.3a zsh fish bubblewrap luacheck stylua-2.5.2 claude-2.1.329 picture
rm -rf "$DEB_LISTS"
