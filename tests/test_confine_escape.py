"""Ways out of a confined pane, tried by a program in it. All fail. The same list stands in doc/confinement.md."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.confining import Lair

ISOLATED, READONLY = {"isolate_fs": True}, {"readonly": True}
SECRET = "a secret of the person's"


@pytest.fixture
def lair(place: Path) -> Lair:
    made = Lair(place)
    (made.project / "code.py").write_text("print()\n")
    for name in (".ssh/id_ed25519", ".config/gh/hosts.yml", ".aws/credentials", ".netrc", "notes/diary"):
        file = place / "home" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SECRET)
    return made


@pytest.fixture(params=[ISOLATED, READONLY], ids=["isolated", "readonly"])
def values(request: pytest.FixtureRequest) -> dict[str, object]:
    return dict(request.param)


def tried(lair: Lair, values: Mapping[str, object], code: str) -> str:
    """What comes of it: "OUT", or the error's name."""
    indented = "\n".join(f"    {line}" for line in code.strip().splitlines())
    program = f"import os, sys, socket, ctypes, fcntl, subprocess\ntry:\n{indented}\n    print('OUT')\n"
    program += "except Exception as error:\n    print(type(error).__name__)\n"
    return lair.python(program, values, named=True).strip().splitlines()[-1]


@pytest.fixture
def listener(lair: Lair, request: pytest.FixtureRequest) -> Iterator[str]:
    """A socket somebody listens on; `param` says where."""
    name = str(request.param).format(place=lair.place)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(name.replace("@", "\0"))
        opened.listen()
        yield name


def test_what_it_may(lair: Lair, values: dict[str, object]) -> None:
    code = "import os; open('/tmp/x', 'w').write('x'); print(open('code.py').read(), os.getcwd(), os.getpid())"
    said = lair.python(code, values, named=True)
    assert said.split() == ["print()", str(lair.project), "2"]


def test_isolated_it_works_in_a_folder_of_its_own(lair: Lair) -> None:
    code = "import os; open('x', 'w').write('mine'); print(os.getcwd()); print(os.listdir(os.environ['HOME']))"
    where, home = lair.python(code, ISOLATED).strip().splitlines()
    assert Path(where, "x").read_text() == "mine"
    assert Path(where).is_relative_to(lair.ctx.paths.confined)
    assert "notes" not in home
    assert ".ssh" not in home


def test_readonly_it_sees_the_home_but_for_secrets(lair: Lair) -> None:
    code = "import os; print(open(os.environ['HOME'] + '/notes/diary').read())"
    assert lair.python(code, READONLY).strip() == SECRET


WRITES = [
    "open('code.py', 'w')",
    "open('new.py', 'w')",
    "os.rename('code.py', 'other.py')",
    "os.mkdir('.git'); os.mkdir('.git/hooks')",
    "os.mkdir('.claude')",
    "open('/etc/profile.d/x.sh', 'w')",
    "open('/usr/local/bin/x', 'w')",
    "open('/var/lib/x', 'w')",
    "os.symlink(os.getcwd(), '/tmp/way'); open('/tmp/way/new.py', 'w')",
    "os.link('code.py', '/tmp/link')",
    "open('/proc/self/root/etc/x', 'w')",
    "open('/proc/1/root/etc/x', 'w')",
    "subprocess.run(['mount', '-o', 'remount,rw', '/'], check=True)",
    "subprocess.run(['umount', os.environ['HOME']], check=True)",
    "subprocess.run(['unshare', '-Ur', 'mount', '-o', 'remount,bind,rw', '/'], check=True)",
    # Opened and never written to: where this fails, the machine must not be another afterwards.
    "os.open('/proc/sys/kernel/hostname', os.O_WRONLY)",
    "os.open('/proc/sysrq-trigger', os.O_WRONLY)",
    "os.open('/sys/kernel/profiling', os.O_WRONLY)",
    "os.mknod('/tmp/disk', 0o600 | 0o060000, os.makedev(8, 0)); open('/tmp/disk', 'rb')",
]


