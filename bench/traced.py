"""A Python that runs the host and notes when it does what; nothing of this is in the program itself.

In place of the plugin's own Python: `traced.py -I -m MODULE`. After each request of the editor it appends one line to
the file TRACE names: a JSON list of [what, begin, end] in unix nanoseconds.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Any

REQUEST = "llm_send.entry.nvim_requests:answer"
SEAMS = (
    "llm_send.history:History.begin",
    "llm_send.live:LivePane.look",
    "llm_send.live:LivePane.write",
    "llm_send.live:LivePane.sign",
    "llm_send.tmux:Tmux.run",
    "llm_send.tmux:Tmux.ahead",
    "llm_send.tmux:Tmux.finish",
)
noted = threading.local()


def wrap(seam: str, *, whole: bool = False) -> None:
    module, _, path = seam.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    inner = getattr(owner, name)

    @functools.wraps(inner)
    def timed(*arguments: Any, **named: Any) -> Any:
        if whole:
            noted.lines = []
        begin = time.time_ns()
        try:
            return inner(*arguments, **named)
        finally:
            if hasattr(noted, "lines"):
                noted.lines.append([path, begin, time.time_ns()])
            if whole:
                with Path(os.environ["TRACE"]).open("a") as trace:
                    trace.write(json.dumps(noted.lines) + "\n")

    setattr(owner, name, timed)


if __name__ == "__main__":
    wrap(REQUEST, whole=True)
    for seam in SEAMS:
        wrap(seam)
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
