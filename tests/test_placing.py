"""Where a new pane goes, by a real tmux: into the folder and under the name asked for, whatever signs they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_send.actions.context import Context, Here
from llm_send.actions.placing import Where, place
from llm_send.config.types import Config
from llm_send.errors import LlmSendError
from llm_send.paths import Paths
from llm_send.tmux import Row, Tmux
from tests.rig import tmux as rig
from tests.rig.wait import wait_until

ODD = [
    "plain",
    "C#",
    "#H",
    "a#{pane_id}b",
    "##",
    "a#[b",
    "###[",
    "###{",
    "a,b}c",
    "#(touch ran)",
    "ä 漢",
    "-x",
    "a;",
    "%H",
    "'\"$x`",
    "a\\b",
]
WAYS: list[Where] = ["h", "v", "window", "session"]


@pytest.fixture
def seat(tmux: rig.Tmux) -> rig.Pane:
    return tmux.new_pane(["cat", "-"])


@pytest.fixture
def ctx(tmux: rig.Tmux, seat: rig.Pane, project: Path) -> Context:
    door = Tmux(socket_path=str(tmux.socket), environment=tmux.environment)
    paths = Paths(project / "config", project / "state")
    return Context(door, Config(), paths, tmux.environment, Here(cwd=str(project), pane=seat.id))


def placed(ctx: Context, where: Where, *, name: str = "n", cwd: str = "/", session: str | None = None) -> Row:
    argv = ["cat", "-"]
    return place(ctx, ctx.tmux.rows(), where, session, name=name, cwd=cwd, env={"A": "#{x} b;"}, argv=argv)


@pytest.mark.parametrize("where", WAYS)
@pytest.mark.parametrize("folder", ODD)
def test_the_folder_is_the_one_asked_for(ctx: Context, project: Path, where: Where, folder: str) -> None:
    cwd = project / folder
    cwd.mkdir()
    row = placed(ctx, where, cwd=str(cwd), session="new")
    wait_until(lambda: Path(f"/proc/{row.pid}/comm").read_text() == "cat\n")
    assert Path(f"/proc/{row.pid}/cwd").readlink() == cwd
    assert not list(project.rglob("ran"))
    assert not Path("ran").exists(), "a folder's name is never run"


@pytest.mark.parametrize("where", ["window", "session"])
@pytest.mark.parametrize("name", ODD)
def test_a_window_is_called_what_was_asked_for(ctx: Context, tmux: rig.Tmux, where: Where, name: str) -> None:
    row = placed(ctx, where, name=name, session="new", cwd=ctx.here.cwd)
    shown = tmux.run("display-message", "-p", "-t", row.id, "#{window_name}")
    assert shown.replace("\\\\", "\\") == name
    assert not Path("ran").exists(), "a name is never run"


@pytest.mark.parametrize("name", ["C#", "#{pane_id}", "#(touch ran)"])
def test_a_session_is_called_what_was_asked_for(ctx: Context, name: str) -> None:
    assert placed(ctx, "session", session=name).session == name
    assert placed(ctx, "session", session=name).session == name, "the second window goes to the same session"


@pytest.mark.parametrize("where", WAYS)
def test_the_program_gets_its_environment_as_it_is(ctx: Context, where: Where) -> None:
    row = placed(ctx, where, session="new")
    wait_until(lambda: b"A=#{x} b;" in Path(f"/proc/{row.pid}/environ").read_bytes().split(b"\0"))


@pytest.mark.parametrize("where", WAYS)
def test_the_focus_stays(ctx: Context, seat: rig.Pane, where: Where) -> None:
    placed(ctx, where, session="main")
    assert seat.value("#{pane_active}#{window_active}") == "11"


@pytest.mark.parametrize("where", ["h", "v"])
def test_a_pane_too_small_to_read_is_not_opened(ctx: Context, tmux: rig.Tmux, seat: rig.Pane, where: Where) -> None:
    tmux.run("resize-window", "-t", seat.id, "-x", "60", "-y", "15")
    with pytest.raises(LlmSendError, match="no room") as caught:
        placed(ctx, where)
    assert caught.value.code == "too_small"
    assert len(ctx.tmux.rows()) == 1


def test_one_word_is_not_given_to_a_shell(ctx: Context, project: Path) -> None:
    program = project / "a;b"
    program.symlink_to(str(Path("/bin/cat").resolve()))
    row = place(ctx, ctx.tmux.rows(), "window", None, name="n", cwd="/", env={}, argv=[str(program)])
    wait_until(lambda: Path(f"/proc/{row.pid}/comm").read_text() == "a;b\n")
