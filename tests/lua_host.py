"""A stand-in for the Python host: a real process with the same protocol that answers as a test tells it to.

The folder in LLM_SEND_TEST_HOST holds `script.json`, read anew for each request, and gets `requests.jsonl` and one pid
a line in `starts`. The script: verb → answers in order, of which the last repeats. An answer is the contract's object,
or it says what else to do:

    {"silent": true}                       no answer at all
    {"after": 0.5, …}                      the answer, later
    {"exit": 3, "stderr": "…"}             die without one; under "start": before serving
    {"events": [["progress", {…}]], …}     said unasked, before the answer
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from msgpack import Packer, Unpacker

FOLDER = Path(os.environ["LLM_SEND_TEST_HOST"])
UNKNOWN = {"code": "history", "message": "There is no such send", "hint": None}
ANSWERED_BY = {
    "hello": {"ok": True, "schema": 1, "version": "0.0.0", "python": "3.x"},
    "queue": {"ok": True, "schema": 1, "entries": []},
    "history": {"ok": True, "schema": 1, "sends": []},
    "resolve": {"ok": False, "schema": 1, "error": UNKNOWN},
}
writing = threading.Lock()
texts: dict[int, list[str]] = {}
packer = Packer(unicode_errors="surrogateescape")


def call_lua(function: str, *arguments: object) -> None:
    message = [2, "nvim_exec_lua", [f'require("llm-send.host").{function}(...)', arguments]]
    with writing:
        sys.stdout.buffer.write(packer.pack(message))
        sys.stdout.buffer.flush()


def end_if_told(answer: dict[str, Any]) -> None:
    if "exit" in answer:
        print(answer.get("stderr", ""), file=sys.stderr, flush=True)
        os._exit(answer["exit"])


def script() -> dict[str, list[dict[str, Any]]]:
    return dict(json.loads((FOLDER / "script.json").read_text()))


def note(name: str, line: str) -> None:
    with (FOLDER / name).open("a") as file:
        file.write(f"{line}\n")


def serve(number: int, verb: str, params: dict[str, Any], asked: Counter[str]) -> None:
    if number in texts:
        params["text"] = "".join(texts.pop(number))
    note("requests.jsonl", json.dumps({"verb": verb, "params": params}))
    answers = script().get(verb) or [ANSWERED_BY.get(verb, {"silent": True})]
    answer = answers[min(asked[verb], len(answers) - 1)]
    asked[verb] += 1
    end_if_told(answer)
    for event in answer.get("events", ()):
        call_lua("event", *event)
    result = {key: value for key, value in answer.items() if key not in ("after", "events")}
    if not answer.get("silent"):
        threading.Timer(answer.get("after", 0), call_lua, ("reply", number, result)).start()


def main() -> None:
    note("starts", str(os.getpid()))
    for beginning in script().get("start", ()):
        end_if_told(beginning)
    call_lua("event", "ready", {})
    asked: Counter[str] = Counter()
    unpacker = Unpacker(unicode_errors="surrogateescape")
    while data := os.read(0, 1 << 20):
        unpacker.feed(data)
        for _kind, method, (number, *said) in unpacker:
            if method == "llm_send_text":
                [piece] = said
                note("pieces", f"{number} {len(piece)}")
                texts.setdefault(number, []).append(piece)
            else:
                verb, params = said
                serve(number, verb, params, asked)
    os._exit(0)


if __name__ == "__main__":
    main()
