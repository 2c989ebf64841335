#!/bin/sh
# get-deb.sh SUITE PREFIX PACKAGE VERSION
#
# Unpacks PACKAGE of a Debian suite, with that suite's own libc, under PREFIX and leaves a runnable
# PREFIX/bin/COMMAND. Nothing on the system is installed or upgraded, no root is needed, and no environment
# variable is set: the binary's interpreter and RPATH are rewritten (an ld.so wrapper would hide the binary from
# itself), so Neovim finds its runtime, re-executes itself, and hands its children an untouched environment.
#   VERSION is a shell pattern: a suite drifts upward, and a test must not change its subject unseen.
#   DEB_LISTS, when set, is a folder that keeps the suites' package lists between calls.
# Idempotent: a second call returns at once. Force with: rm -r PREFIX. The prefix cannot be moved.
# Needs apt-get, dpkg and debian-archive-keyring; takes the mirror from the machine's own apt sources.
set -eu
suite=${1:?suite} package=${3:?package} version=${4:?version}
mkdir -p "${2:?prefix}" && prefix=$(cd "$2" && pwd)
case $package in
  neovim) command=nvim ;;
  bubblewrap) command=bwrap ;;
  lua-check) command=lua5.1 ;; # luacheck itself is a script: tools/luacheck.sh runs it
  *) command=${package%-static} ;;
esac
[ ! -e "$prefix/bin/$command" ] || exit 0

fail() { echo "$package: $1" >&2 && exit 1; }
for tool in apt-get dpkg; do
  command -v "$tool" >/dev/null || fail "needs $tool, so a Debian or a descendant of it"
done
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$key" ] || fail "Debian's keys are missing: apt install debian-archive-keyring"

# Descendants carry other archives: only Debian's own path counts. Either of apt's two formats of sources.
mirror=${DEBIAN_MIRROR:-$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  grep -v '^ *#' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1)}
[ -n "$mirror" ] || fail "no Debian mirror in the machine's apt sources: set DEBIAN_MIRROR to one"

work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
lists=${DEB_LISTS:-$work}/$suite
mkdir -p "$lists/partial" "$work/cache/archives/partial" "$work/debs"
echo "deb [signed-by=$key] $mirror $suite main" >"$work/list"
apt() {
  tool=$1 && shift
  "apt-$tool" -qq -o Dir::Etc::sourcelist="$work/list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::Lists="$lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User= \
    -o APT::Update::Error-Mode=any -o Acquire::Languages=none -o Acquire::Retries=3 \
    -o Acquire::Check-Valid-Until=false "$@" # signed is enough: a mirror that stands still has what we pin
}
if [ ! -e "$lists/complete" ]; then
  apt get update || fail "could not read the package lists of Debian $suite (apt's reason is above)"
  touch "$lists/complete"
fi
found=$(apt cache show --no-all-versions "$package" | sed -n 's/^Version: //p')
# shellcheck disable=SC2254  # the version is a pattern
case $found in
  $version) ;;
  *) fail "wanted $version, Debian $suite has ${found:-none}: change the suite or the version in tools/get.sh" ;;
esac

# patchelf comes from the same suite and runs under that suite's own loader. What only packaging or a pager needs
# (Perl, Python, dpkg) stays away.
unneeded='-base$|gconv|^(lib)?(perl|python3)|^(c?debconf|dpkg|groff|install-info|mailcap|man-db|usrmerge)'
# shellcheck disable=SC2046  # a list of package names
(cd "$work/debs" && apt get download $(
  apt cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances "$package" patchelf | grep '^[a-z0-9]' | grep -Ev -- "$unneeded" | sort -u
))

# Merged as on any system, so that older suites' /lib and /bin land beside the rest.
tree=$prefix/tree
for folder in bin sbin lib lib64; do mkdir -p "$tree/usr/$folder" && ln -sfn "usr/$folder" "$tree/$folder"; done
for deb in "$work"/debs/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$tree" # dpkg -x would replace the links
done

lib=$(dirname "$(find "$tree/usr/lib/" -name 'ld-linux-*.so.*' | grep -v '/lib/ld' | head -n 1)")
loader=$(ls "$lib"/ld-linux-*.so.*)
"$loader" --library-path "$lib" "$tree/usr/bin/patchelf" \
  --set-interpreter "$loader" --force-rpath --set-rpath "$lib" "$tree/usr/bin/$command"
rm -rf "$tree/usr/share/doc" "$tree/usr/share/man" "$tree/usr/bin/patchelf"
mkdir -p "$prefix/bin" && ln -sf "../tree/usr/bin/$command" "$prefix/bin/$command" # last: marks success
