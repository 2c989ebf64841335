"""The pane is not what it was, or keys do not reach it as they should."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from tests.hazards.act import Act
from tests.hazards.case import DELIVERED, Case, Start
from tests.hazards.dialogs import talk
from tests.hazards.ended import Ended
from tests.rig.wait import wait_until

GONE = ("refused(gone)",)
NOT_THERE = ("refused(gone)", "refused(shell)", "refused(no_candidate)", "error(no_pane)")
TYPED = Start(hand=True, shell=True)
RUNS = "touch WITNESS"


def tmux(*command: str) -> Callable[[Act], None]:
    """Something done to the pane; PANE stands for it."""

    def bring(act: Act) -> None:
        act.world.server.run(*(act.pane.id if word == "PANE" else word for word in command))

    return bring


def unseen_shell(act: Act) -> None:
    """A shell beside Claude that would get every key as well."""
    server = act.world.server
    server.run("split-window", "-d", "-h", "-t", act.pane.id, "-c", str(act.project), "sh")
    server.run("set-option", "-w", "-t", act.pane.id, "synchronize-panes", "on")
    act.settled()


def low(rows: int) -> Callable[[Act], None]:
    def bring(act: Act) -> None:
        talk(act)
        act.world.server.run("resize-window", "-t", act.pane.id, "-x", "100", "-y", str(rows))
        act.settled()

    return bring


def high(act: Act) -> None:
    act.world.server.run("resize-window", "-t", act.pane.id, "-x", "120", "-y", "40")
    act.settled()


def no_mode(act: Act) -> None:
    """Each of them; the keys that do it do nothing where no client is attached."""
    act.world.server.run("copy-mode", "-q", "-t", act.pane.id)
    assert act.pane.value("#{pane_in_mode}") == "0"


def dies(act: Act) -> None:
    """Claude ends, and the pane stays as it was left."""
    act.world.server.run("set-option", "-p", "-t", act.pane.id, "remain-on-exit", "on")
    ends(act)
    wait_until(lambda: act.pane.value("#{pane_dead}") == "1", show=act.pane.report)


def respawned(act: Act) -> None:
    """The pane's Claude was replaced by a shell, under the same pane id."""
    act.world.server.run("respawn-pane", "-k", "-t", act.pane.id, "sh")
    act.pane.wait_until(lambda _: act.pane.value("#{pane_current_command}") == "sh")


def ends(act: Act) -> None:
    """One Ctrl-C asks for the other, which must come soon; two in one go are one to older versions."""
    act.ready()

    def gone() -> bool:
        act.pane.press("C-c")
        act.pane.wait_until(lambda seen: "again to exit" in seen or not act.claude())
        act.pane.press("C-c")
        with suppress(AssertionError):
            wait_until(lambda: not act.claude(), 3)
        return not act.claude()

    wait_until(gone, 20, show=act.pane.report)


def back_in_shell(act: Act) -> None:
    """What the terminal answers to a Claude that has just ended stands at the prompt: a person clears it away."""

    def prompt() -> bool:
        act.pane.press("C-c")
        act.settled()
        return act.pane.screen().rstrip().endswith(("$", "#"))

    wait_until(lambda: act.pane.value("#{pane_current_command}") == "bash", show=act.pane.report)
    wait_until(prompt, show=act.pane.report)


def exited(act: Act) -> None:
    """Back in the shell that Claude was typed into."""
    ends(act)
    back_in_shell(act)


def suspended(act: Act) -> None:
    act.pane.press("C-z")
    act.pane.wait_for("Stopped")
    act.settled()


def started_again(act: Act) -> None:
    exited(act)
    act.pane.type("claude --permission-mode plan\n")
    act.pane.wait_until(lambda _: act.claude())
    act.ready(30)


def external_editor(act: Act) -> None:
    talk(act)
    act.type("half a thought")
    act.press("C-g")
    act.settled(lambda shown: "plan mode on" not in shown)


def hasty(act: Act, data: bytes) -> Ended:
    return act.send(data, "--wait", "1")


def in_mode(name: str, sees: str, *command: str, want: tuple[str, ...] = DELIVERED) -> Case:
    return Case(name, sees, want, bring=tmux(*command), leave=no_mode)


PANES = [
    in_mode("copy-mode", "the person reads back", "copy-mode", "-t", "PANE"),
    in_mode("view-mode", "what run-shell printed", "run-shell", "-t", "PANE", "echo words"),
    in_mode("clock-mode", "a clock", "clock-mode", "-t", "PANE"),
    in_mode(
        "tree mode", "a choice of sessions", "choose-tree", "-t", "PANE", want=(*DELIVERED, "refused(unknown_screen)")
    ),
    in_mode(
        "buffer mode",
        "a choice of buffers",
        "choose-buffer",
        "-t",
        "PANE",
        want=(*DELIVERED, "refused(unknown_screen)"),
    ),
    Case(
        "input off",
        "select-pane -d",
        ("refused(input_off)",),
        tmux("select-pane", "-d", "-t", "PANE"),
        leave=tmux("select-pane", "-e", "-t", "PANE"),
    ),
    Case(
        "synchronised", "each key goes to the shell beside it too", DELIVERED, unseen_shell, "touch WITNESS", alone=True
    ),
    Case(
        "too low, 4 rows", "not even the box", ("refused(unknown_screen)", *DELIVERED), low(4), send=hasty, leave=high
    ),
    Case("too low, 2 rows", "not even the box", ("refused(unknown_screen)",), low(2), send=hasty, leave=high),
    Case(
        "low, 9 rows",
        "a part of the box",
        (*DELIVERED, "refused(unknown_screen)"),
        low(9),
        "one\ntwo\nthree\nfour",
        leave=high,
    ),
    Case("narrow", "38 columns", DELIVERED, tmux("resize-window", "-t", "PANE", "-x", "38", "-y", "30"), leave=high),
    Case(
        "zoomed away",
        "another pane covers it",
        DELIVERED,
        tmux("resize-pane", "-Z", "-t", "PANE"),
        leave=tmux("resize-pane", "-Z", "-t", "PANE"),
    ),
    Case("dead pane", "“Pane is dead”; tmux 3.3a dies of a paste into it", NOT_THERE, dies, may_end=True, alone=True),
    Case("respawned", "a shell where Claude was", NOT_THERE, respawned, RUNS, may_end=True, alone=True),
    Case(
        "exited", "the shell that Claude was typed into", NOT_THERE, exited, RUNS, start=TYPED, may_end=True, alone=True
    ),
    Case("suspended", "Ctrl-Z", ("refused(suspended)",), suspended, RUNS, start=TYPED, alone=True),
    Case("started again", "another Claude in the same pane", DELIVERED, started_again, start=TYPED, alone=True),
    Case(
        "editor",
        "Ctrl-G: the draft in $EDITOR",
        ("refused(unknown_screen)", "refused(shell)"),
        external_editor,
        start=Start(environment={"EDITOR": "nvim", "VISUAL": "nvim"}),
        alone=True,
    ),
]
