"""A sender that is killed or stopped (as by a closed laptop) right behind the write-ahead of a step.

    python -m torture.sender JSON <TEXT

JSON: {"socket", "seat", "cwd", "mode", "pane", "keep", "step", "does": "kill" | "stop"}. Prints its result as one JSON
line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llm_send.actions.context import Here, Memory, context_of
from llm_send.actions.send import SendRequest, send
from llm_send.errors import LlmSendError
from llm_send.history import History, Send, Step
from llm_send.modes import Mode
from llm_send.paths import paths_of

SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


class FaultyHistory(History):
    """The history of a process that comes to harm once, at one step."""

    def __init__(self, path: Path, fault: Mapping[str, str], **more: Any) -> None:
        super().__init__(path, **more)
        self._step, self._signal = fault["step"], SIGNALS[fault["does"]]

    def _at(self, step: str) -> None:
        if step == self._step:
            self._step = ""
            os.kill(os.getpid(), self._signal)

    def begin(self, send: Send) -> None:
        super().begin(send)
        self._at("begin")

    def enqueue(self, *arguments: Any, **more: Any) -> bool:
        done = super().enqueue(*arguments, **more)
        self._at("enqueue")
        return done

    def claim(self, id: str, sha256: str) -> Send | None:  # noqa: A002 — the contract's word
        claimed = super().claim(id, sha256)
        self._at("claim")
        return claimed

    def step(self, id: str, step: Step) -> None:  # noqa: A002
        super().step(id, step)
        self._at(step)

    def mark(self, id: str, transcript: Path | None, start: int) -> None:  # noqa: A002
        super().mark(id, transcript, start)
        self._at("enter")

    def settle(self, *arguments: Any, **more: Any) -> bool:
        self._at("settle")
        return super().settle(*arguments, **more)


def main() -> None:
    asked = json.loads(sys.argv[1])
    history = FaultyHistory(paths_of(os.environ).history_file, asked, keep=asked["keep"])
    here = Here(cwd=asked["cwd"], pane=asked["seat"])
    ctx = context_of(os.environ, here=here, socket_path=asked["socket"], memory=Memory(history=history))
    mode = Mode(asked["mode"]) if asked["mode"] else None
    try:
        result = send(ctx, SendRequest(text=sys.stdin.buffer.read(), mode=mode, pane=asked["pane"])).as_dict()
    except LlmSendError as error:
        result = {"error": error.as_dict()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
