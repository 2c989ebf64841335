"""kill -9 of a real Neovim, of its host, or of both, at every step of a send: see tests/test_faults.py.

A host that has died is started again by its editor and finds out what became of the text. One whose editor has died
brings what it has in hand to its end. When both are gone, the next editor's host sees to it.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from llm_send.modes import Mode
from tests.lua.test_host import lives
from tests.rig import nvim
from tests.rig.deathbed import Deathbed, fate, left_behind
from tests.rig.dying import PLAIN, TRANSITIONS, Dying
from tests.rig.scene import Scene
from tests.rig.wait import wait_until

# The connection to an editor that was killed is never closed by it.
CUT_OFF = "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"
pytestmark = [pytest.mark.newest, pytest.mark.timeout(240), pytest.mark.filterwarnings(CUT_OFF)]


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:
    """What is not closed is collected here, where it is expected, and not in whichever test comes next."""
    yield
    gc.collect()


PYTHON = "require('llm-send').setup({ python = ... })"
IN_HAND = """
local receipts, host = require("llm-send.receipts"), require("llm-send.host")
return host.status().pending + vim.tbl_count(receipts.lost) + vim.tbl_count(receipts.waiting)
"""
UNSENT = "local sent = require('llm-send.receipts').unsent() return sent and sent.params.text"
HALVES = (TRANSITIONS[::2], TRANSITIONS[1::2])  # two at a time


@dataclass(frozen=True)
class Desk:
    """Where people sit and send by `:LlmSend plan`."""

    deathbed: Deathbed
    program: Path

    @contextmanager
    def editor(self, dying: Dying) -> Iterator[tuple[nvim.Editor, subprocess.Popen[bytes]]]:
        """A Neovim whose host dies."""
        scene = self.deathbed.scene
        dying.folder.mkdir()
        seat = {"TMUX": f"{scene.server.socket},0,0", "TMUX_PANE": scene.seat.id}
        editor, process = nvim.start_headless(
            self.program, dying.folder / "sock", {**scene.ctx.environment, **seat}, scene.project
        )
        try:
            editor.lua(PYTHON, str(dying.program("nvim")))
            yield editor, process
        finally:
            editor.api.close()
            process.kill()
            process.wait(10)

    def send(self, editor: nvim.Editor, text: str) -> None:
        editor.api.current.buffer[:] = [text]
        editor.api.command("LlmSend plan")

    def host(self, editor: nvim.Editor) -> int:
        return int(editor.lua("return vim.fn.jobpid(require('llm-send.host').status().channel)"))

    def next(self) -> None:
        """Another editor that only wants to know what there is."""
        with self.editor(self.deathbed.dying("never")) as (editor, _):
            history = self.deathbed.scene.ctx.history
            editor.lua("require('llm-send').panes(function() end)")
            editor.wait_until(lambda: not history.search((), 1, "queued"), deadline=60)


@pytest.fixture
def desk(scene: Scene, place: Path, nvim_program: Path) -> Desk:
    return Desk(Deathbed(scene, scene.spawn(Mode.PLAN), place), nvim_program)


SENT = "✓ Sent to Claude (Plan Mode)"
TOLD = {"unknown": "? ", "waits": SENT, "unsent": "✗ ", "sent": SENT, "delivered": SENT}


@pytest.mark.parametrize("steps", HALVES, ids=("these", "those"))
def test_a_host_at_each_step(desk: Desk, steps: tuple[str, ...]) -> None:
    """With a draft in the box, in another mode. The editor tells how it has ended."""
    deathbed = desk.deathbed
    for before in steps:
        text, draft, dying = f"killed before {before}", f"half a thought, {before}", deathbed.dying(before)
        deathbed.draft(draft)
        with desk.editor(dying) as (editor, _):
            desk.send(editor, text)
            editor.wait_until(dying.reached, deadline=30)
            editor.wait_until(lambda: "The Python host ended" in editor.messages())
            editor.wait_until(lambda: editor.lua(IN_HAND) == 0, deadline=30)
            arrived = fate(before) in ("waits", "sent", "delivered")
            last = editor.messages().splitlines()[-1]
            doubt = deathbed.outcome(text) == "unconfirmed"  # on a busy machine
            assert last.startswith("? " if doubt else TOLD[fate(before)]), (before, editor.report())
            assert editor.lua(UNSENT) == (text if doubt or not arrived else None), "one key away"
        expected = "delivered" if arrived else None if fate(before) == "unknown" else "refused"
        assert deathbed.in_the_end(text) == expected, deathbed.row(text)
        if arrived:
            deathbed.certain.append(text)
        if left_behind(before):
            deathbed.press("Enter")  # the person's doing
            deathbed.arrived(text)
        elif not arrived:
            deathbed.next(f"after {before}")
        deathbed.stands(draft)
        deathbed.clear()
    deathbed.judge()


@pytest.mark.parametrize("steps", HALVES, ids=("these", "those"))
def test_an_editor_at_each_step(desk: Desk, steps: tuple[str, ...]) -> None:
    """Its host brings the send to its end."""
    deathbed = desk.deathbed
    for before in steps:
        text, draft, dying = f"killed before {before}", f"half a thought, {before}", deathbed.dying(before, "stop")
        deathbed.draft(draft)
        with desk.editor(dying) as (editor, process):
            desk.send(editor, text)
            editor.wait_until(dying.reached, deadline=30)
            host = desk.host(editor)
            process.kill()
            dying.go_on()
            wait_until(lambda: not lives(host), deadline=30)  # noqa: B023
        wait_until(lambda: deathbed.outcome(text), deadline=30, show=deathbed.screen)  # noqa: B023
        assert deathbed.in_the_end(text) == "delivered"
        deathbed.certain.append(text)
        deathbed.stands(draft)
        deathbed.clear()
    deathbed.judge()


@pytest.mark.parametrize("steps", [PLAIN[::2], PLAIN[1::2]], ids=("these", "those"))
def test_an_editor_and_its_host_at_each_step(desk: Desk, steps: tuple[str, ...]) -> None:
    """As when the machine kills all of a terminal. Whoever opens an editor next sees to it by that alone."""
    deathbed = desk.deathbed
    for before in steps:
        text, dying = f"killed before {before}", deathbed.dying(before, "stop")
        with desk.editor(dying) as (editor, process):
            desk.send(editor, text)
            editor.wait_until(dying.reached, deadline=30)
            host = desk.host(editor)
            process.kill()
            os.kill(host, signal.SIGKILL)
            wait_until(lambda: not lives(host))  # noqa: B023
        deathbed.look_at_once(before, text)
        desk.next()
        deathbed.after(before, text)
        deathbed.stands(text if left_behind(before) else "")
        if left_behind(before):
            deathbed.clear()
    deathbed.judge()
