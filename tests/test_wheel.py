"""What is installed is whole: the built wheel works without the source beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig.programs import REPOSITORY


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel's content."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(place)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = place.glob("llm_send-*.whl")
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "install", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(place / "site"), str(wheel)], check=True, capture_output=True)
    return place / "site"


def test_wheel_has_every_file_of_the_package(installed: Path) -> None:
    source = REPOSITORY / "rplugin/python3"
    tracked = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "--", "llm_send"],
        cwd=source,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert [name for name in tracked if (source / name).exists() and not (installed / name).exists()] == []
    assert "llm_send/gate.sh" in tracked


@pytest.mark.parametrize("command", ["llm-send", "llm-send-hook"])
def test_commands_start_from_the_wheel(installed: Path, tmp_path: Path, command: str) -> None:
    """Loaded from the wheel: the checkout, which this Python has on its path, comes after it."""
    environment = {"PYTHONPATH": str(installed), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    module = {"llm-send": "llm_send.entry.cli", "llm-send-hook": "llm_send.entry.hook"}[command]
    code = f"import {module} as entry; print(entry.__file__, callable(entry.main))"
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == [str(installed / f"{module.replace('.', '/')}.py"), "True"], done.stderr
    assert (installed / "bin" / command).exists()
