"""What the commands about configuration take, and the options by which a new pane is configured."""

import argparse
from typing import Any

GROUP = "its configuration, over that of the files"
FILE = "A file whose name ends in .toml or .json. Without it: %s"


def configured(parser: argparse.ArgumentParser) -> None:
    """The options of whatever opens a pane. What they say is read in `config.given`."""
    group = parser.add_argument_group(GROUP)
    group.add_argument("--preset", metavar="P", help="The preset it starts from: llm-send presets lists them.")
    group.add_argument("--claude-model", metavar="M", help="Its model: an alias of Claude's, or a full name.")
    group.add_argument("--claude-config", metavar="C", help="Claude keys: JSON, or a file (.json, .toml).")
    group.add_argument("--config", metavar="C", help="All keys of a pane: JSON, or a file (.json, .toml).")
    group.add_argument(
        "--set", action="append", default=[], metavar="K=V", help="One key: --set temperature=0.7. Repeatable."
    )


def show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pane", nargs="?", metavar="PANE", help="For a new pane of this name.")
    parser.add_argument("--session", metavar="S", help="In this tmux session; yours unless given.")
    configured(parser)


def change(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pane", metavar="PANE", help="A pane that llm-send spawn opened, by name or id (%%3).")
    parser.add_argument("keys", nargs="*", metavar="KEY=VALUE", help="A key and its value: temperature=0.7.")
    configured(parser)
    parser.add_argument("--yes", action="store_true", help="Do not ask before Claude is started again.")


def check(parser: argparse.ArgumentParser) -> None:
    _file(parser, "yours, and the project's here.")


def trust(parser: argparse.ArgumentParser) -> None:
    _file(parser, "the project's here.")


def _file(parser: Any, without: str) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help=FILE % without)
