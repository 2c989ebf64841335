"""Reads a command line. Imports nothing of the program but the words: it is in the way of every send."""

import argparse
import shutil
from collections.abc import Iterable, Sequence
from typing import NoReturn

from llm_send import __version__
from llm_send.entry.cli_options import MODES
from llm_send.entry.cli_verbs import VERBS, Verb
from llm_send.errors import UsageError

PROGRAM = "llm-send"
EPILOG = f"""\
Modes   {MODES}
Exit    0 done, delivered or queued   1 error   2 usage   3 refused   4 unconfirmed   130 interrupted

Help on one command: {PROGRAM} COMMAND --help"""


class Parser(argparse.ArgumentParser):
    """argparse, with errors raised instead of printed: the way in translates them once."""

    def error(self, message: str) -> NoReturn:
        text = message.removeprefix("argument ")
        raise UsageError("usage", f"{text[:1].upper()}{text[1:]}.", f"See: {self.prog} --help")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line as `verb`, `json`, `socket_name`, `socket_path` and the verb's own arguments.

    Raises UsageError; raises SystemExit after `--help` and `--version`, as argparse does.
    """
    place = _verb_at(argv)
    if place is None:
        _top_parser().parse_args(argv)
        raise UsageError("usage", "Which command?", f"One of {', '.join(VERBS)}. See: {PROGRAM} --help")
    name, end = _verb_of(argv, place)
    verb = VERBS.get(name)
    if verb is None:
        raise _no_such_verb(name)
    words, command = [*argv[:place], *argv[end:]], None
    if verb.after_dashes and "--" in words:
        # By hand: what argparse makes of words behind `--` differs between versions of Python.
        dashes = words.index("--")
        words, command = words[:dashes], tuple(words[dashes + 1 :])
    given = _parser_of(name, verb).parse_args(words)
    given.verb, given.command = name, command
    return given


def wants_json(argv: Sequence[str]) -> bool:
    """Whether the answer, be it a usage error, is to be JSON."""
    own = argv[: argv.index("--")] if "--" in argv else argv
    return "--json" in own


def _verb_at(argv: Sequence[str]) -> int | None:
    """Where the verb stands: the first word that is neither an option nor the value of `-L` or `-S`."""
    value = False
    for index, word in enumerate(argv):
        if word == "--":
            return None
        if not value and not word.startswith("-"):
            return index
        value = not value and word in ("-L", "-S")
    return None


def _verb_of(argv: Sequence[str], place: int) -> tuple[str, int]:
    """The verb that stands there, and where it ends: some are two words (`config show`)."""
    name, end = argv[place], place + 1
    second = argv[end] if end < len(argv) else ""
    if not any(verb.startswith(f"{name} ") for verb in VERBS):
        return name, end
    if second and not second.startswith("-"):
        return f"{name} {second}", end + 1
    known = [verb for verb in VERBS if verb.startswith(f"{name} ")]
    if second in ("-h", "--help"):
        _group_parser(name, known).parse_args([second])
    raise UsageError("usage", f"{name} what?", f"One of {', '.join(known)}.", found=name, expected=known)


def _no_such_verb(name: str) -> UsageError:
    from difflib import get_close_matches

    nearest = get_close_matches(name, VERBS, n=1)
    hint = f"Did you mean {nearest[0]}?" if nearest else f"Commands are {', '.join(VERBS)}."
    return UsageError("usage", f"There is no command “{name}”.", hint, found=name, expected=list(VERBS))


def _top_parser() -> Parser:
    parser = Parser(
        prog=PROGRAM,
        usage="llm-send [-L NAME | -S PATH] [--json] COMMAND …",
        description=f"Text to the Claude Code pane that is in the permission mode you ask for.\n\n{_listing(VERBS)}",
        epilog=EPILOG,
        formatter_class=_formatter,
        add_help=False,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}", help="Print the version.")
    _add_global(parser)
    return parser


def _listing(names: Iterable[str]) -> str:
    width = max(map(len, VERBS)) + 3
    return "\n".join(["commands:", *(f"  {name:<{width}}{VERBS[name].summary}" for name in names)])


def _group_parser(name: str, known: Sequence[str]) -> Parser:
    prog = f"{PROGRAM} {name}"
    parser = Parser(
        prog=prog, usage=f"{prog} …", description=_listing(known), formatter_class=_formatter, add_help=False
    )
    _add_global(parser)
    return parser


def _parser_of(name: str, verb: Verb) -> Parser:
    parser = Parser(
        prog=f"{PROGRAM} {name}",
        usage=f"{PROGRAM} {name} {verb.usage}".rstrip(),
        description=verb.description,
        formatter_class=_formatter,
        add_help=False,
        allow_abbrev=False,
    )
    verb.add(parser)
    _add_global(parser)
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    width = min(shutil.get_terminal_size().columns, 100) - 2
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=26, width=width)


def _add_global(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("everywhere")
    server = group.add_mutually_exclusive_group()
    server.add_argument("-L", dest="socket_name", metavar="NAME", help="The tmux server of this name, as tmux -L.")
    server.add_argument("-S", dest="socket_path", metavar="PATH", help="The tmux server at this socket, as tmux -S.")
    group.add_argument("--json", action="store_true", help="Answer with one JSON object on standard output.")
    group.add_argument("-h", "--help", action="help", help="Show this.")
