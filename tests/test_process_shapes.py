"""Finding Claude Code's process, however it was installed and started: by its command line, and in real panes."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from llm_send import guard, panes, processes
from llm_send.claude.process import is_claude, launch_mode, named_claude
from llm_send.config.types import Config
from llm_send.modes import Mode
from llm_send.paths import Paths
from llm_send.tmux import Row, Tmux
from tests.rig import tmux as rig
from tests.rig.wait import wait_until

NPM = "/usr/lib/node_modules/@anthropic-ai/claude-code/cli.js"
IS = [
    "claude",
    "/home/me/.local/bin/claude --resume",
    "/home/me/.local/share/claude/versions/2.1.329",
    "claude --permission-mode plan --settings /x.json",
    "claude fix-the-tests",
    f"node {NPM} --continue",
    f"node --max-old-space-size=8192 {NPM}",
    "node /home/me/.npm/_npx/ab12/node_modules/.bin/claude",
    "nodejs /usr/local/bin/claude",
    f"bun {NPM}",
]
IS_NOT = [
    "",
    "bash",
    "vim claude",
    "cat claude",
    "claude-monitor",
    "notclaude",
    "/opt/claude/bin/helper",
    "2.1.329",
    "node server.js",
    "node",
    "node --version",
    "node /src/claude-code/test.js",
    "claude -p hello",
    "claude --print hello",
    "claude --model x -p",
    "claude --version",
    "claude --help",
    "claude mcp serve",
    "claude doctor",
    "claude update",
    f"node {NPM} -p",
    f"node {NPM} mcp list",
    "claude --output-format stream-json --verbose --input-format stream-json",
    "claude --output-format=json",
    "claude --input-format=stream-json",
    "claude -cp hello",
]


@pytest.mark.parametrize("line", IS)
def test_is_claude(line: str) -> None:
    assert is_claude(line.split())


@pytest.mark.parametrize("line", IS_NOT)
def test_is_not(line: str) -> None:
    assert not is_claude(line.split())


def test_a_title_leaves_blanks_behind() -> None:
    assert is_claude(["claude", "", "", ""])


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("claude", None),
        ("claude --permission-mode plan", "plan"),
        ("claude --permission-mode=acceptEdits", "acceptEdits"),
        ("claude --dangerously-skip-permissions", "bypassPermissions"),
        ("claude --permission-mode", None),
    ],
)
def test_launch_mode(line: str, mode: str | None) -> None:
    assert launch_mode(line.split()) == mode


def test_names_that_say_it_at_once() -> None:
    assert [
        name for name in ("claude", "2.1.329", "10.0.1", "node", "bash", "claude2", "2.1") if named_claude(name)
    ] == [
        "claude",
        "2.1.329",
        "10.0.1",
    ]


# Real panes


@pytest.fixture
def door(tmux: rig.Tmux) -> Tmux:
    return Tmux(socket_path=str(tmux.socket), environment=tmux.environment)


@pytest.fixture
def bin_folder(place: Path, tmux_program: Path) -> Path:
    """Stand-ins by the names that installers give: `claude` waits for keys, `claude-sh` takes a shell's arguments."""
    folder = place / "bin"
    versions = place / "share/claude/versions"
    node = place / "node_modules/@anthropic-ai/claude-code"
    for each in (folder, versions, node):
        each.mkdir(parents=True)
    cat, sh = (str(Path(f"/bin/{name}").resolve()) for name in ("cat", "sh"))
    links = {folder / "tmux": str(tmux_program), folder / "claude": cat, versions / "2.1.329": cat}
    (place / "sh").mkdir()
    for link, target in (links | {place / "sh/claude": sh}).items():
        link.symlink_to(target)
    (node / "cli.js").write_text("setInterval(() => {}, 1000)")
    (node / "titled.js").write_text("process.title = 'claude'; setInterval(() => {}, 1000)")
    return folder


Shape = Callable[[Path], list[str]]
SHAPES: dict[str, Shape] = {
    "native": lambda _: ["claude", "-"],
    "version": lambda place: [f"{place}/share/claude/versions/2.1.329", "-"],
    "exec in bash": lambda _: ["bash", "-c", "exec claude"],
    "bash without exec": lambda _: ["bash", "-c", "claude; true"],
    "sh in sh in sh": lambda _: ["sh", "-c", "sh -c 'sh -c \"claude; :\"; :'; :"],
    "timeout": lambda _: ["timeout", "1000", "claude"],
    "env": lambda _: ["env", "A=1", "claude"],
    "nice": lambda _: ["nice", "claude"],
    "script": lambda _: ["script", "-qec", "claude", "/dev/null"],
    "a pipe": lambda _: ["bash", "-c", "claude | tee /dev/null"],
    "node": lambda place: ["node", f"{place}/node_modules/@anthropic-ai/claude-code/cli.js"],
    "node with a title": lambda place: ["node", f"{place}/node_modules/@anthropic-ai/claude-code/titled.js"],
    "a tool call that asks claude -p": lambda place: [f"{place}/sh/claude", "-c", f"{place}/sh/claude -p; :"],
}
OTHERS: dict[str, Shape] = {
    "a shell": lambda _: ["sh"],
    "bash": lambda _: ["bash", "--norc"],
    "claude -p": lambda place: [f"{place}/sh/claude", "-p"],
    "claude -p from bash": lambda place: ["bash", "-c", f"{place}/sh/claude -p; :"],
    "another program": lambda _: ["cat", "-"],
    "another program's child": lambda _: ["sh", "-c", "cat; :"],
}


def row_of(door: Tmux, pane: rig.Pane) -> Row:
    return next(row for row in door.rows() if row.id == pane.id)


