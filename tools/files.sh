#!/bin/sh
# files.sh sh|lua|python
#
# The files of that language that git knows or would take, one a line: by their ending, shell also by the first line.
set -eu
cd "$(dirname "$0")/.."

known() { git ls-files --cached --others --exclude-standard -- "$@" | sort -u; }
there() { while read -r file; do [ ! -f "$file" ] || echo "$file"; done; }

case ${1:?sh, lua or python} in
  sh)
    known | there | while read -r file; do
      case $file in
        *.sh | *.bash) echo "$file" ;;
        *) if head -n 1 "$file" 2>/dev/null | grep -aqE '^#!.*[/ ](ba|da)?sh( |$)'; then echo "$file"; fi ;;
      esac
    done
    ;;
  lua) known '*.lua' | there ;;
  python) known '*.py' | there ;;
  *) echo "files: sh, lua or python, not $1" >&2 && exit 2 ;;
esac
