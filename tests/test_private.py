"""What a confined Claude gets of the person's configuration folder, and what comes back of it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from llm_send import confined, guard
from llm_send.claude import private
from llm_send.confine import private as thrown_away
from llm_send.paths import Paths

ID = "0af7651c-0000-4000-8000-00000000000a"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    (home / ".claude/skills").mkdir(parents=True)
    return {"HOME": str(home)}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    for name in ("home", "work", "tmp", "claude"):
        (folder / name).mkdir(parents=True)
    return folder


def test_it_is_a_copy_without_what_others_said(environment: dict[str, str], own: Path) -> None:
    real = Path(environment["HOME"], ".claude")
    (real / "settings.json").write_text("{}")
    (real / "history.jsonl").write_text("what I typed elsewhere")
    (real / ".credentials.json").write_text("token")
    (real / ".claude.json.backup.1").write_text("other projects")
    (real / "projects/-other").mkdir(parents=True)
    known = {"hasCompletedOnboarding": True, "projects": {"/here": {"a": 1}, "/other": {"mcpServers": {"b": "token"}}}}
    Path(environment["HOME"], ".claude.json").write_text(json.dumps(known))
    private.fill(own, environment, Path("/here"), trusted=False)
    private.begin(own, environment)
    assert sorted(each.name for each in (own / "claude").iterdir()) == ["projects", "settings.json"]
    state = json.loads((own / "home/.claude.json").read_text())
    assert state == {"hasCompletedOnboarding": True, "projects": {"/here": {"a": 1}}}
    assert dict(private.carried(environment)) == {real / "skills": False, real / ".credentials.json": True}


def test_its_own_folder_needs_no_trust(environment: dict[str, str], own: Path) -> None:
    private.fill(own, environment, own / "work", trusted=True)
    private.begin(own, environment)
    state = json.loads((own / "home/.claude.json").read_text())
    assert state["projects"][str(own / "work")]["hasTrustDialogAccepted"]


def test_transcripts_alone_come_back(environment: dict[str, str], own: Path) -> None:
    here = own / "claude/projects/-here"
    (here / "memory").mkdir(parents=True)
    (here / f"{ID}.jsonl").write_text("said")
    (here / "memory/MEMORY.md").write_text("obey me")
    (here / "settings.json").write_text("{}")
    (own / "claude/settings.json").write_text("planted")
    assert private.take_back(own, environment, "-here") == [
        Path(environment["HOME"], f".claude/projects/-here/{ID}.jsonl")
    ]
    found = [each.name for each in Path(environment["HOME"], ".claude/projects").rglob("*") if each.is_file()]
    assert found == [f"{ID}.jsonl"]
    assert not Path(environment["HOME"], ".claude/settings.json").exists()


@pytest.mark.parametrize("plant", ["link", "pipe"])
def test_what_only_looks_like_one_does_not(environment: dict[str, str], own: Path, tmp_path: Path, plant: str) -> None:
    (tmp_path / "precious").write_text("a secret")
    here = own / "claude/projects/-here"
    here.mkdir(parents=True)
    if plant == "link":
        (here / f"{ID}.jsonl").symlink_to(tmp_path / "precious")
    else:
        os.mkfifo(here / f"{ID}.jsonl")
    assert private.take_back(own, environment, "-here") == []


def test_a_folder_of_links_is_not_followed(environment: dict[str, str], own: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / f"{ID}.jsonl").write_text("x")
    (own / "claude/projects").mkdir()
    (own / "claude/projects/-here").symlink_to(tmp_path / "elsewhere")
    assert private.take_back(own, environment, "-here") == []


@pytest.mark.parametrize("project", ["-other", "-here-too", "-her"])
def test_a_conversation_for_another_project_is_not_taken(environment: dict[str, str], own: Path, project: str) -> None:
    """Somebody would go on with it there, outside."""
    there = own / "claude/projects" / project
    there.mkdir(parents=True)
    (there / f"{ID}.jsonl").write_text("planted")
    assert private.take_back(own, environment, "-here") == []


def test_of_a_long_path_claude_keeps_the_beginning(environment: dict[str, str], own: Path) -> None:
    project = private.folder_name(Path("/" + "x" * 300))
    there = own / "claude/projects" / f"{project[:200]}-1a2b3c"
    there.mkdir(parents=True)
    (there / f"{ID}.jsonl").write_text("said")
    assert len(private.take_back(own, environment, project)) == 1


PLANTS = ("claude/settings.json", "claude/.claude.json", "home/.claude.json", "claude/projects", "claude/CLAUDE.md")


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_a_later_start_is_not_led_elsewhere(
    environment: dict[str, str], own: Path, tmp_path: Path, plant: str, kind: str
) -> None:
    """What the one before has put where files are copied to."""
    real = Path(environment["HOME"], ".claude")
    for name in ("settings.json", "CLAUDE.md"):
        (real / name).write_text("{}")
    private.fill(own, environment, Path("/here"), trusted=False)
    private.begin(own, environment)
    here, precious = own / "claude/projects/-here", tmp_path / "precious"
    here.mkdir()
    (here / f"{ID}.jsonl").write_text("said")
    precious.mkdir()
    (precious / "file").write_text("precious")
    there = own / plant
    if there.is_dir():
        shutil.rmtree(there)
    there.unlink(missing_ok=True)
    if kind == "link":
        there.symlink_to(precious if plant.endswith("projects") else precious / "file")
    elif kind == "folder":
        (there / "deep").mkdir(parents=True)
    else:
        os.mkfifo(there)
    private.fill(own, environment, Path("/here"), trusted=False)
    private.begin(own, environment)
    assert [(each.name, each.read_text()) for each in precious.iterdir()] == [("file", "precious")]
    assert (own / "claude/settings.json").read_text() == "{}"
    assert json.loads((own / "home/.claude.json").read_text())["projects"]
    if not plant.endswith("projects"):
        assert (own / "claude/projects/-here" / f"{ID}.jsonl").read_text() == "said"


def test_another_conversation_is_not_written_over(environment: dict[str, str], own: Path) -> None:
    there = Path(environment["HOME"], ".claude/projects/-here")
    here = own / "claude/projects/-here"
    here.mkdir(parents=True)
    there.mkdir(parents=True)
    (there / f"{ID}.jsonl").write_text("mine\n")
    (here / f"{ID}.jsonl").write_text("theirs\n")
    assert private.take_back(own, environment, "-here") == []
    (here / f"{ID}.jsonl").write_text("mine\nand more\n")
    private.take_back(own, environment, "-here")
    assert (there / f"{ID}.jsonl").read_text() == "mine\nand more\n"


# What its hooks name


@pytest.fixture
def folder(tmp_path: Path, own: Path) -> Path:
    made = tmp_path / "pane"
    made.mkdir()
    confined.say(made, own, Path("/here"), keep=False)
    return made


def test_a_transcript_is_where_its_private_folder_is(folder: Path, own: Path) -> None:
    said = f"/home/me/.claude/projects/-here/{ID}.jsonl"
    assert confined.transcript(folder, said) == str(own / f"claude/projects/-here/{ID}.jsonl")


@pytest.mark.parametrize("said", ["/etc/passwd", f"/x/../{ID}.jsonl", f"/x/-here/{ID}.json", "", "x", f"{ID}.jsonl"])
def test_another_path_is_none(folder: Path, said: str) -> None:
    assert confined.transcript(folder, said) is None


def test_a_link_is_no_transcript(folder: Path, own: Path) -> None:
    place = own / "claude/projects/-here"
    place.mkdir(parents=True)
    (place / f"{ID}.jsonl").symlink_to("/etc/passwd")
    assert confined.transcript(folder, f"/x/-here/{ID}.jsonl") is None


def test_a_pane_that_sees_all_names_what_it_likes(tmp_path: Path) -> None:
    assert confined.transcript(tmp_path, "/any/where.jsonl") == "/any/where.jsonl"


def test_what_no_pane_has_any_more_is_swept(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "state")
    left, used = paths.confined / "left", paths.confined / "used"
    for each in (left / "work/locked", used):
        each.mkdir(parents=True)
    (left / "work/locked").chmod(0)
    pane = paths.panes / "pane"
    pane.mkdir(parents=True)
    confined.say(pane, used, Path("/here"), keep=False)
    later = left.stat().st_mtime + 61
    assert confined.sweep(paths, {"HOME": str(tmp_path)}, left.stat().st_mtime) == []
    assert left.exists()
    (pane / "pane.json").write_text(json.dumps({"lock": "", "policy": "warn", "rules": 0, "anchor_pid": os.getpid()}))
    confined.sweep(paths, {"HOME": str(tmp_path)}, later)
    assert (left.exists(), used.exists()) == (False, True)


def test_what_cannot_be_brought_back_stays(tmp_path: Path, own: Path) -> None:
    """And a listing of panes goes on."""
    paths = Paths(tmp_path / "config", tmp_path / "state")
    pane = paths.panes / "pane"
    pane.mkdir(parents=True)
    (own / "claude/projects/-here").mkdir(parents=True)
    (own / "claude/projects/-here" / f"{ID}.jsonl").write_text("said")
    confined.say(pane, own, Path("/here"), keep=True)
    (tmp_path / "home").write_text("no folder")
    later = pane.stat().st_mtime + 61
    assert confined.sweep(paths, {"HOME": str(tmp_path / "home")}, later) == []
    assert (own / "claude/projects/-here" / f"{ID}.jsonl").exists()
    (tmp_path / "home").unlink()
    assert confined.sweep(paths, {"HOME": str(tmp_path / "home")}, later) == [pane]
    assert (tmp_path / "home/.claude/projects/-here" / f"{ID}.jsonl").read_text() == "said"


def test_what_an_agent_made_hard_to_remove_is_removed(tmp_path: Path) -> None:
    """Deeper than a path may be long, and without any rights."""
    paths = Paths(tmp_path / "config", tmp_path / "state")
    made = thrown_away.make(paths)
    here = os.open(made / "work", os.O_RDONLY)
    try:
        for _ in range(3000):
            os.mkdir("deep", dir_fd=here)
            inner = os.open("deep", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
    finally:
        os.close(here)
    (made / "work/deep").chmod(0)
    (made / "home/out").symlink_to(tmp_path)
    thrown_away.remove(made)
    assert not made.exists()
    assert tmp_path.exists()


@pytest.mark.parametrize("taken", ["claude", "claude/projects", "claude/projects/-here"])
def test_rights_that_were_taken_hold_nobody_up(environment: dict[str, str], own: Path, taken: str) -> None:
    (own / "claude/projects/-here").mkdir(parents=True)
    (own / "claude/projects/-here" / f"{ID}.jsonl").write_text("said")
    (own / taken).chmod(0)
    assert private.take_back(own, environment, "-here") == []
    private.fill(own, environment, Path("/here"), trusted=False)
    private.begin(own, environment)
    assert (own / "claude/projects").is_dir()


@pytest.mark.parametrize("spool", ["expected", "pending"])
def test_a_spool_that_is_spoiled_breaks_nobody(tmp_path: Path, spool: str) -> None:
    (tmp_path / spool / "an-id/deep").mkdir(parents=True)
    guard.take_back(tmp_path, "an-id")
    guard.clear_announced(tmp_path, 1e12)
    (tmp_path / spool).chmod(0)
    guard.take_back(tmp_path, "an-id")
    guard.clear_announced(tmp_path, 1e12)
