"""Texts that wait for a busy Claude: delivered once, whole, in order, whoever is there to do it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send.actions.context import Memory
from llm_send.actions.drain import DrainRequest, drain
from llm_send.actions.follow import Follower
from llm_send.actions.result import SendResult
from llm_send.modes import Mode
from llm_send.panes import Pane
from tests.rig.fixtures import CommandLine
from tests.rig.scene import Scene, ended
from tests.rig.wait import wait_until

pytestmark = pytest.mark.newest


def another(scene: Scene) -> Scene:
    """The same world seen by another process: nothing is shared but the files."""
    return replace(scene, ctx=replace(scene.ctx, memory=Memory()))


class Host:
    """What an editor's host does with a text that stays in the queue."""

    def __init__(self, scene: Scene) -> None:
        self.settled: list[SendResult] = []
        self.followers: dict[object, Follower] = {}
        self.scene = replace(scene, ctx=replace(scene.ctx, memory=Memory(keeper=self.keep)))

    def keep(self, ctx: object, live: object, id: str) -> None:  # noqa: A002
        self.followers.setdefault(live.locks, Follower(ctx, live, self.settled.append)).add(id)  # type: ignore[arg-type,attr-defined]


def test_a_held_text_is_answered_and_delivered_later(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    host = Host(scene)
    scene.send("[[slow 2]] think", Mode.PLAN)
    results = [host.scene.send(f"later {number}", Mode.PLAN, soon=0.2) for number in range(3)]
    assert [ended(result) for result in results] == [("queued", None)] * 3
    assert results[2].message == "Queued for claude-plan"
    assert "2 ahead" in (results[2].hint or "")
    assert [entry.text for entry in scene.ctx.history.queue()] == ["later 0", "later 1", "later 2"]
    wait_until(lambda: len(host.settled) == 3, show=scene.screen_of(pane).report)
    assert [ended(result) for result in host.settled] == [("delivered", None)] * 3
    assert [result.id for result in host.settled] == [result.id for result in results]
    wait_until(lambda: scene.arrived()[1:] == ["later 0", "later 1", "later 2"], show=scene.screen_of(pane).report)


def test_what_its_sender_leaves_is_drained_by_nobodys_doing(scene: Scene, llm_send: CommandLine) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("[[slow 3]] think", Mode.PLAN)
    done = llm_send("-S", str(scene.server.socket), "send", "--pane", pane.id, "--wait", "0.5", "--json", text="left")
    assert done.returncode == 0
    assert '"outcome": "queued"' in done.stdout
    wait_until(lambda: scene.arrived()[-1:] == ["left"], show=scene.screen_of(pane).report)
    (first, *_) = scene.ctx.history.recent(1)
    wait_until(lambda: scene.ctx.history.get(first.id).outcome)  # type: ignore[union-attr]
    assert scene.ctx.history.get(first.id).outcome == "delivered"  # type: ignore[union-attr]


@contextmanager
def waiting_sender(scene: Scene, program: Path, pane: Pane, text: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a terminal of its own, where it has just said that the text is held."""
    argv = [str(program), "-S", str(scene.server.socket), "send", "--pane", pane.id]
    environment = dict(scene.ctx.environment)
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, text=True
    ) as sender:
        assert sender.stdin
        assert sender.stderr
        sender.stdin.write(text)
        sender.stdin.close()
        assert re.fullmatch("… Queued for claude-plan · .* · Ctrl-C leaves it there\n", sender.stderr.readline())
        yield sender
        sender.kill()


def test_ctrl_c_leaves_a_held_text_in_the_queue(scene: Scene, bin_folder: Path) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("[[slow 3]] think", Mode.PLAN)
    with waiting_sender(scene, bin_folder / "llm-send", pane, "left behind") as sender:
        sender.send_signal(signal.SIGINT)
        assert sender.wait(10) == 130
        assert sender.stderr
        assert "waits in the queue of claude-plan" in sender.stderr.read()
    wait_until(lambda: scene.arrived()[-1:] == ["left behind"], show=scene.screen_of(pane).report)


def test_killed_senders_texts_are_delivered_by_the_hook(scene: Scene, bin_folder: Path) -> None:
    """kill -9 while it waits: the pane's own Stop hook starts a drainer."""
    pane = scene.spawn(Mode.PLAN)
    scene.send("[[slow 3]] think", Mode.PLAN)
    with waiting_sender(scene, bin_folder / "llm-send", pane, "orphaned") as sender:
        sender.kill()
    wait_until(lambda: scene.arrived()[-1:] == ["orphaned"], show=scene.screen_of(pane).report)


def test_the_next_sender_carries_on(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    sender = os.fork()
    if sender == 0:  # claims it, and dies before it has pasted anything
        child = another(scene)
        child.ctx.history.step = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        child.send("from the dead", Mode.PLAN)
        os._exit(0)
    os.waitpid(sender, 0)
    assert [entry.text for entry in scene.ctx.history.queue()] == ["from the dead"]
    assert ended(scene.send("from the living", Mode.PLAN)) == ("delivered", None)
    wait_until(lambda: len(scene.arrived()) == 2, show=scene.screen_of(pane).report)
    assert scene.arrived() == ["from the dead", "from the living"]


def test_a_held_text_waits_through_a_dialog(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    host = Host(scene)
    scene.send('[[tool Bash {"command": "touch approved", "description": "x"}]]', Mode.PLAN)
    assert ended(host.scene.send("after the dialog", Mode.PLAN, soon=0)) in [("queued", None), ("refused", "waiting")]
    screen.wait_for("Do you want to proceed?")
    screen.press("Escape")
    if host.followers:
        wait_until(lambda: host.settled, show=screen.report)
        wait_until(lambda: scene.arrived()[-1] == "after the dialog", show=screen.report)


def test_edited_moved_and_called_off_while_it_waits(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    host, history = Host(scene), scene.ctx.history
    scene.send("[[slow 3]] think", Mode.PLAN)
    one, two, three = (host.scene.send(f"text {number}", Mode.PLAN, soon=0) for number in range(3))
    history.edit(one.id, "text 0, edited", "0" * 64)
    history.move(three.id, 0)
    assert history.call_off([two.id], "Called off.") == [two.id]
    wait_until(lambda: len(host.settled) == 3, show=scene.screen_of(pane).report)
    wait_until(lambda: scene.arrived()[1:] == ["text 2", "text 0, edited"], show=scene.screen_of(pane).report)
    assert ended(next(result for result in host.settled if result.id == two.id)) == ("refused", "cancelled")


def test_a_pane_that_ends_takes_its_queue_with_it(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    host = Host(scene)
    scene.send("[[slow 60]] think", Mode.PLAN)
    assert ended(host.scene.send("never", Mode.PLAN, soon=0)) == ("queued", None)
    scene.server.run("kill-pane", "-t", pane.id)
    wait_until(lambda: host.settled)
    assert ended(host.settled[0]) == ("refused", "gone")
    assert drain(scene.ctx, DrainRequest()).drained == []
