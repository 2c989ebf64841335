# shellcheck shell=bash
# llm-send in bash and zsh: source this file.
#
#   claude-normal, claude-plan, claude-auto          start Claude in this terminal, in that mode, where llm-send
#                                                    finds it; arguments are passed on: claude-plan --resume
#   claude-mode-normal, claude-mode-plan, claude-mode-auto
#                                                    the mode Claude starts in when nothing else is said
#
# Nothing is started while this is read. Words are quoted (\command, 'plan') so that no alias gets in between, and
# every expansion is, so that no IFS and no option of zsh does.

if [ -n "${ZSH_VERSION-}" ]; then
  \eval '_llm_send_file=${(%):-%x}' # bash cannot read this
elif [ -n "${BASH_VERSION-}" ]; then
  case ":${SHELLOPTS-}:" in
    *:posix:*)
      \printf '%s\n' '✗ claude-plan is no name for a function in the POSIX mode of bash · Leave it first: set +o posix' >&2
      \return 1
      ;;
  esac
  _llm_send_file=${BASH_SOURCE[0]}
else
  \printf '%s\n' '✗ llm-send.sh is for bash and zsh · fish has llm-send.fish' >&2
  \return 1
fi
case $_llm_send_file in
  /*) ;;
  *) _llm_send_file=$PWD/$_llm_send_file ;;
esac
\unalias claude-normal claude-plan claude-auto claude-mode-normal claude-mode-plan claude-mode-auto 2>/dev/null || :

# The program that came with this file, else the one in PATH.
function _llm_send {
  if [ -L "$_llm_send_file" ]; then
    _llm_send_file=$(\command readlink -f -- "$_llm_send_file") || :
  fi
  if [ -x "${_llm_send_file%/*}/../.venv/bin/llm-send" ]; then
    \command "${_llm_send_file%/*}/../.venv/bin/llm-send" "$@"
  elif \command -v llm-send >/dev/null 2>&1; then
    \command llm-send "$@"
  else
    \printf '✗ llm-send is not built · Run make venv in %s\n' "${_llm_send_file%/*/*}" >&2
    \return 127
  fi
}

function claude-normal { _llm_send 'run' --mode 'normal' -- "$@"; }
function claude-plan { _llm_send 'run' --mode 'plan' -- "$@"; }
function claude-auto { _llm_send 'run' --mode 'auto-accept' -- "$@"; }
function claude-mode-normal { _llm_send 'default-mode' 'normal' "$@"; }
function claude-mode-plan { _llm_send 'default-mode' 'plan' "$@"; }
function claude-mode-auto { _llm_send 'default-mode' 'auto-accept' "$@"; }
