"""What the queue and the history look like to people: one line for each send, or one send whole."""

import shutil
import time
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import category

from llm_send.entry.lines import clip, columns, printable, sentence, table

SIGN = {"delivered": "✓", "refused": "✗", "unconfirmed": "?", None: "…"}
NARROWEST = 12  # columns left for a text however narrow the terminal is
Result = Mapping[str, Any]


def queue(result: Result) -> list[str]:
    """What was done, if something was; then the list, each pane's in order."""
    done = [sentence("✓", result["message"], None)] if result["message"] else []
    if not result["entries"]:
        return done or ["Nothing waits."]
    head = ("ID", "PANE", "AHEAD", "AGE", "TEXT")
    rows = [
        (
            entry["id"][:8],
            entry["pane"] or "–",
            "–" if entry["place"] is None else str(entry["place"]),
            age(entry["created_at"]),
            first_line(entry["text"]),
        )
        for entry in result["entries"]
    ]
    return done + clipped(head, rows)


def history(result: Result) -> list[str]:
    """The list; or one send whole; or how much was removed."""
    if "purged" in result:
        count = result["purged"]
        return [sentence("✓", f"Removed {count} send{'' if count == 1 else 's'}, with the texts", None)]
    if "send" in result:
        return _whole(result["send"])
    if not result["sends"]:
        off = "The history is switched off in the configuration, so texts are not kept."
        return ["No sends found." if result["enabled"] else off]
    head = ("", "ID", "WHEN", "OUTCOME", "PANE", "MODE", "TEXT")
    return clipped(head, [_row(entry) for entry in result["sends"]])


def _row(entry: Result) -> tuple[str, ...]:
    return (
        SIGN[entry["outcome"]],
        entry["id"][:8],
        age(entry["created_at"]),
        _ended(entry),
        entry["pane"] or "–",
        entry["mode"] or "–",
        first_line(entry["text"]),
    )


def _ended(entry: Result) -> str:
    """`refused (busy)`; of one that is open, what it waits for."""
    if entry["outcome"] is None:
        return "waits" if entry["place"] is not None else "on its way"
    return f"{entry['outcome']} ({entry['reason']})" if entry["reason"] else str(entry["outcome"])


def _whole(entry: Result) -> list[str]:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry["created_at"]))
    facts = [_ended(entry), f"{when} ({age(entry['created_at'])})", entry["mode"], entry["pane"]]
    lines = [f"{SIGN[entry['outcome']]} {' · '.join(fact for fact in facts if fact)}"]
    if entry["message"]:
        lines.append("  " + " · ".join(part for part in (entry["message"], entry["hint"]) if part))
    seen = entry["receipt"] and ", ".join(entry["receipt"]["evidence"])
    rest = [f"Seen by: {seen}" if seen else None, entry["file"], f"id {entry['id']}"]
    lines.append("  " + " · ".join(part for part in rest if part))
    text = entry["text"] or "(The text was not kept.)"
    return [*map(printable, lines), "", *(_as_it_is(line) for line in text.split("\n"))]


def _as_it_is(line: str) -> str:
    # Every character but those that steer a terminal; private-use ones are letters to somebody.
    return "".join("?" if each != "\t" and category(each) == "Cc" else each for each in line)


def age(since: float, now: float | None = None) -> str:
    """`just now`, `2 min ago`, `3 h ago`, `5 days ago`."""
    seconds = max(0.0, (time.time() if now is None else now) - since)
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''} ago"
    return "just now"


def first_line(text: str) -> str:
    """The first line that says something."""
    return next((line.strip() for line in text.split("\n") if line.strip()), "–")


def clipped(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table whose last column ends with the terminal."""
    *front, last = zip(*(map(printable, row) for row in (head, *rows)), strict=True)
    taken = sum(max(map(columns, column)) + 2 for column in front)
    room = max(NARROWEST, shutil.get_terminal_size((100, 24)).columns - taken)
    return table(list(zip(*front, (clip(text, room) for text in last), strict=True)))
