"""Looking again at a send whose sender was killed on its way, on the real Claude Code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from llm_send.actions.resolve_send import ResolveRequest, resolve_send
from llm_send.actions.result import SendResult
from llm_send.claude import sessions
from llm_send.history import Send
from llm_send.modes import Mode
from tests.rig.claude import ClaudeStarter
from tests.rig.scene import Scene
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest
TEXT = "a text whose sender was killed"
SENDER = """
import os, signal, sys, time
from llm_send.actions.context import Here, context_of
from llm_send.actions.find import find
from llm_send.delivery import deliver
from llm_send.history import new_send
from llm_send.live import RealClock
from llm_send.rules import digest
from llm_send.target import Parcel

socket, pane, last, text = sys.argv[1:]
ctx = context_of(os.environ, here=Here(cwd="/"), socket_path=socket)
found = find(ctx)
live = found.live(ctx, found.named(pane))
history, row = ctx.history, live.row
send = new_send(text, digest(text), mode="plan", now=time.time())
history.begin(send)
history.enqueue(send.id, server=row.socket, pane=row.id, name=row.name, pid=row.pid, folder=live.folder)
assert history.claim(send.id, send.sha256)
def step(name):
    if name == "enter":
        history.mark(send.id, live.baseline.transcript, live.baseline.length)
    else:
        history.step(send.id, name)
    if name == last:
        os.kill(os.getpid(), signal.SIGKILL)
deliver(live, Parcel(id=send.id, text=text, mode="plan"), RealClock(), step)
"""


def killed(scene: Scene, pane: str, last: str) -> Send:
    """Send a text from a process that is killed right before it does that step; the row it leaves behind."""
    environment = {**scene.ctx.environment, "PYTHONPATH": os.pathsep.join(sys.path)}
    argv = [sys.executable, "-c", SENDER, str(scene.server.socket), pane, last, TEXT]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == -9, done.stderr
    (left,) = scene.ctx.history.abandoned()
    assert left.step == last
    return left


def resolved(scene: Scene, send: Send) -> SendResult:
    return resolve_send(scene.ctx, ResolveRequest(send.id[:8]))


def test_what_arrived_is_found_and_not_sent_again(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("something before", Mode.PLAN)
    send = killed(scene, pane.id, "evidence")
    result = resolved(scene, send)
    assert (result.outcome, result.reason, result.message) == ("delivered", None, "Sent to Claude (Plan Mode)")
    assert result.receipt
    assert result.receipt.evidence in (("gate", "transcript"), ("gate", "event"))
    assert result.receipt.permission_mode == "plan"
    wait_until(lambda: scene.arrived() == ["something before", TEXT])
    assert resolved(scene, send).outcome == "delivered", "and it is known from now on"


def test_what_stands_in_the_box_has_not_arrived(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    send = killed(scene, pane.id, "enter")
    result = resolved(scene, send)
    assert (result.outcome, result.reason) == ("refused", "draft")
    assert result.message == "The text stands unsent in the box of claude-plan."
    assert TEXT in scene.screen_of(pane).screen(), "no key was pressed"
    assert scene.arrived() == []


def test_what_was_never_pasted_has_not_arrived(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    send = killed(scene, pane.id, "paste")
    result = resolved(scene, send)
    assert (result.outcome, result.reason) == ("refused", "cancelled")
    assert result.message == "Enter was not pressed in claude-plan, and Claude's transcript does not have the text."


def test_the_same_text_sent_again_is_not_taken_for_it(scene: Scene) -> None:
    """Stopped before Enter, cleared by the person, then sent a second time: that one is no proof of the first."""
    pane = scene.spawn(Mode.PLAN)
    send = killed(scene, pane.id, "enter")
    scene.screen_of(pane).press("C-u")
    wait_until(lambda: scene.live(pane).look().screen.empty_box)
    assert scene.send(TEXT, Mode.PLAN).outcome == "delivered"
    result = resolved(scene, send)
    assert result.outcome == "unconfirmed"
    assert scene.arrived() == [TEXT]


def test_a_pane_that_is_gone_leaves_its_transcript(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("something before", Mode.PLAN)
    send = killed(scene, pane.id, "evidence")
    assert send.transcript
    wait_until(lambda: [taken.text for taken in sessions.taken_since(Path(str(send.transcript)), 0)][-1] == TEXT)
    scene.server.run("kill-pane", "-t", pane.id)
    result = resolved(scene, send)
    assert (result.outcome, result.pane) == ("delivered", None)
    assert result.receipt
    assert "transcript" in result.receipt.evidence


def test_a_claude_started_by_hand(scene: Scene, claude_pane: ClaudeStarter) -> None:
    by_hand = claude_pane("--permission-mode", "plan")
    send = killed(scene, by_hand.id, "evidence")
    result = resolved(scene, send)
    assert result.outcome == "delivered"
    assert result.receipt
    assert result.receipt.evidence == ("transcript",)
