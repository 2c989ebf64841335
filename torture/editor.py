"""The one Neovim: without a screen, with the real host. It and its host are killed now and then, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.rig import nvim
from tests.rig.wait import wait_until
from torture.plan import Ask
from torture.stage import Lane
from torture.texts import UNSENDABLE
from torture.told import Told

SET_UP = """
require("llm-send").setup({ offer = false, notify = false })
told = {}
vim.api.nvim_create_autocmd("User", { pattern = "LlmSend*", callback = function(event)
  table.insert(told, { outcome = event.data.outcome, reason = event.data.reason or vim.NIL,
    message = event.data.message or "", id = event.data.id or vim.NIL })
end })
"""
SEND = "local opts = ... require('llm-send').send(opts)"
HOST = "return vim.fn.jobpid(require('llm-send.host').status().channel)"
WAITS = 3.0  # seconds to wait for the first word; what waits in a queue is told of later
DEATHS = 2  # of its host that an editor bears; after three in a minute it starts none any more


@dataclass
class Editors:
    """One editor after the other, started when it is needed."""

    lane: Lane
    notice: Callable[[Told], None]
    editor: nvim.Editor | None = None
    process: subprocess.Popen[bytes] | None = None
    opened: int = 0
    deaths: int = 0
    noted: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, text: str, mode: str | None, pane: str | None, ask: Ask) -> Told | None:
        """What the editor was told first; None when it ended before."""
        options: dict[str, Any] = {"text": text, "mode": mode, "pane": pane, "wait": ask.wait, "queue": ask.queue}
        options["as_command"] = ask.as_command or None
        given = {name: value for name, value in options.items() if value is not None}
        try:
            before = self._with(lambda editor: int(editor.lua(f"{SEND} return #told", given)))
            return wait_until(lambda: self._heard(before, ask), WAITS)
        except (OSError, EOFError, AssertionError):
            return None  # it was quit, or has said nothing so far

    def _heard(self, before: int, ask: Ask) -> Told | None:
        """The first that was told of this text since then."""
        for each in self._with(lambda editor: editor.lua("return told"))[before:]:
            row = self.lane.context("person").history.get(each["id"])
            if (ask.tag in row.text) if row else each["reason"] == UNSENDABLE.get(ask.kind, each["reason"]):
                return Told(each["outcome"], each["reason"], each["message"], each["id"])
        return None

    def collect(self) -> None:
        """Note all that was told since it was asked last."""
        with self.lock, suppress(OSError, EOFError):
            self._collect()

    def _collect(self) -> None:
        if self.editor:
            for each in self.editor.lua("return told")[self.noted :]:
                self.noted += 1
                self.notice(Told(each["outcome"], each["reason"], each["message"], each["id"]))

    def _with(self, do: Callable[[nvim.Editor], Any]) -> Any:
        with self.lock:  # its connection serves one thread at a time
            return do(self._open())

    def _open(self) -> nvim.Editor:
        if not self.editor:
            world = self.lane.stage.world
            self.opened += 1
            environment = world.seated_at(self.lane.seat.id)
            socket = world.folder / f"nvim{self.opened}.sock"
            self.editor, self.process = nvim.start_headless(world.programs.nvim, socket, environment, self.lane.folder)
            self.editor.lua(SET_UP)
        return self.editor

    def kill_host(self) -> bool:
        """kill -9 of the host. Three in a minute would end the editor's patience, so it gets a new one before."""
        with self.lock:
            if not self.editor:
                return False
            with suppress(OSError, EOFError, Exception):
                os.kill(int(self.editor.lua(HOST)), signal.SIGKILL)
                self.deaths += 1
            if self.deaths < DEATHS:
                return True
        self.quit()
        return True

    def quit(self) -> bool:
        """The editor ends, with all that is under way in it."""
        with self.lock:
            with suppress(OSError, EOFError):
                self._collect()
            editor, process, self.editor, self.process = self.editor, self.process, None, None
            self.deaths = self.noted = 0
        if not editor or not process:
            return False
        with suppress(OSError, EOFError):
            editor.lua("vim.schedule(function() vim.cmd('qa!') end)")
            editor.api.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        return True
