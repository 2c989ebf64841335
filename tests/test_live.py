"""A real pane as delivery's target: locks between processes, what the gate is told, what tmux writes."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from llm_send import journal, live, processes, rules
from llm_send.claude.box import standing
from llm_send.claude.screen import Screen
from llm_send.config.types import Config
from llm_send.errors import Refused
from llm_send.live import GONE, LATE, LivePane
from llm_send.modes import Mode
from llm_send.panes import Agent
from llm_send.paths import Paths
from llm_send.target import Parcel
from llm_send.tmux import Tmux
from tests.rig import tmux as rig
from tests.rig.wait import wait_until

HOLDER = """
import fcntl, sys
lock = open(sys.argv[1], "a")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""
TEXT = "Explain\tthe parser"
PARCEL = Parcel(id="f" * 32, text=TEXT, mode="plan")
AGENT = 77


@contextmanager
def held(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that keeps a lock until it is killed or this ends."""
    argv = [sys.executable, "-c", HOLDER, str(lock)]
    holder = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield holder
        holder.kill()


def want(folder: Path) -> str:
    return (folder / "want").read_text().rstrip() + "\n"


# Locks


def test_one_sender_at_a_time(make: Callable[..., LivePane], folder: Path) -> None:
    with held(folder / "turn.lock"):
        started = time.monotonic()
        with make(folder).turn(0) as mine:
            assert not mine
        with make(folder).turn(0.2) as mine:
            assert not mine
        assert 0.2 <= time.monotonic() - started < 2


def test_a_turn_that_comes_free_is_taken(make: Callable[..., LivePane], folder: Path) -> None:
    with held(folder / "turn.lock") as holder:
        assert holder.stdin
        holder.stdin.close()
        with make(folder).turn(10) as mine:
            assert mine


@pytest.mark.parametrize("name", ["turn.lock", "keys.lock"])
def test_a_lock_dies_with_its_holder(make: Callable[..., LivePane], folder: Path, name: str) -> None:
    with held(folder / name) as holder:
        holder.kill()
        holder.wait()
        with make(folder).turn(0) as mine:
            assert mine
        with make(folder).keys() as free:
            assert free


def test_two_in_one_process_exclude_each_other_too(make: Callable[..., LivePane], folder: Path) -> None:
    one, other = make(folder), make(folder)
    with one.turn(0) as mine, other.turn(0) as others:
        assert (mine, others) == (True, False)
    with one.keys() as free, other.keys() as others:
        assert (free, others) == (True, False)


def test_a_turn_does_not_keep_the_keys(make: Callable[..., LivePane], folder: Path) -> None:
    with make(folder).turn(0) as mine, held(folder / "keys.lock"):
        assert mine


def test_want_says_ask_while_the_keys_are_held_and_no_longer(make: Callable[..., LivePane], folder: Path) -> None:
    pane = make(folder)
    assert want(folder) == "plan\n"
    with pane.turn(0):
        assert want(folder) == "plan\n"
        with pane.keys():
            assert want(folder) == "ask\n"
        assert want(folder) == "plan\n"
        with pytest.raises(ZeroDivisionError), pane.keys():
            raise ZeroDivisionError
    assert want(folder) == "plan\n"


def test_want_is_left_alone_by_one_who_does_not_get_the_keys(make: Callable[..., LivePane], folder: Path) -> None:
    with make(folder).keys(), make(folder).keys() as free:
        assert not free
        assert want(folder) == "ask\n"


def test_the_next_one_clears_up_after_one_that_was_killed(make: Callable[..., LivePane], folder: Path) -> None:
    (folder / "want").write_text("ask\n")
    old, new = folder / "expected" / ("a" * 32), folder / "expected" / ("b" * 32)
    for announced in (old, new):
        announced.touch()
    os.utime(old, (1, 1))
    with make(folder).keys():
        pass
    assert want(folder) == "plan\n"
    assert (old.exists(), new.exists()) == (False, True)


def test_locks_are_not_inherited_by_programs_we_start(make: Callable[..., LivePane], folder: Path) -> None:
    with ExitStack() as stack:
        with make(folder).turn(0), make(folder).keys():
            child = stack.enter_context(subprocess.Popen(["sleep", "60"], close_fds=False))
            stack.callback(child.kill)
        for name in ("turn.lock", "keys.lock"):
            with (folder / name).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_panes_started_by_hand_have_locks_too(make: Callable[..., LivePane], paths: Paths) -> None:
    one, same, other, later = make(), make(), make(id="%1"), make(server_pid=99)
    assert not one.guarded
    with one.turn(0) as mine, same.turn(0) as again, other.turn(0) as others, later.turn(0) as laters:
        assert (mine, again, others, laters) == (True, False, True, True)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [paths.locks, *paths.locks.iterdir()]}
    assert modes == {0o700}


def test_the_folder_goes_with_the_pane(make: Callable[..., LivePane], folder: Path) -> None:
    pane = make(folder)
    folder.rename(folder.with_name("gone"))
    with pytest.raises(Refused) as caught, pane.turn(0):
        pass
    assert caught.value.code == "gone"
    with pytest.raises(Refused), pane.keys():
        pass


def test_the_folder_goes_while_the_keys_are_held(make: Callable[..., LivePane], folder: Path) -> None:
    with make(folder).keys():
        folder.rename(folder.with_name("gone"))


# What the gate is told


def test_an_expectation_lasts_as_long_as_the_send(make: Callable[..., LivePane], folder: Path) -> None:
    file = folder / "expected" / PARCEL.id
    with make(folder).expect(PARCEL):
        mode, digest, length, _, deadline = file.read_text().split("\n")[0].split()
        assert (mode, length) == ("plan", str(len("Explain    the parser")))
        assert digest == rules.digest("Explain    the parser")
        assert 5 < float(deadline) - time.time() < 120
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [each.name for each in (folder / "expected").iterdir()] == [PARCEL.id]
    assert not file.exists()
    with pytest.raises(ZeroDivisionError), make(folder).expect(PARCEL):
        raise ZeroDivisionError
    assert not file.exists()


def test_a_pane_without_a_gate_is_told_nothing(make: Callable[..., LivePane], paths: Paths) -> None:
    with make().expect(PARCEL):
        assert not paths.panes.exists()


def test_open_tool_uses_are_forgotten(make: Callable[..., LivePane], folder: Path) -> None:
    (folder / "pending" / "toolu_1").touch()
    make(folder).settle_pending()
    assert journal.pending(folder) == 0
    make().settle_pending()


# In a real tmux


@pytest.fixture
def door(tmux: rig.Tmux) -> Tmux:
    return Tmux(socket_path=str(tmux.socket), environment=tmux.environment)


@pytest.fixture
def shell(tmux: rig.Tmux) -> rig.Pane:
    tmux.new_pane(["cat", "-"], session="other")
    return tmux.new_pane(["cat", "-"])


@pytest.fixture
def real(door: Tmux, shell: rig.Pane, paths: Paths) -> LivePane:
    seen = wait_until(lambda: next((row for row in door.rows() if row.id == shell.id and row.command == "cat"), None))
    assert seen
    return LivePane(door, Agent(seen, shell.pid), paths, Config())


def test_the_nonce_is_put_on_the_pane_once_with_the_keys(real: LivePane, shell: rig.Pane) -> None:
    real.look()
    assert shell.value("#{@llm_send_turn}") == ""
    with real.keys():
        real.look()
        assert shell.value("#{@llm_send_turn}") == real.nonce
        assert real.write(b"one") is None
        shell.tmux.run("set-option", "-p", "-u", "-t", shell.id, "@llm_send_turn")
        real.look()
        assert shell.value("#{@llm_send_turn}") == "", "a turn that was taken away is not claimed again"
        assert real.write(b"never") == "cancelled"
    shell.wait_for("one")
    assert "never" not in shell.screen()


def test_a_second_sender_takes_the_turn_from_one_that_woke_late(real: LivePane, door: Tmux, paths: Paths) -> None:
    late, next_one = real, LivePane(door, real.agent, paths, Config())
    with late.keys():
        late.look()
    with next_one.keys():
        next_one.look()
        assert late.write(b"never") == "cancelled"
        assert next_one.write(b"mine") is None


@pytest.mark.parametrize(
    ("command", "arguments", "reason"),
    [
        (["respawn-pane", "-k"], ["cat", "-"], "gone"),
        (["kill-pane"], [], "gone"),
        (["select-pane", "-d"], [], "input_off"),
        (["set-option", "-p", "-u"], ["@llm_send_turn"], "cancelled"),
    ],
)
def test_why_a_write_was_not_done(
    real: LivePane, shell: rig.Pane, command: list[str], arguments: list[str], reason: str
) -> None:
    with real.keys():
        real.look()
        shell.tmux.run(*command, "-t", shell.id, *arguments)
        assert real.write(b"never") == reason


def test_why_not_when_a_shell_came_to_the_front(real: LivePane, door: Tmux, paths: Paths, tmux: rig.Tmux) -> None:
    pane = tmux.new_pane(["bash", "--norc", "-i"])
    pane.type("cat")
    pane.press("Enter")
    seen = wait_until(lambda: next((row for row in door.rows() if row.id == pane.id and row.command == "cat"), None))
    assert seen
    live = LivePane(door, Agent(seen, pane.pid), paths, Config())
    with live.keys():
        live.look()
        pane.press("C-c")
        wait_until(lambda: pane.value("#{pane_current_command}") == "bash")
        assert live.write(b"never") == "shell"
    assert "never" not in pane.screen()


def test_words_that_have_gone_from_the_screen(real: LivePane, shell: rig.Pane) -> None:
    shell.type("plan mode on")
    shell.wait_for("plan mode on")
    with real.keys():
        real.look()
        assert real.write(b"a", "plan mode on") is None
        assert real.write(b"never", "accept edits on") == "unknown_screen"


def test_a_box_that_has_gone_from_the_screen(real: LivePane, shell: rig.Pane) -> None:
    """By its own sign, which the conversation above does not have."""
    box = standing("Explain [the] parser", shell_mode=False, hidden=0)
    shell.paste("❯ Explain [the] parser\r")
    shell.wait_for("❯ Explain")
    with real.keys():
        real.look()
        assert real.write(b"never", box) == "unknown_screen"
        shell.paste("❯\u00a0Explain [the] parser\r")
        shell.wait_for("❯\u00a0Explain")
        real.look()
        assert real.write(b"a", box) is None


def test_a_look_started_ahead_sees_what_is_there_when_it_is_asked(real: LivePane, shell: rig.Pane) -> None:
    with real.keys():
        real.look()
        real.look_ahead()
        shell.tmux.run("select-pane", "-d", "-t", shell.id)
        real.look()
        assert real.row.input_off


def test_a_write_started_ahead_asks_its_conditions_when_it_writes(real: LivePane, shell: rig.Pane) -> None:
    shell.type("plan mode on")
    shell.wait_for("plan mode on")
    with real.keys():
        real.look()
        real.write_ahead("accept edits on")
        assert real.write(b"never", "accept edits on") == "unknown_screen"
        real.write_ahead("accept edits on")
        assert real.write(b"one", "plan mode on") is None
        real.write_ahead("plan mode on")
        shell.tmux.run("clear-history", "-t", shell.id, ";", "send-keys", "-R", "-t", shell.id)
        assert real.write(b"never", "plan mode on") == "unknown_screen"
        real.write_ahead("plan mode on")
        shell.tmux.run("set-option", "-p", "-u", "-t", shell.id, "@llm_send_turn")
        assert real.write(b"never") == "cancelled"


def test_a_sender_that_sleeps_after_its_look_writes_nothing(
    real: LivePane, shell: rig.Pane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had been stopped there: its turn may still be its own, what it saw is not what is there."""
    earlier = time.time() - LATE - 2
    with monkeypatch.context() as then, ExitStack() as stack:
        then.setattr("llm_send.live.time.time", lambda: earlier)
        stack.enter_context(real.keys())
        real.look()
        then.undo()
        assert real.write(b"never") == "cancelled"
        real.look()
        assert real.write(b"one") is None
    shell.wait_for("one")
    assert "never" not in shell.screen()


def test_nothing_started_ahead_is_left(real: LivePane) -> None:
    before = processes.children(os.getpid())
    with real.keys():
        real.look()
        real.look_ahead()
        real.write_ahead("plan mode on")
        assert len(processes.children(os.getpid())) == len(before) + 2
    assert processes.children(os.getpid()) == before


def test_a_pane_that_has_gone(real: LivePane, shell: rig.Pane) -> None:
    shell.tmux.run("kill-pane", "-t", shell.id)
    assert real.look() == GONE
    assert real.write(b"never") == "gone"


def test_another_process_makes_it_another_pane(real: LivePane, shell: rig.Pane) -> None:
    shell.tmux.run("respawn-pane", "-k", "-t", shell.id, "cat", "-")
    assert real.look() == GONE


def test_an_open_tool_use_is_seen(real: LivePane, folder: Path, door: Tmux, paths: Paths) -> None:
    guarded = LivePane(door, Agent(real.row._replace(folder=str(folder)), real.agent.pid), paths, Config())
    assert guarded.look().pending == 0
    (folder / "pending" / "toolu_1").touch()
    assert guarded.look().pending == 1


def test_a_claude_that_has_ended_leaves_a_shell(real: LivePane, door: Tmux, paths: Paths) -> None:
    """In a pane whose first process lives on."""
    with subprocess.Popen(["sleep", "60"]) as claude:
        live = LivePane(door, Agent(real.row, claude.pid), paths, Config())
        assert live.look().state != "shell"
        claude.kill()
    assert live.look().state == "shell"


def test_a_server_that_has_gone(place: Path, real: LivePane, environment: dict[str, str]) -> None:
    elsewhere = Tmux(socket_path=str(place / "none.sock"), environment=environment)
    real.tmux = elsewhere
    assert real.look() == GONE
    assert real.write(b"never") == "gone"


def test_a_hint_is_no_missing_word(make: Callable[..., LivePane], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the configuration vouches for stands in for a footer without words, not for one that hides them."""
    pane = make()
    monkeypatch.setattr(live, "configured", lambda *_: Mode.PLAN)
    judge = pane._judge  # noqa: SLF001 — what a look makes of the screen, without tmux
    assert judge(Screen("idle", box="")).mode == "plan"
    assert judge(Screen("idle", box="", hint=True)).mode is None
