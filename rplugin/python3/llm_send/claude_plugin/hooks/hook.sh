#!/bin/sh
# What Claude Code runs in every Claude that has llm-send's plugin:
#
#   sh hook.sh start|prompt|tool|done|note PRIVATE <EVENT
#
# When a session starts in a tmux pane, `start` has a folder made for this very Claude (llm_send.entry.plugin_start);
# from then on each event goes to the gate that lies there. A Claude without such a folder is none of ours: one that
# llm-send has started carries hooks of its own, and `claude -p` or one inside another has no box to send to.
#
# This is a person's own Claude, so whatever is broken here must not stop it: the hook's command line turns every
# failure into leave to go on. Only while a prompt of ours is announced does a broken gate stop one, by saying so.
set -u
what=$1 private=$2 root=${0%/*}/.. pid=${CLAUDE_PID:-}

# find_claude: older ones (2.1.138) do not say who they are; their shell, which runs this, knows who started it
find_claude() {
  [ -z "$pid" ] || return 0
  { read -r stat <"/proc/$PPID/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086  # its fields
  set -- ${stat##*) }
  pid=$2
}

# find_folder: named by the process and the time it was started, the 22nd field of its stat; the second may hold blanks
find_folder() {
  case $pid in
    *[!0-9]*) return 1 ;;
  esac
  { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086  # its fields
  set -- ${stat##*) }
  case ${XDG_STATE_HOME-} in
    /*) folder=$XDG_STATE_HOME ;;
    *) folder=${HOME-}/.local/state ;;
  esac
  folder=$folder/llm-send/panes/claude-$pid-${20}
}

# whose card is written last: what has one is whole
is_made() { [ -e "$folder/pane.json" ]; }

make_folder() {
  case ${TMUX_PANE-} in
    %*) ;;
    *) return 1 ;;
  esac
  case ${CLAUDE_CODE_ENTRYPOINT-} in
    sdk*) return 1 ;; # it prints and ends, or serves a program
  esac
  { read -r python <"$root/python"; } 2>/dev/null || return 1
  timeout 5 "$python" -I -m llm_send.entry.plugin_start "$pid" </dev/null >/dev/null 2>&1
  is_made
}

# is_awaited: whether a send of ours has announced a prompt that may still come (see guard.announce)
is_awaited() {
  {
    read -r want id <"$folder/want"
    case $want:$id in
      ask:*[!0-9a-f]* | ask:) return 1 ;;
      ask:*) ;;
      *) return 1 ;;
    esac
    read -r _ _ _ _ deadline <"$folder/expected/$id" && [ "${deadline%.*}" -ge "$(date +%s)" ]
  } 2>/dev/null
}

refuse() {
  reason='llm-send: its gate failed while a text was being delivered. Nothing was sent to Claude: try this once more.'
  case $what in
    prompt) printf '{"decision":"block","reason":"%s"}\n' "$reason" ;;
    tool)
      printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny",'
      printf '"permissionDecisionReason":"%s"}}\n' "$reason"
      ;;
  esac
}

find_claude && find_folder || exit 0
if [ "$what" = start ]; then
  is_made || make_folder || exit 0
  what=note
fi
is_made || exit 0
seconds=2
[ "$what" != tool ] || seconds=4 # it waits for a sender's keys
{ read -r python <"$folder/python"; } 2>/dev/null || python=python3
timeout "$seconds" sh "$folder/gate.sh" "$what" "$private" "$python" 2>/dev/null && exit 0
! is_awaited || refuse
