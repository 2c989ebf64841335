"""what the write-ahead rows of one send cost on a warm connection"""

from __future__ import annotations

import time

from bench import programs
from bench.figures import Figure, figure, interleaved, timed
from llm_send.history import History, new_send
from llm_send.outcomes import Receipt
from offline import world

ROUNDS = 200
BUDGET = 1.5


def measure() -> list[Figure]:
    with world.opened("bench", programs.newest()) as here:
        history = History(here.folder / "state" / "history.sqlite3")

        def one(text: str) -> None:
            send = new_send(text, "0" * 64, mode="plan", now=time.time())
            history.begin(send)
            history.enqueue(send.id, server="/tmp/tmux-1000/default", pane="%3", name="claude-plan", pid=1)
            history.claim(send.id, send.sha256)
            history.step(send.id, "paste")
            history.step(send.id, "see")
            history.mark(send.id, here.folder, 0)
            history.step(send.id, "evidence")
            history.settle(send.id, "delivered", None, "Sent", Receipt("p", "plan", "0" * 64, ("gate", "event")), 40.0)

        takers = {"1 KB": lambda: timed(lambda: one("x" * 1000)), "100 KB": lambda: timed(lambda: one("x" * 100_000))}
        times = interleaved(ROUNDS, takers)
        history.close()
    return [figure("history", case, "median", times[case], budget=BUDGET) for case in times]
