"""The commands, and what `--help` says of them."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from llm_send.entry import cli_configured as configured
from llm_send.entry import cli_options as takes


@dataclass(frozen=True)
class Verb:
    """One command. `after_dashes` names what stands behind a `--` where the command takes a command line itself."""

    summary: str
    description: str
    add: Callable[[argparse.ArgumentParser], None]
    usage: str
    after_dashes: str | None = None


VERBS: dict[str, Verb] = {
    "send": Verb(
        "send text to a pane, by mode or by name",
        "Send a file or standard input to Claude, and say what became of it.\n"
        "Without --mode and --pane it goes to the pane last used here.",
        takes.send,
        "[--mode M | --pane PANE] [--wait SECONDS]\n"
        "                     [--queue own|claude|no] [--as-command] [FILE|-]",
    ),
    "spawn": Verb(
        "start Claude in a new pane, in a mode that is kept",
        "Start Claude in a new pane that is kept to its mode; or, with -- COMMAND,\n"
        "another program, in the same places and confined in the same ways.",
        takes.spawn,
        "[--mode M] [--name N] [--cwd D] [--env K=V]\n"
        "                      [--split h|v | --window | --session S]\n"
        "                      [--preset P] [--claude-model M] [--claude-config C]\n"
        "                      [--config C] [--set K=V]\n"
        "                      [--focus] [--no-wait] [-- COMMAND…]",
        "COMMAND",
    ),
    "set": Verb(
        "give a running pane another configuration",
        "Give a running pane another configuration: another model, other limits.\n"
        "Claude reads it when it starts, so it starts again, in the same conversation.",
        configured.change,
        "[--preset P] [--claude-model M] [--claude-config C]\n"
        "                    [--config C] [--yes] PANE [KEY=VALUE…]",
    ),
    "fork": Verb(
        "open a copy of a pane's conversation beside it",
        "Open a copy of a pane's conversation beside it, in another mode or with another\n"
        "model. The pane itself goes on as it was.",
        takes.fork,
        "[--mode M] [--name N] [--env K=V]\n"
        "                     [--split h|v | --window | --session S]\n"
        "                     [--preset P] [--claude-model M] [--claude-config C]\n"
        "                     [--config C] [--set K=V] [--focus] [--no-wait] PANE",
    ),
    "panes": Verb("list the panes that run Claude", "List the panes that run Claude.", takes.nothing, ""),
    "mode": Verb(
        "bring a pane to another mode",
        "Bring a pane to another mode, one Shift+Tab at a time. A pane that llm-send\n"
        "started is kept to its own mode: it can only be brought back to that.",
        takes.mode,
        "PANE M",
    ),
    "focus": Verb(
        "go to a pane",
        "Go to a pane, wherever it is.\nWithout PANE and --mode: to the one last used here.",
        takes.focus,
        "[PANE | --mode M]",
    ),
    "target": Verb("choose the pane for sends from here", "Choose the pane for sends from here.", takes.pane, "PANE"),
    "queue": Verb(
        "see, change, reorder and call off what waits for busy panes",
        "List what waits for busy panes, each pane's in order; or change it, and then see\nthe list.",
        takes.queue,
        "[--pane PANE]\n       llm-send queue --cancel ID | --move ID PLACE | --edit ID [FILE|-]",
    ),
    "history": Verb(
        "see what was sent and what became of it",
        "List what was sent and what became of it, the newest first.\n"
        "Words are looked for in text, pane, mode and outcome.",
        takes.history,
        "[--limit N] [--outcome O] [WORD…]\n       llm-send history --show ID | --purge [--older-than DAYS]",
    ),
    "resend": Verb(
        "send a text of the history once more",
        "Send a text once more, as a new send, to where it was to go the first time or to\nanother mode or pane.",
        takes.resend,
        "[--mode M | --pane PANE] [--wait SECONDS]\n"
        "                       [--queue own|claude|no] [--as-command] ID|last",
    ),
    "resolve": Verb(
        "look again at an unconfirmed send",
        "Look again whether an unconfirmed send arrived: in Claude's transcript, in what\n"
        "its hooks reported, on its screen. Nothing is sent and no key is pressed.",
        takes.one,
        "ID",
    ),
    "cancel": Verb("call off a send", "Call off a send that has not touched its pane yet.", takes.one, "ID"),
    "close": Verb("end Claude and close its pane", "End Claude and close its pane.", takes.close, "PANE [--force]"),
    "run": Verb(
        "start Claude in this terminal, in a mode that is kept",
        "Start Claude in this terminal, kept to its mode as a spawned one is.\n"
        "What follows -- is passed on to it: llm-send run --mode plan -- --resume",
        takes.run,
        "--mode M [-- ARGUMENTS…]",
        "ARGUMENTS",
    ),
    "default-mode": Verb(
        "set the mode every Claude of yours starts in",
        "Set the mode Claude starts in when nothing else is said: it is\n"
        "permissions.defaultMode in your own Claude settings. The rest of that file\n"
        "is left as it is, and a backup is kept beside it.",
        takes.default_mode,
        "M",
    ),
    "presets": Verb(
        "list the presets a pane can be spawned with", "List the presets a pane can be spawned with.", takes.nothing, ""
    ),
    "config show": Verb(
        "see what a new pane is given, and by what",
        "Show what a new pane would be given, and where each value comes from.",
        configured.show,
        "[--session S] [--preset P] [--claude-model M]\n"
        "                            [--claude-config C] [--config C] [--set K=V] [PANE]",
    ),
    "config check": Verb(
        "find the mistakes in configuration files",
        "Check configuration files. The first mistake is told, with the line it is in.",
        configured.check,
        "[FILE]",
    ),
    "config schema": Verb(
        "the JSON Schema of the configuration, for editors",
        "Print the JSON Schema of the configuration file, for editors that\ncomplete by one.",
        takes.nothing,
        "",
    ),
    "config init": Verb(
        "write a configuration file to start from",
        "Write a configuration file to start from. Nothing in it counts yet, and one that\nis there is never touched.",
        takes.nothing,
        "",
    ),
    "config trust": Verb(
        "let a project's file count, as it is now",
        "Let a project's file count from now on. Read it first: it can choose commands,\n"
        "environment and permissions. Once it is changed it is trusted no more.",
        configured.trust,
        "[FILE]",
    ),
    "config distrust": Verb(
        "let a project's file count no longer",
        "Let a project's file count no longer.",
        configured.trust,
        "[FILE]",
    ),
    "agents": Verb(
        "see who opened whom, and what they ask",
        "Show the agents as a tree: who opened whom, what each is and does, and what\nthey ask you.",
        takes.nothing,
        "",
    ),
    "audit": Verb(
        "see what agents asked for, and what was decided",
        "List what agents asked for, what was decided and what came of it, the newest\nfirst.",
        takes.audit,
        "[--limit N] [PANE]",
    ),
    "mcp": Verb(
        "serve agents: the MCP server, on standard input and output",
        "Serve the tools by which an agent opens, prompts, reads and closes panes. Claude\n"
        "starts it itself: for panes with mcp = true, or by the plugin.",
        takes.mcp,
        "[--compat ccmux]",
    ),
    "plugin install": Verb(
        "give the Claudes you start yourself hooks and tools",
        "Give Claude Code a plugin, by its own commands: a Claude you start by hand in a\n"
        "tmux pane then has receipts, tells its mode, and has llm-send's tools.",
        takes.nothing,
        "",
    ),
    "plugin status": Verb(
        "see whether the plugin is there, and where it works",
        "Say whether Claude Code has the plugin, and in which panes its hooks run.",
        takes.nothing,
        "",
    ),
    "plugin remove": Verb(
        "take the plugin away again",
        "Have Claude Code forget the plugin. Panes that llm-send starts do not need it.",
        takes.nothing,
        "",
    ),
    "doctor": Verb(
        "find out why something does not work",
        "Look for what could keep sends from working.",
        takes.doctor,
        "[--report]",
    ),
}
