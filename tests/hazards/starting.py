"""Starts Claude in a pane in one of the ways a person may have started it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from llm_send.actions.starting import StartRefused
from llm_send.errors import LlmSendError
from llm_send.modes import Mode
from offline import home
from offline.world import World
from tests.hazards.case import Start
from tests.rig.scene import Scene
from tests.rig.tmux import Pane

MODES = {"normal": Mode.NORMAL, "plan": Mode.PLAN, "auto-accept": Mode.AUTO_ACCEPT}


@dataclass(frozen=True)
class Starting:
    """`number` keeps the folders of one start from those of another."""

    world: World
    scene: Scene
    number: int

    def start(self, start: Start) -> Pane:
        server, cwd = self.world.server, self._folder(start)
        environment = dict(start.environment) | self._config(start, cwd)
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

    def _folder(self, start: Start) -> Path:
        """Where Claude starts: the project, or a folder of this start's own."""
        if start.trusted and not start.project:
            return self.world.project
        folder = self.world.folder / f"folder-{self.number}"
        for name, content in {".keep": "", **start.project}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        return folder

    def _config(self, start: Start, cwd: Path) -> dict[str, str]:
        """A configuration folder of its own for a start that has settings, a state or files of its own."""
        if not (start.settings or start.state or start.project):
            return {}
        root = self.world.folder / f"config-{self.number}"
        prepared = home.prepare(root, self.world.model.url, [cwd])
        folder = Path(prepared["CLAUDE_CONFIG_DIR"])
        state = json.loads((folder / ".claude.json").read_text()) | dict(start.state)
        (folder / ".claude.json").write_text(json.dumps(state))
        (folder / "settings.json").write_text(json.dumps(dict(start.settings)))
        return {"CLAUDE_CONFIG_DIR": str(folder)}

    def _program(self, start: Start) -> str:
        """What to call for Claude: itself, or a way to it that sees the policy in an /etc of its own."""
        if not start.policy:
            return "claude"
        etc, program = (self.world.folder / f"policy-{self.number}" / name for name in ("etc", "claude"))
        shutil.copytree("/etc", etc, symlinks=True, ignore=_unreadable)
        (etc / "claude-code").mkdir(exist_ok=True)
        (etc / "claude-code/managed-settings.json").write_text(json.dumps(dict(start.policy)))
        program.write_text(
            f'#!/bin/sh\nexec unshare -m sh -c \'mount --bind {etc} /etc && exec claude "$@"\' sh "$@"\n'
        )
        program.chmod(0o755)
        return str(program)


def _unreadable(folder: str, names: list[str]) -> list[str]:
    """What may not be read, and what is no file at all."""
    paths = {name: Path(folder, name) for name in names}
    return [name for name, path in paths.items() if not path.is_symlink() and not os.access(path, os.R_OK)]
