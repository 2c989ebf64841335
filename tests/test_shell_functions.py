"""The shell functions by themselves: whatever the shell's settings, the program gets exactly the words typed.

The program here is a stand-in that writes down its arguments; test_shell_start has the real one.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rig import programs

SOURCES = programs.REPOSITORY / "shell"
SHELLS = {
    "bash": [Path("/bin/bash")],
    "zsh": [programs.DEPS / "zsh/bin/zsh"],
    "fish": [programs.DEPS / "fish/bin/fish"],
}
ODD = ["--resume", "a b", "", "*", "$HOME", "x\"y'z", "--json", "\\", "-"]
QUOTED = "--resume 'a b' '' '*' '$HOME' x'\"'y\"'\"z --json '\\\\' -"
CALLS = {
    "claude-normal": ["run", "--mode", "normal", "--"],
    "claude-plan": ["run", "--mode", "plan", "--"],
    "claude-auto": ["run", "--mode", "auto-accept", "--"],
    "claude-mode-normal": ["default-mode", "normal"],
    "claude-mode-plan": ["default-mode", "plan"],
    "claude-mode-auto": ["default-mode", "auto-accept"],
}
SETTINGS = {
    "bash": [
        "set -eu",
        "set -o noclobber -o noglob",
        "shopt -s nullglob failglob extdebug",
        "IFS=/",
        "IFS=-_",
        "IFS=",
        "CDPATH=/:/tmp",
        "shopt -s expand_aliases; alias claude-plan='echo mine' printf=false command=false eval=false readlink=false",
        "claude-plan() { echo mine; }",
        "cd() { echo mine; }; readlink() { echo mine; }",
    ],
    "zsh": [
        "setopt no_unset err_exit",
        "setopt ksh_arrays sh_word_split",
        "setopt glob_subst null_glob no_clobber",
        "setopt posix_builtins posix_aliases posix_identifiers",
        "setopt no_function_argzero no_prompt_percent",
        "setopt ignore_braces",
        "emulate sh",
        "emulate ksh",
        "IFS=/",
        "IFS=-_",
        "alias claude-plan='echo mine' printf=false command=false eval=false readlink=false",
        "alias -g plan=mine",
        "claude-plan() { echo mine; }",
    ],
    "fish": [
        "function claude-plan; echo mine; end",
        "alias claude-plan 'echo mine'",
        "function printf; echo mine; end; function realpath; echo mine; end",
        "set -g argv 1 2 3",
    ],
}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def plugin(tmp_path: Path, shell: str) -> Path:
    """A plugin folder with the shell files and a stand-in program; its path is what a shell trips over."""
    folder = tmp_path / 'plug $in\'s [x]* "dir"'
    shutil.copytree(SOURCES, folder / "shell")
    program = folder / ".venv/bin/llm-send"
    program.parent.mkdir(parents=True)
    write_stand_in(program)
    return folder


def write_stand_in(program: Path) -> None:
    program.write_text('#!/bin/sh\nprintf "%s\\0" "$@" >"$RECORD"\nexit 7\n')
    program.chmod(0o755)


@pytest.fixture
def run(tmp_path: Path, shell: str) -> Run:
    """Runs lines in the shell; `FILE` is the file to source."""

    def run(script: str, file: Path, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        environment = {
            "FILE": str(file),
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "RECORD": str(tmp_path / "record"),
        }
        argv = [str(word) for word in SHELLS[shell]]
        if shell == "fish":
            argv.append("--no-config")
        script_file = tmp_path / "script"  # not -c: bash and zsh expand aliases line by line only in a file
        script_file.write_text(script + "\n")
        return subprocess.run(
            [*argv, script_file], capture_output=True, text=True, env=environment, cwd=cwd, timeout=30
        )

    return run


def own_file(plugin: Path, shell: str) -> Path:
    return plugin / "shell" / ("llm-send.fish" if shell == "fish" else "llm-send.sh")


def recorded(tmp_path: Path) -> list[str]:
    return (tmp_path / "record").read_text().split("\0")[:-1]


def quoted(shell: str) -> str:
    # In single quotes, only fish takes two backslashes for one.
    return QUOTED if shell == "fish" else QUOTED.replace("'\\\\'", "'\\'")


@pytest.mark.parametrize("name", CALLS)
def test_passes_every_word_on_as_it_is(run: Run, plugin: Path, shell: str, tmp_path: Path, name: str) -> None:
    done = run(f'. "$FILE"\n{name} {quoted(shell)}', own_file(plugin, shell))
    assert recorded(tmp_path) == [*CALLS[name], *ODD]
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


@pytest.mark.parametrize(("shell", "setting"), [(shell, each) for shell, all_ in SETTINGS.items() for each in all_])
def test_no_setting_of_the_shell_gets_between(run: Run, plugin: Path, shell: str, tmp_path: Path, setting: str) -> None:
    done = run(f'{setting}\n. "$FILE"\nclaude-plan one "two three"', own_file(plugin, shell))
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")
    assert recorded(tmp_path) == ["run", "--mode", "plan", "--", "one", "two three"]


def test_can_be_sourced_twice(run: Run, plugin: Path, shell: str, tmp_path: Path) -> None:
    strict = "" if shell == "fish" else "set -eu\n"
    done = run(f'{strict}. "$FILE"\n. "$FILE"\necho sourced\nclaude-plan', own_file(plugin, shell))
    assert (done.returncode, done.stdout, done.stderr) == (7, "sourced\n", "")
    assert recorded(tmp_path) == CALLS["claude-plan"]


def test_finds_its_program_from_another_folder(run: Run, plugin: Path, shell: str, tmp_path: Path) -> None:
    done = run('. "$FILE"\ncd /\nclaude-plan', own_file(plugin, shell).relative_to(plugin), cwd=plugin)
    assert (done.returncode, done.stderr) == (7, "")
    assert recorded(tmp_path) == CALLS["claude-plan"]


def test_finds_its_program_through_a_link(run: Run, plugin: Path, shell: str, tmp_path: Path) -> None:
    link = tmp_path / "links" / "rc"
    link.parent.mkdir()
    link.symlink_to(os.path.relpath(own_file(plugin, shell), link.parent))
    done = run('. "$FILE"\ncd /\nclaude-plan', link)
    assert (done.returncode, done.stderr) == (7, "")
    assert recorded(tmp_path) == CALLS["claude-plan"]


def test_falls_back_on_path(run: Run, plugin: Path, shell: str, tmp_path: Path) -> None:
    shutil.rmtree(plugin / ".venv")
    write_stand_in(tmp_path / "llm-send")
    path = "set -gx PATH $HOME $PATH" if shell == "fish" else "PATH=$HOME:$PATH"
    done = run(f'{path}\n. "$FILE"\nclaude-plan', own_file(plugin, shell))
    assert (done.returncode, done.stderr) == (7, "")
    assert recorded(tmp_path) == CALLS["claude-plan"]


def test_says_what_to_do_when_there_is_no_program(run: Run, plugin: Path, shell: str) -> None:
    shutil.rmtree(plugin / ".venv")
    done = run('. "$FILE"\nclaude-plan', own_file(plugin, shell))
    assert done.returncode == 127
    assert done.stderr == f"✗ llm-send is not built · Run make venv in {plugin}\n"


def test_a_failing_start_is_the_callers_to_judge(run: Run, plugin: Path, shell: str) -> None:
    if shell == "fish":
        pytest.skip("fish has no set -e")
    done = run('set -eu\n. "$FILE"\nif claude-plan; then :; else echo "it said $?"; fi', own_file(plugin, shell))
    assert (done.returncode, done.stdout) == (0, "it said 7\n")


def test_costs_a_shell_no_time(run: Run, plugin: Path, shell: str) -> None:
    def seconds(times: int) -> float:
        started = time.monotonic()
        assert run('. "$FILE"\n' * times, own_file(plugin, shell)).returncode == 0
        return time.monotonic() - started

    many = 100
    least = min(seconds(many) for _ in range(3)) - min(seconds(0) for _ in range(3))
    assert least / many < 0.005


@pytest.mark.parametrize(("argv", "words"), [
    (["dash"], "is for bash and zsh"),
    (["bash", "--posix"], "set +o posix"),
])  # fmt: skip
def test_says_which_shells_it_is_for(argv: list[str], words: str) -> None:
    if not shutil.which(argv[0]):
        pytest.skip(f"no {argv[0]} here")
    script = f'. "{SOURCES}/llm-send.sh"; echo "went on with $?"'
    done = subprocess.run([*argv, "-c", script], capture_output=True, text=True, timeout=30)
    assert words in done.stderr
    assert done.stdout == "went on with 1\n"
