"""Where cases are played: a world of its own, a pane for each way to start, used again while it comes back to an empty
box. One case after another, so that what the log says belongs to one of them."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from llm_send.actions.spawn import StartRefused
from llm_send.errors import LlmSendError
from llm_send.modes import Mode
from offline import home, world
from offline.compare import Verdict, judge, normal, user_texts
from offline.world import Programs, World
from tests.hazards.act import STILL, Act, is_ready, tool_answers
from tests.hazards.case import Case, Start, Who
from tests.hazards.ended import Ended
from tests.rig.scene import Scene, scene_of
from tests.rig.tmux import Pane
from tests.rig.wait import wait_until

NOT_BROUGHT = "not brought"
LONG = 24  # looks that show the same after a send that says nothing of itself
ARRIVES = 12.0  # seconds for what was delivered to stand in the log
MODES = {"normal": Mode.NORMAL, "plan": Mode.PLAN, "auto-accept": Mode.AUTO_ACCEPT}


@dataclass(frozen=True)
class Row:
    """What became of one case. `outcome` is what ours said (of the blind sender: nothing), `log` what the log says;
    `fault` is what is wrong with that, `harm` what happened that nobody asked for; both empty where all is well.
    `said` is for who looks into it: the message, and the end of the screen."""

    case: str
    sees: str
    who: Who
    want: tuple[str, ...]
    outcome: str = ""
    log: str = ""
    fault: str = ""
    harm: tuple[str, ...] = ()
    seconds: float = 0.0
    said: str = ""

    @property
    def brought(self) -> bool:
        """Whether the pane came into the situation at all; an older client may not know it."""
        return self.outcome != NOT_BROUGHT

    @property
    def harmless(self) -> bool:
        return not self.fault and not self.harm

    @property
    def right(self) -> bool:
        return self.harmless and (self.who == "blind" or self.outcome in self.want)

    def __str__(self) -> str:
        wanted = "" if self.right or self.outcome in self.want else f"wanted {' or '.join(self.want)}"
        wrong = "; ".join(part for part in (wanted, self.fault, *self.harm) if part)
        return f"{self.case}: {self.outcome or 'sent'}, {self.log}{' ✗ ' + wrong if wrong else ''}"


@contextmanager
def opened(programs: Programs, log: Path | None = None) -> Iterator[House]:
    """Its `log` is where the model's log shall be kept, if anybody wants it later."""
    with world.opened("hazards", programs, log) as here:
        scene = scene_of(here.environment, here.server, here.model, here.project)
        yield House(here, scene)


