"""Where things are kept, by the XDG base directory specification. Nothing is created here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """`config` holds the person's configuration; `state` what we keep: pane folders, history, log."""

    config: Path
    state: Path

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def config_json(self) -> Path:
        """The same as JSON, for who prefers it; never both."""
        return self.config / "config.json"

    @property
    def trusted_file(self) -> Path:
        """Which projects' files the person trusts."""
        return self.state / "trusted.json"

    @property
    def panes(self) -> Path:
        """One private folder per guarded pane.

        Under state and not under XDG_RUNTIME_DIR: that one is emptied when the person's last login ends, and a
        tmux server that lives on would be left with gates that are gone.
        """
        return self.state / "panes"

    @property
    def confined(self) -> Path:
        """What confined panes can write to, one folder each."""
        return self.state / "confined"

    @property
    def locks(self) -> Path:
        """Lock folders of panes that have no folder of their own (started by hand)."""
        return self.state / "locks"

    @property
    def history_file(self) -> Path:
        return self.state / "history.sqlite3"

    @property
    def log_file(self) -> Path:
        return self.state / "llm-send.log"


def paths_of(environment: Mapping[str, str]) -> Paths:
    """The places this environment names: XDG_CONFIG_HOME and XDG_STATE_HOME, else their defaults under HOME."""
    home = Path(environment.get("HOME") or Path.home())
    return Paths(
        config=_base(environment, "XDG_CONFIG_HOME", home / ".config") / "llm-send",
        state=_base(environment, "XDG_STATE_HOME", home / ".local" / "state") / "llm-send",
    )


def _base(environment: Mapping[str, str], name: str, default: Path) -> Path:
    # The specification: a relative path in these variables is invalid and must be ignored.
    value = environment.get(name, "")
    return Path(value) if value.startswith("/") else default


def private_folder(path: Path) -> Path:
    """Create `path` (and its parents) readable by the person alone, and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def work_tree(folder: str) -> str | None:
    """The git work tree a folder is in."""
    path = Path(folder)
    for each in (path, *path.parents):
        if (each / ".git").exists():
            return str(each)
    return None