@pytest.mark.parametrize("code", WRITES)
def test_it_writes_nowhere_else(lair: Lair, values: dict[str, object], code: str) -> None:
    assert tried(lair, values, code) != "OUT"
    assert (lair.project / "code.py").read_text() == "print()\n"
    assert sorted(each.name for each in lair.project.iterdir()) == ["code.py"]


HOME_WRITES = [
    ".bashrc",
    ".profile",
    ".config/fish/config.fish",
    ".claude/settings.json",
    ".local/bin/ls",
    ".gitconfig",
]


@pytest.mark.parametrize("name", HOME_WRITES)
def test_what_it_plants_in_the_home_is_its_own(lair: Lair, values: dict[str, object], name: str) -> None:
    code = f"file = os.environ['HOME'] + '/{name}'; os.makedirs(os.path.dirname(file), exist_ok=True); open(file, 'w')"
    tried(lair, values, code)
    assert not (lair.place / "home" / name).exists()


SECRETS = [".ssh/id_ed25519", ".config/gh/hosts.yml", ".aws/credentials", ".netrc"]


@pytest.mark.parametrize("name", SECRETS)
def test_it_reads_no_secret(lair: Lair, values: dict[str, object], name: str) -> None:
    assert tried(lair, values, f"assert open({str(lair.place / 'home' / name)!r}).read()") != "OUT"


def test_nor_through_a_link_to_it(lair: Lair, values: dict[str, object]) -> None:
    elsewhere = lair.place / "home/vault"
    elsewhere.mkdir()
    (elsewhere / "key").write_text(SECRET)
    (lair.place / "home/.gnupg").symlink_to(elsewhere)
    assert tried(lair, values, f"assert open({str(elsewhere / 'key')!r}).read()") != "OUT"
    assert tried(lair, values, "assert open(os.environ['HOME'] + '/.gnupg/key').read()") != "OUT"


def test_our_own_state_is_out_of_sight(lair: Lair, values: dict[str, object]) -> None:
    state, config = lair.ctx.paths.state, lair.ctx.paths.config
    for folder in (state / "panes/another", config):
        folder.mkdir(parents=True)
        (folder / "file").write_text(SECRET)
    (state / "history.sqlite3").write_text(SECRET)
    for file in (state / "history.sqlite3", state / "panes/another/file", config / "file"):
        assert tried(lair, values, f"assert open({str(file)!r}).read()") != "OUT"
    assert (
        tried(lair, values, f"open({str(state / 'panes/another/file')!r}, 'w')") != "OUT"
        or (state / "panes/another/file").read_text() == SECRET
    )


def test_other_processes_are_out_of_reach(lair: Lair, values: dict[str, object]) -> None:
    with subprocess.Popen(["sleep", "60"], env={"TOKEN": SECRET}) as other:
        try:
            code = """
found = [name for name in os.listdir('/proc') if name.isdigit()]
assert any(b'sleep\\0' in open(f'/proc/{name}/cmdline', 'rb').read() for name in found)
"""
            assert tried(lair, values, code) == "AssertionError"
            assert tried(lair, values, f"os.kill({other.pid}, 9)") != "OUT"
            attach = f"libc = ctypes.CDLL(None); assert libc.ptrace(16, {other.pid}, 0, 0) == 0"
            assert tried(lair, values, attach) != "OUT"
            assert other.poll() is None
        finally:
            other.kill()


def test_nothing_of_its_starter_is_to_be_read(lair: Lair) -> None:
    lair.environment.update(GITHUB_TOKEN=SECRET, DATABASE_URL=SECRET, SSH_AUTH_SOCK="/run/agent")
    code = """
for name in os.listdir('/proc'):
    if name.isdigit():
        for file in ('environ', 'root/proc/1/environ'):
            try:
                text = open(f'/proc/{name}/{file}', 'rb').read()
            except OSError:
                continue
            assert b'secret' not in text and b'/run/agent' not in text, text
"""
    assert tried(lair, ISOLATED, code) == "OUT"


