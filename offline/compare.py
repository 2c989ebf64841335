"""What the stand-in's log says the person said, and whether that is what should have arrived: each text once, whole.

The log is the raw request bodies, one JSON line each (see model_api). A conversation is sent anew with every request,
so a text counts once for each place it stands at, and only while the model has not answered it yet. What Claude Code
adds of its own is left out.

    user_texts(log)               every new text of the main thread, in order of arrival, as the model got it
    judge(arrived, sent)    what of it is lost, doubled, merged into another, or nobody's
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOT_THE_PERSON = re.compile(
    r"\s*<(system-reminder|command-|local-command|bash-)"
    r"|\[Request interrupted by user"
    r"|This session is being continued from a previous conversation"
    r"|CRITICAL: Respond with TEXT ONLY|Your task is to create a detailed summary of"  # it compacts
    r"|\[SUGGESTION MODE: |Unknown skill: "
)
SENT_MID_TURN = re.compile(  # the second end is that of older versions, in a reminder
    r"\s*(?:<system-reminder>\n)?The user sent a new message while you were working:\n(.*)"
    r"\n\n(?:This is how |IMPORTANT: After completing )",
    re.DOTALL,
)
PASTED = re.compile(r'\s*<pasted_content id="(\w+)">\n(.*)\n</pasted_content id="\1">\s*', re.DOTALL)
OWN_WRAPPER = re.compile(r"<\\(?=/?pasted_content\b)")  # a text's own gets a backslash; in 2.1.32 it does not
MAIN_THREAD = ("/v1/messages", "tools")
"""The path of its requests, and the field that titles, summaries and probes do not have."""


def blocks_of(message: dict[str, Any]) -> list[str]:
    """All the text in one API message, whoever's it is."""
    content = message.get("content", "")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [block["text"] for block in blocks if block.get("type") == "text"]


def texts_of(message: dict[str, Any]) -> list[str]:
    """What the person says in one API message: its text blocks less what Claude Code adds of its own. What was sent
    mid-turn can stand in a system message (2.1.257)."""
    found, own = [], message.get("role") == "system"
    for text in blocks_of(message):
        if sent := SENT_MID_TURN.match(text):
            found.append(sent[1])
        elif not own and not NOT_THE_PERSON.match(text):
            found.append(text)
    return found


def without_wrapper(text: str) -> str:
    """A prompt as it was pasted: Claude Code wraps a long paste in a <pasted_content> element."""
    wrapped = PASTED.fullmatch(text)
    return wrapped[2] if wrapped else text


def normal(text: str) -> str:
    """All that may differ between a text that is sent and the same text in the log."""
    return OWN_WRAPPER.sub("<", without_wrapper(text)).replace("\t", "    ").strip()


def requests(log: Path) -> Iterator[dict[str, Any]]:
    """The requests of the main conversation, in order of arrival. The last line may not be written whole yet."""
    path, field = MAIN_THREAD
    with log.open() as lines:
        for entry in (json.loads(line) for line in lines if line.endswith("\n")):
            if entry["path"].partition("?")[0] == path:
                request = json.loads(entry["body"])
                if request.get(field):
                    yield request


def new_texts(request: dict[str, Any]) -> list[tuple[int, int, str]]:
    """What the person said since the model last spoke: the message's place, the text's place in it, the text."""
    messages = request.get("messages", [])
    spoken = [place for place, message in enumerate(messages) if message.get("role") == "assistant"]
    return [
        (place, number, text)
        for place in range(spoken[-1] + 1 if spoken else 0, len(messages))
        if messages[place].get("role") in ("user", "system")
        for number, text in enumerate(texts_of(messages[place]))
    ]


def user_texts(log: Path) -> list[str]:
    """Every new text of the person in the main conversation. A request that is repeated says nothing new."""
    found: dict[tuple[str, int, int, str], str] = {}
    for request in requests(log):
        session = str(request.get("metadata", {}).get("user_id", ""))
        for place, number, text in new_texts(request):
            found.setdefault((session, place, number, normal(text)), text)
    return list(found.values())


@dataclass(frozen=True)
class Verdict:
    """What is wrong with what arrived. `merged` are texts that hold one that was sent and something else, `altered`
    all others that nobody sent; `disordered`: those that were sent came in another order."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    disordered: bool = False

    @property
    def ok(self) -> bool:
        return self == Verdict()

    def __str__(self) -> str:
        named = {"lost": self.lost, "doubled": self.doubled, "merged": self.merged, "altered": self.altered}
        found = [f"{len(texts)} {name}" for name, texts in named.items() if texts]
        return ", ".join([*found, *(["out of order"] if self.disordered else [])]) or "as sent"


def judge(arrived: Sequence[str], sent: Sequence[str], maybe: Sequence[str] = ()) -> Verdict:
    """Compare what arrived with what must have (`sent`, each as often as it stands there, in that order) and what may
    have, once (`maybe`: a text nobody can vouch for). All are compared byte for byte after `normal`."""
    came, must, may = ([normal(text) for text in texts] for texts in (arrived, sent, maybe))
    had, due, allowed = Counter(came), Counter(must), Counter(must + may)
    foreign = [text for text in came if text not in allowed]
    merged = [text for text in foreign if any(own in text for own in allowed)]
    ours = [text for text in came if text in due]
    return Verdict(
        lost=tuple((due - had).elements()),
        doubled=tuple((Counter({text: had[text] for text in allowed}) - allowed).elements()),
        merged=tuple(merged),
        altered=tuple(text for text in foreign if text not in merged),
        disordered=Counter(ours) == due and ours != must,
    )
