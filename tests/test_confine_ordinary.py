"""Confinement for an account that is not root's: without a single privilege but that of making user namespaces."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.confining import Lair

ORDINARY = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
CASES: dict[str, dict[str, Any]] = {
    "isolated": {"isolate_fs": True},
    "readonly": {"readonly": True},
    "offline": {"isolate_fs": True, "local_only": True},
    "limited": {"readonly": True, "timeout_secs": 60, "memory_limit_mb": 400},
}
TRIES = """
import os, socket
def tried(what):
    try:
        return what() and "OUT"
    except OSError as error:
        return type(error).__name__
print(os.getuid(), open("/proc/self/status").read().split("CapEff:")[1].split()[0])
print(tried(lambda: open("code.py", "w")))
print(tried(lambda: open(os.environ["HOME"] + "/.ssh/id").read()))
print(tried(lambda: os.listdir("/run/user")))
print(open("/tmp/mine", "w").write("x"))
"""


@pytest.fixture
def lair(place: Path) -> Lair:
    made = Lair(place)
    (made.project / "code.py").write_text("print()\n")
    (place / "home/.ssh").mkdir()
    (place / "home/.ssh/id").write_text("a secret")
    return made


def test_the_way_there_has_no_privilege(lair: Lair) -> None:
    code = "import os; print(os.getuid(), open('/proc/self/status').read().split('CapEff:')[1].split()[0])"
    done = lair.run_line([*ORDINARY, sys.executable, "-I", "-c", code])
    assert done.stdout.split() == ["1000", "0000000000000000"], done.stderr


@pytest.mark.parametrize("case", CASES)
def test_it_holds(lair: Lair, case: str) -> None:
    line = lair.command_line([sys.executable, "-I", "-c", TRIES], CASES[case], named=True)
    done = lair.run_line([*ORDINARY, *line])
    assert done.returncode == 0, done.stderr
    who, written, read, listed, own = done.stdout.splitlines()
    assert who == "1000 0000000000000000"
    assert written in ("OSError", "PermissionError")
    assert (read, listed, own) == ("FileNotFoundError", "FileNotFoundError", "1")
    assert (lair.project / "code.py").read_text() == "print()\n"


def test_its_time_is_over(lair: Lair) -> None:
    code = "import os, time\nif os.fork() == 0: os.setsid()\ntime.sleep(60)"
    line = lair.command_line([sys.executable, "-I", "-c", code], {"isolate_fs": True, "timeout_secs": 1})
    done = lair.run_line([*ORDINARY, *line])  # until the last that holds its output has gone
    assert done.returncode == 124
    assert "its 1 s are over" in done.stdout


def test_it_is_found_out_by_trying(lair: Lair) -> None:
    code = (
        "import os; from llm_send.confine.checks import files, network; print(files(os.environ), network(os.environ))"
    )
    lair.environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = lair.run_line([*ORDINARY, sys.executable, "-c", code])
    assert done.stdout.count("lacking=None") == 2, done.stdout + done.stderr


@pytest.fixture
def closed(lair: Lair) -> Iterator[Path]:
    """A folder one may not look into, with a socket that somebody listens on, as those of another account are."""
    folder = lair.place / "closed"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        folder.chmod(0)
        yield folder
        folder.chmod(0o700)


@pytest.mark.parametrize("key", ["isolate_fs", "readonly"])
def test_what_one_may_not_look_into_is_no_hindrance(lair: Lair, closed: Path, key: str) -> None:
    lair.environment["PATH"] += f":{closed}/bin"
    lair.environment.update(TMUX_TMPDIR=f"{closed}/tmux", GNUPGHOME=f"{closed}/keys")
    done = lair.run([sys.executable, "-I", "-c", "print('on')"], {key: True})
    assert done.stdout == "on\n", done.stderr


@pytest.mark.parametrize("key", ["isolate_fs", "readonly"])
def test_it_is_planned_by_such_an_account(lair: Lair, closed: Path, key: str) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.confining import Lair; "
        "done = Lair(Path(sys.argv[1])).run(['/usr/bin/id', '-u'], {sys.argv[2]: True}); "
        "print(done.stdout, done.stderr)"
    )
    assert closed.exists()
    lair.environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    (lair.place / "another").mkdir()
    done = lair.run_line([*ORDINARY, sys.executable, "-c", code, str(lair.place / "another"), key])
    assert done.stdout.split() == ["1000"], done.stdout + done.stderr
