"""A home that lies where homes lie, and a project in it: what of it a confined program sees."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_send.actions import seen
from llm_send.confine import private
from llm_send.confine.view import Mount
from llm_send.errors import LlmSendError
from tests.confining import Lair
from tests.rig import kernel

SRV = Path("/srv")
ISOLATED, READONLY = {"isolate_fs": True}, {"readonly": True}


@pytest.fixture
def lair() -> Iterator[Lair]:
    kernel.mount("tmpfs", SRV, "tmpfs", options="mode=755")
    place = Path(tempfile.mkdtemp(dir=SRV))
    made = Lair(place)
    home = place / "home"
    for name, text in {".ssh/id": "a secret", ".config/gh/hosts.yml": "a secret", ".config/tool.ini": "mine"}.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / ".local/bin").mkdir(parents=True)
    (home / ".local/bin/tool").write_text("#!/bin/sh\necho a tool\n")
    (home / ".local/bin/tool").chmod(0o755)
    (home / "work").mkdir()
    made.project.rmdir()
    made.project.symlink_to(home / "work")
    (home / "work/code.py").write_text("code")
    yield made
    shutil.rmtree(place)
    kernel.unmount(SRV)


def shell(lair: Lair, values: dict[str, bool], line: str) -> str:
    done = lair.run(["/bin/sh", "-c", line], values, named=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize("values", [ISOLATED, READONLY], ids=["isolated", "readonly"])
def test_it_sees_the_project_and_the_tools_and_no_secret(lair: Lair, values: dict[str, bool]) -> None:
    lair.environment["PATH"] = f"{lair.place}/home/.local/bin:{lair.environment['PATH']}"
    assert shell(lair, values, "cat code.py; tool") == "codea tool\n"
    assert "a secret" not in shell(lair, values, "cat ~/.ssh/id ~/.config/gh/hosts.yml; ls -laR ~")
    assert "ead-only" in shell(lair, values, "echo x > code.py")
    assert "ead-only" in shell(lair, values, "echo x > ~/.local/bin/tool")
    assert shell(lair, values, "echo x > ~/.profile; cat ~/.profile") == "x\n"
    assert not (lair.place / "home/.profile").exists()


def test_readonly_it_sees_the_rest_of_the_home(lair: Lair) -> None:
    (lair.place / "home/link").symlink_to(".config/tool.ini")
    assert shell(lair, READONLY, "cat ~/.config/tool.ini ~/link") == "minemine"
    assert "No such" in shell(lair, ISOLATED, "cat ~/.config/tool.ini")


def test_a_project_that_is_the_home_does_not_show_it(lair: Lair) -> None:
    lair.project.unlink()
    lair.project.symlink_to(lair.place / "home")
    assert "id" not in shell(lair, ISOLATED, "ls ~/.ssh ~/.config").split()


def test_a_home_that_is_the_root_is_refused(lair: Lair) -> None:
    lair.environment["HOME"] = "/"
    with pytest.raises(LlmSendError, match="cannot be kept out of sight"):
        shell(lair, READONLY, "true")


def test_a_program_that_goes_by_its_name_is_called_by_it(lair: Lair) -> None:
    tools = lair.place / "home/.local/bin"
    (tools / "tool").write_text('#!/bin/sh\necho "${0##*/}"\n')
    (tools / "shim").symlink_to("tool")
    assert lair.run([str(tools / "shim")], ISOLATED).stdout == "tool\n"
    lair.environment["PATH"] = f"{tools}:{lair.environment['PATH']}"
    assert lair.run([str(tools / "shim")], ISOLATED).stdout == "shim\n"


def test_a_configuration_folder_of_links(lair: Lair) -> None:
    dotfiles = lair.place / "home/dotfiles"
    (dotfiles / "claude").mkdir(parents=True)
    (dotfiles / "skills").mkdir()
    (dotfiles / "claude/skills").symlink_to(dotfiles / "skills")
    (lair.place / "home/.claude").symlink_to(dotfiles / "claude")
    own = private.make(lair.ctx.paths)
    found = seen.claude_mounts(lair.environment, own, str(lair.project))
    at = lair.place / "home/.claude"
    assert found == [Mount(at, own / "claude", writable=True), Mount(at / "skills", dotfiles / "skills")]
