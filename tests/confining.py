"""Runs a program confined, without a pane: the supervisor with a plan, as a spawn makes it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_send import guard
from llm_send.actions import confining
from llm_send.actions.context import Context, Here, context_of
from llm_send.confine.asked import asked
from llm_send.paths import private_folder
from tests.rig import programs


@dataclass
class Lair:
    """A person's machine in small: a home with secrets, a project, our own state. `ctx` is what an action gets."""

    place: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("home", "project", "bin", "run"):
            (self.place / name).mkdir(mode=0o700)
        programs.put_bwrap(self.place / "bin")
        path = f"{self.place}/bin:/usr/local/bin:/usr/bin:/bin"
        own = {"HOME": str(self.place / "home"), "PATH": path, "XDG_RUNTIME_DIR": str(self.place / "run")}
        self.environment = {**own, **self.environment, "LANG": "C.UTF-8"}

    @property
    def project(self) -> Path:
        return self.place / "project"

    @property
    def ctx(self) -> Context:
        return context_of(self.environment, here=Here(cwd=str(self.project)))

    def command_line(self, argv: list[str], values: Mapping[str, Any], *, named: bool = False) -> list[str]:
        """What starts `argv` so confined, in the folder it is then in (a `cd` before it)."""
        ctx = self.ctx
        folder = private_folder(private_folder(ctx.paths.panes) / "a-pane")
        private_folder(folder / "events")
        guard.write_private(folder / "pane.json", json.dumps({"lock": "plan", "policy": "warn", "rules": 1}))
        how = confining.confinement(ctx, asked(values), claude=False)
        cwd = how.folder(str(self.project), named=named)
        return confining.command_line(ctx, how, folder, argv, cwd)

    def run(self, argv: list[str], values: Mapping[str, Any], **more: Any) -> subprocess.CompletedProcess[str]:
        """To its end."""
        return self.run_line(self.command_line(argv, values, named=more.pop("named", False)), **more)

    def run_line(self, line: list[str], **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            line, capture_output=True, text=True, env=self.environment, cwd=self.project, timeout=30, **more
        )

    def python(self, code: str, values: Mapping[str, Any], **more: Any) -> str:
        """What a Python program prints, confined."""
        done = self.run([sys.executable, "-I", "-c", code], values, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout
