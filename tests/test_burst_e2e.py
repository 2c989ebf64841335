"""Many texts for one pane at once: each arrives once, whole, in its sender's order, whoever else is sending."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from llm_send.modes import Mode
from offline.compare import judge
from tests.rig.fixtures import EditorStarter
from tests.rig.nvim import Editor
from tests.rig.programs import DEPS
from tests.rig.scene import Scene
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest

SET_UP = """
require("llm-send").setup({ offer = false, notify = false, python = ... })
ended = {}
vim.api.nvim_create_autocmd("User", { pattern = "LlmSend*", callback = function(event)
  table.insert(ended, { event.data.outcome, event.data.message })
end })
"""
# None waits for the one before it.
PRESS = """
for _, text in ipairs(...) do
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, "\\n"))
  vim.api.nvim_feedkeys(vim.keycode("<Plug>(llm-send-plan)"), "mx", false)
end
"""
SHELL = 'while IFS= read -r line; do printf %s "$line" | llm-send -S "$0" send --mode plan || exit 1; done'


def ready(editor: Editor) -> Editor:
    editor.wait_until(lambda: editor.lua("return vim.v.vim_did_enter == 1"))
    editor.lua(SET_UP, str(DEPS / "venv/bin/python"))
    return editor


def delivered(editor: Editor, count: int) -> None:
    """Wait until so many of its texts have ended, all of them as delivered."""

    def ended() -> list[list[str]]:
        found = [one for one in editor.lua("return ended") if one[0] != "queued"]
        return found if len(found) >= count else []

    assert [one for one in editor.wait_until(ended, deadline=90) if one[0] != "delivered"] == []


def shell(scene: Scene, bin_folder: Path, texts: Iterable[str]) -> subprocess.Popen[str]:
    """A person's loop: one text after the other, each once the one before has ended."""
    argv = ["sh", "-c", SHELL, str(scene.server.socket)]
    environment = {**scene.ctx.environment, "PATH": f"{bin_folder}:{scene.ctx.environment['PATH']}"}
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, env=environment, cwd=scene.project, text=True
    )
    assert process.stdin
    process.stdin.write("".join(f"{text}\n" for text in texts))
    process.stdin.close()
    return process


def came(scene: Scene, senders: Sequence[Sequence[str]]) -> None:
    """All of it has, and nothing else. The last is in Claude's record a moment before it is at the model."""
    wait_until(lambda: len(scene.arrived()) >= sum(map(len, senders)))
    arrived = scene.arrived()
    everyones = {text for texts in senders for text in texts}
    for texts in senders:
        found = judge([text for text in arrived if text in texts or text not in everyones], texts)
        assert found.ok, f"{found}\n{arrived}"


@pytest.mark.timeout(240)
def test_a_burst_from_one_editor_and_then_from_four_senders(
    scene: Scene, editor_pane: EditorStarter, bin_folder: Path
) -> None:
    scene.spawn(Mode.PLAN)
    one, two = ready(editor_pane()), ready(editor_pane())
    alone = [f"alone, text {number}\n  of two lines" for number in range(25)]
    one.lua(PRESS, alone)
    delivered(one, len(alone))

    senders = [[f"sender {sender}, text {number}" for number in range(6)] for sender in range(4)]
    shells = [shell(scene, bin_folder, texts) for texts in senders[2:]]
    one.lua(PRESS, senders[0])
    two.lua(PRESS, senders[1])
    assert [process.wait(120) for process in shells] == [0, 0]
    delivered(one, len(alone) + len(senders[0]))
    delivered(two, len(senders[1]))
    came(scene, [alone, *senders])
