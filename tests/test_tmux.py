"""The door to tmux: what it says is what there is, and keys go only where they may. On both tmux versions."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from llm_send.tmux import (
    Row,
    Tmux,
    TmuxError,
    before,
    chained,
    check_version,
    guarded_write,
    one_pane,
    parse_rows,
    quoted,
    shows,
    still,
    version_of,
)
from tests.rig import tmux as rig
from tests.rig.wait import wait_until
from tests.rows import row as row_of_a_pane

RECORDER = Path(__file__).parent / "recorder.py"
NONCE = "0123456789abcdef"
BYTES = {
    "plain": b"hello",
    "a paste": b"\x1b[200~two\nlines\tand more\x1b[201~",
    "controls": bytes(range(1, 256)),
    "unicode": "漢字 🙂 e\u0301 \u202e \ue0b0 \uffff".encode(),
    "format signs": b"#{pane_id} #(touch x) #S %1 ; \\; $HOME `id` \"'",
    "megabyte": os.urandom(1_000_000),
    "return": b"\r",
    "tab back": b"\x1b[Z",
}


@pytest.fixture
def door(tmux: rig.Tmux) -> Tmux:
    return Tmux(socket_path=str(tmux.socket), environment=tmux.environment)


@dataclass(frozen=True)
class Recorder:
    """A pane with the recorder in it."""

    pane: rig.Pane
    door: Tmux
    file: Path

    @property
    def row(self) -> Row:
        return next(row for row in self.door.rows() if row.id == self.pane.id)

    def write(self, keys: bytes, row: Row | None = None, *more: str, nonce: str | None = None) -> str:
        seen = row or self.row
        return self.door.run(*guarded_write(seen, [*still(seen, nonce), *more], NONCE), stdin=keys).strip()

    def got(self, keys: bytes) -> None:
        wait_until(lambda: len(self.file.read_bytes()) >= len(keys), show=lambda: str(self.file.stat().st_size))
        assert self.file.read_bytes() == keys

    def buffers(self) -> list[str]:
        return self.door.run(["list-buffers", "-F", "#{buffer_name}"]).split()


@pytest.fixture
def recorder(tmux: rig.Tmux, door: Tmux, place: Path) -> Recorder:
    file = place / "recorded"
    pane = tmux.new_pane([sys.executable, str(RECORDER), str(file)])
    pane.wait_for("READY")
    return Recorder(pane, door, file)


# What there is


@pytest.mark.parametrize(
    "session", ["work", "größe 漢字", "a b", "#{pane_id}", "x;", "-x", "a,b}c#d", "'\"$x`", ":nope"]
)
def test_session_names(tmux: rig.Tmux, door: Tmux, session: str) -> None:
    door.run(["new-session", "-d", "-s", session.replace("#{", "##{"), "cat"])
    [row] = door.rows()
    assert row.session == tmux.run("display-message", "-p", "-t", row.id, "#{session_name}")
    assert row.target == f"{row.session}:0.0"


@pytest.mark.parametrize(
    "name", ["plain", "new\nline", "a\tb", "漢字 🙂", "#{pane_id}", ":nonce:", "a;b", " ", "\x1b[31m", "a\\b"]
)
def test_folders(tmux: rig.Tmux, door: Tmux, place: Path, name: str) -> None:
    folder = place / name
    folder.mkdir()
    pane = tmux.new_pane(["sh", "-c", 'cd "$1" && exec cat', "sh", str(folder)])
    other = tmux.new_pane(["cat"])
    escaped = name.replace("\n", "\\012").replace("\x1b", "\\033").replace("\t", "\\011")
    expected = {str(folder), str(place / escaped)}  # 3.4 to 3.6 print control characters so
    wait_until(lambda: {row.id: row.cwd for row in door.rows()}[pane.id] in expected, show=lambda: str(door.rows()))
    assert {row.id for row in door.rows()} == {pane.id, other.id}


def test_a_row_is_what_tmux_says(tmux: rig.Tmux, door: Tmux) -> None:
    pane = tmux.new_pane(["cat", "-"], session="work", cwd=Path("/usr"))
    row = wait_until(lambda: next((row for row in door.rows() if (row.command, row.cwd) == ("cat", "/usr")), None))
    assert row
    assert (row.id, row.pid, row.session, row.target) == (pane.id, pane.pid, "work", "work:0.0")
    assert (row.dead, row.input_off, row.in_mode) == (False, False, False)
    assert (row.width, row.height, row.command, row.cwd) == (rig.WIDTH, rig.HEIGHT, "cat", "/usr")
    assert row.socket == str(tmux.socket)
    assert (row.name, row.lock, row.folder, row.turn) == (None, None, None, None)
    assert row.server_pid == int(pane.value("#{pid}"))
    check_version(row.version)


def test_a_row_of_a_pane_that_has_gone_is_nobodys(tmux: rig.Tmux, door: Tmux) -> None:
    """A server that is just ending prints it, and says that all is well."""
    tmux.new_pane(["cat"])
    printed = door.run(one_pane(NONCE, "%99"))
    assert [(row.id, row.pid) for row in parse_rows(printed, NONCE)] == [("", 0)]


def test_one_pane_is_the_same_row(tmux: rig.Tmux, door: Tmux) -> None:
    tmux.new_pane(["cat"])
    pane = tmux.new_pane(["cat", "-"], session="other")
    wait_until(lambda: pane.value("#{pane_current_command}") == "cat")
    printed = door.run(one_pane(NONCE, pane.id))
    assert parse_rows(printed, NONCE) == [row for row in door.rows() if row.id == pane.id]


def test_marks_speak_for_their_process_alone(tmux: rig.Tmux, door: Tmux) -> None:
    pane = tmux.new_pane(["cat"])
    other = tmux.new_pane(["cat"])
    for key, value in {"pid": str(pane.pid), "name": "claude;", "lock": "plan", "folder": "/a b#{x}"}.items():
        door.run(["set-option", "-p", "-t", pane.id, f"@llm_send_{key}", value])
    door.run(["set-option", "-w", "-t", other.id, "@llm_send_name", "of the window"])
    mine, others = door.rows()
    assert (mine.name, mine.lock, mine.folder) == ("claude;", "plan", "/a b#{x}")
    assert others.name is None
    door.run(["respawn-pane", "-k", "-t", pane.id, "cat"])
    assert [row.name for row in door.rows()] == [None, None]


def test_a_locale_without_utf8(tmux: rig.Tmux) -> None:
    tmux.run("new-session", "-d", "-s", "größe", "cat")
    environment = {**tmux.environment, "LC_ALL": "C", "LANG": "C"}
    [row] = Tmux(socket_path=str(tmux.socket), environment=environment).rows()
    assert row.session == "größe"


def test_a_dead_pane(tmux: rig.Tmux, door: Tmux) -> None:
    tmux.new_pane(["cat"])
    tmux.run("set-option", "-g", "remain-on-exit", "on")
    pane = tmux.new_pane(["true"])
    row = wait_until(lambda: next((row for row in door.rows() if row.id == pane.id and row.dead), None))
    assert row


def test_no_panes_is_no_error(door: Tmux) -> None:
    assert door.rows() == []


# Errors are errors


def test_no_server(tmux_program: Path, place: Path) -> None:
    environment = {"PATH": str(tmux_program.parent), "TMUX_TMPDIR": str(place)}
    for door in (Tmux(environment=environment), Tmux(socket_name="x", environment=environment)):
        with pytest.raises(TmuxError, match="No tmux server is running") as caught:
            door.rows()
        assert caught.value.code == "no_tmux"
        assert door.installed()


def test_a_socket_nobody_listens_on(tmux_program: Path, place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place / "left"))
    door = Tmux(socket_path=str(place / "left"), environment={"PATH": str(tmux_program.parent)})
    with pytest.raises(TmuxError) as caught:
        door.rows()
    assert caught.value.code == "no_tmux"
    assert str(place / "left") in caught.value.message


def test_not_installed(tmp_path: Path) -> None:
    door = Tmux(environment={"PATH": str(tmp_path)})
    assert not door.installed()
    with pytest.raises(TmuxError, match="not installed") as caught:
        door.rows()
    assert caught.value.code == "no_tmux"


def test_in_tmuxs_own_words(tmux: rig.Tmux, door: Tmux) -> None:
    tmux.new_pane(["cat"])
    with pytest.raises(TmuxError, match=r"can't find pane: %99") as caught:
        door.run(["kill-pane", "-t", "%99"])
    assert caught.value.code == "tmux"


def test_an_answer_we_cannot_read() -> None:
    with pytest.raises(TmuxError, match="cannot read"):
        parse_rows(f"one:{NONCE}:two:{NONCE};\n", NONCE)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.3a", (3, 3)),
        ("3.7c", (3, 7)),
        ("next-3.8", (3, 8)),
        ("3.5-rc2", (3, 5)),
        ("4", (4, 0)),
        ("openbsd-7.0", (0, 0)),
        ("", (0, 0)),
        ("master", (0, 0)),
    ],
)
def test_versions(text: str, version: tuple[int, int]) -> None:
    assert version_of(text) == version


@pytest.mark.parametrize("text", ["3.1c", "2.9", "1.8", "master", ""])
def test_too_old(text: str) -> None:
    with pytest.raises(TmuxError, match="too old") as caught:
        check_version(text)
    assert caught.value.code == "tmux_too_old"


def test_commands_in_one_process() -> None:
    assert chained([["a", "b;"], ["c", ";", "d"]]) == ["a", "b\\;", ";", "c", "\\;", "d"]


# Keys


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize("mode", ["front", "copy-mode", "synchronized", "zoomed away"])
def test_every_byte_arrives(recorder: Recorder, tmux: rig.Tmux, name: str, mode: str) -> None:
    pane = other = recorder.pane.id
    if mode == "copy-mode":
        tmux.run("copy-mode", "-t", pane)
    if mode in ("synchronized", "zoomed away"):
        other = tmux.run("split-window", "-t", pane, "-P", "-F", "#{pane_id}", "cat")
        tmux.run(
            *(
                ["set-option", "-w", "synchronize-panes", "on"]
                if mode == "synchronized"
                else ["resize-pane", "-Z", "-t", other]
            )
        )
    assert recorder.write(BYTES[name]) == "OK"
    recorder.got(BYTES[name])
    assert recorder.buffers() == []
    assert recorder.row.in_mode == (mode == "copy-mode")
    if mode == "synchronized":
        assert "hello" not in tmux.capture(other)


def refused(recorder: Recorder, row: Row, *more: str, nonce: str | None = None) -> str:
    said = recorder.write(b"never", row, *more, nonce=nonce)
    assert said.startswith("NO ")
    assert recorder.buffers() == []
    recorder.write(b"x")
    recorder.got(b"x")
    return said


def test_another_process(recorder: Recorder) -> None:
    assert f"pid={recorder.pane.pid}" in refused(recorder, recorder.row._replace(pid=1))


def test_another_command(recorder: Recorder) -> None:
    assert "command=python" in refused(recorder, recorder.row._replace(command="claude"))


def test_words_that_do_not_stand_there(recorder: Recorder) -> None:
    assert recorder.write(b"a", None, shows("plan mode on")) == "OK"
    recorder.got(b"a")
    recorder.file.write_bytes(b"")
    refused(recorder, recorder.row, shows("accept edits on"))


def test_only_before_a_moment(recorder: Recorder) -> None:
    """By the server's clock, whole seconds: what a sender that was stopped asks for on waking is not done."""
    now = time.time()
    assert recorder.write(b"a", None, before(now + 5)) == "OK"
    recorder.got(b"a")
    recorder.file.write_bytes(b"")
    refused(recorder, recorder.row, before(now - 1))


