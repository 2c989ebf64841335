#!/bin/sh
# get-picture.sh
#
# Puts what draws the demo's picture under .deps/picture: Pillow, and DejaVu Sans Mono, which has the glyphs terminals
# are made of. The font comes out of matplotlib's wheel, the one package registry that everything else comes from too.
set -eu
cd "$(dirname "$0")/.."
target=.deps/picture python=.deps/venv/bin/python lock=requirements/picture.txt
fonts=matplotlib/mpl-data/fonts/ttf

work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
"$python" -m pip -qq --disable-pip-version-check --no-input install \
  --no-deps --require-hashes --only-binary :all: --target "$work" -r "$lock" ||
  { echo "picture: pip could not install what $lock names (its reason is above)" >&2 && exit 1; }
mkdir -p "$target"
mv "$work/PIL" "$work"/pillow.libs "$target/"
mv "$work/$fonts/DejaVuSansMono.ttf" "$work/$fonts/DejaVuSansMono-Bold.ttf" "$work/$fonts/LICENSE_DEJAVU" "$target/"
