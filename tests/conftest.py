"""Keeps the run guarded, and runs each test with the Neovims and tmuxes its fixtures need."""

from __future__ import annotations

import pytest

from tests.rig import guard, programs

pytest_plugins = ["tests.rig.fixtures", "tests.rig.armed", "tests.delivering", "tests.configuring"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-pairs", action="store_true", help="every Neovim with every tmux, not new-new and old-old")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "newest: with the newest Neovim and tmux alone, whose version hardly matters, but for --all-pairs"
    )


def pytest_sessionstart() -> None:
    try:
        guard.check()
    except guard.UnguardedError as error:
        pytest.exit(f"refused: {error}", returncode=3)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asked = set(metafunc.fixturenames)
    every = metafunc.config.getoption("all_pairs")
    wanted = 1 if metafunc.definition.get_closest_marker("newest") and not every else None
    if {"nvim_program", "tmux_program"} <= asked:
        pairs = programs.pairs(every=every)
        metafunc.parametrize(
            "nvim_program, tmux_program", [*pairs.values()][:wanted], ids=[*pairs][:wanted], indirect=True
        )
    elif "tmux_program" in asked:
        tmuxes = programs.tmuxes()
        metafunc.parametrize("tmux_program", [*tmuxes.values()][:wanted], ids=[*tmuxes][:wanted], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tmux_program" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)
