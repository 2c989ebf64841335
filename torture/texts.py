"""What is sent and what the person types: every text carries a tag of its own, by which it is found again."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

LETTERS = "bcdfghjklmpqrstvwxz"
"""A person's tag has no digits and no y: typed into a dialog by mistake it must not answer it."""

WITNESS = "@WITNESS@"
"""Stands for the folder in which nothing may ever be made: a shell that ran a text, a tool that was approved."""

RAN = f"{WITNESS}-ran"
"""Where commands that are meant to run leave a line each."""

OWN_COMMAND = "Say foo about: "
"""What the person's own command /foo says to Claude, before its arguments."""

EDITED = " (edited)"
"""What the person adds to a text that waits in a queue."""

SENTENCE = "the parser reads one token too many when a string ends in the middle of an escape and nobody looks"
UNICODE = "naïve Ünïcödé 漢字かな 한글 العربية ✓ 🚀 ßẞ ﬁ"


def tag_of(seed: int, number: int) -> str:
    """All of one length, so that none is a part of another."""
    return f"t{seed % 0x1000000:06x}x{number:05d}"


def own_tag(number: int) -> str:
    """A person's: letters alone, all of one length."""
    letters = [LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(4)]
    return "own" + "".join(reversed(letters))


def words(random: Random, count: int) -> str:
    return " ".join(random.choice(SENTENCE.split()) for _ in range(count))


def _lines(random: Random, count: int) -> str:
    return "\n".join(f"{' ' * random.randrange(4)}{words(random, random.randint(1, 9))}" for _ in range(count))


KINDS: dict[str, Callable[[Random, str], str]] = {
    "line": lambda random, tag: f"{words(random, 6)} {tag}",
    "lines": lambda random, tag: f"{tag}\n{_lines(random, 2)}",
    "many lines": lambda random, tag: f"{_lines(random, 5)}\n\n{tag}\n{_lines(random, random.randint(1, 60))}",
    "long line": lambda random, tag: f"{words(random, 90)} {tag} {words(random, 90)}",
    "unicode": lambda _, tag: f"{UNICODE} {tag} é {UNICODE}",
    "shell line": lambda _, tag: f"!touch {WITNESS}/{tag}",
    "command": lambda _, tag: f"touch {WITNESS}/{tag}",
    "backslash": lambda random, tag: f"{words(random, 4)} {tag}\\",
    "tabs": lambda random, tag: f"if {tag}:\n\treturn\t{words(random, 2)}",
    "blank": lambda random, tag: f"  {words(random, 2)} {tag}  \n\n\n",
    "path": lambda _, tag: f"/usr/bin/{tag} crashes",
    "control": lambda random, tag: f"{words(random, 2)}\x03\x1b[201~\x7f {tag}\r\nand on",
    "question": lambda _, tag: f"? {tag}",
    "markdown": lambda random, tag: f"# {words(random, 2)}\n\n- *{tag}*\n- `{words(random, 3)}` <b>&amp;</b>",
    "slow": lambda random, tag: f"[[slow {random.uniform(0.3, 1.2):.2f}]] {tag}",
    "stream": lambda random, tag: f"[[stream {random.uniform(0.3, 1.2):.2f}]] [[reply {words(random, 30)}]] {tag}",
    "flood": lambda random, tag: f"{tag} [[reply {_lines(random, 150)}]]",
    "tool": lambda _, tag: f"{tool('Bash', approve(tag))} {tag}",
    "own command": lambda random, tag: f"/foo {words(random, 3)} {tag}",
    "shell command": lambda _, tag: f"!echo {tag} >>{RAN}/{tag}",
    "slash": lambda _, tag: f"/clear {tag}",
    "binary": lambda _, tag: f"{tag}\0",
}
"""By name. The last two must be refused for what they are; `tool` makes Claude ask."""

COMMANDS = ("own command", "shell command")
"""Sent as what they are, on purpose."""

UNSENDABLE = {"slash": "slash_command", "binary": "bad_text"}


def tool(name: str, arguments: Mapping[str, object]) -> str:
    """A stage direction: the model answers with this call of a tool."""
    return f"[[tool {name} {json.dumps(arguments)}]]"


def approve(tag: str) -> dict[str, object]:
    """A command no mode of ours runs unasked."""
    return {"command": f"python3 -c \"open('{WITNESS}/{tag}','w')\"", "description": "make a file"}


QUESTION = {
    "question": "Which one do you like?",
    "header": "Pick",
    "multiSelect": False,
    "options": [{"label": "Apples", "description": "red"}, {"label": "Pears", "description": "green"}],
}
DIALOGS: dict[str, Callable[[str], str]] = {
    "permission": lambda tag: f"{tool('Bash', approve(tag))} {tag}",
    "edit": lambda tag: f"{tool('Write', {'file_path': f'{WITNESS}/{tag}', 'content': 'made'})} {tag}",
    "question": lambda tag: f"{tool('AskUserQuestion', {'questions': [QUESTION]})} {tag}",
    "plan": lambda tag: f"{tool('ExitPlanMode', {})} {tag}",
}
"""What the person says to bring up a dialog, by its name."""

DRAFTS: dict[str, Callable[[Random, str], str]] = {
    "line": lambda _, tag: f"half-a-thought-{tag}",
    "lines": lambda _, tag: f"half\n  a thought\n\nof {tag}",
    "pasted": lambda random, tag: f"{_lines(random, 28)}\n{tag}",
    "long": lambda random, tag: f"{words(random, 30)} {tag}",
}


def arrives(kind: str, text: str) -> str:
    """What the model gets of a sent text."""
    return text.replace("/foo ", OWN_COMMAND, 1) if kind == "own command" else text


def cleaned(text: str, witness: str, *, command: bool = False) -> str:
    """What must be sent of a text that is asked for, by the few rules of the documentation, said once more here."""
    lines = re.sub("\r\n?", "\n", filled(text, witness))
    plain = unicodedata.normalize("NFC", re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", lines))
    return f" {plain}" if plain.startswith("!") and not command else plain


def filled(text: str, witness: Path | str) -> str:
    return text.replace(WITNESS, str(witness))