@pytest.mark.parametrize(
    "words", ["a,b", "a}b", "a#b", "Pasted text #1", "don't ask on", "100%", "a:b", "#{pane_id}", "(x"]
)
def test_words_with_signs(recorder: Recorder, tmux: rig.Tmux, words: str) -> None:
    pane = tmux.new_pane(["sh", "-c", 'printf "%s" "$1"; exec cat', "sh", f"<{words}>"])
    pane.wait_for(f"<{words}>")
    assert tmux.run("display-message", "-p", "-t", pane.id, f"#{{?{shows(words)},1,0}}") == "1"
    assert tmux.run("display-message", "-p", "-t", pane.id, f"#{{?{shows(words + '!')},1,0}}") == "0"


def test_the_words_are_sought_on_the_screen_not_in_copy_mode(recorder: Recorder, tmux: rig.Tmux) -> None:
    tmux.run("copy-mode", "-t", recorder.pane.id)
    assert recorder.write(b"a", None, shows("plan mode on")) == "OK"


def test_input_off(recorder: Recorder, tmux: rig.Tmux) -> None:
    row = recorder.row
    tmux.run("select-pane", "-d", "-t", recorder.pane.id)
    said = recorder.write(b"never", row)
    assert said.startswith("NO ")
    assert "off=1" in said
    tmux.run("select-pane", "-e", "-t", recorder.pane.id)
    recorder.write(b"x")
    recorder.got(b"x")


