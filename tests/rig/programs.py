"""Which Neovim, tmux and Claude Code the tests run: the pinned ones under .deps, or those the environment names."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEPS = REPOSITORY / ".deps"

NVIM = {"nvim0.12": DEPS / "nvim-0.12/bin/nvim", "nvim0.10": DEPS / "nvim-0.10/bin/nvim"}
TMUX = {"tmux3.7": DEPS / "tmux-3.7/bin/tmux", "tmux3.3": DEPS / "tmux-3.3a/bin/tmux"}
NEWEST = "2.1.329"
CLAUDES = {
    version: DEPS / f"claude-{version}/claude" for version in (NEWEST, "2.1.321", "2.1.257", "2.1.138", "2.1.32")
}
CLAUDE = CLAUDES[NEWEST]
BWRAP = DEPS / "bubblewrap/bin/bwrap"

Choice = dict[str, Path]
"""A test id and the program it stands for."""


def put_bwrap(folder: Path) -> None:
    """bubblewrap under its everyday name. Without root this run's namespaces were made by keeping capabilities, which
    bubblewrap refuses to be started with: no person has them."""
    if os.getuid() == 0:
        (folder / "bwrap").symlink_to(BWRAP)
        return
    (folder / "bwrap").write_text(f'#!/bin/sh\nexec setpriv --ambient-caps -all --inh-caps -all {BWRAP} "$@"\n')
    (folder / "bwrap").chmod(0o700)


def choice(variable: str, pinned: Choice) -> Choice:
    named = os.environ.get(f"LLM_SEND_TEST_{variable}")
    return {f"own-{variable.lower()}": Path(named)} if named else pinned


def tmuxes() -> Choice:
    return choice("TMUX", TMUX)


def pairs(*, every: bool) -> dict[str, tuple[Path, Path]]:
    """Neovim and tmux by test id: new with new and old with old, or each with each."""
    nvims, tmuxes_ = choice("NVIM", NVIM), tmuxes()
    alone = len(nvims) == 1 or len(tmuxes_) == 1
    names = product(nvims, tmuxes_) if every or alone else zip(nvims, tmuxes_, strict=True)
    return {f"{nvim}-{tmux}": (nvims[nvim], tmuxes_[tmux]) for nvim, tmux in names}


def claude(version: str = NEWEST) -> Path:
    """Claude Code of this version. LLM_SEND_TEST_CLAUDE names another program for the newest alone."""
    if version == NEWEST:
        return choice("CLAUDE", {"claude": CLAUDE}).popitem()[1]
    if version not in installed():
        raise FileNotFoundError(f"Claude Code {version} is not there: tools/get.sh claude-{version}")
    return CLAUDES[version]


def installed() -> list[str]:
    """The versions of Claude Code that are there, newest first: `make test` fetches some, `make screens` all."""
    return [version for version, program in CLAUDES.items() if program.exists()]
