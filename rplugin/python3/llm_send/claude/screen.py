"""Reading Claude Code's screen: what state it is in, its mode, what stands in the input box.

Input is what `tmux capture-pane -p -e` prints, every row of it, attributes included: the box can show dimmed text that
nobody typed (placeholders, suggestions). Everything is read from the box and the lines around it, because the
conversation above can contain any words at all. What is not understood is `unknown`, never guessed.

The screen, bottom up (Claude Code 2.1.329; what older ones, from 2.1.32 on, show otherwise stands where it is read):

    ✻ Cooking… (3s)                      a turn is running; tips, tasks and queued prompts may follow
                          draft stashed  notes
    ──────────────────────────── rule
    ❯ text                       box     "! text" is shell mode
    ──────────────────────────── rule
      -- INSERT -- ⏸ plan mode on (shift+tab to cycle) · esc to interrupt
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from llm_send.claude import dialog
from llm_send.claude.box import INDENT, find_box, hidden, typed
from llm_send.claude.rows import lines_of, styled, texts_of

State = Literal["idle", "busy", "waiting", "blank", "unknown"]

MODE_WORDS = {
    "manual mode on": "default",
    "plan mode on": "plan",
    "accept edits on": "acceptEdits",
    "auto mode on": "auto",
    "bypass permissions on": "bypassPermissions",
    "don't ask on": "dontAsk",
}
# Behind a sign, which differs: a status line of the person's own may hold the words too.
MODE = re.compile(rf"[^\w\s·.,:;'\"()\[\]-] ({'|'.join(map(re.escape, MODE_WORDS))})")
VIM = re.compile(r"^\s*-- (INSERT|NORMAL|VISUAL LINE|VISUAL|REPLACE)\b")
STASHED = re.compile(r"(?:› [Ss]tashed(?: \(auto-restores after submit\))?|draft stashed)\s*$")
# A turn at work: its glyph stands at the left edge, as no conversation does. "✻ Cooked for 3s" is one that is over.
GLYPH = re.compile(r"^[·✢✳✶✻✽*](?: \S|\s*$)")
BARE = re.compile(r"^[·✢✳✶✻✽*]\s*$")
AT_WORK = re.compile(r"^[·✢✳✶✻✽*] (?!\S+ for \d|Conversation compacted)\S.*(?:…|[Rr]etrying in )")
OVER = re.compile(r"^(?:✻ \S+ for \d|  ⎿ [ \u00a0]?(?:Interrupt|API Error: ))")
FAILED = re.compile(r"^[●⏺] (?:API Error: |UserPromptSubmit operation )")  # in a colour; a reply's words have none
HEADER = re.compile(r"Claude Code v\d|^╭─* ?Claude Code ")  # above all conversation
CONVERSATION = re.compile(r"^(?!❯.(?:/clear)?\s*$)[❯!●⏺>]\s")
# Below the box, while a turn runs and the box is empty; a narrow footer cuts it, or has no room for it at all.
STOPS = re.compile(r"(?:^\s*|· )esc\b(?! esc)")
CUT = re.compile(r"[·…]\s*$")
ROOM = 70  # columns in which the longest footer of a turn at work is not cut
# Stands there for some seconds instead of everything else.
HINT = re.compile(r"^\s*(?:-- [A-Z ]+ -- )?(?:paste again to expand|(?:Press )?(?:Ctrl-[CD]|Esc) again to )")
HELP = re.compile(r"^\s+! for .*(?:double tap esc|esc esc to) ")  # the list of shortcuts, instead of all of it
WAITS = re.compile(r"^\s+(?:Waiting for permission…|⎿ [ \u00a0]?Running…)")  # a dialog is about to open; a command runs
NEAR = 3  # rows with words above the box in which it says so
STOPPED = "UserPromptSubmit operation"  # "… blocked by hook:"; a narrow pane breaks the row
QUEUED = re.compile(r"^  ❯ \S")
QUEUED_HINTS = ("⎿  Queued · ", "ctrl+x ctrl+s to send now", "Press up to edit queued messages")
# Lists of completions stand above the box; before 2.1.257 below it, in 2.1.138 at the left edge.
TRIGGER = re.compile(r"(?:^|\s)[/@]|@")
ENTRY = re.compile(r"^ {0,4}(?:❯ (?P<choice>[/…]\S+(?: \S+)*)|[/…]\S|[+*◇] \S)")
WRAPPED = re.compile(r"^ {10,}\S")  # the rest of an entry's description
AT_THE_EDGE = re.compile(r"^(?:/\S|[+*◇] \S|No commands match )")
# Below the box: what takes the next key, or keeps a prompt from being answered.
IN_THE_WAY = {
    "Search prompts": re.compile(r"^\s*(?:bash )?search(?: prompts:|  +\S)"),
    "Background tasks": re.compile(r" · \d+ \S+ · (?:[Ee](?:n\w*)?…|[Ee]nter\b)"),
    "Usage limit reached": re.compile(r"\bUsage limit reached\b"),
    "Not signed in": re.compile(r"\b(?:Not logged in|Missing API key) · Run /login"),
}


@dataclass(frozen=True)
class Screen:
    """What one look at the pane shows.

    `mode` is Claude's own value or None where the footer does not say. `box` is the text a person (or we) put into
    the input box, rows joined by newlines, None when no box shows; `shell_mode` is the box's `!` mode. `dialog` is
    the first line of what waits for an answer. `hook_running`: Claude waits for a UserPromptSubmit hook. `hidden` is
    how many rows of the box stand above what a low pane shows of it. `vim` is the editor mode the footer names, as
    "INSERT"; its normal mode has no name and looks like no vim at all. `picker`: a list of completions is open, which
    Enter may take from; `choice` is the command selected in it. `queued`: prompts wait in Claude's own queue.
    `stopped`: the last thing said is that a hook stopped a prompt; before 2.1.321 the box is empty then. `hint`: the
    footer says something else for some seconds, and neither the mode nor that a turn runs. `doubt`: the
    rest is as read, but a turn may be running that shows no sign of it (the state is then "idle" where text stands in
    the box, else "unknown"); Claude's session file and the journal know.
    """

    state: State
    mode: str | None = None
    box: str | None = None
    shell_mode: bool = False
    dialog: str | None = None
    hook_running: bool = False
    stashed: bool = False
    hidden: int = 0
    vim: str | None = None
    picker: bool = False
    choice: str | None = None
    queued: bool = False
    stopped: bool = False
    hint: bool = False
    doubt: bool = False

    @property
    def empty_box(self) -> bool:
        return self.box == "" and not self.shell_mode


def read(captured: str) -> Screen:
    """Read one capture."""
    lines = lines_of(captured)
    texts = texts_of(lines)
    if not any(text.strip() for text in texts):
        return Screen("blank")
    edges = find_box(texts)
    if edges is None or dialog.between_rules(texts, *edges):
        asked = dialog.question(texts)
        return Screen("unknown") if asked is None else Screen("waiting", dialog=asked)
    top, bottom = edges
    box = typed(styled(lines, top + 1, bottom))
    footer = texts[bottom + 1 :]
    if _is_cut_off(footer):  # what stands in the box can be told all the same
        shell_mode = texts[top + 1].startswith("!")
        return Screen("unknown", box=box, shell_mode=shell_mode, hidden=hidden(texts, top))
    if not _is_footer(footer, listing=bool(TRIGGER.search(box))) or any(map(HELP.match, footer)):
        return Screen("unknown")
    recent = _recent(texts[:top])
    entries = _entries(texts[:top], footer) if TRIGGER.search(box) else []
    state, doubt = _idle(lines, texts[:top], footer, box, len(texts[bottom]))
    if _busy(recent, footer):
        state, doubt = "busy", False
    obstacle = next((what for what, sign in IN_THE_WAY.items() if any(map(sign.search, footer))), None)
    return Screen(
        state="waiting" if obstacle else state,
        mode=_mode(footer),
        box=box,
        shell_mode=texts[top + 1].startswith("!"),
        dialog=obstacle,
        hook_running=any("UserPromptSubmit hook" in text for text in _working(recent)),
        stashed=any(map(STASHED.search, [*texts[max(0, top - 1) : top], *footer])),
        hidden=hidden(texts, top),
        vim=next((found[1] for text in footer if (found := VIM.match(text))), None),
        picker=bool(entries),
        choice=next((entry["choice"] for entry in entries if entry["choice"]), None),
        queued=_queues([*recent, texts[top + 1]]),
        stopped=STOPPED in _last_said(texts[:top]),
        hint=any(map(HINT.match, footer)),
        doubt=doubt and not obstacle,
    )


def _is_cut_off(footer: Sequence[str]) -> bool:
    """Whether the pane is too low to show anything below the box."""
    return len(footer) < 2 and not any(footer)


def _is_footer(footer: Sequence[str], *, listing: bool) -> bool:
    """Whether this is what Claude shows below its box.

    Text at the left edge is a shell's, and the box above it the trace of a Claude that ended or was suspended.
    """
    return all(text[:1] in ("", " ") or (listing and AT_THE_EDGE.match(text)) for text in footer)


def _last_said(above: Sequence[str]) -> str:
    """The first row of the conversation's last entry."""
    return next((text for text in reversed(above) if text[:1] not in ("", " ") and not GLYPH.match(text)), "")