def test_the_turn_was_taken_away(recorder: Recorder, door: Tmux) -> None:
    door.run(["set-option", "-p", "-t", recorder.pane.id, "@llm_send_turn", NONCE])
    assert recorder.write(b"a", nonce=NONCE) == "OK"
    recorder.got(b"a")
    recorder.file.write_bytes(b"")
    door.run(["set-option", "-p", "-u", "-t", recorder.pane.id, "@llm_send_turn"])
    assert "turn= " in refused(recorder, recorder.row, nonce=NONCE)


def test_a_dead_pane_is_never_pasted_to(tmux: rig.Tmux, recorder: Recorder, door: Tmux) -> None:
    tmux.run("set-option", "-g", "remain-on-exit", "on")
    row = recorder.row
    os.kill(recorder.pane.pid, 9)
    wait_until(lambda: recorder.row.dead)
    assert "dead=1" in recorder.write(b"never", row)
    assert "dead=1" in recorder.write(b"never", row._replace(command=recorder.row.command))
    assert recorder.buffers() == []
    assert door.rows(), "the server lives on"


def test_a_pane_that_has_gone(recorder: Recorder, tmux: rig.Tmux) -> None:
    tmux.new_pane(["cat"])
    row = recorder.row
    tmux.run("kill-pane", "-t", recorder.pane.id)
    assert recorder.write(b"never", row).startswith("NO pid= ")
    assert recorder.buffers() == []


