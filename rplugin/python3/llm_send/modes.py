"""Permission modes: the words people say and Claude Code's own values, mapped in this one place."""

from __future__ import annotations

from enum import StrEnum

from llm_send.errors import UsageError


class Mode(StrEnum):
    """A mode people ask for. The value is our word; `claude` is Claude Code's."""

    NORMAL = "normal"
    PLAN = "plan"
    AUTO_ACCEPT = "auto-accept"

    @property
    def claude(self) -> str:
        """The value of `--permission-mode`, `permissions.defaultMode` and the hooks' `permission_mode`."""
        return _CLAUDE[self]

    @property
    def label(self) -> str:
        """For messages: `Plan Mode`."""
        return _LABEL[self]

    @property
    def pane_name(self) -> str:
        """The default name of a pane spawned for this mode; also the shell helper that starts one."""
        return _PANE_NAME[self]


_CLAUDE = {Mode.NORMAL: "default", Mode.PLAN: "plan", Mode.AUTO_ACCEPT: "acceptEdits"}
_LABEL = {Mode.NORMAL: "Normal Mode", Mode.PLAN: "Plan Mode", Mode.AUTO_ACCEPT: "Auto-Accept Mode"}
_PANE_NAME = {Mode.NORMAL: "claude-normal", Mode.PLAN: "claude-plan", Mode.AUTO_ACCEPT: "claude-auto"}
# `manual` is Claude's alias of `default` since 2.1.200.
_OURS = {claude: mode for mode, claude in _CLAUDE.items()} | {"manual": Mode.NORMAL}


def parse_mode(word: str) -> Mode:
    """The mode a person named: our word, or Claude's own where it means ours.

    Raises UsageError for anything else. `auto` is refused by name: it is a mode of Claude's own that decides by
    itself what to approve, and nobody who says it to us means that.
    """
    for mode in Mode:
        if word == mode.value:
            return mode
    if word in _OURS:
        return _OURS[word]
    expected = [mode.value for mode in Mode]
    hint = f"Modes are {', '.join(expected)}."
    auto = "auto is Claude's own mode; say auto-accept."
    message = auto if word == "auto" else f"There is no mode {word!r}."
    raise UsageError("usage", message, hint, found=word, expected=expected)


def from_claude(value: str) -> str:
    """A mode as seen in Claude, for display and comparison: `plan`, or `claude:auto` for one that is not ours.

    What is not ours never compares equal to a `Mode`.
    """
    ours = _OURS.get(value)
    return ours.value if ours else f"claude:{value}"


def label_of(seen: str | None) -> str:
    """A seen mode for messages: `Plan Mode`, `Claude's own mode "auto"`, `an unknown mode`."""
    if seen is None:
        return "an unknown mode"
    if seen.startswith("claude:"):
        return f"Claude's own mode “{seen.removeprefix('claude:')}”"
    return Mode(seen).label
