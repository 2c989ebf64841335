"""Where it is played: a world of its own, in it lanes of panes that run the real Claude Code."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from llm_send import processes
from llm_send.actions.context import Context, Here, Memory, context_of
from llm_send.actions.spawn import SpawnRequest, spawn
from llm_send.claude import process, screen
from llm_send.modes import Mode
from offline import home, world
from offline.world import Programs, World
from tests.rig.tmux import HEIGHT, WIDTH, Pane
from tests.rig.wait import wait_until
from torture import trace
from torture.plan import LANES
from torture.texts import OWN_COMMAND, RAN, filled
from torture.told import Death

KEEP = 1_000_000  # sends the history keeps: the judge wants all of them
HAND_MODE = Mode.NORMAL


def mode_of(role: str) -> Mode:
    """The mode of that pane."""
    return HAND_MODE if role == "by hand" else Mode(role)


@dataclass
class Stage:
    """`started` counts the Claudes, `deaths` those that were ended."""

    world: World
    history: Path
    lanes: list[Lane] = field(default_factory=list)
    started: int = 0
    deaths: list[Death] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def witness(self) -> Path:
        """Where nobody may make a file."""
        return self.world.folder / "witness"

    @property
    def ran(self) -> Path:
        """Where the commands that are meant to run leave a line each."""
        return Path(filled(RAN, self.witness))

    def context(self, folder: Path, seat: str | None, memory: Memory | None = None) -> Context:
        here = Here(cwd=str(folder), pane=seat)
        socket = str(self.world.server.socket)
        return context_of(self.world.environment, here=here, socket_path=socket, memory=memory)

    def count_start(self) -> None:
        with self.lock:
            self.started += 1


@dataclass
class Lane:
    """One tmux session and folder; the person sits in its `seat`."""

    stage: Stage
    number: int
    folder: Path
    seat: Pane
    panes: dict[str, Pane] = field(default_factory=dict)
    contexts: dict[str, Context] = field(default_factory=dict)

    @property
    def session(self) -> str:
        return f"lane{self.number}"

    def context(self, name: str, memory: Memory | None = None) -> Context:
        """The world as one program of the person's sees it; it keeps its memory between sends."""
        if name not in self.contexts:
            self.contexts[name] = self.stage.context(self.folder, self.seat.id, memory)
        return self.contexts[name]

    def pane(self, role: str) -> Pane:
        """The pane of that role with a Claude in it that is ready; started if there is none."""
        if role not in self.panes:
            self.panes[role] = self._by_hand() if role == "by hand" else self._guarded(Mode(role))
            self.stage.count_start()
        return self.panes[role]

    def _guarded(self, mode: Mode) -> Pane:
        found = spawn(self.context("person"), SpawnRequest(mode=mode, where="window")).pane
        return Pane(self.stage.world.server, found.id, found.pid)

    def _by_hand(self) -> Pane:
        server = self.stage.world.server
        pane = server.new_pane(["bash", "--norc"], session=self.session, cwd=self.folder)
        start_in_shell(pane)
        return pane

    def forget(self, role: str) -> None:
        """Its pane is no good any more."""
        pane = self.panes.pop(role, None)
        if pane:
            with suppress(RuntimeError):
                self.stage.world.server.run("kill-pane", "-t", pane.id)

    def restart(self, role: str) -> None:
        """The person starts Claude again in the shell that it was typed into."""
        start_in_shell(self.panes[role])
        self.stage.count_start()


def start_in_shell(pane: Pane) -> None:
    pane.press("C-e", "C-u")  # not C-c: that takes away what is typed behind it
    pane.type(f"claude --permission-mode {HAND_MODE.claude}\n")
    wait_until(lambda: is_ready(pane), 30, show=pane.report)


@contextmanager
def opened(programs: Programs, log: Path | None = None) -> Iterator[Stage]:
    with world.opened("torture", programs, log) as here:
        folders = [here.project / f"lane{number}" for number in range(LANES)]
        home.prepare(here.folder, here.model.url, [here.project, *folders])
        stage = _stage(here)
        for number, folder in enumerate(folders):
            folder.mkdir()
            seat = here.server.new_pane(["sh"], session=f"lane{number}", cwd=folder)
            stage.lanes.append(Lane(stage, number, folder, seat))
        yield stage


def _stage(here: World) -> Stage:
    config = Path(here.environment["HOME"]) / ".config/llm-send"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(f"[history]\nkeep = {KEEP}\n")
    stage = Stage(here, Path())
    stage.witness.mkdir()
    stage.ran.mkdir()
    commands = Path(here.environment["CLAUDE_CONFIG_DIR"]) / "commands"
    commands.mkdir(parents=True, exist_ok=True)
    (commands / "foo.md").write_text(f"{OWN_COMMAND}$ARGUMENTS\n")
    ctx = stage.context(here.project, None)
    ctx.history.recent(1)  # makes the file
    stage.history = ctx.paths.history_file
    trace.begin(stage.history)
    return stage


def look(pane: Pane) -> screen.Screen:
    """What it shows; of a pane that is gone nothing."""
    try:
        return screen.read(pane.screen(styled=True))
    except RuntimeError:
        return screen.Screen("unknown")


def is_ready(pane: Pane) -> bool:
    """An empty box, and beneath it the mode. Nothing runs."""
    seen = look(pane)
    return seen.state == "idle" and seen.empty_box and seen.mode is not None and not seen.stashed


def claude_of(pane: Pane) -> int | None:
    """The pid of the Claude that runs in the pane."""
    return next((pid for pid in processes.tree(pane.pid) if _is_claude(pid)), None)


def _is_claude(pid: int) -> bool:
    return process.is_claude(processes.argv(pid) or ()) and processes.state(pid) != "Z"


def lives(pane: Pane) -> bool:
    """Whether it is still the pane that it was: not gone, not dead, the same process in it."""
    try:
        return pane.value("#{pane_dead} #{pane_pid}") == f"0 {pane.pid}"
    except RuntimeError:
        return False


def usual_size(pane: Pane) -> None:
    pane.tmux.run("resize-window", "-t", pane.id, "-x", str(WIDTH), "-y", str(HEIGHT))
