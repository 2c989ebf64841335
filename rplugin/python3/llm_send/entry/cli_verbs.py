"""What every command takes and what `--help` says of it, in this one place."""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llm_send.errors import UsageError
from llm_send.modes import Mode, parse_mode

MODES = ", ".join(mode.value for mode in Mode)


@dataclass(frozen=True)
class Verb:
    """One command. `after_dashes` names what stands behind a `--` where the command takes a command line itself."""

    summary: str
    description: str
    add: Callable[[argparse.ArgumentParser], None]
    usage: str
    after_dashes: str | None = None


def _mode_option(parser: Any, help_text: str, **more: Any) -> None:
    parser.add_argument("--mode", type=parse_mode, metavar="M", help=f"{help_text} One of {MODES}.", **more)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise UsageError("usage", f"--wait takes seconds, not “{text}”.", "For example: --wait 10", found=text)
    return value


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError("usage", f"--env takes NAME=VALUE, not “{text}”.", "For example: --env LANG=C", found=text)
    return name, value


def _send(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help="The text. - or nothing: standard input.")
    to = parser.add_mutually_exclusive_group()
    _mode_option(to, "To the pane near here that is in this mode now.")
    to.add_argument("--pane", metavar="PANE", help="To this pane, by name or id (%%3).")
    parser.add_argument(
        "--wait", type=_seconds, metavar="SECONDS", help="How long it may take in all. 0: refuse unless ready now."
    )
    parser.add_argument(
        "--queue",
        choices=("own", "claude", "no"),
        default="own",
        help="If Claude is busy: hold the text here until it is idle (own, the default), hand it to Claude's own "
        "queue, or refuse.",
    )


def _spawn(parser: argparse.ArgumentParser) -> None:
    _mode_option(parser, "The mode it starts in and is kept to; normal by default.")
    parser.add_argument("--name", metavar="N", help="What to call it; claude-plan and the like by default.")
    parser.add_argument("--cwd", metavar="D", help="The folder it works in; this one by default.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--split", choices=("h", "v"), help="Beside this pane (h, the default) or below it (v).")
    where.add_argument("--window", action="store_true", help="In a window of its own.")
    where.add_argument("--session", metavar="S", help="In a window of session S, which is made if it is missing.")
    parser.add_argument("--focus", action="store_true", help="Go there.")
    parser.add_argument(
        "--env", type=_variable, action="append", default=[], metavar="K=V", help="A variable for it. Repeatable."
    )
    parser.add_argument("--no-wait", action="store_true", help="Return at once, with the mode not yet verified.")


def _pane_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pane", metavar="PANE", help="A pane's name or id (%%3).")


def _mode(parser: argparse.ArgumentParser) -> None:
    _pane_argument(parser)
    parser.add_argument("mode", type=parse_mode, metavar="M", help=f"One of {MODES}.")


def _focus(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("pane", nargs="?", metavar="PANE", help="A pane's name or id (%%3).")
    _mode_option(which, "The pane near here that is in this mode.")


def _cancel(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="The send's id, as its result names it.")


def _close(parser: argparse.ArgumentParser) -> None:
    _pane_argument(parser)
    parser.add_argument("--force", action="store_true", help="Also if Claude is busy, or llm-send did not start it.")


def _run(parser: argparse.ArgumentParser) -> None:
    _mode_option(parser, "The mode it starts in and is kept to.", required=True)


def _default_mode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mode", type=parse_mode, metavar="M", help=f"One of {MODES}.")


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--report", action="store_true", help="More, for a bug report. No text of yours is in it.")


def _nothing(_parser: argparse.ArgumentParser) -> None:
    pass


VERBS: dict[str, Verb] = {
    "send": Verb(
        "send text to a pane, by mode or by name",
        "Send a file or standard input to Claude, and say what became of it.\n"
        "Without --mode and --pane it goes to the pane last used here.",
        _send,
        "[--mode M | --pane PANE] [--wait SECONDS]\n                     [--queue own|claude|no] [FILE|-]",
    ),
    "spawn": Verb(
        "start Claude in a new pane, in a mode that is kept",
        "Start Claude in a new pane that is kept to its mode.",
        _spawn,
        "[--mode M] [--name N] [--cwd D] [--env K=V]\n"
        "                      [--split h|v | --window | --session S]\n"
        "                      [--focus] [--no-wait] [-- COMMAND…]",
        "COMMAND",
    ),
    "panes": Verb("list the panes that run Claude", "List the panes that run Claude.", _nothing, ""),
    "mode": Verb(
        "bring a pane to another mode",
        "Bring a pane to another mode, one Shift+Tab at a time. A pane that llm-send\n"
        "started is kept to its own mode: it can only be brought back to that.",
        _mode,
        "PANE M",
    ),
    "focus": Verb(
        "go to a pane",
        "Go to a pane, wherever it is.\nWithout PANE and --mode: to the one last used here.",
        _focus,
        "[PANE | --mode M]",
    ),
    "target": Verb(
        "choose the pane for sends from here", "Choose the pane for sends from here.", _pane_argument, "PANE"
    ),
    "cancel": Verb("call off a send", "Call off a send that has not touched its pane yet.", _cancel, "ID"),
    "close": Verb("end Claude and close its pane", "End Claude and close its pane.", _close, "PANE [--force]"),
    "run": Verb(
        "start Claude in this terminal, in a mode that is kept",
        "Start Claude in this terminal, kept to its mode as a spawned one is.\n"
        "What follows -- is passed on to it: llm-send run --mode plan -- --resume",
        _run,
        "--mode M [-- ARGUMENTS…]",
        "ARGUMENTS",
    ),
    "default-mode": Verb(
        "set the mode every Claude of yours starts in",
        "Set the mode Claude starts in when nothing else is said: it is\n"
        "permissions.defaultMode in your own Claude settings. The rest of that file\n"
        "is left as it is, and a backup is kept beside it.",
        _default_mode,
        "M",
    ),
    "doctor": Verb(
        "find out why something does not work", "Look for what could keep sends from working.", _doctor, "[--report]"
    ),
}
