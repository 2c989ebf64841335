#!/bin/sh
# Prints the Python to build with: $PYTHON, else the first on PATH that is 3.11 or newer and can make a venv.
set -eu

fits='import sys; sys.exit(sys.version_info < (3, 11))'
whole='import ensurepip, venv' # Debian keeps these two in a package of their own

old='' poor=''
for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 /usr/bin/python3}; do
  command -v "$name" >/dev/null || continue
  version=$("$name" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
  if ! "$name" -c "$fits"; then
    old="${old:+$old, }$name is $version"
  elif ! "$name" -c "$whole" 2>/dev/null; then
    poor=${poor:-$version}
  else
    exec "$name" -c 'import sys; print(sys.executable)'
  fi
done

if [ -n "$poor" ]; then
  echo "python: $poor cannot make a venv (no ensurepip): apt install python3-venv" >&2
else
  echo "python: need 3.11 or newer, found ${old:-none}: apt install python3 python3-venv, or name one in PYTHON" >&2
fi
exit 1