@pytest.mark.parametrize(
    "listener",
    [
        "{place}/run/bus",
        "{place}/tmux.sock",
        "{place}/project/nvim.sock",
        "{place}/home/agent.sock",
        "@{place}-abstract",
    ],
    indirect=True,
)
def test_it_reaches_no_socket(lair: Lair, values: dict[str, object], listener: str) -> None:
    code = f"socket.socket(socket.AF_UNIX).connect({listener!r}.replace('@', '\\0'))"
    assert tried(lair, values, code) != "OUT"


@pytest.mark.parametrize(
    "path", ["/run/docker.sock", "/var/run/docker.sock", "/run/user", "/run/systemd", "/tmp/.X11-unix"]
)
def test_the_places_of_sockets_are_empty(lair: Lair, values: dict[str, object], path: str) -> None:
    assert tried(lair, values, f"os.stat({path!r})") == "FileNotFoundError"


def test_systemd_does_not_start_anything_for_it(lair: Lair, values: dict[str, object]) -> None:
    code = "subprocess.run(['systemd-run', '--user', '--wait', 'true'], check=True)"
    assert tried(lair, values, code) != "OUT"


def test_it_does_not_type_into_its_terminal(lair: Lair, values: dict[str, object]) -> None:
    """What stands in the terminal's queue would be read by what comes after it."""
    code = """
main, other = os.openpty()
os.setsid(); fcntl.ioctl(other, 0x540E, 0)
fcntl.ioctl(other, 0x5412, b'x')
"""
    assert tried(lair, values, code) == "PermissionError"


def test_the_kernels_keys_are_out_of_reach(lair: Lair, values: dict[str, object]) -> None:
    number = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
    assert tried(lair, values, f"assert ctypes.CDLL(None).syscall({number}, 0, -3, 0) >= 0") == "AssertionError"


def test_it_ends_with_its_starter(lair: Lair, values: dict[str, object]) -> None:
    line = lair.command_line([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"], values)
    with subprocess.Popen(line, env=lair.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "1\n"
        process.kill()
        assert process.stdout.read() == ""  # until the last that could write to it has gone


def test_nothing_of_the_view_stands_in_a_process_list(lair: Lair) -> None:
    code = "import json; print(json.dumps(open('/proc/1/cmdline').read().split(chr(0))))"
    assert "--ro-bind" not in json.loads(lair.python(code, ISOLATED))


def test_the_kernels_switches_are_out_of_reach(lair: Lair, values: dict[str, object]) -> None:
    """Opened and never written to: where this fails, the machine must not be another afterwards."""
    assert tried(lair, values, "os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY)") != "OUT"


def test_nothing_is_put_where_the_gate_is_seen(lair: Lair, values: dict[str, object]) -> None:
    assert tried(lair, values, "os.mkdir('/run/llm-send')") == "OSError"


def test_it_speaks_to_no_host_around_its_machine(lair: Lair, values: dict[str, object]) -> None:
    """A network namespace does not hold AF_VSOCK. The kernel reads the low half of the number alone."""
    assert tried(lair, values, "socket.socket(40, socket.SOCK_STREAM)") == "PermissionError"
    number = {"x86_64": 41, "aarch64": 198}[os.uname().machine]
    code = f"""
libc = ctypes.CDLL(None, use_errno=True)
made = libc.syscall({number}, ctypes.c_ulong(1 << 32 | 40), 1, 0)
raise OSError(ctypes.get_errno(), '') if made < 0 else SystemExit
"""
    assert tried(lair, values, code) == "PermissionError"


def test_it_makes_no_ring_that_calls_past_the_filter(lair: Lair, values: dict[str, object]) -> None:
    """io_uring; and other sockets are made as ever."""
    code = """
socket.socketpair(); socket.socket(socket.AF_INET6).close()
libc = ctypes.CDLL(None, use_errno=True)
made = libc.syscall(425, 8, ctypes.create_string_buffer(120))
assert (made, ctypes.get_errno()) == (-1, 38), (made, ctypes.get_errno())
"""
    assert tried(lair, values, code) == "OUT"
