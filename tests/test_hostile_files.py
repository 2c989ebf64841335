"""What a confined agent may put into its journal and into its Claude's folder: nothing of it may end a listing or a
send, hold one up, or lead it elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_send import confined, journal, panes, processes
from llm_send.claude import files, private, sessions, transcript
from llm_send.claude.screen import Screen
from llm_send.config.types import Config
from llm_send.evidence import Evidence
from llm_send.panes import Agent
from llm_send.paths import Paths
from tests.rows import row

ID = "0af7651c-0000-4000-8000-00000000000a"
NAME = f"{ID}.jsonl"
ODD: list[object] = [
    None,
    True,
    7,
    -1.5,
    1e999,
    "",
    "\ud800",
    "a\x1b[2Jb",
    "x" * 100_000,
    [],
    [1],
    {},
    {"text": [1]},
    [[]],
    [{}],
]
NO_JSON = [b"", b"\xff\xfe", b"[" * 200_000, b'{"a":' * 200_000, b"1" * 5000, b"null", b"[]", b'"words"', b"\0" * 9]
PLANTS = ("link", "loop", "pipe", "folder")


def plant(what: str, file: Path, elsewhere: Path) -> None:
    if what == "link":
        file.symlink_to(elsewhere)
    elif what == "loop":
        file.symlink_to(file)
    elif what == "pipe":
        os.mkfifo(file)
    else:
        file.mkdir()


def sound(value: object) -> bool:
    """Whether it can be stored and shown."""
    return value is None or (isinstance(value, str) and value.encode() is not None)


# The journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pane"
    for name in ("events", "pending"):
        (made / name).mkdir(parents=True)
    return made


def read(folder: Path) -> list[journal.Event]:
    """With every reader there is."""
    found = [*journal.events(folder), *journal.latest(folder), journal.own(folder, "a")]
    return [event for event in found if event]


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("name", ["prompt-a", "note-a"])
def test_an_event_of_odd_values(folder: Path, name: str, odd: object) -> None:
    keys = ("hook_event_name", "permission_mode", "prompt_id", "session_id", "transcript_path")
    inner = dict.fromkeys(("verdict", "id", "pid"), odd)
    for raw in ({**dict.fromkeys(keys, odd), "llm_send": inner}, {**dict.fromkeys(keys, odd), "llm_send": odd}):
        (folder / "events" / name).write_text(json.dumps(raw))
        for event in read(folder):
            texts = (event.name, event.mode, event.prompt_id, event.session_id, event.verdict, event.send_id)
            assert all(map(sound, texts))
            assert sound(event.transcript)
            assert isinstance(event.claude_pid, int)


@pytest.mark.parametrize("raw", NO_JSON, ids=lambda raw: ascii(raw[:9]))
def test_an_event_that_is_none(folder: Path, raw: bytes) -> None:
    (folder / "events/prompt-a").write_bytes(raw)
    assert read(folder) == []


@pytest.mark.parametrize("what", PLANTS)
def test_an_event_that_is_no_file(folder: Path, tmp_path: Path, what: str) -> None:
    (tmp_path / "elsewhere").write_text('{"hook_event_name": "Stop"}')
    plant(what, folder / "events/prompt-a", tmp_path / "elsewhere")
    assert read(folder) == []


def test_a_journal_that_cannot_be_listed(folder: Path) -> None:
    """As when the agent has taken all rights from the folder, which does not bind root."""
    for name in ("events", "pending"):
        (folder / name).rmdir()
        (folder / name).touch()
    assert (read(folder), journal.pending(folder)) == ([], 0)


def test_no_more_is_read_than_the_gate_keeps(folder: Path) -> None:
    for number in range(journal.NEWEST + 1):
        file = folder / "events" / f"prompt-{number}"
        file.write_text(json.dumps({"llm_send": {"verdict": "blocked_mode" if number else "passed"}}))
        os.utime(file, ns=(number, number))
    assert journal.latest(folder) == (None, None)


# Session files


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_a_session_of_odd_values(tmp_path: Path, odd: object) -> None:
    (tmp_path / "sessions").mkdir()
    for key in ("sessionId", "status", "procStart"):
        raw = {"sessionId": "s", "status": "idle", key: odd}
        (tmp_path / "sessions/7.json").write_text(json.dumps(raw))
        found = sessions.session_of(tmp_path, 7, None)
        assert found is None or all(map(sound, (found.id, found.status, found.proc_start)))


@pytest.mark.parametrize("raw", NO_JSON, ids=lambda raw: ascii(raw[:9]))
def test_a_session_that_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions/7.json").write_bytes(raw)
    assert sessions.session_of(tmp_path, 7, None) is None


@pytest.mark.parametrize("what", PLANTS)
def test_a_session_that_is_no_file(tmp_path: Path, what: str) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "elsewhere").write_text('{"sessionId": "s"}')
    plant(what, tmp_path / "sessions/7.json", tmp_path / "elsewhere")
    assert sessions.session_of(tmp_path, 7, None) is None


@pytest.mark.parametrize("session", ["../../precious", "*", "**", "**x", "", "[", "a\0", "/precious", "x" * 200])
def test_a_session_is_no_path(tmp_path: Path, session: str) -> None:
    (tmp_path / "claude/projects/-here").mkdir(parents=True)
    for file in ("precious.jsonl", f"claude/projects/-here/{NAME}"):
        (tmp_path / file).touch()
    assert sessions.transcript_of(tmp_path / "claude", session) is None


def test_a_link_that_no_one_can_follow(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects/-here").symlink_to("x" * 300)
    assert sessions.transcript_of(tmp_path, ID) is None


# Transcripts

READERS: dict[str, Callable[[Path], object]] = {
    "taken": lambda file: sessions.taken_since(file, 0),
    "mode": lambda file: sessions.last_mode(file) or [],
    "commands": lambda file: transcript.commands_since(file, 0),
    "queue": lambda file: transcript.queued_since(file, 0),
}


def line(**values: object) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_a_transcript_of_odd_values(tmp_path: Path, odd: object) -> None:
    file = tmp_path / NAME
    keys = dict.fromkeys(("promptId", "timestamp", "operation"), odd)
    inner = [odd, {"content": odd}, {"content": [{"type": "text", "text": odd}]}, {"content": [odd]}]
    inner.append({"content": f"<command-name>x</command-name>{odd}"})
    written = [
        line(type="user", message=message, **keys, **more) for message in inner for more in ({}, {"isMeta": odd})
    ]
    written += [line(type="user", permissionMode=odd, message={"content": "said"}, **keys)]
    written += [line(type="system", subtype="local_command", content=odd, **keys)]
    written += [line(type="queue-operation", content=odd, **keys)]
    file.write_bytes(b"".join(written))
    for taken in sessions.taken_since(file, 0):
        assert all(map(sound, (taken.text, taken.prompt_id, taken.mode, taken.timestamp)))
        assert taken.at is None
    for ran in transcript.commands_since(file, 0):
        assert all(map(sound, (ran.name, ran.text, ran.prompt_id)))
    for step in transcript.queued_since(file, 0):
        assert all(map(sound, (step.operation, step.text)))
    assert sound(sessions.last_mode(file))


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00+23:59", "x"])
def test_a_time_that_is_none(stamp: str) -> None:
    assert isinstance(files.moment(stamp), float | None)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("raw", NO_JSON, ids=lambda raw: ascii(raw[:9]))
def test_lines_that_are_no_records(tmp_path: Path, raw: bytes, read: Callable[[Path], object]) -> None:
    marks = b'"type":"user" "type":"queue-operation"'
    (tmp_path / NAME).write_bytes(b"\n".join((raw, raw + marks, b"{" + marks + b":" + raw, b"")))
    assert read(tmp_path / NAME) == []


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("what", PLANTS)
def test_a_transcript_that_is_no_file(tmp_path: Path, what: str, read: Callable[[Path], object]) -> None:
    said = line(type="user", permissionMode="plan", message={"content": "<bash-input>x</bash-input>"})
    (tmp_path / "elsewhere").write_bytes(said + line(type="queue-operation", operation="enqueue", content="x"))
    plant(what, tmp_path / NAME, tmp_path / "elsewhere")
    assert read(tmp_path / NAME) == []


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_transcript_without_an_end(tmp_path: Path, read: Callable[[Path], object]) -> None:
    (tmp_path / NAME).touch()
    os.truncate(tmp_path / NAME, 2**40)
    assert read(tmp_path / NAME) == []


def test_a_line_that_is_too_long_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST", 50)
    (tmp_path / "t").write_bytes(b"a\n" + b"b" * 120 + b"\nc\nhalf")
    assert [each for each in files.lines(tmp_path / "t", 0) if len(each) < 10] == [b"a\n", b"c\n"]


@pytest.mark.parametrize(
    "content",
    [
        "<command-message></command-name>" + "</command-message><command-name>" * 30_000,
        "<command-name>x</command-name>" + "<command-args>" * 70_000,
    ],
)
def test_marks_by_the_thousand_take_no_time(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_bytes(line(type="user", message={"content": content}))
    began = time.monotonic()
    transcript.commands_since(tmp_path / NAME, 0)
    assert time.monotonic() - began < 1.0


def test_a_transcript_without_an_end_is_not_taken_back(tmp_path: Path) -> None:
    here = tmp_path / "own/claude/projects/-here"
    here.mkdir(parents=True)
    (here / NAME).touch()
    os.truncate(here / NAME, 2**40)
    assert private.take_back(tmp_path / "own", {"HOME": str(tmp_path / "home")}, "-here") == []


# Links on the way to them


@pytest.fixture
def agent(folder: Path, tmp_path: Path) -> Agent:
    """A confined one that has a session file, and a project's folder elsewhere that it may not read."""
    own = tmp_path / "own"
    for each in (own / "claude/projects", own / "claude/sessions", tmp_path / "elsewhere"):
        each.mkdir(parents=True)
    confined.say(folder, own, Path("/here"), keep=False)
    said = line(type="user", permissionMode="plan", message={"content": "said"})
    (tmp_path / "elsewhere" / NAME).write_bytes(said)
    session = json.dumps({"sessionId": ID, "procStart": processes.start_time(os.getpid())})
    for place in (tmp_path / "elsewhere", own / "claude/sessions"):
        (place / f"{os.getpid()}.json").write_text(session)
    return Agent(row(folder=str(folder)), os.getpid())


