"""A memory limit held by systemd. None runs where these tests do: a stand-in takes its place, and what is tested is
that it is asked as its manual says, that what it starts arrives, and that it is left out where it does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llm_send.confine import plan, scope
from llm_send.confine.watch import Watch
from tests.confining import Lair

WAYS = {"XDG_RUNTIME_DIR": "/run/user/7", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/7/bus"}
BECOMES = """#!/bin/sh
echo "$XDG_RUNTIME_DIR $*" >>"{said}"
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
"""
SEES = "import os; print(os.environ.get('XDG_RUNTIME_DIR'), os.environ.get('DBUS_SESSION_BUS_ADDRESS'))"


@pytest.fixture
def lair(place: Path) -> Lair:
    return Lair(place)


def stand_in(lair: Lair, code: str) -> None:
    (lair.place / "bin/systemd-run").write_text(code)
    (lair.place / "bin/systemd-run").chmod(0o700)


@pytest.mark.parametrize(
    ("code", "works"),
    [
        (None, False),
        ("#!/bin/sh\necho Failed to connect to bus >&2; exit 1", False),
        ("#!/bin/sh\necho max", False),
        ('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"', False),
        (f"#!/bin/sh\necho {64 << 20}", True),
    ],
    ids=["missing", "no bus", "no limit", "no group", "held"],
)
def test_it_is_tried(lair: Lair, code: str | None, *, works: bool) -> None:
    if code:
        stand_in(lair, code)
    assert scope.works({**lair.environment, "PATH": f"{lair.place}/bin:/bin"}) is works


def test_it_is_asked_for_memory_and_no_swap(lair: Lair) -> None:
    stand_in(lair, f'#!/bin/sh\necho "$*" >"{lair.place}/said"; echo {64 << 20}')
    line = lair.command_line(["true"], {"memory_limit_mb": 700})
    found = plan.read(Path(line[-1]))
    assert " ".join(found.scope) == (
        "systemd-run --user --scope --quiet --collect -p MemoryMax=700M -p MemorySwapMax=0 --"
    )
    assert found.ways == {"XDG_RUNTIME_DIR": lair.environment["XDG_RUNTIME_DIR"]}
    assert "-p MemoryMax=64M" in (lair.place / "said").read_text()


def test_without_systemd_it_is_left_out(lair: Lair) -> None:
    stand_in(lair, "#!/bin/sh\nexit 1")
    found = plan.read(Path(lair.command_line(["true"], {"memory_limit_mb": 700})[-1]))
    assert (found.scope, found.memory_limit_mb) == ((), 700)


@pytest.mark.parametrize("files", [{}, {"isolate_fs": True}], ids=["open", "isolated"])
def test_the_program_runs_in_it_and_does_not_know_the_way_there(lair: Lair, files: dict[str, Any]) -> None:
    said = lair.place / "said"
    line = lair.command_line([sys.executable, "-I", "-c", SEES], {"memory_limit_mb": 700, **files})
    stand_in(lair, BECOMES.format(said=said))
    folder = Path(line[-1])
    held = replace(plan.read(folder), scope=tuple(scope.words(700)), ways=WAYS)
    (folder / plan.FILE).write_text(plan.text_of(held))
    done = lair.run_line(line)
    own = lair.environment["XDG_RUNTIME_DIR"]
    assert done.stdout.split() == (["None", "None"] if files else [own, "None"]), done.stderr
    assert said.read_text().startswith("/run/user/7 --user --scope")


@pytest.fixture
def groups(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kernel's groups: this process is in one, the process 7 in another."""
    (place / "its").mkdir()
    monkeypatch.setattr(scope, "GROUPS", place)
    monkeypatch.setattr(scope, "_group", lambda pid: "/ours" if pid == os.getpid() else "/its")
    return place


def test_the_kernel_says_that_it_has_ended_something(groups: Path) -> None:
    assert not scope.full(7), "nothing is said yet"
    (groups / "its/memory.events").write_text("low 0\nmax 12\noom 0\noom_kill 0\n")
    assert not scope.full(7)
    (groups / "its/memory.events").write_text("low 0\nmax 12\noom 1\noom_kill 1\n")
    assert scope.full(7)
    assert not scope.full(os.getpid()), "what ends beside it is none of it"


def test_its_end_by_the_kernel_has_the_same_reason(place: Path) -> None:
    watch = Watch(place, plan.Plan(("x",), memory_limit_mb=700), os.getpid())
    assert watch.over(full=True) == ("it used all of 700 MB (memory_limit_mb)", 137)
    assert watch.over(full=False) is None


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_a_process_that_has_no_group_of_its_own(child: subprocess.Popen[bytes]) -> None:
    assert not scope.full(child.pid)
    assert not scope.full(999_999_999)
