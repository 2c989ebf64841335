#!/bin/sh
# get.sh NAME...
#
# Puts each named program under .deps/, unpacked, pinned, without root. A program that is there costs nothing.
set -eu
cd "$(dirname "$0")/.."

deb() { tools/get-deb.sh "$1" ".deps/$name" "$2" "$3"; }

# fish finds its functions relative to itself only if both of its folders are there.
fish() {
  deb bookworm fish '3.6*'
  ln -sfn ../etc .deps/fish/tree/usr/etc
}

# zsh takes its modules from a path compiled in; the first file it reads can say another.
zsh() {
  deb bookworm zsh '5.9*'
  tree=$PWD/.deps/zsh/tree
  mkdir -p .deps/zsh/start
  cat >.deps/zsh/start/.zshenv <<-END
	module_path=($(dirname "$tree"/usr/lib/*/zsh/5.9/zsh))
	fpath=($tree/usr/share/zsh/functions{,/**/}(N/) $tree/usr/share/zsh/vendor-completions)
	ZDOTDIR=\$HOME
	[[ ! -r \$ZDOTDIR/.zshenv ]] || . \$ZDOTDIR/.zshenv
	END
  printf '#!/bin/sh\nZDOTDIR=%s exec %s "$@"\n' "$PWD/.deps/zsh/start" "$tree/usr/bin/zsh" >.deps/zsh/zsh
  chmod +x .deps/zsh/zsh
  ln -sf ../zsh .deps/zsh/bin/zsh
}

get() {
  case $name in
    nvim-0.10) deb trixie neovim '0.10.4*' ;;
    nvim-0.12) deb forky neovim '0.12.*' ;;
    tmux-3.3a) deb bookworm tmux '3.3a*' ;;
    tmux-3.7) deb forky tmux '3.7*' ;;
    luacheck) deb bookworm lua-check '1.1.0*' ;;
    bubblewrap) deb bookworm bubblewrap '0.8.0*' ;;
    zsh | fish) "$name" ;;
    claude-*) tools/get-claude.sh "${name#claude-}" ;;
    picture) tools/get-picture.sh ;;
    stylua-*) tools/get-stylua.sh "${name#stylua-}" ;;
    *) echo "get: no recipe for $name" >&2 && exit 2 ;;
  esac
}

for name; do
  ready=.deps/$name/ready
  [ "$(cat "$ready" 2>/dev/null)" != "$PWD" ] || continue
  echo "get $name"
  rm -rf ".deps/$name" # half done, or moved here: the paths in it are absolute
  mkdir -p ".deps/$name"
  get
  pwd >"$ready"
done
