# llm-send in fish: source this file.
#
#   claude-normal, claude-plan, claude-auto          start Claude in this terminal, in that mode, where llm-send
#                                                    finds it; arguments are passed on: claude-plan --resume
#   claude-mode-normal, claude-mode-plan, claude-mode-auto
#                                                    the mode Claude starts in when nothing else is said
#
# Nothing is started while this is read.

set -g __llm_send_plugin (string replace -r '/[^/]*/[^/]*$' '' (builtin realpath (status filename)))

# The program that came with this file, else the one in PATH.
function __llm_send
    if test -x "$__llm_send_plugin/.venv/bin/llm-send"
        command "$__llm_send_plugin/.venv/bin/llm-send" $argv
    else if command -sq llm-send
        command llm-send $argv
    else
        builtin printf '✗ llm-send is not built · Run make venv in %s\n' "$__llm_send_plugin" >&2
        return 127
    end
end

function claude-normal --wraps claude --description 'Start Claude here in normal mode'
    __llm_send run --mode normal -- $argv
end
function claude-plan --wraps claude --description 'Start Claude here in plan mode'
    __llm_send run --mode plan -- $argv
end
function claude-auto --wraps claude --description 'Start Claude here in auto-accept mode'
    __llm_send run --mode auto-accept -- $argv
end
function claude-mode-normal --description 'Claude starts in normal mode from now on'
    __llm_send default-mode normal $argv
end
function claude-mode-plan --description 'Claude starts in plan mode from now on'
    __llm_send default-mode plan $argv
end
function claude-mode-auto --description 'Claude starts in auto-accept mode from now on'
    __llm_send default-mode auto-accept $argv
end