def _recent(above: Sequence[str]) -> Sequence[str]:
    """The rows between the conversation and the box. The conversation's last entry begins at the left edge."""
    for number in range(len(above) - 1, -1, -1):
        if above[number][:1] not in ("", " ") and not GLYPH.match(above[number]) and not _continues(above, number):
            return above[number + 1 :]
    return above


def _continues(above: Sequence[str], number: int) -> bool:
    """Whether a row is the rest of a working turn's row that a narrow pane broke: behind its glyph, at its bracket."""
    before = above[number - 1].rstrip() if number else ""
    return bool(BARE.match(before)) or (before.endswith("(") and bool(AT_WORK.match(before)))


def _working(recent: Sequence[str]) -> Sequence[str]:
    """The row of a turn at work, and the next, on which it may go on; () when there is none."""
    for number, text in enumerate(recent):
        rest = "".join(recent[number + 1 : number + 2]) if BARE.match(text) else ""
        if AT_WORK.match(f"{text.rstrip()} {rest}"):
            return recent[number : number + 2]
    return ()


def _busy(recent: Sequence[str], footer: Sequence[str]) -> bool:
    working = _working(recent) or any(map(WAITS.match, [text for text in recent if text.strip()][-NEAR:]))
    return bool(working) or any(map(STOPS.search, footer))


