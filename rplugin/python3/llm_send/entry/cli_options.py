"""What every command takes, in this one place: the arguments behind its name."""

import argparse
import math
from collections.abc import Callable
from typing import Any

from llm_send.entry.cli_configured import configured
from llm_send.errors import UsageError
from llm_send.modes import Mode, parse_mode

MODES = ", ".join(mode.value for mode in Mode)
OUTCOMES = ("delivered", "queued", "refused", "unconfirmed")
ID = "The send's id, or as much of it as says which"


def _mode_option(parser: Any, help_text: str, **more: Any) -> None:
    parser.add_argument("--mode", type=parse_mode, metavar="M", help=f"{help_text} One of {MODES}.", **more)


def _amount(option: str, unit: str) -> Callable[[str], float]:
    """Reads a number from 0 on."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            example = f"For example: {option} 10"
            raise UsageError("usage", f"{option} takes {unit}, not “{text}”.", example, found=text)
        return value

    return read


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise UsageError(
            "usage", f"--limit takes a number from 1 on, not “{text}”.", "For example: --limit 50", found=text
        )
    return int(text)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError("usage", f"--env takes NAME=VALUE, not “{text}”.", "For example: --env LANG=C", found=text)
    return name, value


def _waiting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait",
        type=_amount("--wait", "seconds"),
        metavar="SECONDS",
        help="How long to stay for it; then it is left in the queue. 0: refuse unless ready now.",
    )
    parser.add_argument(
        "--queue",
        choices=("own", "claude", "no"),
        default="own",
        help="If Claude is busy: hold the text here until it is idle (own, the default), hand it to Claude's own "
        "queue, or refuse.",
    )


def _as_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-command", action="store_true", help="It is a slash command or a ! line, meant as one.")


def send(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help="The text. - or nothing: standard input.")
    to = parser.add_mutually_exclusive_group()
    _mode_option(to, "To the pane near here that is in this mode now.")
    to.add_argument("--pane", metavar="PANE", help="To this pane, by name or id (%%3).")
    _as_command(parser)
    _waiting(parser)


def spawn(parser: argparse.ArgumentParser) -> None:
    _mode_option(parser, "The mode it starts in and is kept to; normal by default.")
    parser.add_argument("--cwd", metavar="D", help="The folder it works in; this one by default.")
    _opened(parser)


def fork(parser: argparse.ArgumentParser) -> None:
    pane(parser)
    _mode_option(parser, "The mode the copy starts in and is kept to; that of PANE by default.")
    _opened(parser)


def _opened(parser: argparse.ArgumentParser) -> None:
    """What a new pane is called, where it goes, and what it is given."""
    parser.add_argument("--name", metavar="N", help="What to call it; claude-plan and the like by default.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--split", choices=("h", "v"), help="Beside this pane (h, the default) or below it (v).")
    where.add_argument("--window", action="store_true", help="In a window of its own.")
    where.add_argument("--session", metavar="S", help="In a window of session S, which is made if it is missing.")
    parser.add_argument("--focus", action="store_true", help="Go there.")
    parser.add_argument(
        "--env", type=_variable, action="append", default=[], metavar="K=V", help="A variable for it. Repeatable."
    )
    parser.add_argument("--no-wait", action="store_true", help="Return at once, with the mode not yet verified.")
    configured(parser)


def pane(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pane", metavar="PANE", help="A pane's name or id (%%3).")


def mode(parser: argparse.ArgumentParser) -> None:
    pane(parser)
    parser.add_argument("mode", type=parse_mode, metavar="M", help=f"One of {MODES}.")


def focus(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("pane", nargs="?", metavar="PANE", help="A pane's name or id (%%3).")
    _mode_option(which, "The pane near here that is in this mode.")


def one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help=f"{ID}.")


def queue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pane", metavar="PANE", help="What waits for this pane, by name or id (%%3), alone.")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--cancel", metavar="ID", help="Call it off.")
    change.add_argument("--edit", metavar="ID", help="Change its text: to FILE's, to standard input's, or in $EDITOR.")
    change.add_argument("--move", nargs=2, metavar=("ID", "PLACE"), help="Have PLACE others stand before it; 0: next.")
    parser.add_argument("file", nargs="?", metavar="FILE", help="The new text, for --edit. -: standard input.")


def history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="WORD", help="Only sends that hold every one of these.")
    parser.add_argument("--limit", type=_count, default=20, metavar="N", help="At most so many, the newest; 20.")
    parser.add_argument("--outcome", choices=OUTCOMES, help="Only those that ended so; queued: not yet.")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--show", metavar="ID", help=f"The whole text, and what became of it. {ID}.")
    other.add_argument("--purge", action="store_true", help="Remove what has ended, with its texts, for good.")
    parser.add_argument(
        "--older-than", type=_amount("--older-than", "days"), metavar="DAYS", help="With --purge: only what is older."
    )


def resend(parser: argparse.ArgumentParser) -> None:
    which = f"{ID}; last: the newest that did not arrive, else the newest."
    parser.add_argument("id", metavar="ID", help=which)
    to = parser.add_mutually_exclusive_group()
    _mode_option(to, "To a pane in another mode.")
    to.add_argument("--pane", metavar="PANE", help="To another pane, by name or id (%%3).")
    _as_command(parser)
    _waiting(parser)


def close(parser: argparse.ArgumentParser) -> None:
    pane(parser)
    parser.add_argument("--force", action="store_true", help="Also if Claude is busy, or llm-send did not start it.")


def run(parser: argparse.ArgumentParser) -> None:
    _mode_option(parser, "The mode it starts in and is kept to.", required=True)


def default_mode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mode", type=parse_mode, metavar="M", help=f"One of {MODES}.")


def doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--report", action="store_true", help="More, for a bug report. No text of yours is in it.")


def nothing(_parser: argparse.ArgumentParser) -> None:
    pass


def mcp(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--compat", choices=["ccmux"], metavar="ccmux", help="Offer each tool as ccmux_… too, for prompts that say so."
    )


def audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pane", nargs="?", metavar="PANE", help="Of this agent alone, by its pane's name or id.")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="How many; 50 unless given.")
