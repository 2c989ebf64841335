#!/bin/sh
# get-claude.sh VERSION
#
# Puts the real Claude Code of that version at .deps/claude-VERSION/claude. A wheel carries it; which one, and its
# hashes, say requirements/claude-VERSION.txt. 50 to 170 MB to download; pip keeps what it has already fetched.
set -eu
cd "$(dirname "$0")/.."
version=${1:?version}
lock=requirements/claude-$version.txt target=.deps/claude-$version/claude python=.deps/venv/bin/python
[ -r "$lock" ] || { echo "claude: no lock for $version ($lock)" >&2 && exit 1; }

work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
"$python" -m pip -qq --disable-pip-version-check --no-input download \
  --no-deps --require-hashes --only-binary :all: -d "$work" -r "$lock" ||
  { echo "claude: pip could not download what $lock names (its reason is above)" >&2 && exit 1; }
mkdir -p "$(dirname "$target")"
"$python" -m zipfile -e "$work"/*.whl "$work/wheel"
mv "$work/wheel/claude_agent_sdk/_bundled/claude" "$target.part"
chmod 755 "$target.part"
found=$(HOME=$work "$target.part" --version)
case $found in
  "$version "*) mv "$target.part" "$target" ;;
  *) echo "claude: wanted $version, the wheel carries $found" >&2 && exit 1 ;;
esac
