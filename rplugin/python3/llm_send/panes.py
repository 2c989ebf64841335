"""Which panes run an agent, what they are called, their lock, mode and state."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from llm_send import confined, guard, journal, processes
from llm_send.claude import files, process, screen, sessions
from llm_send.config.types import Config
from llm_send.errors import LlmSendError
from llm_send.modes import Mode, from_claude
from llm_send.tmux import Row, Tmux, TmuxError, captures

State = Literal["starting", "idle", "busy", "waiting", "shell", "suspended", "unknown", "gone"]
Source = Literal["hook", "screen", "transcript", "launch", "configured"]
STOPPED = ("T", "t")  # as the kernel says it: by Ctrl-Z, by a debugger
STARTING = 60.0  # seconds after which a Claude without an input box is no longer "starting"
Latest = tuple[journal.Event | None, journal.Event | None]  # what `journal.latest` gives
SETTLING = 2.0  # seconds after a prompt in which an idle screen may just not have been drawn yet


@dataclass(frozen=True)
class Pane:
    """A pane that runs an agent: the PANE object of the machine contract. Unknown values are None.

    `mode` is ours, or Claude's own word as `claude:auto`; `verified` whether it was read off the pane just now.
    """

    server: str
    id: str
    name: str | None
    session: str
    agent: str | None
    pid: int
    agent_pid: int | None
    mode: str | None
    lock: str | None
    verified: bool
    mode_source: Source | None
    state: State
    cwd: str
    session_id: str | None
    guarded: bool

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    @property
    def called(self) -> str:
        """What to call it in a message: its name, else its id."""
        return self.name or self.id


@dataclass(frozen=True)
class Agent:
    """A pane's row with the agent's process, None when the pane is ours and the agent has gone."""

    row: Row
    pid: int | None

    @property
    def folder(self) -> Path | None:
        """The pane's folder, if its gate is in working order."""
        return Path(self.row.folder) if self.row.folder and guard.armed(self.row.folder) else None


def find_agent(row: Row) -> int | None:
    """The pid of the Claude Code in this pane, None where there is none to be seen."""
    if not (process.named_claude(row.command) or process.may_hide_claude(row.command) or row.folder):
        return None
    if row.command.lstrip("-") in process.SHELLS and not processes.children(row.pid):
        return None  # a shell with nothing below it: most panes there are
    found = _claudes(row.pid)
    running = (pid for pid in found if processes.state(pid) not in STOPPED)
    return next(running, found[0] if found else None)  # one that runs is before one that was suspended


def _claudes(pid: int) -> list[int]:
    """The Claudes at or below a process; what one of them has started is its tool, whatever it is called."""
    found, below = list[int](), set[int]()
    for each in processes.tree(pid):
        if each not in below and process.is_claude(processes.argv(each) or ()):
            found.append(each)
            below.update(processes.tree(each))
    return found


def agents(rows: Sequence[Row], config: Config) -> list[Agent]:
    """The panes that run an agent, that are ours, or that the configuration names."""
    found = []
    for row in rows:
        pid = None if row.dead else find_agent(row)
        if row.name and not pid and not still_ours(row):
            continue
        if pid or row.name or process.named_claude(row.command) or configured(row, config):
            found.append(Agent(row, pid))
    return found


def still_ours(row: Row) -> bool:
    """Whether our marks on this pane still hold. In a pane where Claude was started from a shell they outlive it."""
    if not row.folder:
        return False
    try:
        card = guard.read_card(Path(row.folder))
    except LlmSendError:
        return process.named_claude(row.command)  # the folder was taken away under a running Claude
    return not card.anchor_pid or processes.alive(card.anchor_pid, card.anchor_start)


def configured(row: Row, config: Config) -> Mode | None:
    """The mode the configuration names for this pane: by its name, its id, or its tmux target."""
    for key in (row.name, row.id, row.target):
        if key and key in config.panes:
            return config.panes[key].mode
    return None


def look_at(tmux: Tmux, found: Sequence[Agent]) -> list[screen.Screen]:
    """The screens of these panes, read in one call; a pane that has just gone reads as unknown."""
    if not found:
        return []
    nonce = secrets.token_hex(8)
    ids = [agent.row.id for agent in found]
    try:
        parts = tmux.run(*captures(ids, nonce)).split(f"{nonce}\n")[:-1]
    except TmuxError:
        if len(found) == 1:
            return [screen.Screen("unknown")]
        return [one for agent in found for one in look_at(tmux, [agent])]
    return [screen.read(part) for part in parts]


def survey(tmux: Tmux, config: Config) -> list[Pane]:
    """Every pane of the server that runs an agent. Two tmux processes however many there are."""
    found = agents(tmux.rows(), config)
    shown = look_at(tmux, found)
    return [describe(agent, seen, config) for agent, seen in zip(found, shown, strict=True)]


def describe(agent: Agent, seen: screen.Screen, config: Config) -> Pane:
    """One pane, from its row, its processes, its screen and its journal."""
    row, folder = agent.row, agent.folder
    latest = journal.latest(folder) if folder else (None, None)
    mode, source = _mode(agent, seen, config, latest)
    runs = agent.pid is not None or process.named_claude(row.command) or configured(row, config) is not None
    return Pane(
        server=row.socket,
        id=row.id,
        name=row.name,
        session=row.session,
        agent="claude" if runs and not row.dead else None,
        pid=row.pid,
        agent_pid=agent.pid,
        mode=from_claude(mode) if mode else None,
        lock=row.lock,
        verified=source == "screen",
        mode_source=source,
        state=state_of(agent, seen, latest, runs=runs),
        cwd=row.cwd,
        session_id=_session(agent, latest),
        guarded=folder is not None and runs,
    )


