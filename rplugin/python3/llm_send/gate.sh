#!/bin/sh
# llm-send's gate: Claude Code runs it for each prompt and each tool call of a guarded pane.
#
#   sh gate.sh prompt|tool|done|note PRIVATE PYTHON <EVENT
#
# It settles two certain cases by itself, because it is in the path of every keystroke of a person's work: a prompt in
# the mode the pane is locked to (in any mode, where it is to none), while no send of ours is under way; and the very
# prompt such a send has announced, in its mode, byte for byte. Everything else goes to the careful program (hook.py).
# Exit 0 lets Claude go on (a decision to block is printed, and exit 0 too); anything else must stop it, which the
# hook's command line sees to. PRIVATE is the first key of the event that is nobody's business: what stands from there
# on is not recorded. All keys before it are plain values, in which quotes are escaped, so the first unescaped one is
# the real one.
#
# A prompt may be long: it is compared as a whole, or cut at a mark near its beginning. What else a shell can do to a
# text takes it a time that grows with the square of the length.
set -u
umask 077
LC_ALL=C
export LC_ALL
dir=${0%/*} what=$1 private=$2 python=$3

find_python() { command -v "$python" >/dev/null || python=$(command -v python3); }

careful() {
  find_python || {
    echo 'llm-send: no Python for the gate; nothing was sent to Claude' >&2
    exit 1
  }
  "$python" -I -S "$dir/hook.py" "$what"
  exit
}

# record NAME [MORE]: the event without its private part becomes a file of its own, complete when it appears
record() {
  printf '%s,"llm_send":{"verdict":"passed","pid":%s%s}}\n' "$head" "${CLAUDE_PID:-0}" "${2-}" >"$dir/events/.$$" &&
    mv -f "$dir/events/.$$" "$dir/events/$1" || exit 1
}

# want: the mode a prompt must be in, `any`, or `ask` while a send of ours is under way; id: of the prompt it announced
read_want() { read -r want id <"$dir/want" || exit 1; }

# read_announced: want becomes the announced prompt's mode; hash and length are for the record; text is what must stand
# in the event between the quotes, empty where the sender cannot tell (see guard.announce)
read_announced() {
  case $id in
    '' | *[!0-9a-f]*) return 1 ;;
  esac
  {
    read -r want hash length text || return 1
    case $length in
      ? | ?? | ???) IFS= read -r text ;; # a byte at a time, and still sooner than a process
      *) text=$(cat) ;;
    esac
  } 2>/dev/null <"$dir/expected/$id"
}

# as_announced: whether the event says just that, bare or in the element that Claude puts around a long paste
as_announced() {
  [ -n "$text" ] || return 1
  [ "$event" != "$head,\"$private\":\"$text\"}" ] || return 0
  begin="$head,\"$private\":\"\\n\\n<pasted_content id=\\\""
  case $event in
    "$begin"*) ;;
    *) return 1 ;;
  esac
  mark=${event#"$begin"}
  mark=${mark%%[!0-9a-f]*}
  [ "$event" = "$begin$mark\\\">\\n$text\\n</pasted_content id=\\\"$mark\\\">\\n\"}" ]
}

# certain: nothing more to ask; an open tool use is over
certain() {
  set -- "$dir/pending/"*
  [ ! -e "$1" ] || rm -f "$@"
  if [ -z "$id" ]; then
    record "prompt-$$"
  else
    record "prompt-$id" ",\"id\":\"$id\",\"sha256\":\"$hash\",\"length\":$length"
    # The same words once more are not ours. Emptied and not removed, which would take a process; the sender does that.
    [ ! -e "$dir/expected/$id" ] || true >"$dir/expected/$id"
  fi
  exit 0
}

# tool_use_id: the last one in the event is its own, a tool's arguments may hold others before it
tool_use_id() {
  awk -F '"tool_use_id":"' '{ id = NF > 1 ? $NF : ""; sub(/".*/, "", id); print id; exit }'
}

# drain: a turn is over, so what waits for this pane can go. Nobody waits for whoever sees to that.
drain() {
  [ -s "$dir/drain" ] || return 0
  case $head in
    *'"hook_event_name":"SessionEnd"'*) return 0 ;;
  esac
  find_python || exit 1
  "$python" -I -S "$dir/hook.py" drain </dev/null >/dev/null 2>&1 &
}

case $what in
  prompt)
    read_want
    case $want in
      default | plan | acceptEdits | any) id= ;;
      ask) read_announced || careful ;;
      *) careful ;;
    esac
    event=$(cat)
    head=${event%%",\"$private\":"*}
    case $head in
      "$event" | ?*\{*) ;; # nothing private, or an object before it, whose keys are not the event's
      *"\"permission_mode\":\"$want\","*)
        if [ -z "$id" ] || as_announced; then certain; fi
        ;;
      *) [ "$want$id" != any ] || certain ;;
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
    record "note-$$"
    drain
    set -- "$dir"/events/*
    # shellcheck disable=SC2012  # our own names, no spaces
    [ $# -lt 32 ] || (cd "$dir/events" && ls -t | tail -n +9 | xargs rm -f)
    ;;
  *) exit 1 ;;
esac