@dataclass
class House:
    world: World
    scene: Scene
    panes: list[tuple[Start, Pane]] = field(default_factory=list)
    played: int = 0

    def play(self, case: Case, who: Who) -> Row:
        """One case with one sender, to its end; the pane is left ready for the next, or is ended."""
        start = case.start if who == "ours" else replace(case.start, hand=True)
        act = self._act(self._pane(start), start)
        try:
            row = self._play(case, act, who)
            with suppress(AssertionError, RuntimeError):
                case.leave(act)
            return row
        finally:
            self._end(case, act)

    def _play(self, case: Case, act: Act, who: Who) -> Row:
        row = Row(case.name, case.sees, who, case.want)
        try:
            case.bring(act)
        except (AssertionError, RuntimeError) as error:
            return replace(row, outcome=NOT_BROUGHT, said=str(error))
        act.answered = len(tool_answers(self.world.model.log))
        began = time.monotonic()
        row = self._blind(row, case, act) if who == "blind" else self._ours(row, case, act)
        return replace(row, seconds=round(time.monotonic() - began, 2), said=f"{row.said}\n{_lower(act.pane)}")

    def _blind(self, row: Row, case: Case, act: Act) -> Row:
        with suppress(RuntimeError, AssertionError):  # that tmux died of it is seen below
            case.blind(act, case.data(act))
        self._settle(act, LONG)
        found = judge(act.arrived(), case.texts(act), act.own)
        return replace(row, log=str(found), fault="" if found.ok else str(found), harm=self._harm(case, act))

    def _ours(self, row: Row, case: Case, act: Act) -> Row:
        data, before = case.data(act), self._screen(act)
        try:
            end = case.send(act, data)
        except AssertionError as error:
            end = Ended("too late", None, str(error))
        found = self._judged(act, end, case.texts(act))
        harm = self._harm(case, act)
        if case.untouched and end.outcome == "refused" and _lies_there(data, before, self._screen(act)):
            harm = (*harm, "text left on the screen")
        fault = "" if found.ok else f"{found} {(*found.merged, *found.altered)!r}"[:300]
        return replace(row, outcome=str(end), log=_told(end, found), fault=fault, harm=harm, said=end.message)

    def _judged(self, act: Act, end: Ended, texts: tuple[str, ...]) -> Verdict:
        """What the log says, once what was delivered had its time to come and the rest had its time to stay away."""
        sure, unsure = (texts, ()) if end.outcome == "delivered" else ((), texts)
        if end.outcome == "refused":
            unsure = ()

        def verdict() -> Verdict:
            return judge(act.arrived(), sure, [*unsure, *act.own])

        with suppress(AssertionError):
            wait_until(lambda: not verdict().lost, ARRIVES)
        self._settle(act)
        return verdict()

    def _settle(self, act: Act, looks: int = STILL) -> None:
        with suppress(RuntimeError, AssertionError):  # the pane is gone
            act.settled(lambda seen: looks == STILL or "esc to interrupt" not in seen, looks=looks, deadline=8)

    def _harm(self, case: Case, act: Act) -> tuple[str, ...]:
        if not self.alive():
            return ("tmux died",)
        found: list[str | None] = []
        with suppress(RuntimeError):  # the pane is gone, which is said below
            found.append(case.harm(act))
        if act.witness.exists():
            found.append("a command ran")
            act.witness.unlink()
        if not case.tools and (answers := act.answers()):
            found.append(f"answered: {answers[0].splitlines()[0][:60]}")
        if not case.may_end and not act.claude():
            found.append("Claude quit")
        return tuple(each for each in found if each)

    def _screen(self, act: Act) -> str:
        with suppress(RuntimeError):
            return act.pane.screen()
        return ""

    def alive(self) -> bool:
        try:
            self.world.server.panes()
        except RuntimeError:
            return False
        return True

    # Panes

    def _act(self, pane: Pane, start: Start) -> Act:
        self.played += 1
        log = self.world.model.log
        witness = self.world.folder / f"witness-{self.played}"
        began, answered = len(user_texts(log)), len(tool_answers(log))
        return Act(self.world, self.scene, pane, not start.hand, MODES[start.mode].claude, witness, began, answered)

    def _pane(self, start: Start) -> Pane:
        for known, pane in self.panes:
            if known == start:
                return pane
        pane = self._started(start)
        if start.ready:
            wait_until(lambda: is_ready(pane), 30, show=pane.report)
        self.panes.append((start, pane))
        return pane

    def _started(self, start: Start) -> Pane:
        environment = dict(start.environment) | self._config(start)
        server, cwd = self.world.server, self.world.project
        if not start.trusted:
            cwd = self.world.folder / f"stranger-{self.played}"
            cwd.mkdir(exist_ok=True)
        mode = MODES[start.mode]
        if start.hand:
            line = [self._program(start), "--permission-mode", mode.claude, *start.arguments]
            if not start.shell:
                return server.new_pane(line, cwd=cwd, environment=environment)
            pane = server.new_pane(["bash", "--norc"], cwd=cwd, environment=environment)
            pane.type(" ".join(line) + "\n")
            return pane
        try:
            found = self.scene.spawn(
                mode, cwd=str(cwd), env=tuple(environment.items()), command=(self._program(start), *start.arguments)
            )
            return Pane(server, found.id, found.pid)
        except StartRefused as refusal:
            shown = refusal.result["pane"]
            return Pane(server, str(shown["id"]), int(str(shown["pid"])))
        except LlmSendError as error:
            if error.code != "no_hooks":
                raise
            newest = server.run("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}").splitlines()[-1].split()
            return Pane(server, newest[0], int(newest[1]))

    def _config(self, start: Start) -> dict[str, str]:
        """A configuration folder of its own for a start that has settings or a state of its own."""
        if not (start.settings or start.state):
            return {}
        root = self.world.folder / f"config-{self.played}"
        prepared = home.prepare(root, self.world.model.url, [self.world.project])
        folder = Path(prepared["CLAUDE_CONFIG_DIR"])
        state = json.loads((folder / ".claude.json").read_text()) | dict(start.state)
        (folder / ".claude.json").write_text(json.dumps(state))
        (folder / "settings.json").write_text(json.dumps(dict(start.settings)))
        return {"CLAUDE_CONFIG_DIR": str(folder)}

    def _program(self, start: Start) -> str:
        """What to call for Claude: itself, or a way to it that sees the policy in an /etc of its own."""
        if not start.policy:
            return "claude"
        etc, program = (self.world.folder / f"policy-{self.played}" / name for name in ("etc", "claude"))
        shutil.copytree("/etc", etc, symlinks=True, ignore=_unreadable)
        (etc / "claude-code").mkdir(exist_ok=True)
        (etc / "claude-code/managed-settings.json").write_text(json.dumps(dict(start.policy)))
        program.write_text(
            f'#!/bin/sh\nexec unshare -m sh -c \'mount --bind {etc} /etc && exec claude "$@"\' sh "$@"\n'
        )
        program.chmod(0o755)
        return str(program)

    def _end(self, case: Case, act: Act) -> None:
        """Keep the pane for the next case if it is as it was; else end it, and what was left running."""
        for started in act.left:
            started.kill()
            started.wait()
        if not self.alive():
            self.world.server.start()
            self.scene = scene_of(self.world.environment, self.world.server, self.world.model, self.world.project)
            self.panes.clear()
            return
        if not case.alone and act.claude():
            with suppress(RuntimeError, AssertionError):
                act.ready(3)
                return
        self.panes = [(start, pane) for start, pane in self.panes if pane.id != act.pane.id]
        with suppress(RuntimeError):
            self.world.server.run("kill-pane", "-t", act.pane.id)


