#!/bin/sh
# Nothing that git knows may name this machine's folders or a place to download from: both are true for one person only.
set -eu
cd "$(dirname "$0")/.."

# Every host that a file may name; a registry or a mirror is none of them.
hosts='api\.anthropic\.com|[a-z]+\.example|127\.0\.0\.1|localhost|github\.com|json-schema\.org|docs\.claude\.com|code\.claude\.com|neovim\.io|peps\.python\.org|toml\.io'
files='\.(whl|deb|tgz|tar\.[a-z0-9]+|zip)'

look() { git grep --untracked -nIE "$@" -- . ':!tools/tracked.sh' || [ $? = 1 ]; } # 1: not found, which is well
found=$(
  for folder in "$PWD" "${HOME%/}"; do
    [ -z "$folder" ] || look "(^|[^[:alnum:]_./}])$folder/"
  done
  look "https?://[^ )\"'>]*$files"
  # recorded screens cut addresses where the pane ends
  look -o 'https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+' | grep -vE "^tests/screens/|https?://($hosts)$" || true
)
[ -z "$found" ] || {
  echo "$found" | cut -c1-160
  echo "(a host that readers may be sent to goes into the list in tools/tracked.sh)"
  exit 1
}