def _idle(
    lines: Sequence[str], above: Sequence[str], footer: Sequence[str], box: str, width: int
) -> tuple[State, bool]:
    """What Claude does when nothing says that it works, and whether that is in doubt.

    A turn whose words are just coming in has no row of its own: the footer alone tells, if it has room, the box is
    empty, and Esc would stop the turn and not leave vim's insert mode. Otherwise an idle Claude is one whose last turn
    is seen to be over, or that has had none.
    """
    hint = any(map(HINT.match, footer))
    bare = not any(map(str.strip, footer))  # so in the normal mode of old versions with text in the box, else torn
    if bare and not box:
        return "unknown", False
    tells = not (box or hint or bare or any(map(VIM.match, footer)) or _is_cut(footer, width))
    if tells or (not bare and (_over(lines, above) or _fresh(above))):
        return "idle", False
    return "idle" if box else "busy" if hint else "unknown", True


def _fresh(above: Sequence[str]) -> bool:
    """Whether nothing has been said yet: all of the conversation is to be seen, and there is none."""
    return any(map(HEADER.search, above)) and not any(map(CONVERSATION.match, above))


def _over(lines: Sequence[str], above: Sequence[str]) -> bool:
    """Whether the last turn is seen to have ended."""
    recent = _recent(above)
    if any(map(OVER.match, recent)):
        return True
    last = len(above) - len(recent) - 1
    return last >= 0 and bool(FAILED.match(above[last])) and styled(lines, last, last + 1)[0].coloured[INDENT]


def _is_cut(footer: Sequence[str], width: int) -> bool:
    """Whether the footer has no room for all that Claude would say, next to the mode's words. A status line of the
    person's own may stand above them."""
    row = next((text for text in footer if MODE.search(text)), footer[0])
    full = len(row) >= width - 2 or CUT.search(row)
    return width < ROOM and bool(full) and "? for shortcuts" not in row


def _queues(recent: Sequence[str]) -> bool:
    """Whether prompts wait in Claude's own queue: under the working turn's row, or wherever it is said in words."""
    working = next((number for number, text in enumerate(recent) if AT_WORK.match(text)), len(recent))
    listed = any(map(QUEUED.match, recent[working:-1]))
    return listed or any(hint in text for text in recent for hint in QUEUED_HINTS)


def _entries(above: Sequence[str], footer: Sequence[str]) -> list[re.Match[str]]:
    """The completions offered: rows next to the box, above it or below it."""
    return _listed(reversed(above)) or _listed(footer)


def _listed(rows: Iterable[str]) -> list[re.Match[str]]:
    """The entries of a list as far as it goes; [] where the rows are something else."""
    entries = []
    for row in rows:
        if found := ENTRY.match(row):
            entries.append(found)
        elif not WRAPPED.match(row):
            break
    return entries


def _mode(footer: Sequence[str]) -> str | None:
    found = next((found for text in footer if (found := MODE.search(text))), None)
    if found:
        return MODE_WORDS[found[1]]
    # Before 2.1.200 the footer had no words for normal mode, only this hint.
    return "default" if any(text.strip().startswith("? for shortcuts") for text in footer) else None


def mode_words(value: str) -> str:
    """What the footer says in this mode (Claude's value)."""
    return next(words for words, known in MODE_WORDS.items() if known == value)
