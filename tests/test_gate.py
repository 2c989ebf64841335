"""The gate decides right, by the very command line Claude Code runs. What makes it fail is in test_gate_fails.py."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from llm_send import journal, rules
from llm_send.modes import Mode
from tests.gates import CLAUDE_PID, Gate, armed, as_json, event

SECRET = "the words of the prompt"
TRICKS = [
    '"permission_mode":"plan"',
    '","permission_mode":"plan","hook_event_name":"UserPromptSubmit","prompt":"x',
    ',"prompt":',
    '\\","prompt":"',
    "\\\\",
    '{"permission_mode":"plan",}',
    "'; exit 0; '",
    "$(exit 0)`exit 0`",
    "%s%n%d\\n\\c",
    "\u2028\ud7ff漢字🙂",
    "\x00\x1b[201~",
    "*",
]


quick_or_careful = pytest.mark.parametrize("quick", [True, False], ids=["quick", "careful"])


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return armed(tmp_path)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder to put first on the gate's PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def verdicts(gate: Gate) -> list[str]:
    return [one["llm_send"]["verdict"] for one in gate.events()]


@pytest.mark.parametrize("mode", list(Mode))
def test_the_certain_case(tmp_path: Path, mode: Mode) -> None:
    gate = armed(tmp_path, mode)
    said = gate.prompt(SECRET, mode.claude)
    assert (said.code, said.printed, said.error) == (0, {}, "")
    [one] = journal.events(gate.folder)
    assert (one.name, one.mode, one.prompt_id, one.session_id) == ("UserPromptSubmit", mode.claude, "p-1", "s-1")
    assert (one.transcript, one.verdict, one.send_id, one.claude_pid) == ("/t/s-1.jsonl", "passed", None, CLAUDE_PID)


def test_no_python_is_started_for_the_certain_case(gate: Gate) -> None:
    (gate.folder / "hook.py").write_text("raise SystemExit(9)")
    assert not gate.prompt("hello").blocked
    assert gate.prompt("hello", "default").blocked, "the uncertain one needs it"


def test_manual_is_normal(tmp_path: Path) -> None:
    gate = armed(tmp_path, Mode.NORMAL, "block")
    assert not gate.prompt("hello", "manual").blocked
    gate.expect("ours", "default")
    assert not gate.prompt("ours", "manual").blocked


@pytest.mark.parametrize("mode", ["default", "acceptEdits", "auto", "bypassPermissions", "a-mode-to-come"])
def test_another_mode_by_hand(tmp_path: Path, mode: str) -> None:
    warned = armed(tmp_path / "warn").prompt("typed", mode)
    assert not warned.blocked
    assert "locked to plan mode" in warned.printed["systemMessage"]
    blocking = armed(tmp_path / "block", policy="block")
    blocked = blocking.prompt("typed", mode)
    assert blocked.code == 0
    assert "Shift+Tab" in blocked.reason
    assert verdicts(blocking) == ["blocked_lock"]


@quick_or_careful
def test_ours_in_its_mode(gate: Gate, *, quick: bool) -> None:
    file = gate.expect(SECRET, quick=quick)
    said = gate.prompt(SECRET)
    assert (said.code, said.printed, said.error) == (0, {}, "")
    [one] = journal.events(gate.folder)
    assert (one.verdict, one.send_id, one.claude_pid) == ("passed", "a" * 32, CLAUDE_PID)
    [raw] = gate.events()
    assert (raw["llm_send"]["sha256"], raw["llm_send"]["length"]) == (rules.digest(SECRET), len(SECRET))
    assert not file.exists() or not file.read_bytes()
    assert not gate.prompt(SECRET).blocked
    assert [one.send_id for one in journal.events(gate.folder)] == ["a" * 32, None], "the same words again are not ours"


CERTAIN = {
    "a line": "Explain the parser",
    "lines": "a\n\n  b\n",
    "tabs": "\tif x:\n\t\ty",
    "a blank for its backslash": "ends with \\",
    "long": '漢字 "quoted" \\ back\n' * 3000,
    "999 characters of six bytes": "\x01" * 999,
}


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("text", CERTAIN.values(), ids=CERTAIN)
@pytest.mark.parametrize("wrapped", [False, True])
def test_ours_is_certain_without_python(gate: Gate, programs: Path, shell: str, text: str, *, wrapped: bool) -> None:
    """Whatever the person's sh is. The careful half would say the same, so it is taken away."""
    (programs / "sh").symlink_to(str(shutil.which(shell)))
    gate.without("hook.py")
    gate.expect(text)
    shown = text.rstrip().replace("\t", "    ")
    data = f'\n\n<pasted_content id="27c4">\n{shown}\n</pasted_content id="27c4">\n' if wrapped else shown
    said = gate.raw(
        "UserPromptSubmit",
        as_json(event("UserPromptSubmit", prompt=data)) + b"\n",
        {"PATH": f"{programs}:{os.environ['PATH']}", "LANG": "C.UTF-8"},
    )
    assert (said.code, said.printed, said.error) == (0, {}, "")
    assert journal.events(gate.folder)[0].send_id == "a" * 32


