#!/bin/sh
# venv.sh FOLDER REQUIREMENTS
#
# Makes a venv with exactly what REQUIREMENTS locks, every file checked by its hash, and this package editable.
# Done already, with this lock and this Python: returns at once. Otherwise made anew from nothing.
set -eu
cd "$(dirname "$0")/.."
folder=${1:?folder} requirements=${2:?requirements}

stamp() { # of what the venv depends on
  "$folder/bin/python" -c 'import platform; print(platform.python_version())' 2>/dev/null && pwd -P &&
    sed '/^\[tool\./,$d' pyproject.toml | cat - "$requirements" | cksum # a lint rule is no reason to build anew
}
if made=$(cat "$folder/.made-from" 2>/dev/null) && [ "$made" = "$(stamp)" ]; then exit 0; fi

python=$(tools/python.sh)
echo "$folder: Python $("$python" -c 'import platform; print(platform.python_version())') from $requirements"
rm -rf "$folder"
"$python" -m venv "$folder"
pip() { "$folder/bin/python" -m pip -qq --disable-pip-version-check --no-input "$@"; }
pip install --require-hashes --only-binary :all: -r "$requirements" ||
  { echo "$folder: pip could not install $requirements (its reason is above)" >&2 && exit 1; }
pip install --no-deps --no-build-isolation --editable . ||
  { echo "$folder: the package itself would not install (pip's reason is above)" >&2 && exit 1; }
stamp >"$folder/.made-from" # last: marks success