@pytest.mark.parametrize(
    "name", ["a,b", "a}b", "a#b", "a##b", "#{x}", "a b", "a;b", "ä", "a:b", "%H", "a'b\"", "#(id)"]
)
def test_programs_with_odd_names(recorder: Recorder, tmux: rig.Tmux, door: Tmux, place: Path, name: str) -> None:
    program = place / name
    program.symlink_to(str(Path("/bin/cat").resolve()))
    pane = tmux.new_pane(["sh", "-c", 'exec "$0"', str(program)])
    wait_until(lambda: Path(f"/proc/{pane.pid}/comm").read_text() == f"{name}\n")
    row = next(row for row in door.rows() if row.id == pane.id)
    odd = Recorder(pane, door, place / "unused")
    assert odd.write(b"seen", row) == "OK", row.command
    pane.wait_for("seen")


def test_each_write_has_its_own_buffer() -> None:
    """Two that share one paste the same text twice and lose the other."""
    written = [guarded_write(row_of_a_pane(), ["1"], nonce) for nonce in ("aa", "bb")]
    names = [commands[0][commands[0].index("-b") + 1] for commands in written]
    assert names[0] != names[1]
    for name, commands in zip(names, written, strict=True):
        assert all(f"-b {name} " in branch for branch in commands[1][-2:])


def test_values_are_quoted_for_formats() -> None:
    assert quoted("a,b}c#d") == "a#,b#}c##d"


def test_the_other_client_may_hold_the_server_up(tmux: rig.Tmux, door: Tmux) -> None:
    """A client that never finishes its paste does not keep others out."""
    pane = tmux.new_pane(["cat"])
    argv = [str(tmux.program), "-S", str(tmux.socket), "load-buffer", "-b", "slow", "-"]
    slow = subprocess.Popen(argv, stdin=subprocess.PIPE, env=dict(tmux.environment))
    try:
        assert [row.id for row in door.rows()] == [pane.id]
    finally:
        assert slow.stdin
        slow.stdin.close()
        slow.wait(10)
