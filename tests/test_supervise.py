"""What ends a confined program, and what is left of it: nothing. No tmux is needed for that."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from llm_send import guard
from llm_send.confine import plan
from tests.confining import Lair
from tests.rig.wait import PATIENCE, wait_until

LATE = 5 * PATIENCE  # seconds: how soon it is on a machine at rest is measured by `bench/run confine`
DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    os._exit(0)
os.wait()
"""
GREEDY = """
import os, time
print(time.monotonic(), flush=True)
held = []
for _ in range(4):
    if os.fork() == 0:
        held.append(bytearray(os.urandom(1)) * 60_000_000)
        time.sleep(60)
time.sleep(60)
"""


@pytest.fixture
def lair(place: Path) -> Lair:
    return Lair(place)


@contextmanager
def running(lair: Lair, code: str, values: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    line = lair.command_line([sys.executable, "-I", "-c", code], values)
    with subprocess.Popen(line, env=lair.environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def took(process: subprocess.Popen[str]) -> tuple[int, str, float]:
    """Its exit code, what it printed until the last that could had gone, and the seconds."""
    began = time.monotonic()
    said = process.communicate(timeout=20)[0]
    return process.returncode, said, time.monotonic() - began


def ended(lair: Lair) -> dict[str, Any]:
    found = json.loads((lair.ctx.paths.panes / "a-pane/events/note-ended").read_text())
    return dict(found)


@pytest.mark.parametrize("files", [{}, {"isolate_fs": True}], ids=["open", "isolated"])
def test_its_time_is_over(lair: Lair, files: dict[str, Any]) -> None:
    code = f"{DAEMON}\nimport signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    with running(lair, code, {"timeout_secs": 1, **files}) as process:
        exit_code, said, seconds = took(process)
    assert exit_code == 124
    assert 1.0 <= seconds < 1.0 + LATE
    assert "its 1 s are over (timeout_secs)" in said
    assert ended(lair)["reason"] == "its 1 s are over (timeout_secs)"


@pytest.mark.parametrize("files", [{}, {"isolate_fs": True}], ids=["open", "isolated"])
def test_it_may_end_in_order(lair: Lair, files: dict[str, Any]) -> None:
    code = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)))"
    with running(lair, f"{code}; time.sleep(60)", {"timeout_secs": 1, **files}) as process:
        assert "bye" in took(process)[1]


@pytest.mark.parametrize("files", [{}, {"isolate_fs": True}], ids=["open", "isolated"])
def test_its_memory_is_used_up(lair: Lair, files: dict[str, Any]) -> None:
    """By all its processes together: none of them is above the limit."""
    with running(lair, GREEDY, {"memory_limit_mb": 150, **files}) as process:
        exit_code, said, _ = took(process)
    assert exit_code == 137
    assert time.monotonic() - float(said.split()[0]) < LATE  # from before it was taken
    assert "of 150 (memory_limit_mb)" in said


@pytest.mark.parametrize("files", [{}, {"isolate_fs": True}], ids=["open", "isolated"])
def test_memory_that_cannot_be_looked_at_is_too_much(lair: Lair, files: dict[str, Any]) -> None:
    code = "import time; print('on', flush=True); time.sleep(60)"
    with running(lair, code, {"memory_limit_mb": 500, **files}) as process:
        assert process.stdout
        assert process.stdout.readline() == "on\n"
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (0, 0))
        exit_code, said, _ = took(process)
    assert exit_code == 137
    assert "its memory cannot be looked at: Too many open files (memory_limit_mb)" in said


def test_below_its_limits_it_is_left_alone(lair: Lair) -> None:
    with running(lair, "print('done')", {"timeout_secs": 60, "memory_limit_mb": 500}) as process:
        assert took(process)[:2] == (0, "done\n")
    assert not (lair.ctx.paths.panes / "a-pane/events/note-ended").exists()


@pytest.mark.parametrize("plant", ["events/.ended", "events/note-ended"])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_its_end_is_not_written_through_what_it_planted(lair: Lair, plant: str, kind: str) -> None:
    precious = lair.place / "home/.bashrc"
    precious.write_text("precious")
    with running(lair, "import time; time.sleep(60)", {"timeout_secs": 1}) as process:
        there = lair.ctx.paths.panes / "a-pane" / plant
        if kind == "link":
            there.symlink_to(precious)
        elif kind == "pipe":
            os.mkfifo(there)
        else:
            (there / "deep").mkdir(parents=True)
        exit_code, said, _ = took(process)
    assert exit_code == 124
    assert "its 1 s are over" in said
    assert (precious.read_text(), precious.stat().st_mode & 0o777) == ("precious", 0o644)


def test_its_exit_status_is_the_panes(lair: Lair) -> None:
    with running(lair, "import sys; sys.exit(3)", {"timeout_secs": 60}) as process:
        assert took(process)[0] == 3
    with running(lair, "import os; os.abort()", {"timeout_secs": 60}) as process:
        assert took(process)[0] == 128 + signal.SIGABRT


def test_what_it_leaves_behind_ends_with_it(lair: Lair) -> None:
    with running(lair, DAEMON, {"timeout_secs": 60}) as process:
        assert took(process)[0] == 0  # and its output has ended, which the daemon held


