#!/bin/sh
# Everything that can be said of the files without running them. All of it is said, then the exit code tells.
set -eu
cd "$(dirname "$0")/.."
bin=.deps/venv/bin
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
said=$work/said
failed=''

check() { # NAME COMMAND...: one line when well, else all it said
  name=$1 && shift
  if "$@" >"$said" 2>&1; then
    printf '  ok    %s\n' "$name"
  else
    printf '  FAIL  %s\n' "$name"
    sed 's/^/        /' "$said"
    failed="$failed $name"
  fi
}
each() { # LANGUAGE COMMAND...: the command with all files of the language
  language=$1 && shift
  tools/files.sh "$language" | xargs -r "$@"
}
parse() { # SHELL FILES...: does each parse
  shell=$1 && shift
  for file; do [ ! -f "$file" ] || "$shell" -n "$file"; done
}
types() {
  # shellcheck disable=SC2046  # those of the folders that exist
  "$bin/mypy" $(ls -d rplugin/python3/llm_send tests offline bench demo tools torture 2>/dev/null)
}
documents() { HOME=$work .deps/nvim-0.12/bin/nvim --clean -l tools/vimdoc-lint.lua doc/*.txt; }

check 'ruff format' "$bin/ruff" format --quiet --diff .
check 'ruff check' "$bin/ruff" check --quiet --output-format concise .
check mypy types
check stylua each lua .deps/stylua-2.5.2/stylua --check
check luacheck each lua tools/luacheck.sh --quiet --no-color
check shellcheck each sh "$bin/shellcheck"
check shfmt each sh "$bin/shfmt" --diff
check 'bash -n' parse bash shell/*.sh shell/*.bash
check 'zsh -n' parse .deps/zsh/bin/zsh shell/*.sh shell/*.zsh shell/_*
check 'fish -n' parse .deps/fish/bin/fish shell/*.fish shell/*/*.fish
check vimdoc documents
check 'tracked files' tools/tracked.sh

[ -z "$failed" ] || { echo "check:$failed" && exit 1; }
