"""An editor's host hears what agents ask the person, and what becomes of their panes."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from llm_send.actions import consent
from llm_send.actions.agents import Watch
from llm_send.actions.context import Context

EVERY = 2.0  # seconds between two looks at the panes that agents have opened
Told = Callable[[str, dict[str, Any]], None]


class Listening:
    """Until `leave`. Costs a thread that sleeps while nobody asks anything."""

    def __init__(self, ctx: Context, told: Told) -> None:
        self.ctx, self.told = ctx, told
        self.fifo = consent.editors(ctx) / str(os.getpid())
        self.fifo.unlink(missing_ok=True)
        os.mkfifo(self.fifo, 0o600)
        # Both ends are ours, so that it never ends.
        self.descriptor = os.open(self.fifo, os.O_RDWR | os.O_CLOEXEC)
        self.watching = threading.Lock()
        threading.Thread(target=self._listen, name="agents", daemon=True).start()

    def leave(self) -> None:
        """Nobody is asked here any more."""
        self.fifo.unlink(missing_ok=True)

    def _listen(self) -> None:
        for question in consent.questions(self.ctx):
            self.told("asked", question.as_dict())
        self._watch()
        rest = b""
        while data := os.read(self.descriptor, 65536):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                with suppress(ValueError, KeyError, TypeError):  # not of ours
                    said = json.loads(line)
                    self._hear(said["event"], said["data"])

    def _hear(self, event: str, data: dict[str, Any]) -> None:
        if event == "asked":
            for question in consent.questions(self.ctx):
                if question.id == data["id"]:
                    self.told("asked", question.as_dict())
        else:
            self.told(event, data)
        if event == "agents_changed":
            self._watch()

    def _watch(self) -> None:
        """Look at what agents have opened, for as long as there is any of it."""
        if self.watching.acquire(blocking=False):
            threading.Thread(target=self._look, name="watch", daemon=True).start()

    def _look(self) -> None:
        watch = Watch(self.ctx)
        try:
            while not self.ctx.memory.leaving.is_set():
                there, events = watch.look()
                for event in events:
                    self.told("agent_event", event)
                if not there:
                    return
                self.ctx.memory.leaving.wait(EVERY)
        finally:
            self.watching.release()