@pytest.mark.parametrize("shape", SHAPES)
def test_found(tmux: rig.Tmux, door: Tmux, place: Path, shape: str) -> None:
    if shape.startswith("node") and not shutil.which("node"):
        pytest.skip("no node here")
    pane = tmux.new_pane(SHAPES[shape](place))
    found = wait_until(lambda: panes.find_agent(row_of(door, pane)), show=lambda: str(row_of(door, pane)))
    argv = processes.argv(found or 0)
    assert argv
    assert "claude" in argv[0] or "claude-code" in argv[1], argv
    assert "-p" not in argv
    survey = panes.survey(door, Config())
    assert [(one.id, one.agent) for one in survey] == [(pane.id, "claude")]


@pytest.mark.parametrize("shape", OTHERS)
def test_not_found(tmux: rig.Tmux, door: Tmux, place: Path, shape: str) -> None:
    argv = OTHERS[shape](place)
    pane = tmux.new_pane(argv)
    last = argv[-1].removesuffix("; :").split()[0].rsplit("/", 1)[-1] if "-c" in argv else argv[0].rsplit("/", 1)[-1]
    wait_until(lambda: any((processes.argv(pid) or [""])[0].endswith(last) for pid in processes.tree(pane.pid)))
    assert panes.find_agent(row_of(door, pane)) is None


def started(door: Tmux, pane: rig.Pane, state: str) -> int:
    """The agent of the pane once it is running or stopped."""

    def found() -> int | None:
        pid = panes.find_agent(row_of(door, pane))
        return pid if pid and (processes.state(pid) or "?") in state else None

    return wait_until(found, show=pane.report) or 0


def test_suspended_and_brought_back(tmux: rig.Tmux, door: Tmux) -> None:
    pane = tmux.new_pane(["bash", "--norc", "-i"])
    pane.type("claude")
    pane.press("Enter")
    pid = started(door, pane, "SR")
    pane.press("C-z")
    assert started(door, pane, "T") == pid
    [one] = panes.survey(door, Config())
    assert (one.state, one.agent_pid) == ("suspended", pid)
    pane.type("fg")
    pane.press("Enter")
    assert started(door, pane, "SR") == pid


def test_what_a_suspended_claude_has_started_is_not_the_panes(tmux: rig.Tmux, door: Tmux, place: Path) -> None:
    """Old versions call themselves `claude` for their own search, which goes on while they are stopped."""
    pane = tmux.new_pane(["bash", "-c", f"{place}/sh/claude -c 'exec 3<&0; claude - <&3 & wait; :'; :"])
    wait_until(lambda: len(processes.tree(pane.pid)) == 3, show=pane.report)
    outer = processes.tree(pane.pid)[1]
    os.kill(outer, signal.SIGSTOP)
    wait_until(lambda: processes.state(outer) == "T")
    [one] = panes.survey(door, Config())
    os.kill(outer, signal.SIGCONT)
    assert (one.state, one.agent_pid) == ("suspended", outer)


def test_of_two_the_one_in_front(tmux: rig.Tmux, door: Tmux) -> None:
    pane = tmux.new_pane(["bash", "--norc", "-i"])
    pane.type("claude")
    pane.press("Enter")
    first = started(door, pane, "SR")
    pane.press("C-z")
    started(door, pane, "T")
    pane.type("claude")
    pane.press("Enter")
    assert started(door, pane, "SR") != first
    [one] = panes.survey(door, Config())
    assert one.state != "suspended"


def mark(tmux: rig.Tmux, place: Path, pane: rig.Pane) -> None:
    """What a spawn leaves on its pane."""
    folder = guard.arm(Paths(place / "config", place / "state"), Mode.PLAN, "warn", os.environ)
    guard.bind(folder, anchor_pid=pane.pid, socket=str(tmux.socket), server_pid=1, pane=pane.id)
    for key, value in {"pid": str(pane.pid), "name": "claude-plan", "lock": "plan", "folder": str(folder)}.items():
        tmux.run("set-option", "-p", "-t", pane.id, f"@llm_send_{key}", value)


def test_a_pane_of_ours_whose_claude_has_ended(tmux: rig.Tmux, door: Tmux, place: Path) -> None:
    pane = tmux.new_pane(["bash", "-c", "claude; exec cat"])
    mark(tmux, place, pane)
    os.kill(started(door, pane, "SR"), signal.SIGTERM)
    wait_until(lambda: row_of(door, pane).command == "cat")
    [one] = panes.survey(door, Config())
    assert (one.name, one.state, one.agent, one.agent_pid) == ("claude-plan", "shell", None, None)


def test_a_dead_pane_is_nobodys(tmux: rig.Tmux, door: Tmux, place: Path) -> None:
    pane = tmux.new_pane(["claude", "-"])
    tmux.run("set-option", "-p", "-t", pane.id, "remain-on-exit", "on")
    mark(tmux, place, pane)
    assert [one.name for one in panes.survey(door, Config())] == ["claude-plan"]
    os.kill(pane.pid, signal.SIGKILL)
    wait_until(lambda: row_of(door, pane).dead)
    assert panes.survey(door, Config()) == []


def test_marks_do_not_outlive_what_they_were_made_for(tmux: rig.Tmux, door: Tmux, place: Path) -> None:
    pane = tmux.new_pane(["cat", "-"])
    mark(tmux, place, pane)
    [folder] = (place / "state/panes").iterdir()
    card = guard.read_card(folder)
    guard.write_card(folder, replace(card, anchor_start="1"))
    assert panes.survey(door, Config()) == []
