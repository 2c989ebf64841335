"""A Neovim with the front end in it and, behind it, a host that answers as the test tells it to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rig.nvim import Editor
from tests.rig.programs import REPOSITORY

INIT = """
vim.g.mapleader = " "
notified, selects, choices, events = {}, {}, {}, {}
vim.notify = function(text, level, opts)
  table.insert(notified, { text = text, level = level, title = opts and opts.title })
end
vim.ui.select = function(items, opts, on_choice)
  local shown = vim.tbl_map(opts.format_item or tostring, items)
  table.insert(selects, { prompt = opts.prompt, items = shown })
  local index = table.remove(choices, 1)
  vim.schedule(function() on_choice(items[index], index) end)
end
for _, name in ipairs({ "Delivered", "Queued", "Refused", "Unconfirmed", "Ended" }) do
  vim.api.nvim_create_autocmd("User", { pattern = "LlmSend" .. name, callback = function(event)
    table.insert(events, { name = event.match, data = event.data })
  end })
end
"""
"""Sourced before the plugin, as a person's init.lua would be."""

PANE = {
    "id": "%3",
    "name": "claude-plan",
    "session": "work",
    "mode": "plan",
    "lock": "plan",
    "verified": True,
    "state": "idle",
    "cwd": "/project",
    "guarded": True,
}
ENTRY = {
    "id": "1f" * 16,
    "created_at": 1700000000.5,
    "settled_at": None,
    "mode": "plan",
    "pane": "claude-plan",
    "pane_id": "%3",
    "server": "/tmp/s/work",
    "step": "waiting",
    "outcome": None,
    "reason": None,
    "message": None,
    "receipt": None,
    "elapsed_ms": None,
    "text": "\n  first line\nsecond",
    "sha256": "0" * 64,
    "place": 0,
    "file": None,
    "as_command": False,
}
DELIVERED = {
    "ok": True,
    "schema": 1,
    "id": "s1",
    "outcome": "delivered",
    "reason": None,
    "message": "Sent to Claude (Plan Mode)",
    "hint": "Pane: claude-plan",
    "pane": PANE,
    "receipt": None,
    "elapsed_ms": 120,
    "candidates": [],
}


AGAIN = " · <leader>lsr sends it again"
LOOK = " · <leader>lsr looks again"
UNCONFIRMED = {**DELIVERED, "ok": False, "outcome": "unconfirmed", "message": "Not seen to arrive", "hint": "Look"}


def refused(reason: str, message: str = "No", hint: str = "", **more: object) -> dict[str, object]:
    said = {"ok": False, "outcome": "refused", "reason": reason, "message": message, "hint": hint, "pane": None}
    return {**DELIVERED, **said, **more}


class Host:
    """The stand-in's folder: what to answer, and what was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.python = folder / "python"
        # Neovim starts `python -I -m llm_send.entry.nvim`; this one is a stand-in whatever it is told.
        self.python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -E "{REPOSITORY}/tests/lua_host.py"\n')
        self.python.chmod(0o700)
        self.answers(send=[DELIVERED])

    def answers(self, **script: object) -> None:
        (self.folder / "script.json").write_text(json.dumps(script))

    def requests(self, verb: str = "send") -> list[dict[str, Any]]:
        """The params of each request for `verb` that is written to its end."""
        file = self.folder / "requests.jsonl"
        lines = file.read_text().splitlines(keepends=True) if file.exists() else []
        whole = (json.loads(line) for line in lines if line.endswith("\n"))
        return [asked["params"] for asked in whole if asked["verb"] == verb]

    def pids(self) -> list[int]:
        """Of every host started so far."""
        file = self.folder / "starts"
        return [int(pid) for pid in file.read_text().split()] if file.exists() else []


@dataclass(frozen=True)
class Front:
    """The editor and the host, with the ways tests use them."""

    editor: Editor
    host: Host

    def lua(self, code: str, *arguments: object) -> Any:
        return self.editor.lua(code, *arguments)

    def fill(self, *lines: str) -> None:
        """The buffer's lines."""
        self.editor.api.current.buffer[:] = list(lines)

    def press(self, keys: str) -> None:
        """Keys as typed, mapped; returns when Neovim has taken them all."""
        self.lua("vim.api.nvim_feedkeys(vim.keycode(...), 'mx', false)", keys)

    def notified(self, count: int = 1) -> list[str]:
        """The messages, once there are so many."""
        return [each["text"] for each in self._once(self._notified, count)]

    def _notified(self) -> list[dict[str, Any]]:
        return list(self.lua("return notified"))

    def level(self) -> int:
        """Of the last message, as vim.log.levels."""
        return int(self._notified()[-1]["level"])

    def asked(self, count: int = 1, verb: str = "send") -> list[dict[str, Any]]:
        """The requests, once there are so many."""
        return list(self._once(lambda: self.host.requests(verb), count))

    def sent(self) -> bytes:
        """The bytes of the one text that reached the host."""
        [params] = self.asked()
        return str(params["text"]).encode("utf-8", "surrogateescape")

    def lines(self) -> list[str]:
        """Of the buffer that has the cursor."""
        return list(self.editor.api.current.buffer[:])

    def value(self, name: str) -> Any:
        """A global of INIT: selects, events."""
        return self.lua(f"return {name}")

    def wait_for_value(self, name: str, count: int = 1) -> Any:
        return self._once(lambda: self.value(name) or [], count)

    def _once(self, look: Callable[[], Sized], count: int) -> Any:
        """What is seen, once there are so many of it."""
        self.editor.wait_until(lambda: len(look()) >= count)
        return look()


def environment_for(host: Host, environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "LLM_SEND_TEST_HOST": str(host.folder)}