def test_a_signal_to_its_group_does_not_reach_the_supervisor(lair: Lair) -> None:
    code = "import os, signal; os.kill(0, signal.SIGSTOP)"
    with running(lair, code, {"timeout_secs": 1, "isolate_fs": True}) as process:
        assert took(process)[0] == 124


@pytest.mark.parametrize("files", [{}, {"isolate_fs": True}], ids=["open", "isolated"])
def test_ctrl_z_does_not_leave_it_stopped(lair: Lair, files: dict[str, Any]) -> None:
    """There is no shell in its pane in which somebody could say fg."""
    code = "import os, signal; os.kill(0, signal.SIGTSTP); os.kill(0, signal.SIGTSTP); print('back')"
    with running(lair, code, {"timeout_secs": 4, **files}) as process:
        assert took(process)[:2] == (0, "back\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_the_pane(lair: Lair, number: signal.Signals) -> None:
    with running(lair, f"{DAEMON}\nprint('on', flush=True); time.sleep(60)", {"timeout_secs": 60}) as process:
        assert process.stdout
        assert process.stdout.readline() == "on\n"
        process.send_signal(number)
        assert took(process)[0] == 128 + number


def test_another_time_is_given_while_it_runs(lair: Lair) -> None:
    with running(lair, "import time; print('on', flush=True); time.sleep(60)", {"timeout_secs": 60}) as process:
        assert process.stdout
        assert process.stdout.readline() == "on\n"
        folder = lair.ctx.paths.panes / "a-pane"
        shorter = plan.Plan(**{**plan.read(folder).__dict__, "timeout_secs": 1})
        guard.write_private(folder / plan.FILE, plan.text_of(shorter))
        process.send_signal(signal.SIGUSR1)
        assert took(process)[0] == 124


def test_without_a_limit_the_process_is_the_program_itself(lair: Lair) -> None:
    with running(lair, "import os; print(os.getpid())", {"secure_env": {"KEY": {"command": "echo x"}}}) as process:
        assert took(process)[1] == f"{process.pid}\n"


# Secrets


def test_a_secret_reaches_the_program_and_no_file(lair: Lair) -> None:
    lair.environment["API_KEY"] = "very-secret"
    (lair.place / "token").write_text("from-a-file\n")
    sources = {"A": {"file": str(lair.place / "token")}, "B": {"command": "echo from-a-command"}}
    code = "import os; print(*(os.environ[name] for name in ('A', 'B')))"
    assert lair.python(code, {"secure_env": sources}) == "from-a-file from-a-command\n"
    assert lair.python("import os; print(os.environ['API_KEY'])", {"secure_env": ["API_KEY"]}) == "very-secret\n"
    for file in lair.ctx.paths.state.rglob("*"):
        if file.is_file():
            assert "secret" not in file.read_text()
            assert "from-a" not in file.read_text() or file.name == plan.FILE


def test_it_reaches_an_isolated_one_though_its_environment_is_not_the_persons(lair: Lair) -> None:
    lair.environment.update(API_KEY="very-secret", OTHER="x")
    code = "import os; print(os.environ.get('API_KEY'), os.environ.get('OTHER'))"
    assert lair.python(code, {"secure_env": ["API_KEY"], "isolate_fs": True}) == "very-secret None\n"


def test_no_secret_is_in_a_command_line(lair: Lair) -> None:
    lair.environment["API_KEY"] = "very-secret"
    line = lair.command_line(["true"], {"secure_env": ["API_KEY"]})
    assert not any("secret" in word for word in line if word != str(lair.place))


def test_the_secrets_file_is_private_and_gone_at_once(lair: Lair) -> None:
    lair.environment["API_KEY"] = "very-secret"
    line = lair.command_line(["true"], {"secure_env": ["API_KEY"]})
    file = lair.ctx.paths.panes / "a-pane" / plan.SECRETS
    assert file.stat().st_mode & 0o777 == 0o600
    subprocess.run(line, env={"PATH": os.environ["PATH"]}, check=True, timeout=20)
    wait_until(lambda: not file.exists())


def test_its_end_is_announced_to_who_looks(lair: Lair) -> None:
    """By tmux, in its own line: what runs in the pane is not written into."""
    said = lair.place / "said"
    answers = 'case "$*" in *list-clients*) echo /dev/pts/9 ;; *display-message\\ -p*) echo me ;; esac'
    (lair.place / "bin/tmux").write_text(f'#!/bin/sh\necho "$@" >>{said}\n{answers}\n')
    (lair.place / "bin/tmux").chmod(0o700)
    lair.environment.update(TMUX="/a/socket,1,0", TMUX_PANE="%7")
    with running(lair, "import time; time.sleep(60)", {"timeout_secs": 2}) as process:
        wait_until(said.exists)
        assert process.poll() is None
        wait_until(lambda: "-c /dev/pts/9 me is ended in 1 s (timeout_secs)" in said.read_text())
        assert took(process)[0] == 124
    told = said.read_text()
    assert "-S /a/socket" in told
    assert "@llm_send_ended its 2 s are over (timeout_secs)" in told
    assert "-c /dev/pts/9 me was ended: its 2 s are over (timeout_secs)" in told
