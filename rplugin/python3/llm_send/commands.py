"""Deliberate commands: `/name arguments` and `! shell line`, each proven by what it leaves behind.

    custom commands, skills     the gate's record and the transcript, like a prompt
    local ones with an answer   the transcript (no hook tells of them)
    `! line`, `/compact`        the transcript when they have ended; while they run, a box that is empty and a busy pane
    `/clear`                    the transcript of the session that it begins
    `/model`, `/help`, …        the panel they open; nothing else is written while it is open
    `/exit`                     Claude has ended

Enter runs the selected row of Claude's list, not the text, so a command without arguments is entered only if that row
is the command, or the list is closed. All here is told by records and looks; nothing presses a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from llm_send import rules
from llm_send.claude.box import PLACEHOLDER, shows_text
from llm_send.claude.picker import means, name_of
from llm_send.claude.screen import Screen
from llm_send.claude.transcript import Ran
from llm_send.errors import Refused
from llm_send.target import Look, Sign, Unconfirmed

Kind = Literal["slash", "shell"]
ENDS = ("exit", "quit")
PANEL = 0.3  # seconds something must stay open to be a panel: a look can meet half a drawing
RUNNING = 2.0  # seconds of work behind an empty box; a record comes in a tenth of that


@dataclass(frozen=True)
class Command:
    """`name` is without the slash, empty for a shell line, which is `rest` from behind the `!` on."""

    kind: Kind
    name: str
    rest: str

    def __str__(self) -> str:
        return f"/{self.name}" if self.kind == "slash" else "the shell command"


def kind_of(text: str) -> Kind:
    """Of a cleaned command (`clean_command`)."""
    return "shell" if text.startswith("!") else "slash"


def parse(text: str) -> Command:
    """A cleaned command in its parts."""
    if kind_of(text) == "shell":
        return Command("shell", "", text.removeprefix("!"))
    name, *rest = text.removeprefix("/").split(maxsplit=1)
    return Command("slash", name, rest[0] if rest else "")


def shown(text: str, screen: Screen) -> bool:
    """Whether the box shows this command and nothing else."""
    command = parse(text)
    whole = command.rest if command.kind == "shell" and screen.shell_mode else text
    return shows_text(screen.box or "", whole, screen.hidden)


def bare(text: str) -> bool:
    """Whether it is a slash command without arguments, for which Claude's list decides what runs."""
    command = parse(text)
    return command.kind == "slash" and not command.rest


def selected(text: str, screen: Screen) -> bool:
    """Whether Claude's list is open and the command itself is selected in it."""
    return screen.choice is not None and means(screen.choice, parse(text).name)


def hindrance(text: str, screen: Screen) -> str | None:
    """Why Enter would not do what the command says, or None. For a box that shows it."""
    command = parse(text)
    if command.kind == "shell":
        return None if screen.shell_mode else "Claude took the “!” for text, not for its shell mode."
    if PLACEHOLDER.search(screen.box or ""):
        return f"Claude took {command} for a pasted text and would not run it."
    if command.rest or not screen.picker or selected(text, screen):
        return None  # the exact name counts
    return f"Claude's list of commands is open, and {command} is not what is selected in it."


def evidence(text: str, ran: Sequence[Ran], *, choice: str | None = None, pane: str = "Claude") -> Sign | None:
    """What the transcript says of the command: its receipt, or None. Raises Refused where it did not run, Unconfirmed
    where another did.

    `ran` is what was recorded since Enter, `choice` the selected row that it met.
    """
    command = parse(text)
    for one in ran:
        if one.kind == command.kind and _is(command, one, choice):
            return Sign("passed", one.prompt_id, None, ("transcript",), proven=True)
        if one.kind == "unknown" and one.name == command.name:
            raise Refused("slash_command", f"{pane} knows no command {command}.", "Nothing ran.", found=command.name)
        if one.kind == "blocked" and rules.normal(one.text) == rules.normal(text):
            message = f"A hook in {pane} stopped {command}; its reason shows there."
            raise Refused("other_hook_blocked", message, "Nothing ran.")
    others = [one.name for one in ran if one.kind == "slash"]
    if command.kind == "slash" and others:
        message = f"{pane} ran /{others[0]}, not {command}."
        raise Unconfirmed("slash_command", message, "Look there.", found=others[0], expected=command.name)
    return None


def is_record_of(text: str, one: Ran) -> bool:
    """Whether this record is that of the command."""
    command = parse(text)
    return one.kind == command.kind and _is(command, one, None)


def _is(command: Command, one: Ran, choice: str | None) -> bool:
    """Whether this is the command. An alias is recorded by the name Claude itself has for it; with arguments no list
    says which that is, and they tell."""
    if command.kind == "shell":
        return rules.normal(one.text) == rules.normal(command.rest)
    names = {command.name, *([name_of(choice)] if choice and means(choice, command.name) else [])}
    same = rules.normal(one.text) == rules.normal(command.rest)
    return same and (one.name in names or bool(command.rest))


def seen(text: str, look: Look, stood: float) -> Sign | None:
    """What the screen says of a command that was entered on an idle pane and has left no record (yet).

    `stood` is for how many seconds the pane has been in this state, its box empty or gone.
    """
    command = parse(text)
    if command.kind == "slash" and command.name in ENDS and look.state in ("gone", "shell"):
        return Sign("passed", evidence=("ended",), proven=True)
    if command.kind == "slash" and look.state == "waiting" and stood >= PANEL:
        note = f"{command} has opened a panel there"
        return Sign("passed", evidence=("panel",), proven=True, notes=(note,))
    if look.state == "busy" and look.screen.empty_box and stood >= RUNNING:
        return Sign("passed", evidence=("running",), proven=True)
    return None