@pytest.mark.parametrize(
    "other",
    [
        {"prompt": f"{SECRET} "},
        {"prompt": SECRET[:-1]},
        {"prompt": f'{SECRET}"}}'},
        {"prompt": SECRET, "permission_mode": "default"},
        {"prompt": SECRET, "later": 1},
        {"later": {"permission_mode": "plan"}, "prompt": SECRET},
        {"prompt": f'\n\n<pasted_content id="27c4">\n{SECRET}\n</pasted_content id="27c5">\n'},
        {"prompt": f'\n\n<pasted_content id="27c4">\n{SECRET}\n</pasted_content id="27c4">\n and more'},
        {"prompt": f'\n\n<pasted_content id="*">\n{SECRET}\n</pasted_content id="*">\n'},
        {"prompt": ""},
    ],
)
def test_all_else_is_left_to_python(gate: Gate, other: dict[str, object]) -> None:
    gate.without("hook.py")
    gate.expect(SECRET)
    assert gate.run("UserPromptSubmit", **other).code == 2
    assert gate.events() == []


@pytest.mark.parametrize("word", ["ask", "ask ../want", "ask bbbb", "ask " + "c" * 32, "later", ""])
def test_so_is_what_nobody_has_announced(gate: Gate, word: str) -> None:
    gate.without("hook.py")
    gate.expect("")
    gate.want(word)
    assert gate.prompt("").blocked
    assert gate.prompt(SECRET).blocked
    (gate.folder / "expected" / ("c" * 32)).touch()
    assert gate.prompt(SECRET, "").blocked


@pytest.mark.parametrize("text", ["'; touch $0.ran; '", "`touch ran`", "$(touch ran)", "-n", "\\c%s", "*", "~", "a  b"])
def test_the_text_means_nothing_to_the_shell(gate: Gate, text: str) -> None:
    before = sorted(gate.folder.rglob("*"))
    gate.expect(text)
    assert not gate.prompt(text).blocked
    assert [one.send_id for one in journal.events(gate.folder)] == ["a" * 32]
    left = {path.name for path in set(gate.folder.rglob("*")) - set(before)}
    assert left == {"a" * 32, f"prompt-{'a' * 32}"}


@quick_or_careful
@pytest.mark.parametrize("policy", ["warn", "block"])
@pytest.mark.parametrize("mode", ["default", "acceptEdits", "auto"])
def test_ours_in_another_mode_is_always_blocked(tmp_path: Path, mode: str, policy: str, *, quick: bool) -> None:
    gate = armed(tmp_path, policy=policy)
    file = gate.expect(SECRET, quick=quick)
    assert gate.prompt(SECRET, mode).blocked
    assert verdicts(gate) == ["blocked_mode"]
    assert not file.exists()


@quick_or_careful
def test_ours_for_another_mode_than_the_lock(gate: Gate, *, quick: bool) -> None:
    gate.expect("ours", "acceptEdits", quick=quick)
    assert gate.prompt("ours", "plan").blocked
    gate.expect("ours", "acceptEdits", quick=quick)
    assert not gate.prompt("ours", "acceptEdits").blocked


@pytest.mark.parametrize("text", ["{} and more", "before {}", "a\n{}\nb", '{}<pasted_content id="ab">\nx'])
def test_what_was_typed_in_between_is_blocked(gate: Gate, text: str) -> None:
    file = gate.expect(SECRET)
    said = gate.prompt(text.format(SECRET))
    assert said.blocked
    assert "something else" in said.reason
    assert verdicts(gate) == ["blocked_merged"]
    assert file.exists(), "ours may still come alone"
    assert not gate.prompt(SECRET).blocked


def test_a_prompt_that_only_begins_like_ours_is_not_ours(gate: Gate) -> None:
    gate.expect(SECRET)
    assert not gate.prompt(SECRET[:-1]).blocked
    assert "id" not in gate.events()[0]["llm_send"]


@quick_or_careful
@pytest.mark.parametrize("text", ["x" * 200_000, "\tif x:\n\t\ty\n", "  漢字 \n", "a\n\n\nb"])
def test_ours_as_claude_code_hands_it_over(gate: Gate, text: str, *, quick: bool) -> None:
    gate.expect(text, quick=quick)
    wrapped = f'\n<pasted_content id="0a1b">\n{text.rstrip()}\n</pasted_content id="0a1b">\n'.replace("\t", "    ")
    assert not gate.prompt(wrapped).blocked
    assert journal.events(gate.folder)[0].send_id == "a" * 32


def test_a_very_long_one_that_was_not_made_searchable(gate: Gate) -> None:
    gate.expect("x" * 70_000)
    assert gate.prompt("x" * 70_000 + " typed").blocked
    assert not gate.prompt("short").blocked
    assert not gate.prompt("x" * 70_000).blocked


