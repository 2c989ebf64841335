"""Sends on the real Claude Code: what is sent arrives, whole, in the mode asked for; what is not right is refused."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llm_send import processes
from llm_send.actions import serve
from llm_send.actions.result import SendResult
from llm_send.errors import LlmSendError, Refused
from llm_send.history import History
from llm_send.modes import Mode
from llm_send.target import SHIFT_TAB, Parcel, Unconfirmed
from llm_send.tmux import TmuxError
from tests.rig.claude import ClaudeStarter
from tests.rig.scene import Scene, ended
from tests.rig.wait import wait_until

TEXTS = {
    "one line": "Explain the parser",
    "two lines": "first\n  second, indented",
    "many lines": "\n".join(f"line {number}" for number in range(40)),
    "unicode": "naïve Ünïcödé 漢字かな 한글 العربية ✓ 🚀",
    "tabs": "if x:\n\treturn\ty",
    "markdown image": "![diagram](a.png) what is this?",
    "a path": "/usr/bin/foo crashes",
    "long line": "word " * 159 + "end",
    "100 KB": "\n".join(f"{number:06d} " + "x" * 92 for number in range(1000)),
    "backslash": "ends with a backslash\\",
    "question mark": "?",
}


@pytest.mark.parametrize("mode", list(Mode))
def test_each_text_arrives_whole_in_each_mode(scene: Scene, mode: Mode) -> None:
    pane = scene.spawn(mode)
    for name, text in TEXTS.items():
        result = scene.send(text, mode)
        assert ended(result) == ("delivered", None), (name, result.message, result.hint)
        assert result.receipt
        assert result.receipt.permission_mode == mode.claude
        assert result.receipt.evidence[0] == "gate"
        assert len(result.receipt.evidence) > 1
        assert result.pane
        assert result.pane.id == pane.id
    wait_until(lambda: len(scene.arrived()) == len(TEXTS), show=lambda: repr(scene.arrived()))
    assert scene.arrived() == [text.replace("\t", "    ").strip() for text in TEXTS.values()]


@pytest.mark.newest
def test_modes_do_not_mix(scene: Scene) -> None:
    for mode in Mode:
        scene.spawn(mode)
    for mode in Mode:
        result = scene.send(f"for {mode.value}", mode)
        assert ended(result) == ("delivered", None)
        assert result.message == f"Sent to Claude ({mode.label})"
        assert result.hint == f"Pane: {mode.pane_name}"


@pytest.mark.newest
def test_a_drifted_pane_is_brought_back(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    for number in range(3):
        screen.press(*["BTab"] * (1 + number % 2))
        wait_until(lambda: scene.live(pane).look().mode not in (None, "plan"), show=screen.report)
        result = scene.send(f"try {number}", Mode.PLAN)
        assert ended(result) == ("delivered", None), (result.message, result.hint)
        assert result.receipt
        assert result.receipt.permission_mode == "plan"


@pytest.mark.newest
def test_bring_back_can_be_left_to_the_person(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.screen_of(pane).press("BTab")
    scene.screen_of(pane).wait_for("manual mode on")
    result = scene.with_config(bring_back="ask").send("not now", Mode.PLAN)
    assert ended(result) == ("refused", "mode_drift")
    assert scene.screen_of(pane).wait_for("manual mode on")
    assert scene.arrived() == []


def test_mode_changed_between_look_and_enter_is_stopped_by_tmux(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)

    def drift() -> None:
        screen.press("BTab")
        screen.wait_for("manual mode on")

    with pytest.raises(Refused) as caught:
        scene.deliver(scene.live(pane), "a short text", {"enter": drift})
    assert caught.value.code == "mode_drift"
    assert "a short text" not in screen.screen()
    assert scene.arrived() == []


@pytest.mark.newest
@pytest.mark.parametrize("text", ["a short text", "five\nlines\nof\nplain\ntext"])
def test_mode_changed_at_enter_is_stopped_by_the_gate(scene: Scene, text: str) -> None:
    pane = scene.spawn(Mode.PLAN)
    live = scene.live(pane)
    write = live.write
    # The narrowest race there is: the mode changes with the very keys that submit.
    live.write = lambda keys, words=None: write(SHIFT_TAB + keys if keys == b"\r" else keys, words)  # type: ignore[method-assign]
    with pytest.raises(Refused) as caught:
        scene.deliver(live, text, {})
    assert caught.value.code == "gate_blocked"
    assert "Normal Mode" in caught.value.message
    assert scene.arrived() == []
    assert live.look().screen.empty_box
    assert ended(scene.send("the next one goes through", Mode.PLAN)) == ("delivered", None)
    wait_until(lambda: scene.arrived() == ["the next one goes through"])


def test_an_open_dialog_is_not_answered(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    witness = scene.project / "approved"
    scene.send(f'[[tool Bash {{"command": "touch {witness}", "description": "make a file"}}]]', Mode.PLAN)
    scene.screen_of(pane).wait_for("Do you want to proceed?")
    result = scene.send("must not arrive", Mode.PLAN)
    assert ended(result) == ("refused", "waiting")
    assert "Bash command" in result.message
    assert "Do you want to proceed?" in scene.screen_of(pane).screen()
    assert "must not arrive" not in scene.screen_of(pane).screen()
    assert not witness.exists()
    assert "must not arrive" not in scene.arrived()


@pytest.mark.newest
def test_a_refusal_leaves_no_buffer_and_no_process(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.screen_of(pane).type("!half a command")
    scene.screen_of(pane).wait_for("half a command")
    assert ended(scene.send("must not arrive", Mode.PLAN)) == ("refused", "draft")
    assert scene.server.run("list-buffers") == ""
    tmux = [argv for argv in map(processes.argv, processes.children(os.getpid())) if argv and "load-buffer" in argv]
    assert tmux == []


DRAFTS = {
    "a line": "half a thought",
    "lines": "half\n  a\n\nthought",
    "long": "word " * 30,
    "pasted": "1\n2\n3\n4\n5\n6",
}


@pytest.mark.newest
@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("text", ["a short text", "five\nlines\nof\nplain\ntext"])
def test_a_draft_survives(scene: Scene, draft: str, text: str) -> None:
    pane = scene.spawn(Mode.PLAN)
    screen = scene.screen_of(pane)
    screen.paste(DRAFTS[draft])
    box = wait_until(lambda: scene.live(pane).look().screen.box, show=screen.report)
    assert ended(scene.send(text, Mode.PLAN)) == ("delivered", None)
    wait_until(lambda: scene.live(pane).look().state == "idle")
    assert scene.live(pane).look().screen.box == box
    screen.press("Enter")
    wait_until(lambda: len(scene.arrived()) == 2, show=screen.report)
    assert scene.arrived() == [text, DRAFTS[draft].strip()]


@pytest.mark.newest
def test_a_busy_pane_is_waited_for(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("[[slow 2]] think", Mode.PLAN)
    assert ended(scene.send("now or never", Mode.PLAN, queue="no")) == ("refused", "busy")
    assert ended(scene.send("at once", Mode.PLAN, wait=0)) == ("refused", "busy")
    assert ended(scene.send("when you are ready", Mode.PLAN)) == ("delivered", None)
    wait_until(lambda: scene.arrived()[-1] == "when you are ready", show=scene.screen_of(pane).report)


@pytest.mark.newest
def test_two_senders_do_not_mix(scene: Scene) -> None:
    scene.spawn(Mode.PLAN)
    texts = [f"sender {sender}, text {number}" for sender in "ab" for number in range(3)]
    results: dict[str, SendResult] = {}

    def work(sender: str) -> None:
        for text in texts:
            if sender in text.split(",")[0].split():
                results[text] = scene.send(text, Mode.PLAN)

    threads = [threading.Thread(target=work, args=(sender,)) for sender in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {text: ended(result) for text, result in results.items()} == dict.fromkeys(texts, ("delivered", None))
    wait_until(lambda: sorted(scene.arrived()) == sorted(texts))


def test_a_pane_that_is_gone(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    live = scene.live(pane)
    scene.server.run("kill-pane", "-t", pane.id)
    with pytest.raises(Refused) as caught:
        scene.deliver(live, "too late", {})
    assert caught.value.code == "gone"
    result = scene.send("too late", Mode.PLAN)
    assert ended(result) == ("refused", "no_candidate")
    assert (result.message, result.hint) == ("No Claude in plan mode", "Start one with: claude-plan")


@pytest.mark.newest
def test_the_pane_last_used_is_gone_and_another_takes_it(scene: Scene) -> None:
    first, second = scene.spawn(Mode.PLAN), scene.spawn(Mode.PLAN)
    assert ended(scene.send("to the first", pane=first.name)) == ("delivered", None)
    scene.server.run("kill-pane", "-t", first.id)
    result = scene.send("to the other")
    assert ended(result) == ("delivered", None), result.message
    assert result.pane
    assert result.pane.id == second.id


@pytest.mark.newest
def test_what_another_has_settled_meanwhile_is_what_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a pane ends: whoever sees it first settles what waits for it."""
    scene.spawn(Mode.PLAN)

    def overtaken(_target: object, parcel: Parcel, *_: object) -> None:
        scene.ctx.history.withdraw(parcel.id, "refused", "cancelled", "Called off.")
        raise Refused("gone", "claude-plan is gone.", None)

    monkeypatch.setattr(serve, "deliver", overtaken)
    result = scene.send("called off just then", Mode.PLAN)
    assert (ended(result), result.message) == (("refused", "cancelled"), "Called off.")


