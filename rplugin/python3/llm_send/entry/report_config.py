"""What configuration looks like to people: values with where they come from, presets, what became of files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llm_send.config.words import dotted
from llm_send.entry.lines import clip, printable, sentence, table
from llm_send.modes import label_of

WIDEST = 60  # columns of a value; --json has all of it
Result = Mapping[str, Any]


def show(result: Result) -> list[str]:
    """One line a key: its value, and where that is said."""
    rows = [
        (dotted(path), clip(json.dumps(value, ensure_ascii=False), WIDEST), _from(result["origins"][dotted(path)]))
        for path, value in _values(result["values"])
    ]
    nothing = ["Nothing is configured for this pane: it runs the Claude you know."]
    return [*(_table(("KEY", "VALUE", "FROM"), rows) if rows else nothing), *_notices(result)]


def _values(tree: Result, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _values(value, (*path, key))
        else:
            yield (*path, key), value


def _from(origin: Result) -> str:
    """`[presets.small] in ~/.config/llm-send/config.toml:12`, `[presets.haiku-worker], built in`, `--set`."""
    option = origin["where"].startswith("--")
    where = origin["where"] if option else f"[{origin['where']}]"
    if not origin["file"]:
        return where if option else f"{where}, built in"
    line = f":{origin['line']}" if origin["line"] else ""
    return f"{where} in {origin['file']}{line}"


def changed(result: Result) -> list[str]:
    """What a running pane was given."""
    pane = result["pane"]
    name = pane["name"] or pane["id"]
    note = [sentence("!", result["note"], None)] if result.get("note") else []
    if not result["changes"]:
        return [sentence("✓", f"{name} has all of that already", None), *note]
    said = f"Claude started again, in the same conversation ({label_of(pane['mode'] or pane['lock'])})"
    return [sentence("✓", said, f"Pane: {name}"), *(f"  {change(each)}" for each in result["changes"]), *note]


def change(each: Result) -> str:
    """`model: opus → haiku`."""
    before, after = (
        "–" if value is None else clip(json.dumps(value, ensure_ascii=False), WIDEST)
        for value in (each["before"], each["after"])
    )
    return printable(f"{each['key']}: {before} → {after}")


def presets(result: Result) -> list[str]:
    rows = [
        (
            each["name"],
            each["model"] or "–",
            "–" if each["context_limit"] is None else str(each["context_limit"]),
            each["origin"]["file"] or "built in",
            each["description"] or "–",
        )
        for each in result["presets"]
    ]
    return [*_table(("NAME", "MODEL", "LIMIT", "FROM", "DESCRIPTION"), rows), *_notices(result)]


def check(result: Result) -> list[str]:
    if not result["files"]:
        return [sentence("✓", "There is no configuration file, so all is as it comes", "llm-send config init")]
    return [_checked(each) for each in result["files"]]


def _checked(each: Result) -> str:
    if each["trusted"] is False:
        return sentence("!", f"{each['file']} is right, and not trusted", "Trust it: llm-send config trust")
    return sentence("✓", f"{each['file']} is right", None)


def schema(result: Result) -> list[str]:
    return json.dumps(result["json_schema"], indent=2, ensure_ascii=True).split("\n")


def init(result: Result) -> list[str]:
    return [sentence("✓", f"Wrote {result['file']}", "Nothing in it counts until you take the # away.")]


def trust(result: Result) -> list[str]:
    if not result["changed"]:
        return [sentence("✓", f"{result['file']} is {'' if result['trusted'] else 'not '}trusted already", None)]
    if not result["trusted"]:
        return [sentence("✓", f"{result['file']} is not trusted any more", None)]
    sets = f"It sets {', '.join(result['sets'])}" if result["sets"] else "It sets nothing"
    return [sentence("✓", f"{result['file']} is trusted as it is now", sets)]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    return table([tuple(printable(cell) for cell in row) for row in (head, *rows)])


def _notices(result: Result) -> list[str]:
    return [sentence("!", notice, None) for notice in result["notices"]]
