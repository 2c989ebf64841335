"""The pinned programs, new and old: what is measured is named with the figure."""

from __future__ import annotations

from offline.world import Programs
from tests.rig import programs

NVIMS = programs.NVIM
TMUXES = programs.TMUX


def with_tmux(name: str) -> Programs:
    return Programs(TMUXES[name], next(iter(NVIMS.values())), programs.CLAUDE)


def newest() -> Programs:
    return with_tmux(next(iter(TMUXES)))
