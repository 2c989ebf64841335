"""Hooks that are not ours, hooks that do not run, and a Claude inside a Claude."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.hazards.act import Act
from tests.hazards.case import DELIVERED, Case, Start
from tests.hazards.panes import exited
from tests.rig.wait import wait_until

OFF = {"disableAllHooks": True}


def hook(command: str) -> dict[str, Any]:
    """The person's own, run for each prompt."""
    return {"hooks": {"UserPromptSubmit": [{"hooks": [{"type": "command", "command": command, "timeout": 20}]}]}}


BLOCKS = hook("if grep -q forbidden; then echo 'not this one' >&2; exit 2; fi")


def unguarded(act: Act) -> str | None:
    """A pane whose hooks do not run must not be called locked."""
    return "shown as guarded" if act.guarded and act.listed()["guarded"] else None


def nested(act: Act) -> None:
    """The pane's Claude runs another, which inherits its TMUX_PANE."""
    words = "words of the inner one"
    call = {"command": f"claude -p {words!r}", "description": "ask another"}
    act.submit(f"[[tool Bash {json.dumps(call)}]] ask another")
    act.own.append(words)
    act.pane.wait_for("Do you want to proceed?")
    act.settled()
    act.pane.press("Enter")
    wait_until(lambda: words in act.arrived(), 15, show=act.pane.report)


def print_mode(act: Act) -> None:
    """A Claude without a box, in a shell."""
    act.own.append("[[slow 4]] one answer")
    exited(act)
    act.pane.type("claude -p '[[slow 4]] one answer'\n")
    wait_until(lambda: act.own[-1] in act.arrived(), 15, show=act.pane.report)


def disabled(name: str, sees: str, *, not_in: Mapping[str, str] | None = None, **start: object) -> Case:
    here = Start(**start)  # type: ignore[arg-type]
    return Case(name, sees, start=here, harm=unguarded, alone=True, not_in=not_in or {})


HOOKS = [
    Case(
        "other hook blocks",
        "“not this one”",
        # 2.1.32 gives the text back into no box, and its transcript says nothing: only that it did not arrive is known
        ("refused(other_hook_blocked)", "unconfirmed(unknown_screen)"),
        text="forbidden words",
        start=Start(settings=BLOCKS),
        untouched=False,
    ),
    Case(
        "after another's block", "the text it gave back", (*DELIVERED, "refused(draft)"), start=Start(settings=BLOCKS)
    ),
    Case("slow hook", "another hook takes a second", start=Start(settings=hook("sleep 1")), alone=True),
    Case("nested", "claude -p, run by the pane's Claude", bring=nested, start=Start("normal"), tools=True),
    Case(
        "print mode",
        "claude -p in a shell",
        ("refused(unknown_screen)", "refused(shell)", "error(no_pane)"),
        print_mode,
        start=Start(hand=True, shell=True),
        may_end=True,
        alone=True,
    ),
    disabled("disableAllHooks", "switched off in the user's settings", settings=OFF),
    disabled("managed policy", "switched off by the organisation", policy=OFF),
    disabled("--bare", "claude --bare", arguments=("--bare",), not_in={"2.1.32": "unknown option '--bare'"}),
    disabled(
        "safe mode",
        "claude --safe-mode",
        arguments=("--safe-mode",),
        not_in={"2.1.32": "unknown option '--safe-mode'"},
    ),
]
