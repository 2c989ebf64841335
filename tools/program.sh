#!/bin/sh
# program.sh tmux|nvim|claude
#
# Prints the path of the program to show things with: the machine's own if it is recent enough, else the pinned one,
# fetched if need be. Tests do not ask here; they always use the pinned ones.
set -eu
cd "$(dirname "$0")/.."

case ${1:?tmux, nvim or claude} in
  tmux) least=3.2 pinned=tmux-3.7 file=bin/tmux version='tmux -V' ;;
  nvim) least=0.10 pinned=nvim-0.12 file=bin/nvim version='nvim --version' ;;
  claude) least=2.1.257 pinned=claude-2.1.329 file=claude version='claude --version' ;;
  *) echo "program: tmux, nvim or claude, not $1" >&2 && exit 2 ;;
esac

recent() { # the first number in what the program says of itself, against the least one
  own=$($version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
  [ -n "$own" ] && [ "$(printf '%s\n%s\n' "$least" "$own" | sort -V | head -n 1)" = "$least" ]
}
if command -v "$1" >/dev/null && recent; then
  command -v "$1"
else
  if [ "$1" = claude ]; then tools/venv.sh .deps/venv requirements/dev.txt >&2; fi
  tools/get.sh "$pinned" >&2
  echo "$PWD/.deps/$pinned/$file"
fi