def _lower(pane: Pane) -> str:
    """The end of a screen, which is where the box is."""
    rows = [row for row in pane.report().splitlines() if row.strip(" │")]
    return "\n".join(row[:100] for row in rows[-12:])


def _unreadable(folder: str, names: list[str]) -> list[str]:
    """What may not be read, and what is no file at all."""
    paths = {name: Path(folder, name) for name in names}
    return [name for name, path in paths.items() if not path.is_symlink() and not os.access(path, os.R_OK)]


def _lies_there(data: bytes, before: str, after: str) -> bool:
    """Whether a text that was refused now stands somewhere on the screen."""
    start = normal(data[:200].decode(errors="replace")).split("\n")[0][:24]
    return bool(start) and after.count(start) > before.count(start)


def _told(end: Ended, found: Verdict) -> str:
    if not found.ok:
        return str(found)
    return {"delivered": "once, whole", "refused": "nothing"}.get(end.outcome, "at most once")


def play_all(
    cases: Sequence[Case], programs: Programs, who: Who, *, lanes: int = 1, log: Path | None = None
) -> list[Row]:
    """All these cases, dealt out to so many houses that play at the same time; in the order of the cases. With one
    house its model's log can be kept."""

    def play(lane: int) -> list[Row]:
        with opened(programs, log if lanes == 1 else None) as here:
            return [here.play(case, who) for case in cases[lane::lanes]]

    with ThreadPoolExecutor(lanes) as pool:
        rows = {row.case: row for played in pool.map(play, range(lanes)) for row in played}
    return [rows[case.name] for case in cases]
