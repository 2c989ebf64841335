"""A sender that stops (SIGSTOP) right before the steps named, as a laptop that is closed; what woke it goes on.

    python -m tests.hazards.sender SOCKET SEAT FOLDER PANE MODE STEP... <TEXT

Prints how it ended as one JSON line: {"outcome", "reason", "message"}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import uuid
from dataclasses import asdict

from llm_send.actions.context import Here, context_of
from llm_send.actions.find import find
from llm_send.delivery import deliver
from llm_send.errors import LlmSendError, Refused
from llm_send.live import RealClock
from llm_send.target import Parcel, Unconfirmed
from tests.hazards.ended import Ended


def main() -> None:
    socket, seat, folder, pane, mode, *steps = sys.argv[1:]
    ctx = context_of(os.environ, here=Here(cwd=folder, pane=seat), socket_path=socket)
    found = find(ctx)
    live = found.live(ctx, found.named(pane))
    parcel = Parcel(id=uuid.uuid4().hex, text=sys.stdin.read(), mode=mode)

    def step(name: str) -> None:
        if name in steps:
            os.kill(os.getpid(), signal.SIGSTOP)

    try:
        with live.turn(1.0):
            deliver(live, parcel, RealClock(), step)
        end = Ended("delivered")
    except Refused as refusal:
        end = Ended("refused", refusal.code, refusal.message)
    except Unconfirmed as doubt:
        end = Ended("unconfirmed", doubt.code, doubt.message)
    except LlmSendError as error:
        end = Ended("error", error.code, error.message)
    print(json.dumps(asdict(end)))


if __name__ == "__main__":
    main()