def mode(agent: Agent) -> str | None:
    return panes._mode(agent, Screen("unknown"), Config(), (None, None))[0]  # noqa: SLF001


def evidence(agent: Agent) -> Path | None:
    found = Evidence(agent, Path(agent.row.folder or ""))
    found.mark()
    return found.baseline.transcript


def test_its_own_transcript_is_read(agent: Agent, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").rename(tmp_path / "own/claude/projects/-here")
    assert mode(agent) == "plan"
    assert evidence(agent) == tmp_path / "own/claude/projects/-here" / NAME


@pytest.mark.parametrize("link", ["own/claude/projects/-here", "own/claude/projects", "own/claude/projects/-here/t"])
def test_a_link_on_the_way_is_not_followed(agent: Agent, folder: Path, tmp_path: Path, link: str) -> None:
    place, target = tmp_path / link, tmp_path / "elsewhere"
    if link.endswith("projects"):
        place.rmdir()
        target = tmp_path / "others"
        target.mkdir()
        (tmp_path / "elsewhere").rename(target / "-here")
    elif link.endswith("/t"):
        place.parent.mkdir()
        place, target = place.with_name(NAME), target / NAME
    place.symlink_to(target)
    assert confined.transcript(folder, f"/x/-here/{NAME}") is None
    assert panes.transcript_of(agent) is None
    assert evidence(agent) is None
    assert mode(agent) is None


@pytest.mark.parametrize("what", PLANTS)
def test_a_transcript_planted_in_its_own_folder(agent: Agent, tmp_path: Path, what: str) -> None:
    (tmp_path / "own/claude/projects/-here").mkdir()
    plant(what, tmp_path / "own/claude/projects/-here" / NAME, tmp_path / "elsewhere" / NAME)
    assert mode(agent) is None
    Evidence(agent, tmp_path / "pane").mark()


def test_a_folder_of_sessions_elsewhere(agent: Agent, tmp_path: Path) -> None:
    place = tmp_path / "own/claude/sessions"
    for file in place.iterdir():
        file.unlink()
    place.rmdir()
    place.symlink_to(tmp_path / "elsewhere")
    assert panes.session_of(agent) is None


@pytest.mark.usefixtures("agent")
def test_a_project_of_too_long_a_name(folder: Path) -> None:
    assert confined.transcript(folder, f"/x/{'a' * 256}/{NAME}") is None


def test_one_who_is_not_confined_may_have_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To another disk, as people do."""
    (tmp_path / "disk/projects/-here").mkdir(parents=True)
    (tmp_path / "disk/sessions").mkdir()
    (tmp_path / "disk/projects/-here" / NAME).write_bytes(
        line(type="user", permissionMode="plan", message={"content": "said"})
    )
    (tmp_path / f"disk/sessions/{os.getpid()}.json").write_text(json.dumps({"sessionId": ID}))
    (tmp_path / "config").symlink_to(tmp_path / "disk")
    monkeypatch.setattr(processes, "environ_of", lambda _: {"CLAUDE_CONFIG_DIR": str(tmp_path / "config")})
    assert mode(Agent(row(), os.getpid())) == "plan"


@pytest.mark.parametrize("said", ["\udcff", "a\x1b[2J", "x" * 100_000])
def test_a_mode_that_cannot_be_shown_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str) -> None:
    monkeypatch.setattr(processes, "argv", lambda _: ["claude", "--permission-mode", said])
    monkeypatch.setattr(processes, "environ_of", lambda _: {"HOME": str(tmp_path)})
    assert mode(Agent(row(), os.getpid())) is None


def test_folders_in_folders_end_no_listing(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "state")
    place = paths.confined / "left"
    place.mkdir(parents=True)
    later = place.stat().st_mtime + 61
    here = Path.cwd()
    try:
        os.chdir(place)
        for _ in range(1500):
            Path("d").mkdir()
            os.chdir("d")
        os.chdir(place.parent)
        os.utime(place, (later - 61, later - 61))
        assert confined.sweep(paths, {"HOME": str(tmp_path)}, later) == []
    finally:
        os.chdir(here)
        subprocess.run(["rm", "-rf", paths.confined], check=False)  # shutil goes no deeper either
