#!/bin/sh
# llm-send's gate: Claude Code runs it for each prompt and each tool call of a guarded pane.
#
#   sh gate.sh prompt|tool|done|note PRIVATE PYTHON <EVENT
#
# It settles the certain case by itself, because it is in the path of every keystroke of a person's work: a prompt in
# the mode the pane is locked to, while no send of ours is under way. Everything else goes to the careful program
# (hook.py). Exit 0 lets Claude go on (a decision to block is printed, and exit 0 too); anything else must stop it,
# which the hook's command line sees to. PRIVATE is the first key of the event that is nobody's business: what stands
# from there on is not recorded. All keys before it are plain values, in which quotes are escaped, so the first
# unescaped one is the real one.
set -u
umask 077
LC_ALL=C
export LC_ALL
dir=${0%/*} what=$1 private=$2 python=$3

careful() {
  command -v "$python" >/dev/null || python=$(command -v python3) || {
    echo 'llm-send: no Python for the gate; nothing was sent to Claude' >&2
    exit 1
  }
  "$python" -I -S "$dir/hook.py" "$what"
  exit
}

# record NAME: the event without its private part becomes a file of its own, complete when it appears
record() {
  printf '%s,"llm_send":{"verdict":"passed","pid":%s}}\n' "$head" "${CLAUDE_PID:-0}" >"$dir/events/.$$" &&
    mv -f "$dir/events/.$$" "$dir/events/$1-$$" || exit 1
}

# want: the mode a prompt must be in, or `ask` while a send of ours is under way
read_want() { read -r want <"$dir/want" || exit 1; }

# tool_use_id: the last one in the event is its own, a tool's arguments may hold others before it
tool_use_id() {
  awk -F '"tool_use_id":"' '{ id = NF > 1 ? $NF : ""; sub(/".*/, "", id); print id; exit }'
}

case $what in
  prompt)
    read_want
    case $want in
      default | plan | acceptEdits) ;;
      *) careful ;;
    esac
    event=$(cat)
    head=${event%%",\"$private\":"*}
    case $head in
      "$event" | ?*\{*) ;; # nothing private, or an object before it, whose keys are not the event's
      *"\"permission_mode\":\"$want\","*)
        set -- "$dir/pending/"*
        [ ! -e "$1" ] || rm -f "$@"
        record prompt
        exit 0
        ;;
    esac
    printf '%s' "$event" | careful
    ;;
  tool)
    id=$(tool_use_id)
    case $id in
      '' | *[!A-Za-z0-9_-]*) id=$$ ;;
    esac
    # First recorded as pending, then looked for a sender: one that starts now sees the record, one that started
    # before is waited for. The other way round both could miss each other.
    : >"$dir/pending/$id" || exit 1
    read_want
    [ "$want" = ask ] || exit 0
    careful </dev/null
    ;;
  done)
    id=$(tool_use_id)
    case $id in
      '' | *[!A-Za-z0-9_-]*) rm -f "$dir/pending/"* ;;
      *) rm -f "$dir/pending/$id" ;;
    esac
    ;;
  note)
    event=$(cat)
    head=${event%%",\"$private\":"*}
    # Without its private part the event ends in a brace of its own, which record writes.
    [ "$head" != "$event" ] || head=${event%\}*}
    [ "$private" = - ] || [ "$head" != "${event%\}*}" ] || head='{"hook_event_name":"unreadable"'
    rm -f "$dir/pending/"*
    record note
    set -- "$dir"/events/*
    # shellcheck disable=SC2012  # our own names, no spaces
    [ $# -lt 32 ] || (cd "$dir/events" && ls -t | tail -n +9 | xargs rm -f)
    ;;
  *) exit 1 ;;
esac
