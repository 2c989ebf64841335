"""A Python that runs the host and notes when it does what; nothing of this is in the program itself.

In place of the plugin's own Python: `traced.py -I -m MODULE`. Each step is a line in the file TRACE names: what it was,
when it began and when it ended, in unix nanoseconds.
"""

from __future__ import annotations

import functools
import importlib
import os
import runpy
import sys
import time
from typing import Any

SEAMS = (
    "llm_send.entry.nvim_requests:answer",
    "llm_send.history:History.begin",
    "llm_send.history:History.settle",
    "llm_send.live:LivePane.look",
    "llm_send.live:LivePane.write",
    "llm_send.live:LivePane.sign",
    "llm_send.tmux:Tmux.run",
    "llm_send.tmux:Tmux.ahead",
    "llm_send.tmux:Tmux.finish",
)


def wrap(seam: str, log: int) -> None:
    module, _, path = seam.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    inner = getattr(owner, name)

    @functools.wraps(inner)
    def timed(*arguments: Any, **named: Any) -> Any:
        begin = time.time_ns()
        try:
            return inner(*arguments, **named)
        finally:
            os.write(log, f"{path} {begin} {time.time_ns()}\n".encode())

    setattr(owner, name, timed)


if __name__ == "__main__":
    trace = os.open(os.environ["TRACE"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for seam in SEAMS:
        wrap(seam, trace)
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