def state_of(agent: Agent, seen: screen.Screen, latest: Latest, *, runs: bool) -> State:
    """The screen outranks the journal; only a prompt too fresh for the screen counts against an idle one. Where the
    screen does not tell whether a turn runs, Claude's session file does, or the journal."""
    if agent.row.dead:
        return "gone"
    if not runs:
        return "shell"
    if agent.pid and processes.state(agent.pid) in STOPPED:
        return "suspended"
    if seen.doubt and (told := _told(agent, latest)):
        return told
    if seen.state == "blank" or seen.state == "unknown":
        return "starting" if seen.state == "blank" or _young(agent) else "unknown"
    if seen.state == "idle":
        prompt, stop = latest
        running = prompt and (not stop or stop.at < prompt.at)
        if prompt and running and time.time() - prompt.at / 1e9 < SETTLING:
            return "busy"
    return seen.state


def _told(agent: Agent, latest: Latest) -> State | None:
    """Whether a turn runs, by what others than the screen say; None when nobody does."""
    session = session_of(agent)
    if session and session.status:
        return "idle" if session.status == "idle" else "busy"
    prompt, stop = latest
    if not prompt:
        return None
    return "idle" if stop and stop.at >= prompt.at else "busy"


def _young(agent: Agent) -> bool:
    """Whether its Claude began so recently that its box may not be there yet. One that has taken a prompt had a box."""
    age = processes.age(agent.pid) if agent.pid else None
    if age is None or age >= STARTING:
        return False
    return not (agent.row.folder and journal.latest(Path(agent.row.folder))[0])


def newest(latest: Latest) -> journal.Event | None:
    return max((event for event in latest if event), key=lambda event: event.at, default=None)


def _session(agent: Agent, latest: Latest) -> str | None:
    event = newest(latest)
    if event and event.session_id:
        return event.session_id
    found = session_of(agent)
    return found.id if found else None


def session_of(agent: Agent) -> sessions.Session | None:
    """What Claude's own session file says of this pane's agent."""
    if not agent.pid:
        return None
    config = config_of(agent)
    if config is None:
        return None
    pid = processes.inner(agent.pid) if confined.private_of(agent.row.folder) else agent.pid
    if not confined.inside(agent.row.folder, config / "sessions" / f"{pid}.json"):
        return None
    return sessions.session_of(config, pid, processes.start_time(agent.pid))


def config_of(agent: Agent) -> Path | None:
    """Where the pane's Claude keeps its files; None where that is not known."""
    own = confined.private_of(agent.row.folder)
    if own:
        return own / "claude"
    environment = processes.environ_of(agent.pid) if agent.pid else None
    return sessions.config_folder(environment) if environment is not None else None


def _mode(agent: Agent, seen: screen.Screen, config: Config, latest: Latest) -> tuple[str | None, Source | None]:
    """Claude's value of the mode and how that is known, from the surest sign to the weakest."""
    if seen.mode:
        return seen.mode, "screen"
    reported = [event for event in latest if event and event.mode]
    if reported:
        return max(reported, key=lambda event: event.at).mode, "hook"
    if agent.pid:
        told = _transcript_mode(agent) or None
        if told:
            return told, "transcript"
        launched = files.word(process.launch_mode(processes.argv(agent.pid) or ()))
        if launched:
            return launched, "launch"
    named = configured(agent.row, config)
    return (named.claude, "configured") if named else (None, None)


def _transcript_mode(agent: Agent) -> str | None:
    transcript = transcript_of(agent)
    return sessions.last_mode(transcript) if transcript else None


def transcript_of(agent: Agent) -> Path | None:
    """Where its Claude writes, by Claude's own session file."""
    session = session_of(agent)
    config = config_of(agent)
    found = sessions.transcript_of(config, session.id) if session and config else None
    return found if found and confined.inside(agent.row.folder, found) else None


def named(panes: Sequence[Pane], rows: Sequence[Row], wanted: str) -> Pane:
    """The pane named by name, id (`%3`) or tmux target (`work:1.0`). Raises LlmSendError for none or several."""
    targets = {row.target: row.id for row in rows}
    matches = [pane for pane in panes if wanted in (pane.name, pane.id) or targets.get(wanted) == pane.id]
    names = [pane.called for pane in panes]
    if not matches:
        ended = next((row for row in rows if row.dead and wanted in (row.name, row.id)), None)
        if ended:
            message = f"{wanted} has ended; its pane {ended.id} says why."
            raise LlmSendError("no_pane", message, f"Close it with: tmux kill-pane -t {ended.id}", found=wanted)
        if wanted in targets or wanted in targets.values():
            message = f"No Claude runs in pane {wanted}."
        else:
            message = f"There is no pane {wanted!r}."
        hint = f"Panes with an agent: {', '.join(names)}." if names else "No pane runs Claude. Try: llm-send spawn"
        raise LlmSendError("no_pane", message, hint, found=wanted, expected=names)
    if len(matches) > 1:
        ids = [pane.id for pane in matches]
        message = f"{len(matches)} panes are called {wanted!r}."
        raise LlmSendError("ambiguous_pane", message, f"Say which: {', '.join(ids)}.", found=wanted, expected=ids)
    return matches[0]