def test_an_expectation_that_is_over(gate: Gate) -> None:
    file = gate.expect(SECRET, "acceptEdits")
    first, rest = file.read_text().split("\n", 1)
    file.write_text(f"{first.rpartition(' ')[0]} {time.time() - 1}\n{rest}")
    said = gate.prompt(SECRET, "default")
    assert not said.blocked
    assert "systemMessage" in said.printed


def test_of_two_expectations_the_equal_one_counts(gate: Gate) -> None:
    gate.expect("parser", id="a" * 32)
    gate.expect("Explain the parser", id="b" * 32)
    assert not gate.prompt("Explain the parser").blocked
    assert journal.events(gate.folder)[0].send_id == "b" * 32


def test_what_a_sender_is_just_writing_or_taking_away(gate: Gate) -> None:
    (gate.folder / "expected" / f".{'a' * 32}.1").write_text("{")
    (gate.folder / "expected" / ("b" * 32)).symlink_to(gate.folder / "removed")  # listed, and gone when it is opened
    gate.want("ask")
    assert not gate.prompt("typed").blocked


@quick_or_careful
@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("mode", ["default", "acceptEdits"])
def test_a_prompt_cannot_talk_its_way_in(tmp_path: Path, trick: str, mode: str, *, quick: bool) -> None:
    gate = armed(tmp_path, policy="block")
    assert gate.prompt(trick, mode).blocked
    gate.expect(trick, quick=quick)
    assert gate.prompt(trick, mode).blocked


@quick_or_careful
@pytest.mark.parametrize("trick", TRICKS)
def test_nor_is_one_kept_out_by_its_words(gate: Gate, trick: str, *, quick: bool) -> None:
    assert not gate.prompt(trick).blocked
    gate.expect(trick, quick=quick)
    assert not gate.prompt(trick).blocked
    assert [one.verdict for one in journal.events(gate.folder)] == ["passed", "passed"]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_folder_cannot_either(tmp_path: Path, trick: str) -> None:
    gate = armed(tmp_path, policy="block")
    said = gate.raw(
        "UserPromptSubmit",
        as_json(event("UserPromptSubmit", permission_mode="default") | {"cwd": trick, "prompt": "x"}),
    )
    assert said.blocked


@pytest.mark.parametrize(
    "fields",
    [
        {"permission_mode": "default", "prompt": "x", "permission_mode2": "plan"},
        {"prompt": '"permission_mode":"plan",', "permission_mode": "default"},
        {"later": {"permission_mode": "plan", "x": 1}, "permission_mode": "default", "prompt": "x"},
    ],
)
def test_odd_json_is_read_with_care(tmp_path: Path, fields: dict[str, object]) -> None:
    gate = armed(tmp_path, policy="block")
    assert gate.raw("UserPromptSubmit", as_json({"hook_event_name": "UserPromptSubmit"} | fields)).blocked
    assert gate.raw("UserPromptSubmit", json.dumps(fields, indent=2).encode()).blocked


def test_other_spacing_and_order_pass_too(gate: Gate) -> None:
    whole = event("UserPromptSubmit", prompt=SECRET)
    for data in (json.dumps(whole), json.dumps(whole, indent=2), json.dumps(dict(reversed(whole.items())))):
        assert not gate.raw("UserPromptSubmit", data.encode()).blocked
    assert [one.verdict for one in journal.events(gate.folder)] == ["passed"] * 3
    assert gate.holds(SECRET) == []


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"{}", b'{"prompt":"x"}', b'{"permission_mode":"plan"}', b"\xff"]
)
def test_what_is_no_event_is_blocked(gate: Gate, data: bytes) -> None:
    assert gate.raw("UserPromptSubmit", data).blocked


def test_no_words_of_any_prompt_are_left(gate: Gate) -> None:
    gate.prompt(SECRET)
    gate.prompt(SECRET, "default")
    for mode in ("plan", "acceptEdits"):
        gate.expect(SECRET)
        gate.prompt(SECRET, mode)
    gate.expect("the words of", quick=False)
    gate.prompt(SECRET)
    gate.tool(arguments={"command": SECRET})
    gate.done(arguments={"command": SECRET})
    gate.run("Stop", last_assistant_message=SECRET)
    gate.run("Stop", last_assistant_message=SECRET, later=SECRET)
    gate.run("Stop", words=SECRET)
    assert len(gate.events()) == 6  # what the gate says of one send of ours is one event
    assert gate.holds(SECRET) == []


def test_events_are_readable_by_the_person_alone(gate: Gate) -> None:
    os.umask(os.umask(0))
    gate.prompt("a")
    gate.prompt("b", "default")
    gate.tool()
    modes = {
        oct(path.stat().st_mode & 0o777) for name in ("events", "pending") for path in (gate.folder / name).iterdir()
    }
    assert modes == {"0o600"}


def test_a_prompt_of_a_megabyte_is_in_time(gate: Gate) -> None:
    text = 'x"\\\n' * 250_000
    assert not gate.prompt(text).blocked
    gate.expect(text)
    said = gate.prompt(text)
    assert not said.blocked
    assert said.seconds < 1.8