@pytest.mark.newest
def test_one_that_is_called_off_as_it_comes_into_the_queue(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.spawn(Mode.PLAN)
    enqueue = History.enqueue

    def overtaken(history: History, id: str, **where: Any) -> bool:  # noqa: A002
        history.withdraw(id, "refused", "cancelled", "Called off.")
        return enqueue(history, id, **where)

    monkeypatch.setattr(History, "enqueue", overtaken)
    result = scene.send("called off just then", Mode.PLAN)
    assert (ended(result), result.message) == (("refused", "cancelled"), "Called off.")


def test_a_pane_killed_between_paste_and_enter(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    live = scene.live(pane)
    with pytest.raises(Refused) as caught:
        scene.deliver(live, "never submitted", {"enter": lambda: scene.server.run("kill-pane", "-t", pane.id)})
    assert caught.value.code == "gone"
    assert scene.arrived() == []


@pytest.mark.newest
def test_a_pane_killed_after_enter_is_unconfirmed(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    at = {"evidence": lambda: scene.server.run("kill-pane", "-t", pane.id)}
    with pytest.raises(Unconfirmed):
        scene.deliver(scene.live(pane), "who knows", at)


def test_tmux_killed_in_the_middle(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    with pytest.raises(LlmSendError) as caught:
        scene.deliver(scene.live(pane), "never submitted", {"enter": scene.server.stop})
    assert caught.value.code == "gone"
    scene.server.start()


def test_a_shell_where_claude_was(scene: Scene, claude_program: Path) -> None:
    shell = scene.server.new_pane(["bash", "--norc"], cwd=scene.project)
    shell.type(f"{claude_program} --permission-mode plan\n")
    shell.wait_for("shift+tab to cycle")
    found = scene.live_by_id(shell.id)
    shell.press("C-c", "C-c")
    shell.wait_until(lambda text: text.rstrip().endswith(("$", "#")))
    with pytest.raises(Refused) as caught:
        scene.deliver(found, "rm -rf everything", {})
    assert caught.value.code == "shell"
    assert "rm -rf" not in shell.screen()


@pytest.mark.newest
def test_a_claude_started_by_hand(scene: Scene, claude_pane: ClaudeStarter) -> None:
    claude_pane("--permission-mode", "acceptEdits")
    result = scene.send("no gate here\nbut a transcript", Mode.AUTO_ACCEPT)
    assert ended(result) == ("delivered", None)
    assert result.pane
    assert not result.pane.guarded
    assert "no gate" in (result.hint or "")
    assert result.receipt
    assert result.receipt.evidence == ("transcript",)
    wait_until(lambda: scene.arrived() == ["no gate here\nbut a transcript"])
    assert ended(scene.send("nobody is in plan mode", Mode.PLAN)) == ("refused", "no_candidate")


@pytest.mark.newest
def test_nothing_of_the_text_is_left_outside_the_history(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.send("a-very-unusual-word", Mode.PLAN)
    folder = scene.folder(pane)
    left = [file for file in folder.rglob("*") if file.is_file() and b"a-very-unusual-word" in file.read_bytes()]
    assert left == []
    state = scene.ctx.paths.state
    holding = {file.name for file in state.rglob("*") if file.is_file() and b"a-very-unusual-word" in file.read_bytes()}
    assert holding <= {"history.sqlite3", "history.sqlite3-wal"}


@pytest.mark.newest
def test_a_pane_too_low_for_the_whole_box(scene: Scene) -> None:
    pane = scene.spawn(Mode.PLAN)
    scene.server.run("resize-window", "-t", pane.id, "-x", "79", "-y", "13")
    for text in ("one\ntwo\nthree", "word " * 100 + "end", "a\nb\n" + "c " * 200 + "end"):
        result = scene.send(text, Mode.PLAN)
        assert ended(result) == ("delivered", None), (result.message, scene.screen_of(pane).report())
        wait_until(lambda: scene.arrived()[-1:] == [text])  # noqa: B023


def test_a_tmux_that_hangs_at_enter_is_no_refusal(scene: Scene) -> None:
    """It may still press the key when it goes on, so that nothing was sent cannot be said."""
    pane = scene.spawn(Mode.PLAN)
    server = int(scene.seat.value("#{pid}"))
    hasty = replace(scene, ctx=replace(scene.ctx, tmux=replace(scene.ctx.tmux, deadline=0.5)))
    try:
        with pytest.raises(TmuxError) as caught:
            hasty.deliver(hasty.live(pane), "nobody can say", {"enter": lambda: os.kill(server, signal.SIGSTOP)})
    finally:
        os.kill(server, signal.SIGCONT)
    assert caught.value.code == "tmux_timeout"
